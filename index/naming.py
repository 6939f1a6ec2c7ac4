"""What departments and their units may be called: derived from place and function, never listed by hand.

巴音郭楞蒙古自治州人力资源和社会保障局 is a place and a function; every short form of the one joined
with every short form of the other names it too: 巴州人社局.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from index.rules import load
from index.text import fold

REMEMBERED = 1 << 14
"""Names whose forms are kept: a question asks for those of a few departments again and again."""
SHORT_TAIL = 4
"""So long an end of a unit's name may stand for it."""
ORGANISATION = re.compile(
    r"(?:局|厅|委员会|委|办公室|中心|学院|学校|医院|法院|检察院|研究院|研究所|街道|街道办|大队|支队|总队|仲裁院|馆|署|党校|大学|中学|小学|幼儿园)"
)
_PLACE_END = re.compile(
    r"(?:维吾尔自治区|壮族自治区|回族自治区|自治区|[\u4e00-\u9fff]{1,4}族自治州|自治州|自治县|地区|省|市|盟|州|区|县|旗|镇|乡)$"
)
_SHAPED = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}?(?:自治区|自治州|地区|省|市|区|县|旗|盟))+(?=[\u4e00-\u9fff]{2,}"
    r"(?:[局厅委办院会馆]|中心|街道|街道办事处|[镇乡]人民政府|[镇乡])$)"
)
"""A place that no list knows, before what its department does: 青岭市江湾区水务局."""
_INNER_PLACE = re.compile(r"^.{2,}?(?:自治区|自治州|地区|省|市|盟)(?=.{2,}[市区县旗]$)")
_UNIT_END = re.compile(r"[局厅委办院站所馆队校署]$")


@cache
def place_table() -> dict[str, list[tuple[str, ...]]]:
    """Return the folded full and short names of all known places, each with all names of its places.

    自治区 is a name of five places.
    """
    table: dict[str, list[tuple[str, ...]]] = {}
    for full, shorts in load("places").items():
        names = tuple(dict.fromkeys(fold(name) for name in (full, *shorts)))
        for name in names:
            table.setdefault(name, []).append(names)
    return table


def same_place(name: str) -> tuple[str, ...]:
    """Return all names of the one place that a folded text is a name of, none for several or no place."""
    owners = place_table().get(name, ())
    return owners[0] if len(owners) == 1 else ()


@cache
def function_table() -> dict[str, frozenset[str]]:
    """Return the folded full and short names of all known functions, each with all that mean the same."""
    table: dict[str, frozenset[str]] = {}
    for full, shorts in load("functions").items():
        names = frozenset(fold(name) for name in (full, *shorts))
        for name in names:
            table[name] = table.get(name, frozenset()) | names
    return table


@cache
def _rewrites() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return parts of a department's full name and what people say instead, the usual form first."""
    return tuple((re.compile(rule["match"]), tuple(rule["forms"])) for rule in load("names")["rewrites"])


@lru_cache(REMEMBERED)
def _is_place(text: str) -> bool:
    """Tell whether a text is a known place, or several in a row: 新疆巴州, 上海市普陀区."""
    names = place_table()
    return text in names or any(text[:at] in names and _is_place(text[at:]) for at in range(2, len(text) - 1))


@lru_cache(REMEMBERED)
def split_name(name: str) -> tuple[str, str]:
    """Split a folded name into (place, function); the place is '' when none is recognised."""
    known = function_table()
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


@lru_cache(REMEMBERED)
def place_forms(place: str) -> tuple[str, ...]:
    """Return all ways to write a folded place, the longest first: full, short, without suffix."""
    forms = {place}
    table = place_table()
    forms.update(same_place(place))  # 自治区 alone may be any of five: it stands for itself only
    for at in range(2, len(place) - 1):  # 新疆巴州: a place inside its province
        if place[:at] in table and _is_place(place[at:]):
            forms.update(place_forms(place[at:]))
    inner = _INNER_PLACE.sub("", place)
    if inner != place and len(forms) == 1:
        forms.update(place_forms(inner))
    stem = _PLACE_END.sub("", place)
    if len(stem) >= 2:
        forms.add(stem)
    return _longest_first(forms)


def function_forms(function: str) -> tuple[str, ...]:
    """Return all ways to write a folded function, the longest first: 人力资源和社会保障局, 人社局."""
    return _longest_first({function, *function_table().get(function, ())})


@lru_cache(REMEMBERED)
def written_ways(name: str) -> tuple[str, ...]:
    """Return the other ways to write a full name, the usual short one first: 某区万里街道.

    A sub-district office is known without its government, a party body without 中共.
    """
    usual = name
    written = [name]
    for pattern, forms in _rewrites():
        found = [known for known in written if pattern.search(known)]
        rewritten = [pattern.sub(form, known) for known in found for form in forms]
        written = list(dict.fromkeys((*written, *rewritten)))
        usual = pattern.sub(forms[0], usual)
    return tuple(dict.fromkeys((usual, *written)))


@lru_cache(REMEMBERED)
def name_forms(name: str) -> tuple[str, ...]:
    """Return every folded name under which people may know a department, the longest first."""
    return _longest_first({form for way in written_ways(name) for form in _written_forms(way)})


def _written_forms(name: str) -> set[str]:
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
    return forms


def _is_proper(function: str) -> bool:
    """Tell whether a name tells its bearer without the place: 万里街道, but not 街道办事处."""
    return function not in function_table() and any(
        function.endswith(end) and len(function) >= len(end) + 2 for end in load("names")["proper"]
    )


@lru_cache(REMEMBERED)
def short_name(name: str) -> str:
    """Return the name by which an answer calls a department: 巴州人社局."""
    name = written_ways(name)[0]
    place, function = split_name(fold(name))
    if not place:
        return name
    if function.startswith("委"):  # 区委宣传部: the place keeps its rank
        return name
    table = place_table()
    owners = {names for form in place_forms(place) for names in table.get(form, ()) if len(names) > 1}
    shorts = [names[1] for names in owners]
    ends = {
        function[-1],
        *("委" if function.endswith("委员会") else ""),
        *("办" if function.endswith("办公室") else ""),
    }
    known = next((shorts for full, shorts in load("functions").items() if fold(full) == function), ())
    official = next((short for short in known if short[-1] in ends), function)  # the usual one stands first
    return (shorts[0] if len(shorts) == 1 else place) + fold(official)


@lru_cache(REMEMBERED)
def unit_forms(unit: str) -> tuple[str, ...]:
    """Return the names of a unit inside its department, the longest first: without the place too."""
    _, function = split_name(fold(unit).partition("（")[0])
    forms = {"本级"} if fold(unit).endswith("本级") else set()
    forms |= {
        *name_forms(unit),
        *(f for f in function_forms(function) if len(f) >= 4 or _UNIT_END.search(f)),
    }
    return _longest_first(forms)


@lru_cache(REMEMBERED)
def unit_tails(unit: str) -> tuple[str, ...]:
    """Return the ends of a unit's name that may stand for it: 基金监测中心 of 医疗保障基金监测中心."""
    names = (fold(name) for name in re.split(r"[（()）]", unit))  # 甲中心（乙中心）: one unit, two names
    return tuple(
        name[at:]
        for name in names
        if ORGANISATION.search(name[-2:])
        for at in range(1, len(name) - SHORT_TAIL + 1)
    )


def _longest_first(forms: set[str]) -> tuple[str, ...]:
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))
