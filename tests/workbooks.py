"""Workbooks as a user's hand leaves them: plain grids of cells, written without any of our formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

Grids = dict[str, list[list[Any]]]


def grids_of(path: Path) -> Grids:
    """Every sheet of a workbook as rows of values, read by another reader than ours."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def write_grids(path: Path, grids: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook with these values; dates as dates, texts as texts."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    date = book.add_format({"num_format": "d-m-yyyy"})
    for name, rows in grids.items():
        sheet = book.add_worksheet(name)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, dt.date | dt.datetime):
                    sheet.write_datetime(row, column, value, date)
                elif isinstance(value, bool):
                    sheet.write_boolean(row, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                elif value is not None:
                    sheet.write_string(row, column, str(value))
    book.close()
    return path


def header_of(rows: Sequence[Sequence[Any]]) -> int:
    """Row of the names in a sheet that ``new`` wrote: the last column is always called status."""
    return next(row for row, values in enumerate(rows) if any(str(value).strip() == "status" for value in values))
