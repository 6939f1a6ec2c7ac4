"""The facts of a document as a table: whole columns at once, and single facts when they are looked at.

A question looks at a few dozen of the hundreds of facts of a document. To know which, it goes through columns
(what each fact is about, what its number says); making the facts themselves is most of the work of reading.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from index.document import Fact

Decoder = Callable[[Any], Any]


class FactTable(Sequence[Fact]):
    """Facts in order of id, read-only. Those looked at are made, and kept."""

    def __init__(
        self,
        first: int,
        columns: Sequence[Sequence[Any]],
        decoders: Mapping[str, Decoder | None],
        make: Callable[[Sequence[int]], Sequence[Fact]],
    ) -> None:
        """Take columns of equal length, named by what decodes them; `first` is the id of the first fact.

        `make` gives the facts of ascending ids.
        """
        self._first = first
        self._packed = dict(zip(decoders, columns, strict=True))
        self._decoders = decoders
        self._make = make
        self._columns: dict[str, Sequence[Any]] = {}
        self._made: list[Fact | None] = [None] * len(columns[0])

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, at: int) -> Fact: ...
    @overload
    def __getitem__(self, at: slice) -> list[Fact]: ...
    def __getitem__(self, at: int | slice) -> Fact | list[Fact]:
        if isinstance(at, slice):
            return self.take(range(*at.indices(len(self))))
        return self._made[at] or self.take([at % len(self)])[0]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.take(range(len(self))))

    def column(self, name: str) -> Sequence[Any]:
        """Return what a column of `index.rows.LOOKED_AT` holds of all facts, in their order."""
        if name not in self._columns:
            cells, decode = self._packed[name], self._decoders[name]
            if decode is not None:
                known = {cell: decode(cell) for cell in set(cells)}
                cells = [known[cell] for cell in cells]
            self._columns[name] = cells
        return self._columns[name]

    def take(self, numbers: Iterable[int]) -> list[Fact]:
        """Return the facts at these places in the order asked."""
        wanted = list(numbers)
        made = self._made
        if missing := sorted({number for number in wanted if made[number] is None}):
            for number, new in zip(missing, self._make([self._first + at for at in missing]), strict=True):
                made[number] = new
        return [fact for number in wanted if (fact := made[number]) is not None]

    def having(self, **wanted: Container[Any]) -> list[Fact]:
        """Return the facts that hold in each of the named columns one of the values given for it."""
        numbers: Iterable[int] = range(len(self))
        for name, values in wanted.items():
            column = self.column(name)
            numbers = [number for number in numbers if column[number] in values]
        return self.take(numbers)
