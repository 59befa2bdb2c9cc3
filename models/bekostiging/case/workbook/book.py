"""How every workbook is begun and finished: texts stay texts, and a refusal of the system is an error of the system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError


@contextmanager
def new_book(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to fill, written at the end; parts are put together beside it and not where every program leaves its own.

    Raises
    ------
    OSError
        It cannot be written, such as on a full disk.
    """
    texts = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(str(path), texts | {"tmpdir": str(path.parent)})
    try:
        yield book
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None
