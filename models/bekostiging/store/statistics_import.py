"""Statistics of CBS into the store: exports of StatLine, or, where somebody asks for it, the open data interface itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.bsn import mask
from bekostiging.case.errors import UserError
from bekostiging.messages.guard import Source, refused, sources
from bekostiging.store.database import Store
from bekostiging.store.importing import Imported, every_file, importing
from bekostiging.store.mergers import Mergers, read_mergers
from bekostiging.store.statline import (
    ESTIMATED,
    FINAL,
    PROVISIONAL,
    SUPPRESSED,
    Figure,
    NotStatlineError,
    estimated_suppressed,
    read_csv,
    read_json,
)

ENDINGS = (".csv", ".json")
COUNTS = ("JongerenMetJeugdzorgInNatura", "WmoClienten")
"""Counts of persons that are suppressed where they are few."""
SERVICE = "https://datasets.cbs.nl/odata/v1/CBS"
MOST_BYTES = 200_000_000
MOST_PAGES = 200
Suppressed = Literal["open", "estimate"]


@kinds_checked
def import_statline(
    store: Store,
    source: str | Path,
    suppressed: Suppressed = "open",
    mergers: str | Path | None = None,
    maker: str = "",
) -> list[Imported]:
    """Import exports of StatLine: CSV or JSON, of municipalities, districts and neighbourhoods.

    Parameters
    ----------
    store : Store
        Open to write.
    source : str or path
        A file, or a folder of them.
    suppressed : {"open", "estimate"}, default "open"
        Whether suppressed counts of districts are left open, or estimated within their municipality; never zero.
    mergers : str or path, optional
        A CSV with ``origin``, ``destination`` and ``year`` (the first without the old municipality): figures of years
        before it are added to those of today's; a year that lacks a part is left open.
    maker : str, default ""
        Who imports.

    Returns
    -------
    list of Imported
        One per file; figures of other municipalities are not kept.

    Raises
    ------
    UserError
        No such place.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import import_statline, make_store, open_store
    >>> make_store("cbs.duckdb", new_key("cbs.key"), ["0034"], retention_years=7)
    >>> head = "WijkenEnBuurten;Perioden;k_65JaarOfOuder_12;WmoClienten_89"
    >>> _ = Path("statline.csv").write_text(f"{head}\\nGM0034    ;2022JJ00;27797;7185\\nWK003401  ;2022JJ00;585;.\\n")
    >>> with open_store("cbs.duckdb", read_only=False) as store:
    ...     told = import_statline(store, "statline.csv")
    ...     told[0].lines, store.rows("SELECT area, value FROM statistics WHERE quantity = 'WmoClienten' ORDER BY area")
    (6, [('0034', 7185.0), ('WK003401', None)])
    """
    merged = Mergers() if mergers is None else read_mergers(checked_path("mergers", mergers))

    def one(file: Source, told: Imported) -> None:
        """Import one file."""
        with importing(store, "statistics", file, maker, told) as into:
            try:
                text = _text(file)
                figures = read_json(text) if file.path.suffix.lower() == ".json" else read_csv(text)
            except NotStatlineError:
                raise refused(
                    file.name,
                    "dit is geen export van StatLine (geen kolom WijkenEnBuurten of RegioS); exporteer de tabel als "
                    "csv of json.",
                    "this is no export of StatLine (no column WijkenEnBuurten or RegioS); export the table as csv or json.",
                ) from None
            rows = _rows(store, mask(file.path.stem)[:40], figures, suppressed, merged)
            into.add("statistics", rows)
            told.lines = len(rows)

    return every_file(sources(source, ENDINGS), one)


def _text(file: Source) -> str:
    """The text of a file, in UTF-8 or as Windows writes it."""
    if file.size > MOST_BYTES:
        raise refused(file.name, "dit bestand is te groot voor een tabel.", "this file is too large for a table.")
    content = file.path.read_bytes()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotStatlineError


def _rows(
    store: Store, dataset: str, figures: list[Figure], suppressed: str, merged: Mergers
) -> list[tuple[Any, ...]]:
    """Rows of table statistics: those of the municipalities of the store, their districts, and the Netherlands."""
    judged = (
        estimated_suppressed(figures, COUNTS) if suppressed == "estimate" else [(one, None) for one in figures]
    )
    parts: dict[tuple[str, int, str], dict[str, tuple[float | None, str, float | None]]] = {}
    for one, error in judged:
        local = one.area[:2] in ("GM", "WK", "BU")
        today = merged.home(one.area[2:6], one.year) if local else ""
        if local and today not in store.municipalities:
            continue
        area = str(today) if one.area[:2] == "GM" else one.area
        own = parts.setdefault((area, one.year, one.quantity), {})
        # a figure that a file has twice counts once
        own.setdefault(one.area, (one.value, one.state, error))
    return [
        (dataset, *key, *_together(own, {f"GM{code}" for code in merged.parts(key[0], key[1])}))
        for key, own in parts.items()
    ]


def _together(
    parts: Mapping[str, tuple[float | None, str, float | None]], asked: set[str]
) -> tuple[float | None, str, float | None]:
    """What was merged adds up; one part unknown, or not in the file, leaves the whole unknown."""
    if len(parts) == 1 and not asked - set(parts):
        return next(iter(parts.values()))
    values = [value for value, _, _ in parts.values()]
    if asked - set(parts) or None in values:
        return None, SUPPRESSED, None
    states = {state for _, state, _ in parts.values()}
    state = next((one for one in (ESTIMATED, PROVISIONAL) if one in states), FINAL)
    return sum(value for value in values if value is not None), state, None


def _opened(address: str) -> str:
    """The text behind an address."""
    with urlopen(address, timeout=60) as answer:  # an https address of CBS
        content: bytes = answer.read(MOST_BYTES)
    return content.decode("utf-8")


@kinds_checked
def fetch_statline(
    dataset: str, municipalities: list[str], folder: str | Path, opened: Callable[[str], str] = _opened
) -> Path:
    """Fetch a table from the open data interface (version 4) of CBS, for these municipalities, as a JSON file to import.

    Nothing of the region goes out but the codes of its municipalities.

    Parameters
    ----------
    dataset : str
        Number of the table, such as ``"85099NED"``.
    municipalities : list of str
        CBS codes of four digits.
    folder : str or path
        Where the file is written.
    opened : callable
        Gives the text behind an address; for tests and for who has a proxy.

    Returns
    -------
    Path
        The file, to be imported with ``import_statline``.

    Raises
    ------
    UserError
        CBS does not answer, or with something else.

    Examples
    --------
    >>> from bekostiging.store import fetch_statline
    >>> codes = '{"value": [{"Identifier": "M1", "Title": "Jongeren met jeugdzorg"}]}'
    >>> figure = '{"Measure": "M1", "Value": 5210, "ValueAttribute": "None", "RegioS": "GM0034", "Perioden": "2023JJ00"}'
    >>> seen = f'{{"value": [{figure}]}}'
    >>> fetch_statline("85099NED", ["0034"], ".", lambda address: codes if "MeasureCodes" in address else seen).name
    '85099NED.json'
    """
    address = f"{SERVICE}/{quote(dataset)}"
    wanted = " or ".join(f"startswith(RegioS,'GM{code}')" for code in municipalities)
    try:
        titles = {
            row["Identifier"]: row["Title"] for row in json.loads(opened(f"{address}/MeasureCodes"))["value"]
        }
        rows, following, pages = [], f"{address}/Observations?$filter={quote(wanted)}", 0
        while following and pages < MOST_PAGES:
            page = json.loads(opened(following))
            rows += page["value"]
            following, pages = page.get("@odata.nextLink", ""), pages + 1
    except (URLError, OSError, TimeoutError):
        raise UserError(
            f"CBS antwoordt niet (geen netwerk?); exporteer tabel {dataset} op statline.cbs.nl als csv en lees die in.",
            f"CBS does not answer (no network?); export table {dataset} on statline.cbs.nl as csv and import that.",
        ) from None
    except (ValueError, KeyError, TypeError):
        raise UserError(
            f"CBS antwoordt met iets anders dan tabel {dataset}; controleer het nummer, of exporteer de tabel als csv.",
            f"CBS answers with something else than table {dataset}; check the number, or export the table as csv.",
        ) from None
    named = [{**row, "Measure": titles.get(row.get("Measure"), row.get("Measure"))} for row in rows]
    file = Path(folder) / f"{dataset}.json"
    file.write_text(json.dumps({"value": named}), encoding="utf-8")
    return file
