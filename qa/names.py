"""Departments by all their names: derived from place and function, never listed by hand.

巴音郭楞蒙古自治州人力资源和社会保障局 is a place and a function; every short form of the one joined
with every short form of the other names it too: 巴州人社局. A name in a question that has the shape of
a department but is none of ours is reported, so that nobody is answered about somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from index.text import fold
from qa.lexicon import lexicon
from qa.matching import is_subsequence

_PLACE_END = re.compile(
    r"(?:维吾尔自治区|壮族自治区|回族自治区|自治区|[\u4e00-\u9fff]{1,4}族自治州|自治州|自治县|地区|省|市|盟|州|区|县|旗|镇|乡)$"
)
_ORGANISATION = re.compile(
    r"(?:局|厅|委员会|委|办公室|中心|学院|学校|医院|法院|检察院|研究院|研究所|街道|街道办|大队|支队|总队|仲裁院|馆|署|党校|大学|中学|小学|幼儿园)"
)


_SHAPED = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}?(?:自治区|自治州|地区|省|市|区|县|旗|盟))+(?=[\u4e00-\u9fff]{2,}"
    r"(?:[局厅委办院会馆]|中心|街道|街道办事处|[镇乡]人民政府|[镇乡])$)"
)
"""A place that no list knows, before what its department does: 青岭市江湾区水务局."""
_INNER_PLACE = re.compile(r"^.{2,}?(?:自治区|自治州|地区|省|市|盟)(?=.{2,}[市区县旗]$)")
_UNIT_END = re.compile(r"[局厅委办院站所馆队校署]$")
_FOLLOWED = re.compile(r"(?:[两二三四五六七八九十几]家|和|与|，|的|这|人社|[局厅委])")
_OPENS = re.compile(r"(?:^|[，□?\d年月问下看知道解查比和与跟同及是把对在说讲给拿请要让帮找占于那这换有])$")
"""What may stand before a place that means its department; 参加自治区大赛 names none."""
_LINKED = re.compile(r"(?:20\d\d年?)?(?:的)?(?:和|与|跟|同|，|比|及|以及)")
OWN_OFFICE = (
    "局本级",
    "厅本级",
    "委本级",
    "机关本级",
    "本级机关",
    "局机关",
    "厅机关",
    "委机关",
    "本级的",
    "本级自己",
)
"""What a department's own office is called among its units."""
SHORT_TAIL = 4
"""So long an end of a unit's name may stand for it."""
LONG_NAME = 5
"""A unit's name this long tells its department by itself."""


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the index: its folded names and the documents it published."""

    entity: str
    short: str
    names: tuple[str, ...]
    subunits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A department named in a question, by a name of its own or of a unit inside it.

    `entity` is '' for a department that the index does not hold.
    """

    start: int
    end: int
    text: str
    entity: str
    subunit: str = ""


@cache
def place_names() -> frozenset[str]:
    """Return the folded full and short names of all known places."""
    return frozenset(fold(name) for full, shorts in lexicon().places.items() for name in (full, *shorts))


@cache
def _is_place(text: str) -> bool:
    """Tell whether a text is a known place, or several in a row: 新疆巴州, 上海市普陀区."""
    names = place_names()
    return text in names or any(text[:at] in names and _is_place(text[at:]) for at in range(2, len(text) - 1))


@cache
def split_name(name: str) -> tuple[str, str]:
    """Split a folded name into (place, function); the place is '' when none is recognised."""
    known = {fold(form) for full, shorts in lexicon().functions.items() for form in (full, *shorts)}
    options = [
        (name[:at], name[at:]) for at in range(2, len(name) - 1) if name[at:] in known or _is_place(name[:at])
    ]
    best = max(
        options,
        key=lambda o: (
            _is_place(o[0]) + (o[1] in known),
            _is_place(o[0]),
            len(o[0]) if o[1] not in known else 0,
        ),
        default=("", name),
    )
    shaped = None if _is_place(best[0]) else _SHAPED.match(name)
    return (name[: shaped.end()], name[shaped.end() :]) if shaped else best


@cache
def place_forms(place: str) -> tuple[str, ...]:
    """Return all ways to write a place: full, official short forms, without suffix."""
    forms = {place}
    owners = [
        {fold(full), *(fold(short) for short in shorts)}
        for full, shorts in lexicon().places.items()
        if place == fold(full) or place in (fold(short) for short in shorts)
    ]
    if len(owners) == 1:  # 自治区 alone may be any of five: it stands for itself only
        forms |= owners[0]
    for full, shorts in lexicon().places.items():  # 新疆巴州: a place inside its province
        for short in (fold(full), *(fold(s) for s in shorts)):
            if place.startswith(short) and _is_place(place[len(short) :]):
                forms |= set(place_forms(place[len(short) :]))
    inner = _INNER_PLACE.sub("", place)
    if inner != place and len(forms) == 1:
        forms |= set(place_forms(inner))
    stem = _PLACE_END.sub("", place)
    if len(stem) >= 2:
        forms.add(stem)
    return tuple(sorted(forms, key=len, reverse=True))


