"""Running text -> facts: figures with what they say, changes, reasons, uses, parts, terms, lists.

A sentence is scanned for figures; the words before a figure either name a new subject (基本支出
2,453.85 万元) or say what the figure means for the subject before it (占 62.82%, 比上年预算增加 ...).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from index.document import Document, Fact, Paragraph
from index.projects import KEYED, is_key, key_of, parts_of, project_facts, section_project
from index.quantity import figures, has_figure
from index.rules import prose
from index.scope import title_rule
from index.statements import ACCOUNT_STEP, MAX_LABEL, Frame, Text, joined, name_of, squeeze, statement
from index.text import squash, strip_enumeration

_SENTENCE = re.compile(r"[。；]")
_BREAK = re.compile(r"[，。；：、:;]|其中|——")
_DEFINITION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、]|[（(][一二三四五六七八九十\d]{1,3}[）)])?\s*([^：:。]{2,40})[:：](.+)$",
    re.S,
)
_LIST_END = re.compile(r"(?:包括|如下|分别是|分别为|有)[:：。]$")
_CHANGED = re.compile(
    r"(.{3,24}?)(?:比上年|较上年)?(?:增加|减少|增长|下降|变动|变化|增减|决算数?(?:大于|小于|高于|低于)(?:年初)?预算数?)"
    r"的?(?:主要)?原因"
)
_NO_ITEM = re.compile(r"$|[比较与其]|本年|今年|当年|上年|(?:预算|决算|执行|支出|收入|经费|金额)数?$")
"""What stands before 增加的原因 without naming an item."""
_BOTH_SIDES = re.compile(r"(.*)收入支出((?:总计)?)")
_FRAME = re.compile(r"在.{2,24}中$")
"""Within which an amount is told: 在其他项目中，由某某中标的，采购金额."""
_PURCHASE = re.compile(r"(?:安排|计划|拟)购置")
_NUMBERED = re.compile(r"^\d{1,2}[.．、]|^[（(]\d")
_OFFICES = re.compile(r"处室|科室|内设机构")
_INLINE_LIST = re.compile(
    r"(?:内设|下设|设有|设)\s*(\d+)\s*个?(?:职能)?(处室|科室|内设机构|处|科|部门|机构)[^。]{0,8}?"
    r"(?:分别是|分别为|包括|即|具体为|具体是|为)[:：]?(.+?)(?:。|$)",
    re.S,
)
_NOT_ARRANGED = re.compile(
    r"^(.{2,40}?)[：，]?(?:本年|\d{4}年)?(?:度)?(?:均)?(?:未|没有|不|无)安排(?:支出|预算)?$"
)
_NONE_ARRANGED = re.compile(r"(?:未|没有)安排([^，。：]{2,20}?)(?:的)?(?:支出)?$")
_NOT_USED = re.compile(r"没有使用(.{2,24}?)(?:拨款)?安排的支出")
_NONE = re.compile(
    r"(?:本年|\d{4}年(?:度)?)?(?:无|没有)(?!使用)([\u4e00-\u9fff（）“”]{3,18}?)(?:财政)?(?:拨款)?(?:收入和)?(?:安排的)?(?:预算|支出|安排)(?:$|，)"
)
_LEVEL = re.compile(
    r"(?:比|较|与)(?:上年|去年|上一年|\d{4}年)[^，。；]{0,8}(?:持平|相同|一致|无变化|没有变化|无增减)"
)
"""No change against last year, told without a figure."""
_NO_PURCHASE = re.compile(r"未安排(.{2,16}?(?:经费|预算|支出))")
_OWN_YEAR = re.compile(r"(20\d{2})年")
_YEARLY = ("执行数", "决算数", "预算数", "年初预算数", "全年预算数")
"""Measures of a whole year, which may be another than the document's."""
_COUNTED = re.compile(r"^([\u4e00-\u9fff]{1,10}?)(?=[，。；：、（）,]|$|\d)")
_PLAN = re.compile(
    r"(.*?)(?:(?<=费)支出)?(?<!公共)(?<!基金)(?<!经营)(?<!年初)(?<!全年)(?<!调整)(?<!完成)预算数?(?:为|是)$"
)
"""What was planned of an item, as a final account tells it."""
_SHARES = ("占比", "完成率")
MIN_LEAD = 6
"""A shorter name before a colon is an item (办公家具：价值 …), not a matter with items of its own."""


