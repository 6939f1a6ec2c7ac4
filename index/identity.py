"""Whose disclosure is it, and of which year: found in the document itself.

The title page, the 编制部门 lines above the tables and the headings of the explanations all name the
department; the name that most of them carry wins, a fuller form of it over a shorter one. The name of the
file speaks only where the document does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.outline import CaptionedGrid
from index.text import squash

ACCOUNTS = ("预算", "决算")
TITLE_PAGE, CAPTION, HEADING, RUNNING_HEAD = "标题页", "编制部门行", "标题", "页眉"
FILE_NAME, GIVEN = "文件名", "由 --about 或文件头给出"
_ORDER = (TITLE_PAGE, CAPTION, HEADING, RUNNING_HEAD, FILE_NAME)
MOST = 0.7
"""Where less of what is said speaks for a name, it is not sure."""
OFTEN = 4
"""So much said in places of one kind makes it sure."""
MOST_OTHERS = 2
"""Other names that are worth showing."""

_ABOUT = re.compile(r"关于(.{4,40}?)(\d{4})年")
_TITLE = re.compile(
    r"(\d{4})年度?(.{4,40}?)(?:部门|单位)?(?:预算|决算|概况)|^(.{4,40}?)(\d{4})年(?:度)?(?:部门|单位)?(?:预算|决算)"
    r"|^(.{4,40}?)概况"
)
_YEAR = re.compile(r"(20\d{2})\s*年度?\s*(?:[省市区县州]级)?(?:部门|单位)?(?:预算|决算)")
_SENTENCE = re.compile(r"[，。；]")
_PART = re.compile(r"^第[一二三四五六七八九十]+部分")
_SUFFIX = re.compile(
    r"(?:局|厅|委|委员会|院|中心|学|园|校|处|办|办公室|所|站|队|会|部|馆|社|街道|镇|乡)"
    r"(?:（本级）|\(本级\)|本级)?$"
)
_NAMED = re.compile(
    r"^(?:预算|决算|编制|填报)?(?:主管)?(?:部门|单位)(?:名称)?[:：](.{4,40}?)(?:[（(](?:公章|盖章)[）)])?$"
)
"""A line of the title page: 预算主管部门：某某局. A unit's own page names the unit beside it."""
_SUPERIOR = "主管"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a document is taken for: the kinds of `places` that say so, and the `others` that it names."""

    value: str
    places: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    weight: int = 1
    share: float = 1.0
    """Of all that is said, how much says so."""

    @property
    def sure(self) -> str:
        """How sure it is: given from outside, else by how much says so and how little says otherwise."""
        if self.places == (GIVEN,):
            return "指定"
        if not self.places or self.places == (FILE_NAME,) or self.share < MOST:
            return "低"
        return "高" if len(self.places) > 1 or self.weight >= OFTEN else "中"

    def __str__(self) -> str:
        other = f"；另见{'、'.join(self.others)}" if self.others else ""
        return f"{self.sure}（{'、'.join(self.places) or '没有写明'}{other}）"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a document may say what it is."""

    head: Sequence[str]
    captions: Sequence[CaptionedGrid]
    headings: Sequence[str]
    running: Sequence[str]
    """Running heads of a paged file."""
    file: str


def find_entity(places: Places) -> Finding:
    """Return the department's name, '' when the document does not tell it."""
    votes = _Votes()
    for caption in places.captions:
        if caption.entity:
            votes.add(squash(caption.entity), CAPTION, 2)
    for heading in places.headings:
        match = _ABOUT.search(squash(heading))
        if match:
            votes.add(match.group(1), HEADING)
    lines = [squash(line) for line in places.head]
    for text in [*lines, *map("".join, zip(lines, lines[1:], strict=False))]:  # a title may take two lines
        for name in _titled(text):
            votes.add(name, TITLE_PAGE)
        named = _NAMED.match(text)
        if named:
            superior = _SUPERIOR in text[: named.start(1)]
            votes.add(named.group(1), TITLE_PAGE if superior else CAPTION, 1 if superior else 2)
    for text in places.running:
        for name in _titled(squash(text)):
            votes.add(name, RUNNING_HEAD)
    if not votes.weights:
        for name in _titled(squash(_file_title(places.file))):
            votes.add(name, FILE_NAME)
    return votes.finding()


