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
from typing import Any

from index.document import Document, Fact, Paragraph, Span
from index.quantity import figures, has_figure
from index.rules import prose
from index.scope import title_rule
from index.text import squash, strip_enumeration

_ACCOUNT_STEP = re.compile(r"([^，。；：、（）]+?(?:（[^（）]{2,12}）[^（）]*?)?)[（(]([类款项])[）)]")
_SENTENCE = re.compile(r"[。；]")
_BREAK = re.compile(r"[，。；：、:;]|其中|——")
_TRAILING = re.compile(
    r"(?:(?<=预算|经费|费用|支出|收入)数)?(?:金额|规模)?(?:约)?(?:共计|合计|总计|总额|为|是|共|达|计)?$"
)
_LEADING = re.compile(
    r"^(?:截至)?(?:\d{4}年(?:\d{1,2}月)?(?:底|末|度)?[，,]?)?(?:的)?(?:本部门|我部门|本单位|部门(?=收入|支出|预算|收支))?(?:当年)?(?:的)?(?:纳入)?"
)
_DEFINITION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.．、]|[（(][一二三四五六七八九十\d]{1,3}[）)])?\s*([^：:。]{2,40})[:：](.+)$",
    re.S,
)
_LIST_END = re.compile(r"(?:包括|如下|分别是|分别为|有)[:：。]$")
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
    r"(?:本年|\d{4}年)?(?:无|没有)(?!使用)([\u4e00-\u9fff（）]{3,16}?)(?:拨款)?(?:预算|支出|安排)(?:$|，)"
)
_LEVEL = re.compile(
    r"(?:比|较|与)(?:上年|去年|上一年|\d{4}年)[^，。；]{0,8}(?:持平|相同|一致|无变化|没有变化|无增减)"
)
"""No change against last year, told without a figure."""
_NO_PURCHASE = re.compile(r"未安排(.{2,16}?(?:经费|预算|支出))")
_KEYED = re.compile(
    r"^(?:[（(][一二三四五六七八九十]{1,3}[）)]\s*|\d{1,2}[.、．]\s*)?([^：:，。]{2,16})[:：](.*)$", re.S
)
_COUNTED = re.compile(r"^([\u4e00-\u9fff]{1,10}?)(?=[，。；：、（）,]|$|\d)")
MIN_LEAD = 6
"""A shorter name before a colon is an item (办公家具：价值 …), not a matter with items of its own."""
MAX_LABEL = 40
"""A longer run of words before a figure is a clause, not a name."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A paragraph with white space out, and for each character its place in the paragraph."""

    paragraph: Paragraph
    text: str
    offsets: Sequence[int]

    def part(self, start: int, end: int) -> _Text:
        return _Text(self.paragraph, self.text[start:end], self.offsets[start:end])


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds for every fact of a paragraph."""

    document: Document
    scope: str
    project: str = ""
    subunit: str = ""


def prose_facts(document: Document) -> Iterator[Fact]:
    """Yield the facts of a document's paragraphs, ids left at 0."""
    for section, paragraphs in _sections(document.paragraphs):
        heading = "".join(section[-1:])
        chapter = "".join(section)
        if re.search("名词解释", chapter):
            yield from _definitions(document, paragraphs)
        elif re.search("职能|职责", heading):
            yield from _duties(document, paragraphs)
        else:
            scope = next((rule for step in reversed(section) if (rule := title_rule(step)[1])), "")
            yield from _section_facts(_Frame(document, scope), paragraphs)


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


def _squeeze(paragraph: Paragraph) -> _Text:
    text = paragraph.text
    plain = squash(text)
    if len(plain) == len(text):
        return _Text(paragraph, text, range(len(text)))
    return _Text(paragraph, plain, tuple(at for at, char in enumerate(text) if not char.isspace()))


def _fact(frame: _Frame, piece: _Text, item: str, measure: str, **more: object) -> Fact:
    paragraph = piece.paragraph
    start, end = piece.offsets[0], piece.offsets[-1] + 1
    span = paragraph.span(start, end)
    fields: dict[str, Any] = dict(
        id=0,
        doc=frame.document.name,
        entity=frame.document.entity,
        year=frame.document.year,
        account=frame.document.account,
        item=item,
        measure=measure,
        value=None,
        unit="",
        text=piece.text,
        quote=_verbatim(frame.document, paragraph.text[start:end], span),
        span=span,
        section=paragraph.section,
        scope=frame.scope,
        project=frame.project,
        subunit=frame.subunit,
    )
    return Fact(**{**fields, **more})


