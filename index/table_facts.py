"""Tables -> facts: one for each cell, blank ones too (a blank cell means: nothing arranged)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.columns import is_total
from index.document import Document, Fact, Row, Table
from index.quantity import parse_quantity
from index.scope import title_rule
from index.text import parse_figure

_PLAIN_TOTAL = re.compile(r"^(?:总计|合计|小计|总\s*计|收入总计|支出总计|收支总计)$")


def table_facts(document: Document, table: Table) -> Iterator[Fact]:
    """Yield the facts of one table, ids left at 0."""
    subject, scope = title_rule(table.title)
    for row in table.rows:
        item = row.project if row.project and "绩效" not in table.title else _item(table, row, subject)
        quote = "".join(document.lines[(row.span.first or 1) - 1 : row.span.last])
        for path, cell in zip(table.header, row.cells, strict=True):
            text = cell.text if cell else ""
            value, unit, comparator = parse_figure(text), table.unit, ""
            if "绩效" in table.title:
                quantity = parse_quantity(text)
                if quantity and path != ("金额",):
                    value, unit, comparator = quantity.value, quantity.unit, quantity.comparator
                elif value is None:
                    unit = ""
            measure = path[-1]
            if "绩效" in table.title:
                if not text:
                    continue
                if path == ("金额",) and value is None:  # a goal in words stands among the amounts
                    measure, item = item, table.project or "整体绩效目标"
            yield Fact(
                id=0,
                doc=document.name,
                entity=document.entity,
                year=document.year,
                account=document.account,
                item=item,
                measure=measure,
                value=value,
                unit=unit,
                text=text,
                quote=quote,
                span=row.span,
                table=f"{table.number} {table.title}".strip(),
                section=table.section,
                row_path=row.path,
                column_path=path,
                subunit=row.subunit or table.subunit,
                project=row.project or table.project,
                scope=scope,
                code=row.code,
                total=row.total,
                comparator=comparator,
            )


def _item(table: Table, row: Row, subject: str) -> str:
    """Return what the row is about; total rows and unit rows are about the table's subject."""
    label = row.path[-1]
    if row.total and is_total(label):
        side = table.header[0][0] if table.header else ""
        if subject == "财政拨款收支" or subject == "收支总预算":
            return ("财政拨款" if subject == "财政拨款收支" else "") + label
        if side and _PLAIN_TOTAL.match(label):
            return subject or label
    if row.subunit and label == row.subunit and subject:
        return subject
    return label
