"""What stands in the margins of every printed page: case, date, version, whether it is confidential, and its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

from markupsafe import Markup

from bekostiging.characters import visible
from bekostiging.report.kit.texts import Texts


@dataclass(frozen=True)
class Paper:
    """Texts of the margins: ``head`` left and ``made`` right above, ``foot`` in the middle and ``page`` right below."""

    head: str
    made: str
    foot: str
    page: str

    @classmethod
    def of(cls, title: str, texts: Texts, confidential: str = "", made: date | None = None) -> Paper:
        """The margins of a page; ``made``: the day, left out where the same page must come out on another day."""
        said = texts.sections["paper"]
        day = "" if made is None else f"{_day(made, texts)}{said['between']}"
        return cls(title, day + said["version"].format(version=version("bekostiging")), confidential, said["page"])

    @property
    def style(self) -> Markup:
        """Margin boxes as CSS."""
        edges = {"left": self.head, "right": self.made}
        above = " ".join(f"@top-{place} {{ content: {css_text(text)}; }}" for place, text in edges.items())
        mark = f"@bottom-center {{ content: {css_text(self.foot)}; font-weight: bold; color: #b3541e; }}"
        number = f"@bottom-right {{ content: {css_text(self.page)} ' ' counter(page) ' / ' counter(pages); }}"
        return Markup(f"@page {{ {above} {mark if self.foot else ''} {number} }}")


def _day(day: date, texts: Texts) -> str:
    """A day as the reader writes it."""
    return f"{day.day} {texts['signals', 'months'].split()[day.month - 1]} {day.year}"


def css_text(text: str) -> str:
    r"""A text as a string of CSS that ends nothing: neither the string, nor the rule, nor the style of the page.

    >>> print(css_text('kost "niets" </style>'))
    "kost \22 niets\22  \3c /style\3e "
    """
    escaped = (f"\\{ord(sign):x} " if sign in "\\\"'<>&\n\r\f{}" else sign for sign in visible(text))
    return f'"{"".join(escaped)}"'