def _titled(text: str) -> list[str]:
    """Return the department that a title names, if any."""
    match = _TITLE.search(_PART.sub("", text))
    name = match and (match.group(2) or match.group(3) or match.group(5))
    return [name] if name and _SUFFIX.search(name) else []


def _file_title(file: str) -> str:
    """Return what a file's name says in the words of a title: 25年 is 2025年."""
    plain = re.sub(r"\.[A-Za-z]{2,5}$", "", file.rpartition("/")[2])
    return re.sub(r"(?<!\d)(\d{2})年", r"20\1年", plain)


def find_year(places: Places) -> Finding:
    """Return the year that the disclosure is about."""
    votes = _Votes()
    titled = ((TITLE_PAGE, places.head), (HEADING, places.headings), (RUNNING_HEAD, places.running))
    for place, texts in titled:
        for text in texts:
            for year in _YEAR.findall(squash(text)):
                votes.add(year, place)
            match = _ABOUT.search(squash(text))
            if match:
                votes.add(match.group(2), place)
    if not votes.weights:
        for year in _YEAR.findall(squash(_file_title(places.file))):
            votes.add(year, FILE_NAME)
    return votes.finding()


def find_account(places: Places) -> Finding:
    """Return 决算 for a final account, 预算 otherwise: what titles and headings speak of, not sentences."""
    said = {
        place: [squash(line) for line in lines]
        for place, lines in ((TITLE_PAGE, places.head), (HEADING, places.headings))
    }
    titles = {place: [x for x in lines if not _SENTENCE.search(x)] for place, lines in said.items()}
    counts = {
        place: {account: "".join(lines).count(account) for account in ACCOUNTS}
        for place, lines in (titles if any(titles.values()) else said).items()
    }
    plan, final = (sum(count[account] for count in counts.values()) for account in ACCOUNTS)
    if not plan and not final:
        named = [account for account in ACCOUNTS if account in places.file]
        return Finding(named[0], (FILE_NAME,)) if len(named) == 1 else Finding(ACCOUNTS[0])
    value, other = ACCOUNTS if plan >= final else ACCOUNTS[::-1]
    said_by = tuple(place for place, count in counts.items() if count[value])
    weight, share = max(plan, final), max(plan, final) / (plan + final)
    return Finding(value, said_by, (other,) if share < MOST else (), weight, share)


class _Votes:
    """Names with the weight and the kinds of places that speak for each."""

    def __init__(self) -> None:
        self.weights: Counter[str] = Counter()
        self.places: dict[str, set[str]] = {}

    def add(self, name: str, place: str, weight: int = 1) -> None:
        self.weights[name] += weight
        self.places.setdefault(name, set()).add(place)

    def finding(self) -> Finding:
        """Return the name with the most weight; a longer or shorter form of it is no other name."""
        if not self.weights:
            return Finding("")
        (name, weight), *rest = self.weights.most_common()
        others = {other: votes for other, votes in rest if name not in other and other not in name}
        places = sorted(self.places[name], key=_ORDER.index)
        share = weight / (weight + sum(others.values()))
        return Finding(name, tuple(places), tuple(others)[:MOST_OTHERS], weight, share)


def full_names(names: Iterable[str], entity: str) -> tuple[str, ...]:
    """Return other names under which the document itself calls the department (…本级 is the same)."""
    tail = entity[-4:]
    plain = (re.sub(r"(?:（本级）|\(本级\)|本级)$", "", name) for name in names)
    return tuple(dict.fromkeys(name for name in plain if name.endswith(tail) and not entity.endswith(name)))