def prose_facts(document: Document) -> Iterator[Fact]:
    """Yield the facts of a document's paragraphs, ids left at 0."""
    for section, paragraphs in _sections(document.paragraphs):
        heading = "".join(section[-1:])
        chapter = "".join(section)
        if re.search("名词解释", chapter):
            yield from _definitions(document, paragraphs)
        elif re.search("职能|职责", heading):
            yield from _duties(document, paragraphs)
        elif (described := section_project(section, document.paragraphs)) is not None:
            key, frame = key_of(strip_enumeration(heading)), Frame(document, "", project=described)
            yield from project_facts(frame, paragraphs, key)
            if key == "项目概述":
                for paragraph in paragraphs:
                    yield from _paragraph_facts(frame, squeeze(paragraph))
        else:
            scope = next((rule for step in reversed(section) if (rule := title_rule(step)[1])), "")
            yield from _section_facts(Frame(document, scope), paragraphs)


def _sections(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[tuple[str, ...], list[Paragraph]]]:
    """Group neighbouring paragraphs of one section."""
    group: list[Paragraph] = []
    for paragraph in paragraphs:
        if group and paragraph.section != group[-1].section:
            yield group[0].section, group
            group = []
        group.append(paragraph)
    if group:
        yield group[0].section, group


def _definitions(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    for paragraph in paragraphs:
        text = squeeze(paragraph)
        match = _DEFINITION.match(text.text)
        if match:
            term = match.group(1)
            yield statement(Frame(document, ""), text, term, "名词解释", text=match.group(2))


def _duties(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    frame = Frame(document, "")
    for paragraph in paragraphs:
        yield from _named_lists(frame, squeeze(paragraph))
    listed = [paragraph for paragraph in paragraphs if len(paragraph.text) > 8]
    for paragraph in listed:
        yield statement(
            frame, squeeze(paragraph), "主要职能", "职能条目", text=strip_enumeration(paragraph.text)
        )
    if listed:
        yield joined(frame, listed, "主要职能", "主要职能")


def _section_facts(frame: Frame, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    """Facts of an ordinary section: projects by their keys, lists, then sentence by sentence."""
    project = ""
    executor = ""
    at = 0
    while at < len(paragraphs):
        text = squeeze(paragraphs[at])
        keyed = KEYED.match(text.text)
        key = key_of(keyed.group(1)) if keyed else ""
        if keyed and key == "项目名称":
            project, executor = keyed.group(2), ""
            at += 1
            continue
        if key and not project and paragraphs[at].section:
            project = name_of(paragraphs[at].section[-1], frame)  # each project under a heading of its own
        inner = replace(frame, project=project, subunit=executor)
        if project and keyed and key:
            end = at + 1
            while end < len(paragraphs) and not is_key(paragraphs[end]):
                end += 1
            if key == "项目承担单位":
                executor = keyed.group(2).rstrip("。；")
                inner = replace(inner, subunit=executor)
            yield from project_facts(inner, paragraphs[at:end], key)
            at = end
            continue
        of_units = bool(re.search("机构|单位构成", "".join(paragraphs[at].section[-1:])))
        if _LIST_END.search(text.text) or of_units:
            end = at + 1
            while end < len(paragraphs) and _NUMBERED.match(paragraphs[end].text):
                end += 1
            if (
                end > at + 2
                and not _NUMBERED.match(text.text)
                and not _tells_figures("".join(p.text for p in paragraphs[at + 1 : end]), of_units)
            ):
                item = "处室" if _OFFICES.search(text.text) else "预算单位"
                yield joined(inner, paragraphs[at + 1 : end], item, "名单")
        yield from _paragraph_facts(inner, text)
        at += 1


def _tells_figures(text: str, of_units: bool) -> bool:
    """Tell whether a list is one of figures; a list of units may say how many offices each has."""
    told = squash(text)
    return any(f.unit.endswith("元") for f in figures(told)) if of_units else has_figure(told)


@cache
def _change() -> re.Pattern[str]:
    words = "|".join(prose("more") + prose("less"))
    return re.compile(
        rf"^(?P<subject>.*?)(?P<base>{prose('change')})?[，,]?(?P<word>{words})(?:了|额)?(?:约)?$"
    )


@cache
def _measures() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rule["match"]), rule["measure"]) for rule in prose("measures")]


