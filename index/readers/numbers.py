"""Numbers of spreadsheet cells -> the text that the sheet shows, which is what was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy-mm-dd",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '#,##0;-#,##0;"-"',
    42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"??',
    44: '#,##0.00;-#,##0.00;"-"??',
    49: "@",
    **dict.fromkeys((15, 16, 17, 22, *range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
}
"""The formats that a workbook means by their number alone."""
SIGNIFICANT = Context(prec=15, rounding=ROUND_HALF_UP)
"""Spreadsheets compute and show no more digits; what follows is noise of binary fractions."""
_DAY_ZERO = date(1899, 12, 30)
_LAST_DAY = 2_958_465
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')
_LARGEST = Decimal(10) ** 15
_SCALE = 30
"""Powers of ten beyond it are no figures, and writing them out would fill the memory."""
_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].?|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<digits>[#0?.,]+)|(?P<plain>.)"
)
_NO_TEXT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DATE = re.compile(r"[^#0?]*[ymdhs][^#0?]*", re.I)
_MARK = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)|[黑蓝青绿红白黄]色?|洋红|颜色 ?\d+|\$.*",
    re.I,
)
"""What may stand in brackets without changing the digits: colours, currencies."""
_PLAIN = frozenset(" -+()（）/:：%¥￥$")


def shown(number: Decimal, code: str) -> str:
    """Return a number as its cell shows it; with a format not understood, the number and a warning."""
    if abs(number.adjusted()) > _SCALE:
        return str(number)
    if code.strip() in ("", "@") or code.lower() in ("general", "g/通用格式") or abs(number) >= _LARGEST:
        return _plain(number)
    sections = _sections(code)
    which = 2 if number == 0 and len(sections) > 2 else 1 if number < 0 and len(sections) > 1 else 0
    parts = _parts(sections[which])
    if parts is None:
        day = _date(number, code)
        return day or f"{_plain(number)}（数字格式 {code} 无法识别）"
    sign = "-" if number < 0 and which == 0 else ""
    text = "".join(_digits(abs(number), part, parts) if kind else part for kind, part in parts)
    rounded_away = not any(c.isdigit() and c != "0" for c in text)
    return text.strip() if rounded_away else sign + text.strip()


def _plain(number: Decimal) -> str:
    text = format(SIGNIFICANT.plus(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[str, ...]:
    """Return the parts of a format for positive numbers, negative ones and zero."""
    return tuple(match for match in _SECTION.findall(code + ";")[:-1:2]) or (code,)


@lru_cache(maxsize=1024)
def _parts(section: str) -> tuple[tuple[bool, str], ...] | None:
    """Return (are digits, text) in order; None when a part is not understood."""
    parts = list(_read(section))
    if None in parts or sum(kind for kind, _ in (part for part in parts if part)) > 1:
        return None
    return tuple(part for part in parts if part)


def _read(section: str) -> Iterator[tuple[bool, str] | None]:
    for match in _PART.finditer(section):
        if match["digits"]:
            yield True, match["digits"]
        elif match["bracket"] is not None:
            if not _MARK.fullmatch(match["bracket"]):
                yield None
        elif match["plain"] is not None and match["plain"] not in _PLAIN and match["plain"].isascii():
            yield None
        else:
            literal = match["quoted"] or match["escaped"] or match["plain"] or ""
            yield False, literal.strip("¥￥$")


def _digits(number: Decimal, pattern: str, parts: tuple[tuple[bool, str], ...]) -> str:
    """Return the digits as a pattern of `#0?.,` writes them."""
    if any("%" in part for kind, part in parts if not kind):
        number *= 100
    body = pattern.rstrip(",")
    number /= Decimal(1000) ** (len(pattern) - len(body))
    whole, _, fraction = body.partition(".")
    text = format(
        SIGNIFICANT.plus(number).quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP),
        ",f" if "," in whole else "f",
    )
    integer, _, decimals = text.partition(".")
    least = fraction.rstrip("#?")
    while len(decimals) > len(least) and decimals.endswith("0"):
        decimals = decimals[:-1]
    if integer == "0" and "0" not in whole:
        integer = ""
    integer = integer.rjust(whole.count("0"), "0")
    return f"{integer}.{decimals}" if decimals else integer


def _date(number: Decimal, code: str) -> str:
    if not _DATE.fullmatch(_NO_TEXT.sub("", code)) or not 0 < number < _LAST_DAY:
        return ""
    day = _DAY_ZERO + timedelta(days=int(number))
    return f"{day.year}年{day.month}月{day.day}日"
