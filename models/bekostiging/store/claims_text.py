"""The texts of a file of claims: header, and rows in blocks, of a CSV of any size or of a workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bekostiging.messages.guard import Source, refused
from bekostiging.store.mapping import Columns

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 4 << 20
"""Bytes of a block."""
HEAD = 1 << 20
"""Bytes from which characters and separator are told."""
WORKBOOKS = (".xlsx", ".xls", ".ods")


def header_of(file: Source) -> tuple[list[str], str, list[str]]:
    """Names of the columns, the separator and the first row.

    Raises
    ------
    UserError
        An empty file, or one whose first row names no columns.
    """
    if file.path.suffix.lower() in WORKBOOKS:
        rows = _sheet(file)
        return [str(cell) for cell in rows[0]], ";", [str(cell) for cell in (rows[1] if len(rows) > 1 else [])]
    lines = _head(file)[0].splitlines()
    if not lines:
        raise _empty(file)
    separator = max((";", ",", "\t"), key=lines[0].count)
    read = list(csv.reader(lines[:2], delimiter=separator))
    if len(read[0]) < 2:
        raise refused(
            file.name,
            "de eerste regel noemt geen kolommen; zet de namen bovenaan, met puntkomma's ertussen.",
            "the first line names no columns; put the names at the top, with semicolons between.",
        )
    return [name.strip() for name in read[0]], separator, read[1] if len(read) > 1 else []


def blocks(file: Source, mapping: Columns) -> Iterator[pa.Table]:
    """The rows, some at a time; every cell a text.

    Raises
    ------
    UserError
        It cannot be read as text; the error repeats nothing of the file.
    """
    import pyarrow as pa

    if file.path.suffix.lower() in WORKBOOKS:
        yield _table_of(_sheet(file))
        return
    from pyarrow import csv as arrow_csv

    header, _, _ = header_of(file)
    unfit = 0

    def skip(row: Any) -> str:
        """Leave out a row with another number of fields."""
        nonlocal unfit
        unfit += 1
        return "skip"

    try:
        reader = arrow_csv.open_csv(
            file.path,
            read_options=arrow_csv.ReadOptions(block_size=BLOCK, encoding=_head(file)[1], column_names=header, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(delimiter=mapping.separator, invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(dict.fromkeys(mapping.columns.values())), strings_can_be_null=False,
                column_types={name: pa.string() for name in header},
            ),
        )  # fmt: skip
        for batch in reader:
            yield pa.Table.from_batches([batch])
    except pa.ArrowInvalid:
        raise refused(
            file.name,
            "dit is geen leesbare csv (aanhalingstekens, scheidingstekens of tekens); bewaar het opnieuw als 'CSV UTF-8'.",
            "this is no readable csv (quotation marks, separators or characters); save it again as 'CSV UTF-8'.",
        ) from None
    if unfit:
        raise refused(
            file.name,
            f"{unfit} regels hebben een ander aantal velden dan de kop; herstel ze.",
            f"{unfit} lines have another number of fields than the header; mend them.",
        )


def _head(file: Source) -> tuple[str, str]:
    """The first part of a file as text, and its encoding."""
    with file.path.open("rb") as opened:
        content = opened.read(HEAD)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.rsplit(b"\n", 1)[0].decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def _empty(file: Source) -> Exception:
    return refused(file.name, "dit bestand is leeg.", "this file is empty.")


def _sheet(file: Source) -> list[list[Any]]:
    """The rows of the first sheet of a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(file.path))
        rows = [row for row in book.get_sheet_by_index(0).to_python() if any(cell != "" for cell in row)]
    except (CalamineError, OSError, IndexError, ValueError):
        raise refused(
            file.name, "dit werkboek is niet te lezen; bewaar het opnieuw als xlsx of csv.",
            "this workbook cannot be read; save it again as xlsx or csv.",
        ) from None  # fmt: skip
    if not rows:
        raise _empty(file)
    return rows


def _table_of(rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows of a sheet as texts: a day as 2025-01-31, a whole number without point."""
    import pyarrow as pa

    names = [str(cell).strip() for cell in rows[0]]
    columns = list(zip(*rows[1:], strict=True)) or [()] * len(names)
    return pa.table(
        {
            name: pa.array([_cell(cell) for cell in own], pa.string())
            for name, own in zip(names, columns, strict=True)
        }
    )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value.isoformat()[:10] if hasattr(value, "isoformat") else str(value)
