"""How a workbook looks: one place for its formats."""

from __future__ import annotations

from typing import Any

_INK, _PALE, _GREY = "#1F3864", "#D9E2F3", "#7F7F7F"


class House:
    """A workbook being written and the formats of its cells."""

    def __init__(self, book: Any, lang: str) -> None:
        self.book, self.lang = book, lang
        self.title = book.add_format({"bold": True, "font_size": 14, "font_color": _INK})
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"})
        self.meaning = book.add_format({"text_wrap": True, "valign": "top", "italic": True, "font_size": 9})
        self.small = book.add_format({"font_color": _GREY, "font_size": 9})
        self.required = book.add_format({"bold": True, "font_color": "white", "bg_color": _INK, "border": 1})
        self.optional = book.add_format({"font_color": _INK, "bg_color": _PALE, "border": 1})
        self.expert = book.add_format({"font_color": _GREY, "bg_color": "#F2F2F2", "border": 1, "italic": True})
        self.invented = book.add_format({"italic": True, "font_color": _GREY})
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def cell(self, number_format: str, **more: object) -> Any:
        """The format of cells with this number format; made once."""
        asked = {"num_format": number_format, **({"indent": 1} if number_format == "@" else {}), **more}
        key = tuple(sorted(asked.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(asked)
        return self._formats[key]