def _paragraph_facts(frame: Frame, text: Text) -> Iterator[Fact]:
    """Figures, reasons, uses, compositions and empty items of one paragraph."""
    head = text.text.partition("：")[0]
    steps = {kind: name for name, kind in ACCOUNT_STEP.findall(strip_enumeration(head))}
    path = tuple(steps[kind].removeprefix("属").strip("，, ") for kind in "类款项" if kind in steps)
    if not frame.project and not path:
        frame = replace(frame, project=_lead(frame, text.text))
    yield from _nothing_arranged(frame, text)
    yield from _named_lists(frame, text)
    inline = _INLINE_LIST.search(text.text)
    if inline:
        yield statement(frame, text, inline.group(2), "名单", text=inline.group(3))
    yield from _figures(frame, text, path)


@cache
def _lists() -> list[tuple[re.Pattern[str], str, str]]:
    return [(re.compile(rule["match"]), rule["item"], rule.get("measure", "名单")) for rule in prose("lists")]


def _named_lists(frame: Frame, text: Text) -> Iterator[Fact]:
    """Yield lists that stand inside a sentence and are known by its words: 加挂某某局、某某办牌子."""
    for pattern, item, measure in _lists():
        match = pattern.search(text.text)
        if match:
            names = match.group("names")
            yield statement(frame, text.part(*match.span()), item, measure, text=names)


def _lead(frame: Frame, text: str) -> str:
    """Return what a paragraph says it is about, before its colon: 「2. 某某规划：结转 15 万元」."""
    lead, colon, rest = text.partition("：")
    named = bool(colon) and bool(_NUMBERED.match(lead)) and has_figure(rest) and not has_figure(lead)
    name = name_of(lead, frame) if named else ""
    return name if MIN_LEAD <= len(name) <= MAX_LABEL and not _path_like(name) else ""


def _nothing_arranged(frame: Frame, text: Text) -> Iterator[Fact]:
    for start, end in _sentences(text.text):
        sentence = text.text[start:end]
        for pattern in (_NOT_ARRANGED, _NOT_USED, _NO_PURCHASE, _NONE_ARRANGED, _NONE):
            match = pattern.search(sentence)
            if match and not has_figure(sentence[: match.end()]):
                if item := name_of(match.group(1), frame):
                    part = text.part(start, end)
                    yield statement(frame, part, item, _planned(frame), value=Decimal(0), unit="万元")
                break


def _planned(frame: Frame) -> str:
    """Return what an amount without further words is in this kind of document."""
    return "决算数" if frame.document.account == "决算" else "预算数"


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


@dataclass(slots=True)
class _Cursor:
    """The subject that later measures of the paragraph belong to."""

    item: str = ""
    path: tuple[str, ...] = ()
    sign: int = 1
    start: int = 0


def _figures(frame: Frame, text: Text, path: tuple[str, ...]) -> Iterator[Fact]:
    """Scan the paragraph figure by figure; reasons and uses end a subject's clause."""
    cursor = _Cursor(item=path[-1] if path else "", path=path)
    clauses = _clauses(text.text)
    for kind, start, end in clauses:
        piece = text.part(start, end)
        if kind == "figures":
            told = list(_clause_figures(frame, text, start, end, cursor))
            yield from told
            alone = {fact.item for fact in told} <= {cursor.item}
            flat = alone and _LEVEL.search(piece.text)
            if cursor.item and flat and not any(f.measure == "增减额" for f in told):
                for owner in _items(cursor.item):
                    level = text.part(cursor.start, end)
                    yield statement(frame, level, owner, "增减额", value=Decimal(0), unit="万元")
        elif kind == "原因" and (items := _changed_items(before := _clause_before(text.text, start), frame)):
            for item in items:
                yield statement(
                    frame, text.part(text.text.rindex(before, 0, start), end), item, kind, text=piece.text
                )
        elif cursor.item or kind == "组成":
            told_of = text.part(cursor.start, end)
            for owner in _items(cursor.item):
                yield statement(frame, told_of, owner, kind, text=piece.text, row_path=cursor.path)
            if kind == "用途":
                owner = cursor.item
                yield from parts_of(replace(frame, project=frame.project or owner), piece, owner)


