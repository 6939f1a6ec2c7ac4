"""Places named side by side with one department: 乌鲁木齐和巴州人社局 are two departments of one function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from index.text import fold
from qa.names import Department, Mention, function_forms, place_forms, place_names, split_name

_BEFORE = re.compile(r"(?:20\d\d年?)?的?(?:和|与|跟|同|，|比|及|以及|还有|、)$")
_AFTER = re.compile(r"(?:20\d\d年?)?的?(?:和|与|跟|同|，|比|及|以及|还有|、)")
_AGAINST = re.compile(r"(?:比|[跟和与同])(?=[\u4e00-\u9fff])")
_MORE = re.compile(r"的?(?:要)?(?:[多少高低大小贵]|相?差|比|相比)")
"""巴州人社局的三公经费比乌鲁木齐多多少."""
_ENDS = re.compile(r"(?:20\d\d年?)?(?:[的，?比谁哪两二相差各分都一共合加多少高低大小三四五和与跟及、]|$)")
"""What may stand after a place that is a department of its own: 巴州人社局比乌鲁木齐多多少."""


def with_shared_function(
    text: str, mentions: Sequence[Mention], known: Sequence[Department]
) -> list[Mention]:
    """Return the mentions, and the departments that places linked with them name by sharing their function.

    A place without such a department in the index gives a mention of an unknown one.
    """
    found = list(mentions)
    owners = {department.entity: split_name(fold(department.entity)) for department in known}
    for mention in mentions:
        place, function = owners.get(mention.entity) or split_name(mention.text)
        if not place or mention.subunit:
            continue
        for start, end in _linked_places(text, mention, tuple(known)):
            if any(m.start < end and start < m.end for m in found):
                continue
            place = text[start:end]
            shared = [
                entity
                for entity, (own, other) in owners.items()
                if place in place_forms(own) and _stems(other) & _stems(function)
            ]
            if len(shared) <= 1:
                found.append(Mention(start, end, place, "".join(shared)))
    return sorted(found, key=lambda mention: mention.start)


def _stems(function: str) -> set[str]:
    """Return the ways to write a function without its 局, 厅 or 委, which depends on the place."""
    return {form[:-1] for form in function_forms(function)}


def plain_order(text: str, known: tuple[Department, ...]) -> str:
    """Return a question whose places stand right before their function: 巴州2026年人社局, 巴州两个人社局."""
    counts, years = _between(known)
    return years.sub(r"\g<place>\g<function>\g<year>", counts.sub(r"\g<place>", text))


@lru_cache(maxsize=8)
def _between(known: tuple[Department, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a count and of a year between a place and a function."""
    functions = {
        form for d in known for form in function_forms(split_name(fold(d.entity))[1]) if len(form) > 2
    }
    place = f"(?P<place>{'|'.join(map(re.escape, _names(known)))})"
    function = "|".join(sorted(map(re.escape, functions), key=len, reverse=True)) or "$"
    return (
        re.compile(rf"{place}(?:这|那)?[两二三四五六七八九](?:个|家)(?={function})"),
        re.compile(rf"{place}(?P<year>20\d\d年度?)的?(?P<function>{function})"),
    )


def _linked_places(text: str, mention: Mention, known: tuple[Department, ...]) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of the places before and after a mention that are linked with it, one by one."""
    names = _names(known)
    at = mention.start
    while link := _BEFORE.search(text[:at]):
        name = next((name for name in names if text[: link.start()].endswith(name)), "")
        if not name:
            break
        at = link.start() - len(name)
        yield at, link.start()
    for against in _AGAINST.finditer(text):
        start = against.end()
        name = next((name for name in names if text[start:].startswith(name)), "")
        if name and _MORE.match(text[start + len(name) :]):
            yield start, start + len(name)
    at = mention.end
    while link := _AFTER.match(text[at:]):
        start = at + link.end()
        name = next((name for name in names if text[start:].startswith(name)), "")
        at = start + len(name)
        if not name or not _ENDS.match(text[at:]):
            break
        yield start, at


@lru_cache(maxsize=8)
def _names(known: tuple[Department, ...]) -> list[str]:
    """Return all names of places, those of the departments too, the longest first."""
    own = {form for d in known for form in place_forms(split_name(fold(d.entity))[0])}
    return sorted((name for name in own | place_names() if len(name) >= 2), key=len, reverse=True)
