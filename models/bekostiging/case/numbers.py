"""Numbers and truth values as people write them: what is unambiguous is read, the rest is asked about, never guessed.

A mark between groups of three digits separates thousands, the last mark of another kind the decimals: ``1.730.500,50`` can
be one number only. A single mark before three digits (``1.234``) can be either; there the dialect of the file decides, and
where that leaves it open the number is refused.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Literal

DUTCH = ";"
"""Separator of files with a decimal comma; a file separated by commas has a decimal point."""
CELL = "cell"
"""Dialect of a text in a workbook: either decimal mark, unless the same text may be a number in groups of three."""
Sign = Literal["", "euro", "percent"]
"""What may stand beside a number of a column: the sign of the euro, or a percentage of a column of fractions."""
_DECIMAL = {DUTCH: ",", ",": ".", CELL: ""}
"""The mark that is decimal in each dialect, also before three digits."""
_PLAIN = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_EURO = re.compile(r"€|\b(?:eur|euro)\b\.?", re.IGNORECASE)
_WHOLE = re.compile(r"[.,](?:-{1,2}|=)$")
"""The end of ``€ 1.500,-``: no cents, so every mark before it separates thousands."""
_PERCENT = re.compile(r"\s*(?:%|procent|percent)$", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("\u2212\u2013\u2010\u2011", "-") | dict.fromkeys("\u00a0\u2009\u202f", " "))
_GROUPS = r"[1-9]\d{0,2}(?:%s\d{3})+"
LONGEST = 18
"""Digits of a number that a sentence writes out."""
_TRUE = {"ja", "yes", "true", "waar", "1", "j", "y"}
_FALSE = {"nee", "no", "false", "onwaar", "0", "n"}


class AmbiguousNumberError(ValueError):
    """A number that reads differently with the other decimal mark, such as 1.234 in a ``;`` file."""


def parse_number(text: str, separator: str, sign: Sign = "") -> float:
    """Return the number that a text can only be.

    Parameters
    ----------
    text : str
        ``1.234,5``, ``2.900.000``, ``1 234``, ``-3``, ``3-``, ``(3)``; with ``sign`` also ``EUR 12`` or ``36 %``.
    separator : str
        Dialect of the file: ``;`` (decimal comma), ``,`` (decimal point) or ``CELL``.
    sign : Sign
        Whether the column is in euros, or of fractions: a percentage is divided by 100.

    Raises
    ------
    AmbiguousNumberError
        ``1.234`` in a ``;`` file (1234 or 1,234?) or ``1,234`` in a ``,`` file; either in a text cell of a workbook.
    ValueError
        Not a number.

    >>> parse_number("1.730.500,50", ";"), parse_number("€ 1.500,-", ";", "euro"), parse_number("36 %", ";", "percent")
    (1730500.5, 1500.0, 0.36)
    """
    if separator == "," and _POINT.fullmatch(text):  # nearly every cell of a workbook
        return float(text)
    body = text.translate(_DASHES).strip()
    divisor, whole = 1.0, False
    if sign == "euro":
        body = _EURO.sub("", body, count=1).strip()
        if _WHOLE.search(body):
            body, whole = _WHOLE.sub("", body), True
    elif sign == "percent" and _PERCENT.search(body):
        body, divisor = _PERCENT.sub("", body), 100.0
    body, negative = _unsigned(body)
    value = float(_digits(body, separator, whole=whole)) / divisor
    return -value if negative else value


def is_plain(text: str) -> bool:
    """Whether a number is written without groups, signs and other dashes: nobody needs to be told how it was read."""
    return _PLAIN.fullmatch(text) is not None


def _unsigned(body: str) -> tuple[str, bool]:
    """A number without its sign, and whether it is negative: before it, behind it as bookkeepers do, or in brackets."""
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1].strip(), True
    if body.endswith("-"):
        return body[:-1].strip(), True
    return body[1:].strip() if body[:1] in ("+", "-") else body, body.startswith("-")


def _digits(body: str, separator: str, *, whole: bool) -> str:
    """The digits with a decimal point, if any; ``whole``: every mark separates thousands."""
    spaced = re.fullmatch(rf"({_GROUPS % '[ ]'}|{_GROUPS % chr(39)})(?:[.,](\d+))?", body)
    if spaced:
        return f"{re.sub('[^0-9]', '', spaced[1])}.{spaced[2] or '0'}"
    for thousands, decimal in ((".", ","), (",", ".")):
        grouped = re.fullmatch(rf"({_GROUPS % re.escape(thousands)})(?:{re.escape(decimal)}(\d+))?", body)
        if grouped is None:
            continue
        once = body.count(thousands) == 1 and grouped[2] is None
        if once and not whole:
            if _DECIMAL[separator] == thousands:
                break
            raise AmbiguousNumberError(body)
        return f"{grouped[1].replace(thousands, '')}.{grouped[2] or '0'}"
    if not _PLAIN.fullmatch(body) or body[:1] in ("+", "-"):
        raise ValueError(body)
    return body.replace(",", ".")


def parse_bool(text: str) -> bool:
    """Return ja/nee, yes/no, true/false as a truth value.

    Raises
    ------
    ValueError
        Anything else.
    """
    word = text.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(text)


def written(value: float, lang: str, digits: int = 12) -> str:
    """A number in a sentence: without exponent, with the decimal mark of the language and no separation of thousands.

    >>> written(-1938000.0, "nl"), written(0.5, "nl"), written(0.5, "en"), written(1e-6, "en")
    ('-1938000', '0,5', '0.5', '0.000001')
    >>> written(float("inf"), "nl")
    'inf'
    """
    if not math.isfinite(value):
        return str(value)
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    if abs(int(exponent)) > LONGEST:
        return _in_words(mantissa, int(exponent), lang)
    text = format(Decimal(f"{value:.{digits}g}"), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if lang == "nl" else text


def in_nl(value: float, digits: int = 12) -> str:
    """A number in a Dutch sentence."""
    return written(value, "nl", digits)


def in_en(value: float, digits: int = 12) -> str:
    """A number in an English sentence."""
    return written(value, "en", digits)


def _in_words(mantissa: str, exponent: int, lang: str) -> str:
    """A number of more digits than anybody counts, by the number of its zeros."""
    sign = {"nl": "min ", "en": "minus "}[lang] if mantissa.startswith("-") else ""
    if exponent > 0:
        return (
            sign
            + {"nl": f"een getal van {exponent + 1} cijfers", "en": f"a number of {exponent + 1} digits"}[lang]
        )
    return sign + {"nl": f"een getal met {-exponent - 1} nullen achter de komma",
                   "en": f"a number with {-exponent - 1} zeros behind the point"}[lang]  # fmt: skip