def _clause_before(text: str, start: int) -> str:
    """Return the clause that leads to a reason, its own words included."""
    return re.split(r"[，。；：]", text[:start].rstrip("：:，"))[-1]


def _changed_items(clause: str, frame: Frame) -> list[str]:
    """Return what a clause without figures says has changed: 财政拨款收入支出减少的主要原因是 …"""
    named = None if has_figure(clause) else _CHANGED.match(clause)
    name = name_of(named.group(1), frame) if named else ""
    return [] if _NO_ITEM.match(name) else _items(re.sub("(?<=费)支出$", "", name))


def _items(name: str) -> list[str]:
    """Return the items of a name: 收入支出总计 is two, income and expenditure alike."""
    both = _BOTH_SIDES.fullmatch(name)
    return [both.group(1) + side + both.group(2) for side in ("收入", "支出")] if both else [name]


def _clauses(text: str) -> list[tuple[str, int, int]]:
    """Split a paragraph into stretches of figures, 原因, 用途 and 组成."""
    marks = re.compile(rf"(?P<reason>{prose('reason')})|(?P<use>{prose('use')})(?=[：:]?[^，。；]{{2}})")
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(text):
        match = marks.search(text, at)
        if not match:
            found.append(("figures", at, len(text)))
            break
        if match.start() > at:
            found.append(("figures", at, match.start()))
        kind = "原因" if match.group("reason") else "用途"
        start = match.end()
        while start < len(text) and text[start] in "：:，":
            start += 1
        end = _clause_end(text, start, kind)
        if end > start:
            found.append((kind, start, end))
        at = max(end, match.end())
    return found


@cache
def _next_subject() -> dict[str, re.Pattern[str]]:
    words = "|".join(prose("more") + prose("less"))
    name = "(?![一二三四五六七八九十]是|其中)[^，。；：]{2,24}?"
    return {
        "原因": re.compile(
            rf"[；。](?={name}(?:{words})\d[\d,]*(?:\.\d+)?万?元)"
            rf"|。(?={name}\d[\d,]*\.\d+万?元(?:，(?:占|比|较|主要|用于)|[。；]))"
            rf"|[；。](?=(?:其中[：:])?{name}\d[\d,]*(?:\.\d+)?万?元，(?:比|较|与)(?:上年|\d{{4}}年))"
            rf"|[；。](?={name}(?:{words})的?(?:主要)?原因)"
        ),
        "用途": re.compile(rf"[；。](?={name}\d[\d,]*(?:\.\d+)?万?元)"),
    }


def _clause_end(text: str, start: int, kind: str) -> int:
    """Return where a reason or use ends: before the next subject with its figure, or the paragraph's end."""
    following = _next_subject()[kind].search(text, start)
    stop = following.start() if following else len(text)
    if kind == "用途":
        full = text.find("。", start)
        stop = min(stop, full if full >= 0 else stop)
    return stop


