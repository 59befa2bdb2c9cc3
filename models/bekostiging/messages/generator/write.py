"""The messages of drawn trajectories, as zips by municipality, kind and year."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.case.kinds import Count, Fraction, Range, Seed
from bekostiging.case.model import Case
from bekostiging.messages.generator.beside import write_beside
from bekostiging.messages.generator.drawn import draw_trajectories
from bekostiging.messages.generator.events import Events, Sent

YEARS = Annotated[int, Range(1, 10)]
Scale = Annotated[float, Range(0.0001, 100)]
_DAY = (1980, 1, 1, 0, 0, 0)
"""What a zip says of its files: the same, whenever it was made."""


@dataclass(frozen=True)
class Written:
    """What was written.

    Parameters
    ----------
    folder : Path
        With a zip per municipality, kind of message and year, and products.csv, digimv.csv, statline.csv, extract.csv,
        counts.csv, iv3.csv and tables of CBS (85099NED.csv, 85097NED.csv, 85043NED.csv).
    messages, lines : int
        Messages, and lines of claims in them.
    cents : int
        Sum of the claims as they stand once every rejected line was brought again, in cents.
    trajectories, persons : int

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.messages import Written
    >>> Written(Path("sent"), messages=2, lines=1, cents=5000, trajectories=1, persons=1).lines
    1
    """

    folder: Path
    messages: int
    lines: int
    cents: int
    trajectories: int
    persons: int


@kinds_checked
def write_messages(
    case: Case, folder: str | Path, years: Count = 2, scale: Scale = 1.0, seed: Seed = 0, faults: Fraction = 0.02
) -> Written:
    """Write the messages that a region as in a case could have: 301, 305, 307, 315, 323 and 325, valid against the schemas.

    Persons have numbers of the test range (9999...), providers and municipalities without codes of their own get ones that
    nobody has. Beside the messages stand products.csv (what each product code means), digimv.csv, statline.csv,
    extract.csv, counts.csv, iv3.csv, and counts of CBS by the numbers of their tables. The answer to a claim under the
    Wmo is made as that under the Jeugdwet: no schema of it was seen.

    Parameters
    ----------
    case : Case
        What the region is like.
    folder : str or path
        To make.
    years : int, default 2
        Of messages; the base year of the case is the last.
    scale : float, default 1
        Part of the clients of the case.
    seed : int, default 0
        Of every random number.
    faults : float, default 0.02
        Part of the claim lines that is rejected and brought again; half as many are credited and brought again.

    Returns
    -------
    Written

    Raises
    ------
    UserError
        The folder is there already; more clients than test numbers.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.messages import write_messages
    >>> written = write_messages(read_case("veenrand"), "generated", years=1, scale=0.01, seed=1)
    >>> written.trajectories > 20, (written.folder / "products.csv").is_file()
    (True, True)
    """
    place = checked_path("folder", folder)
    if place.exists():
        raise UserError(
            f"{place} bestaat al; kies een andere map.",
            f"{place} exists already; choose another folder.",
            exit_code=2,
        )
    drawn = draw_trajectories(case, years, scale, seed)
    events = Events(case, drawn, years, faults, np.random.default_rng([seed, 1]))
    place.mkdir(parents=True)
    messages = _write_zips(place, events.all())
    _write_tables(place, case, events)
    persons = len(np.unique(drawn.person))
    return Written(place, messages, events.lines, events.cents, len(drawn.row), persons)


def _write_zips(place: Path, sent: Iterator[Sent]) -> int:
    """Every message in the zip of its municipality, kind and year."""
    groups: dict[str, list[Sent]] = {}
    for one in sent:
        own = one.envelope
        groups.setdefault(f"{own.municipality}-{own.law}-{own.kind}-{own.dated:%Y}", []).append(one)
    for name, own_messages in groups.items():
        with zipfile.ZipFile(place / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for number, one in enumerate(own_messages, start=1):
                archive.writestr(zipfile.ZipInfo(f"{number:06d}.xml", _DAY), one.text, zipfile.ZIP_DEFLATED)
    return sum(len(own_messages) for own_messages in groups.values())


def _write_tables(place: Path, case: Case, events: Events) -> None:
    """What the product codes mean, and who the providers are."""
    lots = {form: lot.id for lot in case.lots for form in lot.care_forms}
    with (place / "products.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";", lineterminator="\n")
        out.writerow(
            ("law", "code", "first", "last", "care_form", "lot", "taakveld", "unit", "crisis", "confirmed")
        )
        for form in case.care_forms:
            for crisis in (False, True):
                category, code = events.codes.product(form.id, crisis=crisis)
                out.writerow(
                    (form.law, code, "", "", form.id, lots.get(form.id, ""), form.iv3, form.unit,
                     "ja" if crisis else "nee", "generator")
                )  # fmt: skip
                assert code.startswith(category)
    codes = {one.id: events.codes.providers[one.id] for one in case.providers}
    _write_csv(
        place / "digimv.csv", ("provider", "name", "year", "equity", "total_assets", "turnover", "result"),
        [
            (codes[one.id], one.name, case.base_year - back, one.equity, one.total_assets, one.turnover, result)
            for one in case.providers
            for back, result in enumerate((one.result_1, one.result_2, one.result_3))
        ],
    )  # fmt: skip
    _write_csv(
        place / "statline.csv",
        ("RegioS", "Perioden", "k_0Tot15Jaar_1", "k_15Tot25Jaar_2", "k_25Tot45Jaar_3", "k_45Tot65Jaar_4",
         "k_65JaarOfOuder_5"),
        [("Regio's", "", *[""] * 5), *_inhabitants(case, events), ("Bron: CBS (verzonnen)", *[""] * 6)],
    )  # fmt: skip
    _write_csv(place / "extract.csv", EXTRACT, events.extract())
    write_beside(place, case, events, _write_csv)


EXTRACT = (
    "provider", "municipality", "form", "trajectory", "birth_year", "referrer", "authorised", "intended", "begins", "ends",
    "reason", "amount", "volume",
)  # fmt: skip
"""Columns of the trajectory extract."""


def _write_csv(file: Path, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """A table with semicolons and decimal commas."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        out = csv.writer(opened, delimiter=";", lineterminator="\n")
        out.writerow(head)
        for row in rows:
            out.writerow([str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row])


def _inhabitants(case: Case, events: Events) -> Iterator[tuple[object, ...]]:
    """Inhabitants of every municipality in the bands of the Kerncijfers, codes padded: those of a case divided by years."""
    for municipality in case.municipalities:
        own = [area for area in case.areas if area.municipality == municipality.code]
        youths, adults, old = (
            sum(float(getattr(area, f"inhabitants_{band}")) for area in own)
            for band in ("0_17", "18_64", "65_plus")
        )
        teens = min(youths / 1.8, adults / 4.7)
        # three tenths of 15-24 are youths, as the reader of StatLine takes them
        bands = (youths - 0.3 * teens, teens, (adults - 0.7 * teens) / 2, (adults - 0.7 * teens) / 2, old)
        code = events.codes.municipalities[municipality.code]
        yield f"GM{code}    ", f"{case.base_year}JJ00", *(f"{band:.1f}" for band in bands)