@cache
def function_forms(function: str) -> tuple[str, ...]:
    """Return all ways to write a function: 人力资源和社会保障局, 人社局."""
    forms = {function}
    for full, shorts in lexicon().functions.items():
        known = {fold(full), *(fold(short) for short in shorts)}
        if function in known:
            forms |= known
    return tuple(sorted(forms, key=len, reverse=True))


@cache
def _rewritten(name: str) -> tuple[str, ...]:
    """Return the other ways to write a full name, the usual short one first: 某区万里街道.

    A sub-district office is known without its government, a party body without 中共.
    """
    usual = name
    written = [name]
    for pattern, forms in lexicon().name_rewrites:
        found = [known for known in written if pattern.search(known)]
        rewritten = [pattern.sub(form, known) for known in found for form in forms]
        written = list(dict.fromkeys((*written, *rewritten)))
        usual = pattern.sub(forms[0], usual)
    return tuple(dict.fromkeys((usual, *written)))


@cache
def name_forms(name: str) -> tuple[str, ...]:
    """Return every folded name under which people may know a department."""
    return tuple(
        sorted({form for way in _rewritten(name) for form in _written_forms(way)}, key=len, reverse=True)
    )


@cache
def _written_forms(name: str) -> tuple[str, ...]:
    forms = {fold(name)}
    outer, _, inner = name.replace("(", "（").replace(")", "）").rstrip("）").partition("（")
    for part in (outer, inner if len(inner) > 6 else ""):  # 甲中心（乙中心）: one unit, two names
        if not part:
            continue
        place, function = split_name(fold(part))
        forms.add(fold(part))
        if place:
            forms |= {one + other for one in place_forms(place) for other in function_forms(function)}
            if function[-1] in "厅局":  # 自治区厅; 区委 is the party's
                forms |= {one + function[-1] for one in place_forms(place)}
            if _is_proper(function):
                forms.add(function)
    return tuple(sorted(forms, key=len, reverse=True))


def _is_proper(function: str) -> bool:
    """Tell whether a name tells its bearer without the place: 万里街道, but not 街道办事处."""
    ends = lexicon().proper_ends
    return function not in _function_words() and any(
        function.endswith(end) and len(function) >= len(end) + 2 for end in ends
    )


@cache
def short_name(name: str) -> str:
    """Return the name by which an answer calls a department: 巴州人社局."""
    name = _rewritten(name)[0]
    place, function = split_name(fold(name))
    if not place:
        return name
    if function.startswith("委"):  # 区委宣传部: the place keeps its rank
        return name
    shorts = [
        fold(known[0])
        for full, known in lexicon().places.items()
        if known and any(form in (fold(full), *map(fold, known)) for form in place_forms(place))
    ]
    ends = {
        function[-1],
        *("委" if function.endswith("委员会") else ""),
        *("办" if function.endswith("办公室") else ""),
    }
    known: Sequence[str] = next(
        (known for full, known in lexicon().functions.items() if fold(full) == function), ()
    )
    official = next((short for short in known if short[-1] in ends), function)  # the usual one stands first
    return (shorts[0] if len(shorts) == 1 else place) + fold(official)