def _clause_figures(frame: Frame, text: Text, start: int, end: int, cursor: _Cursor) -> Iterator[Fact]:
    """Yield the figures between two offsets, updating the subject as names come by."""
    body = text.text
    last = start
    purchase = ""
    for figure in figures(body, start, end):
        raw = body[last : figure.start]
        before = re.split(r"[。；：;:]|其中", raw)[-1]
        clauses = re.split(r"[，,]", before)
        open_before = len(clauses) > 1 and clauses[-2].endswith("的")  # 由某某中标的，采购金额
        framed = open_before and len(clauses) > 2 and _FRAME.match(clauses[-3])
        label = "".join(clauses[-3 if framed else -2 if open_before else -1 :]).strip("、")
        label = label.removeprefix("在") if framed else label
        unit, value = figure.unit, figure.value
        reset = bool(re.search(r"[。；]", raw)) and last > start
        if reset and not cursor.path:
            cursor.item = ""
        bought = _PURCHASE.search(label)
        purchase = "购置" if bought else ("" if reset else purchase)
        if purchase and not bought:  # 安排购置甲 0 台，乙 0 台: 乙 too is to be bought
            label = purchase + label
        measure, item, sign = _read_label(label, unit, cursor, frame)
        if (not item or item in prose("attributes")) and "：" in raw:  # 办公家具：价值 34.23 万元
            titled = name_of(re.split(r"[。；]", raw)[-1].partition("：")[0], frame)
            item = titled if titled and not _path_like(titled) else item
        if item and item != cursor.item:
            cursor.item, cursor.start = item, max(figure.start - len(label), last)
        counted = _COUNTED.match(body[figure.end :])
        if (
            measure == ""
            and counted
            and unit in ("个", "家", "名", "项", "套", "台")
            and _is_counter(label, frame)
        ):
            item = counted.group(1)
            cursor.item, measure = item, "数量"
            cursor.start = max(figure.start - len(label), last)
        owner = item or cursor.item
        for each in _items(owner) if owner and len(owner) <= MAX_LABEL else ():
            if not measure:
                measure = _planned(frame) if unit.endswith("元") else ("占比" if unit == "%" else "数量")
            clause = min(cursor.start, max(figure.start - len(label), last))
            yield statement(
                frame,
                text.part(max(clause, 0), figure.end),
                each,
                measure,
                value=value * sign,
                unit=unit,
                text=body[figure.start : figure.end],
                row_path=cursor.path,
                year=_year_of(label, measure, frame),
            )
        last = figure.end
        composed = re.match(r"[，,]?(?:主要)?包括[:：]?", body[last:])
        stop = _clause_stop(body, last)
        if composed and owner and not has_figure(body[last:stop]):
            yield statement(
                frame,
                text.part(max(cursor.start, 0), stop),
                owner,
                "组成",
                text=body[last + composed.end() : stop],
            )
    composed_head = re.match(r"^([^，。；：]{2,20}?)包括[:：](.+?)。?$", body[start:end])
    if composed_head and not has_figure(composed_head.group(2)):
        yield statement(
            frame,
            text.part(start, end),
            name_of(composed_head.group(1), frame),
            "组成",
            text=composed_head.group(2),
        )


def _year_of(label: str, measure: str, frame: Frame) -> int | None:
    """Return the year that a figure is of: 2023年预算执行数 stands in the budget of 2024."""
    named = _OWN_YEAR.match(label)
    return int(named.group(1)) if named and measure in _YEARLY else frame.document.year


def _path_like(name: str) -> bool:
    return "，" in name or len(name) > 20 or bool(re.search(r"[（(][类款项][）)]", name))


def _clause_stop(text: str, at: int) -> int:
    stop = _SENTENCE.search(text, at)
    return stop.start() if stop else len(text)


def _is_counter(label: str, frame: Frame) -> bool:
    name = name_of(label, frame)
    return not name or any(name.endswith(word) for word in prose("counters"))


def _read_label(label: str, unit: str, cursor: _Cursor, frame: Frame) -> tuple[str, str, int]:
    """Return (measure, new item or '', sign) of the words before a figure."""
    change = _change().match(label)
    if change:
        subject = name_of(change.group("subject"), frame)
        less = change.group("word") in prose("less")
        rate = unit in ("%", "个百分点")
        if rate and not change.group("base"):
            sign = -1 if less else 1
        else:
            sign = cursor.sign = -1 if less else 1
        return ("增减率" if rate else "增减额"), subject, sign
    plan = _PLAN.match(label) if frame.document.account == "决算" else None
    if plan:
        return "预算数", name_of(plan.group(1), frame), 1
    for pattern, measure in _measures():
        match = pattern.search(label)
        if match and (measure not in _SHARES or unit == "%"):  # 占地面积 is no share
            only = measure == "年初预算数" and frame.document.account != "决算"
            return ("预算数" if only else measure), name_of(label[: match.start()], frame), 1
    return "", name_of(label, frame), 1
