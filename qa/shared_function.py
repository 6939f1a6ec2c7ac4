"""Places named side by side with one department: 乌鲁木齐和巴州人社局 are two departments of one function."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from index.departments import FUNCTION
from index.naming import function_forms, function_table, place_forms, split_name
from index.register import Register
from qa.names import Mention, place_at, place_before, places_near

_BEFORE = re.compile(r"(?:20\d\d年?)?的?(?:和|与|跟|同|，|比|及|以及|还有|、)$")
_AFTER = re.compile(r"(?:20\d\d年?)?的?(?:和|与|跟|同|，|比|及|以及|还有|、)")
_AGAINST = re.compile(r"(?:比|[跟和与同])(?=[\u4e00-\u9fff])")
_MORE = re.compile(r"的?(?:要)?(?:[多少高低大小贵]|相?差|比|相比)")
"""巴州人社局的三公经费比乌鲁木齐多多少."""
_ENDS = re.compile(r"(?:20\d\d年?)?(?:[的，?比谁哪两二相差各分都一共合加多少高低大小三四五和与跟及、]|$)")
"""What may stand after a place that is a department of its own: 巴州人社局比乌鲁木齐多多少."""


def with_shared_function(text: str, mentions: Sequence[Mention], register: Register) -> list[Mention]:
    """Return the mentions, and the departments that places linked with them name by sharing their function.

    A place without such a department in the index gives a mention of an unknown one.
    """
    found = list(mentions)
    owners = {d.entity: (d.place, d.function) for d in register.near(text)}
    for mention in mentions:
        place, function = owners.get(mention.entity) or split_name(mention.text)
        if not place or mention.subunit:
            continue
        for start, end in _linked_places(text, mention, places_near(text, register)):
            if any(m.start < end and start < m.end for m in found):
                continue
            place = text[start:end]
            shared = [
                d.entity
                for d in register.at([place])
                if place in place_forms(d.place) and _stems(d.function) & _stems(function)
            ]
            if len(shared) <= 1:
                found.append(Mention(start, end, place, "".join(shared)))
    return sorted(found, key=lambda mention: mention.start)


def _stems(function: str) -> set[str]:
    """Return the ways to write a function without its 局, 厅 or 委, which depends on the place."""
    return {form[:-1] for form in function_forms(function)}


def plain_order(text: str, register: Register) -> str:
    """Return a question whose places stand right before their function: 巴州2026年人社局, 巴州两个人社局."""
    places = places_near(text, register)
    for pattern in _between(_functions(text, register)):
        for found in reversed(list(pattern.finditer(text))):
            if place_before(text, found.start(), places):
                function, between = found.group("function"), found.groupdict().get("year") or ""
                text = text[: found.start()] + function + between + text[found.end() :]
    return text


def _functions(text: str, register: Register) -> tuple[str, ...]:
    """Return the words for what departments do that stand in a text, the longest first."""
    hits = {hit.text for hit in register.hits(text) if hit.kind == FUNCTION}
    found = hits | {form for form in function_table() if form in text}
    return tuple(sorted((form for form in found if len(form) > 2), key=lambda form: (-len(form), form)))


@lru_cache(maxsize=64)
def _between(functions: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a count and of a year between a place and one of these functions."""
    if not functions:
        return ()
    function = f"(?P<function>{'|'.join(map(re.escape, functions))})"
    return (
        re.compile(rf"(?:这|那)?[两二三四五六七八九](?:个|家){function}"),
        re.compile(rf"(?P<year>20\d\d年度?)的?{function}"),
    )


def _linked_places(text: str, mention: Mention, places: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of the places before and after a mention that are linked with it, one by one."""
    at = mention.start
    while link := _BEFORE.search(text[:at]):
        name = place_before(text, link.start(), places)
        if not name:
            break
        at = link.start() - len(name)
        yield at, link.start()
    for against in _AGAINST.finditer(text):
        start = against.end()
        name = place_at(text, start, places)
        if name and _MORE.match(text[start + len(name) :]):
            yield start, start + len(name)
    at = mention.end
    while link := _AFTER.match(text[at:]):
        start = at + link.end()
        name = place_at(text, start, places)
        at = start + len(name)
        if not name or not _ENDS.match(text[at:]):
            break
        yield start, at