def departments(infos: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> list[Department]:
    """Build the departments from (entity, aliases, subunits) of the documents; same names are merged."""
    merged: dict[str, tuple[str, set[str], set[str]]] = {}
    for entity, aliases, subunits in infos:
        forms = {form for name in (entity, *aliases) for form in name_forms(name)}
        key = next((known for known, (_, names, _) in merged.items() if fold(entity) in names), entity)
        name, names, units = merged.setdefault(key, (entity, set(), set()))
        names |= forms
        units |= {
            unit for unit in subunits if fold(unit) not in forms and not fold(entity).endswith(fold(unit))
        }
    return [
        Department(name, short_name(name), tuple(sorted(names, key=len, reverse=True)), tuple(sorted(units)))
        for name, names, units in merged.values()
    ]


@cache
def _places_by_first() -> dict[str, tuple[str, ...]]:
    table: dict[str, set[str]] = {}
    for full, shorts in lexicon().places.items():
        for name in (full, *shorts):
            if len(name) >= 2:
                table.setdefault(fold(name)[0], set()).add(fold(name))
    return {first: tuple(sorted(names, key=len, reverse=True)) for first, names in table.items()}


@cache
def _function_words() -> tuple[str, ...]:
    words = {fold(name) for full, shorts in lexicon().functions.items() for name in (full, *shorts)}
    return tuple(sorted((word for word in words if len(word) >= 2), key=len, reverse=True))


def find_mentions(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return the departments named in folded `text`, unknown ones with an empty entity."""
    mentions: list[Mention] = []
    taken = [False] * len(text)

    def take(start: int, end: int, entity: str, subunit: str = "") -> None:
        mentions.append(Mention(start, end, text[start:end], entity, subunit))
        for at in range(start, end):
            taken[at] = True

    units = {
        form: (department.entity, unit)
        for department in known
        for unit in department.subunits
        for form in name_forms(unit)
    }
    table = [(name, department.entity) for department in known for name in department.names]
    owners: dict[str, set[str]] = {}
    for name, entity in table:
        owners.setdefault(name, set()).add(entity)
    for name in sorted({*owners, *units}, key=len, reverse=True):
        if len(name) < 3:
            continue
        start = text.find(name)
        while start >= 0:
            if not any(taken[start : start + len(name)]) and not _goes_on(name, text[start + len(name) :]):
                if name in owners:
                    if len(owners[name]) == 1:
                        take(start, start + len(name), next(iter(owners[name])))
                else:
                    take(start, start + len(name), *units[name])
            start = text.find(name, start + 1)
    for start, end in _shaped_like_department(text, taken):
        abbreviated = _abbreviated(text[start:end], known)
        take(start, end, *(abbreviated or ("",)))
    return sorted(mentions, key=lambda mention: mention.start)


def _abbreviated(name: str, known: Sequence[Department]) -> tuple[str, str] | None:
    """Return the (entity, unit) that `name` shortens: its characters stand in that order in the full name."""
    hits = set()
    for department in known:
        for full, unit in [(department.entity, ""), *((unit, unit) for unit in department.subunits)]:
            place, _ = split_name(fold(full).partition("（")[0])
            local = place and any(name.startswith(form) for form in place_forms(place) if len(form) >= 2)
            if local and is_subsequence(name, fold(full)):
                hits.add((department.entity, unit))
    return next(iter(hits)) if len(hits) == 1 else None


def _goes_on(name: str, after: str) -> bool:
    """Tell whether a name is only the head of a longer one: 昌吉州人社 of 昌吉州人社服务中心."""
    if _ORGANISATION.search(name[-3:]):
        return False
    match = _ORGANISATION.search(after[:10])
    return match is not None and not re.search(r"[的是在有多少和与，年]", after[: match.end()])


@lru_cache(maxsize=4)
def _sounds(known: tuple[Department, ...]) -> dict[tuple[str, ...], str]:
    """Return the department of each name by the sounds of its characters."""
    from pypinyin import lazy_pinyin

    return {
        tuple(lazy_pinyin(name)): department.entity
        for department in known
        for name in department.names
        if len(name) >= 4
    }


def find_homophones(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return the department whose name is written with characters of the same sound: 巴洲人社局."""
    from pypinyin import lazy_pinyin

    sounds = [lazy_pinyin(char)[0] for char in text]
    names = _sounds(tuple(known))
    sizes = sorted({len(name) for name in names}, reverse=True)
    found: dict[str, Mention] = {}
    for size in sizes:
        for at in range(len(text) - size + 1):
            entity = names.get(tuple(sounds[at : at + size]))
            if entity and entity not in found:
                found[entity] = Mention(at, at + size, text[at : at + size], entity)
    return list(found.values()) if len(found) == 1 else []


def find_places(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return the departments that places alone name: the only ones of the index that lie there.

    Several places must be named side by side (昌吉州和巴州): 自治区给巴州的 names no two departments.
    """
    hits: dict[str, Mention] = {}
    for department in known:
        place, _ = split_name(fold(department.entity))
        for form in place_forms(place) if place else ():
            at = text.find(form) if len(form) >= 2 else -1
            if at >= 0 and (_OPENS.search(text[:at]) or _FOLLOWED.match(text[at + len(form) :])):
                hits.setdefault(department.entity, Mention(at, at + len(form), form, department.entity))
                break
    found = sorted(hits.values(), key=lambda mention: mention.start)
    for full, shorts in lexicon().places.items() if found else ():
        for form in (full, *shorts):
            at = text.find(fold(form))
            beside = len(form) >= 2 and at >= 0 and re.search(r"(?:和|与|跟|，|及)$", text[:at])
            if (
                beside
                and not any(m.start <= at < m.end for m in found)
                and _FOLLOWED.match(text[at + len(form) :])
            ):
                found.append(Mention(at, at + len(form), form, ""))  # a place of none of ours
                break
    found.sort(key=lambda mention: mention.start)
    linked = all(_LINKED.fullmatch(text[a.end : b.start]) for a, b in zip(found, found[1:], strict=False))
    return found if linked else []


@cache
def unit_forms(unit: str) -> tuple[str, ...]:
    """Return the names of a unit inside its department: without the place too."""
    _, function = split_name(fold(unit).partition("（")[0])
    forms = {"本级"} if fold(unit).endswith("本级") else set()
    forms |= {
        *name_forms(unit),
        *(f for f in function_forms(function) if len(f) >= 4 or _UNIT_END.search(f)),
    }
    return tuple(sorted(forms, key=len, reverse=True))


def own_function(text: str, department: Department) -> tuple[int, int] | None:
    """Return where a department is called by its function alone, its place being named elsewhere: 人社局."""
    _, function = split_name(fold(department.entity))
    for form in function_forms(function):
        at = text.find(form) if len(form) >= 3 else -1
        if at >= 0:
            return at, at + len(form)
    return None


def own_place(text: str, department: Department) -> tuple[int, int] | None:
    """Return where a clause of its own tells the place of a department: …是多少？普陀区的."""
    place, _ = split_name(fold(department.entity))
    for form in place_forms(place) if place else ():
        found = re.search(rf"(?:^|(?<=[，?□])){re.escape(form)}(?:的|这边|那边)?(?=[，?]|$)", text)
        if found and len(form) >= 2:
            return found.span()
    return None


def find_functions(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return the departments that their functions alone name, each the only one of its kind: 区财政局."""
    found = sharing_function(text, known)
    return found if len({mention.start for mention in found}) == len(found) else []


def sharing_function(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return all departments of the function that a text names without a place."""
    found: dict[str, Mention] = {}
    for department in known:
        _, function = split_name(fold(_rewritten(department.entity)[0]))
        for form in function_forms(function):
            if len(form) < 3 or form not in text:
                continue
            match = re.search(
                rf"(?:^|[^\u4e00-\u9fff]|[和与跟同及比])[本省市区县州]?({re.escape(form)})", text
            )
            if match:
                found.setdefault(department.entity, Mention(*match.span(1), form, department.entity))
    return list(found.values())


@cache
def _tails(units: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Return the ends of the units' names that only one of them has: 基金监测中心 of 医疗保障基金监测中心."""
    owners: dict[str, dict[str, str]] = {}
    for unit in units:
        for name in re.split(r"[（()）]", unit):  # 甲中心（乙中心）: one unit, two names
            folded = fold(name)
            for at in range(1, len(folded) - SHORT_TAIL + 1) if _ORGANISATION.search(folded[-2:]) else ():
                owners.setdefault(folded[at:], {}).setdefault(fold(unit), unit)
    return frozenset((tail, next(iter(found.values()))) for tail, found in owners.items() if len(found) == 1)


def find_units(text: str, department: Department) -> list[tuple[int, int, str]]:
    """Return (start, end, unit) of the department's own units named in folded `text`."""
    found: list[tuple[int, int, str]] = []
    forms = {(form, unit) for unit in department.subunits for form in unit_forms(unit)}
    own = [unit for unit in department.subunits if fold(unit).replace("本级", "") == fold(department.entity)]
    if department.subunits:
        forms |= {(form, own[0] if own else department.entity) for form in OWN_OFFICE}
    pairs = sorted(forms | _tails(department.subunits), key=lambda pair: (-len(pair[0]), pair))
    for form, unit in pairs:
        at = text.find(form)
        if at >= 0 and not any(start < at + len(form) and at < end for start, end, _ in found):
            found.append((at, at + len(form), unit))
    return found


def find_owner(text: str, known: Sequence[Department]) -> list[Mention]:
    """Return the department that a unit of its own names, though it is not named itself: 妇幼保健院."""
    owners = {
        department.entity: found
        for department in known
        if (found := [hit for hit in find_units(text, department) if hit[1] - hit[0] >= LONG_NAME])
    }
    if len(owners) != 1:
        return []
    entity, ((start, end, unit), *_) = next(iter(owners.items()))
    return [Mention(start, end, text[start:end], entity, unit)]


def _shaped_like_department(text: str, taken: list[bool]) -> Iterable[tuple[int, int]]:
    """Yield stretches that read place + organisation but are no department of ours."""
    at = 0
    while at < len(text):
        if taken[at]:
            at += 1
            continue
        place = next(
            (name for name in _places_by_first().get(text[at], ()) if text.startswith(name, at)), None
        )
        if place:
            after = at + len(place)
            tail = text[after : after + 18]
            direct = next((word for word in _function_words() if tail.startswith(word)), None)
            end = None
            if direct:
                end = after + len(direct)
            else:
                match = _ORGANISATION.search(tail)
                if (
                    match
                    and match.end() >= 3
                    and not re.search(r"[的是在有多少和与，]|[两二三四五六七八九十几]家", tail[: match.end()])
                ):
                    end = after + match.end()
            if end and not any(taken[at:end]):
                yield at, end
                at = end
                continue
            at = after if place else at + 1
            continue
        at += 1