def _joined(frame: _Frame, paragraphs: Sequence[Paragraph], item: str, measure: str) -> Fact:
    """Return one statement that runs over several paragraphs."""
    first = _squeeze(paragraphs[0])
    last = paragraphs[-1].span()
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    fact = _fact(frame, first, item, measure)
    span = replace(fact.span, last=last.last)
    return replace(fact, text=text, quote=_verbatim(frame.document, text, span), span=span)


def _verbatim(document: Document, text: str, span: Span) -> str:
    """Return the text if it stands so in its lines, else the lines: markup was cleaned out of it."""
    if span.first is None:
        return text
    raw = "\n".join(document.lines[span.first - 1 : span.last])
    return text if squash(text) in squash(raw) else raw.strip()


def _definitions(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    for paragraph in paragraphs:
        text = _squeeze(paragraph)
        match = _DEFINITION.match(text.text)
        if match:
            term = match.group(1)
            yield _fact(_Frame(document, ""), text, term, "名词解释", text=match.group(2))


def _duties(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    frame = _Frame(document, "")
    listed = [paragraph for paragraph in paragraphs if len(paragraph.text) > 8]
    for paragraph in listed:
        yield _fact(
            frame, _squeeze(paragraph), "主要职能", "职能条目", text=strip_enumeration(paragraph.text)
        )
    if listed:
        yield _joined(frame, listed, "主要职能", "主要职能")


def _section_facts(frame: _Frame, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    """Facts of an ordinary section: projects by their keys, lists, then sentence by sentence."""
    project = ""
    executor = ""
    at = 0
    while at < len(paragraphs):
        text = _squeeze(paragraphs[at])
        keyed = _KEYED.match(text.text)
        key = key_of(keyed.group(1)) if keyed else ""
        if keyed and key == "项目名称":
            project, executor = keyed.group(2), ""
            at += 1
            continue
        if key and not project and paragraphs[at].section:
            project = _name(paragraphs[at].section[-1], frame)  # each project under a heading of its own
        inner = replace(frame, project=project, subunit=executor)
        if project and keyed and key:
            end = at + 1
            while end < len(paragraphs) and not _is_key(paragraphs[end]):
                end += 1
            if key == "项目承担单位":
                executor = keyed.group(2).rstrip("。；")
                inner = replace(inner, subunit=executor)
            yield from _project_facts(inner, paragraphs[at:end], key)
            at = end
            continue
        if _LIST_END.search(text.text) or re.search("机构|单位构成", "".join(paragraphs[at].section[-1:])):
            end = at + 1
            while end < len(paragraphs) and _NUMBERED.match(paragraphs[end].text):
                end += 1
            if (
                end > at + 2
                and not _NUMBERED.match(text.text)
                and not has_figure("".join(p.text for p in paragraphs[at + 1 : end]).replace(" ", ""))
            ):
                item = "处室" if _OFFICES.search(text.text) else "预算单位"
                yield _joined(inner, paragraphs[at + 1 : end], item, "名单")
        yield from _paragraph_facts(inner, text)
        at += 1


def _is_key(paragraph: Paragraph) -> bool:
    match = _KEYED.match(paragraph.text.replace(" ", ""))
    return match is not None and bool(key_of(match.group(1)))


@cache
def _keys() -> dict[str, str]:
    return {name: key for key, names in prose("keys").items() for name in names}


def key_of(name: str) -> str:
    """Return the standard name of a key of a project's description (立项依据: 设立的政策依据), or ''."""
    return _keys().get(name, "")


def _project_facts(frame: _Frame, paragraphs: Sequence[Paragraph], key: str) -> Iterator[Fact]:
    """One key of a project: a figure for its amount, the words, and the parts of its allocation."""
    text = _squeeze(paragraphs[0])
    keyed = _KEYED.match(text.text)
    body = keyed.group(2) if keyed else text.text
    whole = _joined(frame, paragraphs, frame.project, key)
    whole = replace(whole, text="\n".join([body, *(p.text for p in paragraphs[1:])]).strip())
    figure = next(figures(body), None)
    if figure and len(paragraphs) == 1 and (figure.start, figure.end) == (0, len(body.rstrip("。"))):
        yield replace(whole, value=figure.value, unit=figure.unit)
        return
    yield whole
    if "分配" in key or "安排" in key:
        yield from _parts(
            replace(frame), text.part(len(text.text) - len(body), len(text.text)), frame.project
        )


def _parts(frame: _Frame, piece: _Text, owner: str) -> Iterator[Fact]:
    """The named amounts of an allocation: 「审计费 15.00 万元，差旅费 1.00 万元」."""
    end = 0
    for figure in figures(piece.text):
        if not figure.unit.endswith("元"):
            continue
        before = piece.text[end : figure.start]
        label = re.split(r"[，。；：、:;]|其中|分别为|具体分配为|主要包括|万元", before)[-1] or before
        if before.endswith("）") or "（" in label or not label:
            label = re.split(r"[。；;]|，(?![^（]*）)|、(?![^（]*）)", before)[-1]
        label = re.sub(
            r"^(?:[一二三四五六七八九十]是|\d{1,2}[.．、]|及|和|用于)", "", label.strip("、，；。：:;")
        )
        label = re.sub(r"(?:预算费用|费用预算|项目?预算|共计|合计|为|补助)?$", "", label) or label
        if 1 < len(label) <= MAX_LABEL:
            yield _fact(
                frame,
                piece.part(end, figure.end),
                label,
                "分配金额",
                value=figure.value,
                unit=figure.unit,
                text=piece.text[figure.start : figure.end],
                row_path=(owner, label),
            )
        end = figure.end


@cache
def _change() -> re.Pattern[str]:
    words = "|".join(prose("more") + prose("less"))
    return re.compile(
        rf"^(?P<subject>.*?)(?P<base>{prose('change')})?[，,]?(?P<word>{words})(?:了|额)?(?:约)?$"
    )


@cache
def _measures() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(rule["match"]), rule["measure"]) for rule in prose("measures")]


def _paragraph_facts(frame: _Frame, text: _Text) -> Iterator[Fact]:
    """Figures, reasons, uses, compositions and empty items of one paragraph."""
    head = text.text.partition("：")[0]
    steps = {kind: name for name, kind in _ACCOUNT_STEP.findall(strip_enumeration(head))}
    path = tuple(steps[kind].removeprefix("属").strip("，, ") for kind in "类款项" if kind in steps)
    if not frame.project and not path:
        frame = replace(frame, project=_lead(frame, text.text))
    yield from _nothing_arranged(frame, text)
    inline = _INLINE_LIST.search(text.text)
    if inline:
        yield _fact(frame, text, inline.group(2), "名单", text=inline.group(3))
    yield from _figures(frame, text, path)


def _lead(frame: _Frame, text: str) -> str:
    """Return what a paragraph says it is about, before its colon: 「2. 某某规划：结转 15 万元」."""
    lead, colon, rest = text.partition("：")
    named = bool(colon) and bool(_NUMBERED.match(lead)) and has_figure(rest) and not has_figure(lead)
    name = _name(lead, frame) if named else ""
    return name if MIN_LEAD <= len(name) <= MAX_LABEL and not _path_like(name) else ""


def _nothing_arranged(frame: _Frame, text: _Text) -> Iterator[Fact]:
    for start, end in _sentences(text.text):
        sentence = text.text[start:end]
        for pattern in (_NOT_ARRANGED, _NOT_USED, _NO_PURCHASE, _NONE_ARRANGED, _NONE):
            match = pattern.search(sentence)
            if match and not has_figure(sentence[: match.end()]):
                yield _fact(
                    frame,
                    text.part(start, end),
                    _name(match.group(1), frame),
                    "预算数",
                    value=Decimal(0),
                    unit="万元",
                )
                break


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _name(label: str, frame: _Frame) -> str:
    """Return the bare name of an item: without department, year, numbering and 数为."""
    label = re.sub(r"^\d{1,2}[.．](?=\d{4}年)", "", strip_enumeration(label))
    steps = _ACCOUNT_STEP.findall(label)
    if len(steps) > 1:
        return str(
            max(steps, key=lambda step: "类款项".index(step[1]))[0]
        )  # 某某支出（类）某某（款）某某（项）
    for known in (frame.document.entity, *frame.document.aliases):
        label = label.replace(known, "")
    label = _LEADING.sub("", label.lstrip("，,"))
    label = re.sub(r"^(?:及(?:下属|所属)?(?:各|\d+家)?(?:预算)?单位|本级)", "", label)
    label = re.sub(r"^(?:[^，。]{0,12}(?:单位|部门|本级))?\d{4}年(?:度)?的?", "", label)
    label = re.sub(r"[（(][类款项][）)]$", "", label)
    return _TRAILING.sub("", label).strip("的 ,，-—") if label else label


@dataclass(slots=True)
class _Cursor:
    """The subject that later measures of the paragraph belong to."""

    item: str = ""
    path: tuple[str, ...] = ()
    sign: int = 1
    start: int = 0


def _figures(frame: _Frame, text: _Text, path: tuple[str, ...]) -> Iterator[Fact]:
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
                yield _fact(
                    frame, text.part(cursor.start, end), cursor.item, "增减额", value=Decimal(0), unit="万元"
                )
        elif cursor.item or kind == "组成":
            owner = cursor.item
            if kind == "用途":
                yield _fact(
                    frame, text.part(cursor.start, end), owner, kind, text=piece.text, row_path=cursor.path
                )
                yield from _parts(replace(frame, project=frame.project or owner), piece, owner)
            else:
                yield _fact(
                    frame, text.part(cursor.start, end), owner, kind, text=piece.text, row_path=cursor.path
                )


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


def _clause_figures(frame: _Frame, text: _Text, start: int, end: int, cursor: _Cursor) -> Iterator[Fact]:
    """Yield the figures between two offsets, updating the subject as names come by."""
    body = text.text
    last = start
    purchase = ""
    for figure in figures(body, start, end):
        raw = body[last : figure.start]
        before = re.split(r"[。；：;:]|其中", raw)[-1]
        label = re.split(r"[，,]", before)[-1].strip("、")
        unit, value = figure.unit, figure.value
        reset = bool(re.search(r"[。；]", raw)) and last > start
        if reset and not cursor.path:
            cursor.item = ""
        bought = _PURCHASE.search(label)
        purchase = "购置" if bought else ("" if reset else purchase)
        if purchase and not bought:  # 安排购置甲 0 台，乙 0 台: 乙 too is to be bought
            label = purchase + label
        measure, item, sign = _read_label(label, unit, cursor, frame)
        if not item and "：" in raw:  # 办公家具：价值 34.23 万元
            titled = _name(re.split(r"[。；]", raw)[-1].partition("：")[0], frame)
            item = titled if titled and not _path_like(titled) else ""
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
        if owner and len(owner) <= MAX_LABEL:
            if not measure:
                measure = "预算数" if unit.endswith("元") else ("占比" if unit == "%" else "数量")
            clause = min(cursor.start, max(figure.start - len(label), last))
            yield _fact(
                frame,
                text.part(max(clause, 0), figure.end),
                owner,
                measure,
                value=value * sign,
                unit=unit,
                text=body[figure.start : figure.end],
                row_path=cursor.path,
            )
        last = figure.end
        composed = re.match(r"[，,]?(?:主要)?包括[:：]?", body[last:])
        if composed and owner and not has_figure(body[last : _sentence_end(body, last)]):
            stop = _sentence_end(body, last)
            yield _fact(
                frame,
                text.part(max(cursor.start, 0), stop),
                owner,
                "组成",
                text=body[last + composed.end() : stop],
            )
    composed_head = re.match(r"^([^，。；：]{2,20}?)包括[:：](.+?)。?$", body[start:end])
    if composed_head and not has_figure(composed_head.group(2)):
        yield _fact(
            frame,
            text.part(start, end),
            _name(composed_head.group(1), frame),
            "组成",
            text=composed_head.group(2),
        )


def _path_like(name: str) -> bool:
    return "，" in name or len(name) > 20 or bool(re.search(r"[（(][类款项][）)]", name))


def _sentence_end(text: str, at: int) -> int:
    stop = text.find("。", at)
    return len(text) if stop < 0 else stop


def _is_counter(label: str, frame: _Frame) -> bool:
    name = _name(label, frame)
    return not name or any(name.endswith(word) for word in prose("counters"))


def _read_label(label: str, unit: str, cursor: _Cursor, frame: _Frame) -> tuple[str, str, int]:
    """Return (measure, new item or '', sign) of the words before a figure."""
    change = _change().match(label)
    if change:
        subject = _name(change.group("subject"), frame)
        less = change.group("word") in prose("less")
        rate = unit in ("%", "个百分点")
        if rate and not change.group("base"):
            sign = -1 if less else 1
        else:
            sign = cursor.sign = -1 if less else 1
        return ("增减率" if rate else "增减额"), subject, sign
    for pattern, measure in _measures():
        match = pattern.search(label)
        if match and (measure != "占比" or unit == "%"):  # 占地面积 is no share
            return measure, _name(label[: match.start()], frame), 1
    return "", _name(label, frame), 1
