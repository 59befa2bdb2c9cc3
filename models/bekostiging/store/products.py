"""The conversion of product codes to care form, lot and taakveld, dated; proposed from the codes, confirmed by a person.

Revenue, history, demand and settlement read this one table. What no row covers is listed with its euros.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.bsn import find, mask
from bekostiging.case.csv_text import csv_text, text_of
from bekostiging.case.errors import CaseError, Problem, UserError
from bekostiging.case.tables import LAWS
from bekostiging.messages.kinds import CRISIS
from bekostiging.store.database import Store
from bekostiging.store.trajectories import claims_that_stand

COLUMNS = ("law", "code", "first", "last", "care_form", "lot", "taakveld", "unit", "crisis")
"""Columns of the file that is filled; others are left alone."""
UNITS = ("minute", "hour", "etmaal", "dagdeel")
LOWEST, HIGHEST = date(1900, 1, 1), date(2999, 12, 31)
_YOUTH = {
    "41": ("dagbehandeling", "6.752"), "43": ("verblijf", "6.762"), "44": ("verblijf", "6.762"),
    "45": ("jeugdhulp-ambulant", "6.752"), "46": ("crisis", "6.752"), "47": ("jeugdreclassering", "6.822"),
    "48": ("jeugdbescherming", "6.821"), "50": ("maatwerk-jeugd", "6.752"), "51": ("basis-ggz", "6.752"),
    "52": ("specialistische-ggz", "6.752"), "54": ("jeugd-ggz", "6.752"), "55": ("landelijk", "6.753"),
}  # fmt: skip
_WMO = {
    "01": ("hulp-bij-huishouden", "6.711"), "02": ("begeleiding", "6.712"), "03": ("persoonlijke-verzorging", "6.714"),
    "04": ("kortdurend-verblijf", "6.714"), "07": ("dagbesteding", "6.713"), "15": ("beschermd-wonen", "6.811"),
}  # fmt: skip
PROPOSED: dict[str, dict[str, tuple[str, str]]] = {"jeugdwet": _YOUTH, "wmo": _WMO}
"""Care form and taakveld (coding of 2025) by product category, as a proposal: only a person knows what was bought."""


@dataclass(frozen=True)
class Unmapped:
    """A code that no row of the table covers.

    Parameters
    ----------
    law, code : str
    lines : int
        Of claims.
    cents : int
        Paid for it.

    Examples
    --------
    >>> from bekostiging.store import Unmapped
    >>> Unmapped("wmo", "02A05", lines=12, cents=40000).cents
    40000
    """

    law: str
    code: str
    lines: int
    cents: int


@kinds_checked
def propose_products(store: Store, file: str | Path) -> int:
    """Write a proposal for the conversion table: a row per product code of the store, to be checked by a person.

    Parameters
    ----------
    store : Store
        Open to read.
    file : str or path
        The CSV to make.

    Returns
    -------
    int
        Rows that were written.

    Raises
    ------
    UserError
        The file is there already; no product code in the store.

    Examples
    --------
    >>> from bekostiging.case import UserError
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, propose_products
    >>> make_store("proposed.duckdb", new_key("proposed.key"), ["0034"], retention_years=7)
    >>> with open_store("proposed.duckdb") as store:
    ...     try:
    ...         propose_products(store, "products.csv")
    ...     except UserError as error:
    ...         print(error.text("en"))
    the store has no product codes yet; import messages or claims first.
    """
    place = checked_path("file", file)
    rows = store.rows(
        """
        WITH seen AS (
            SELECT law, product, category, unit, 0::BIGINT AS cents FROM authorisations UNION ALL
            SELECT law, product, category, unit, cents FROM claims)
        SELECT law, product, any_value(category), mode(unit), count(*), sum(cents)::BIGINT FROM seen
        WHERE product IS NOT NULL GROUP BY law, product ORDER BY law, sum(cents) DESC, product
        """
    )
    if not rows:
        raise UserError(
            "de opslag heeft nog geen productcodes; lees eerst berichten of declaraties in.",
            "the store has no product codes yet; import messages or claims first.",
        )
    if place.exists():
        raise UserError(
            f"{place} bestaat al; kies een andere naam.",
            f"{place} exists already; choose another name.",
            exit_code=2,
        )
    with place.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\n")
        writer.writerow((*COLUMNS, "lines", "euro"))
        units: dict[str, str] = {}
        for law, code, category, given, lines, cents in rows:
            form, taakveld = PROPOSED[law].get(category or "", (f"categorie-{category or code}", ""))
            unit = given if given in UNITS else "hour"
            # a care form has one unit: what comes in another is proposed as one of its own
            if units.setdefault(form, unit) != unit:
                form = f"{form}-{unit}"
            writer.writerow(
                (law, code, "", "", form, form, taakveld, unit,
                 "ja" if law == "jeugdwet" and category == CRISIS else "nee", lines, f"{cents / 100:.2f}".replace(".", ","))
            )  # fmt: skip
    return len(rows)


@kinds_checked
def confirm_products(store: Store, file: str | Path, by: str) -> int:
    """Take the conversion table of a person into the store, in place of the one that was there.

    Parameters
    ----------
    store : Store
        Open to write.
    file : str or path
        A CSV with the columns law, code, first, last (days, may be empty), care_form, lot, taakveld, unit and crisis.
    by : str
        Who checked it.

    Returns
    -------
    int
        Rows.

    Raises
    ------
    UserError
        Nobody confirms it.
    CaseError
        Rows that cannot be: an unknown law or unit, no care form, periods of one code that overlap.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import confirm_products, make_store, open_store
    >>> make_store("confirmed.duckdb", new_key("confirmed.key"), ["0034"], retention_years=7)
    >>> head = "law;code;first;last;care_form;lot;taakveld;unit;crisis"
    >>> _ = Path("checked.csv").write_text(f"{head}\\nwmo;02A05;;;begeleiding;wmo;6.712;hour;nee\\n")
    >>> with open_store("confirmed.duckdb", read_only=False) as store:
    ...     confirm_products(store, "checked.csv", "inkoop")
    1
    """
    if not by.strip():
        raise UserError(
            "noem met --by wie de tabel heeft nagekeken.", "name with --by who checked the table.", exit_code=2
        )
    problems: list[Problem] = []
    place = checked_path("file", file)
    text = text_of(place, "products", problems)
    read = None if text is None else csv_text(text, "products", problems, [])
    if read is None:
        raise CaseError(problems)
    missing = [name for name in COLUMNS if name not in read.columns]
    if missing:
        raise CaseError(
            [
                Problem("products", f"kolom {name} ontbreekt; voeg haar toe", f"column {name} is missing; add it")
                for name in missing
            ]
        )
    rows = [
        row
        for line, cells in read.rows
        if (row := _row(line, dict(zip(read.columns, cells, strict=True)), problems)) is not None
    ]
    problems += _overlaps(rows)
    if problems:
        raise CaseError(problems)
    with store.transaction():
        store.run("DELETE FROM products")
        for row in rows:
            store.run("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row[1:], mask(by.strip())])
    return len(rows)


_Read = tuple[int, str, str, date, date, str, str, str, str, bool]


def _row(line: int, cells: dict[str, str], problems: list[Problem]) -> _Read | None:
    """A row of the table, with its line; None where it is wrong or empty."""
    law, code, form = (cells[name].strip() for name in ("law", "code", "care_form"))
    if not code and not form:
        return None
    found = len(problems)

    def wrong(column: str, nl: str, en: str) -> None:
        problems.append(Problem("products", nl, en, line, column))

    if law not in LAWS:
        wrong("law", f"kies uit {', '.join(LAWS)}", f"choose from {', '.join(LAWS)}")
    if not code:
        wrong("code", "is leeg; vul de productcode in", "is empty; fill in the product code")
    if find(form) or find(cells["lot"]) or find(code):
        wrong(
            "code",
            "bevat wat een burgerservicenummer kan zijn; haal het weg",
            "may hold a citizen service number; take it out",
        )
    if not form:
        wrong(
            "care_form",
            "is leeg; vul de zorgvorm in, of verwijder de rij",
            "is empty; fill in the care form, or remove the row",
        )
    unit = cells["unit"].strip()
    if unit not in UNITS:
        wrong("unit", f"kies uit {', '.join(UNITS)}", f"choose from {', '.join(UNITS)}")
    days = []
    for name, open_end in (("first", LOWEST), ("last", HIGHEST)):
        try:
            days.append(date.fromisoformat(cells[name].strip()) if cells[name].strip() else open_end)
        except ValueError:
            wrong(
                name,
                "is geen dag als 2025-01-01; herstel haar of laat haar leeg",
                "is no day like 2025-01-01; mend it or leave it empty",
            )
            days.append(open_end)
    if days[1] < days[0]:
        wrong("last", "ligt voor first; herstel een van beide", "lies before first; mend one of them")
    if len(problems) > found:
        return None
    crisis = cells["crisis"].strip().lower() in ("ja", "yes", "true", "1")
    return (
        line,
        law,
        code,
        days[0],
        days[1],
        form,
        cells["lot"].strip() or form,
        cells["taakveld"].strip(),
        unit,
        crisis,
    )


def _overlaps(rows: Sequence[_Read]) -> list[Problem]:
    """Codes that mean two things on one day; and care forms whose rows differ in law, unit or taakveld."""
    problems = []
    for place, one in enumerate(rows):
        for other in rows[:place]:
            if one[1:3] == other[1:3] and one[3] <= other[4] and other[3] <= one[4]:
                problems.append(
                    Problem(
                        "products",
                        f"code {one[2]} staat ook op rij {other[0]} in dezelfde periode; vul first en last in",
                        f"code {one[2]} stands on row {other[0]} too in the same period; fill in first and last",
                        one[0],
                        "code",
                    )
                )
            if one[5] == other[5] and (one[1], one[8]) != (other[1], other[8]):
                problems.append(
                    Problem(
                        "products",
                        f"zorgvorm {one[5]} heeft op rij {other[0]} een andere wet of eenheid; een zorgvorm heeft er één",
                        f"care form {one[5]} has another law or unit on row {other[0]}; a care form has one",
                        one[0],
                        "care_form",
                    )
                )
    return problems


@kinds_checked
def unmapped_products(store: Store) -> tuple[list[Unmapped], int]:
    """Codes that the conversion table does not cover, by their euros, and the euros of all claims.

    Parameters
    ----------
    store : Store
        Open to read.

    Returns
    -------
    list of Unmapped, int
        Largest first; and the cents of all claims.

    Raises
    ------
    UserError
        The store cannot be read.

    Examples
    --------
    >>> from bekostiging.messages import new_key
    >>> from bekostiging.store import make_store, open_store, unmapped_products
    >>> make_store("unmapped.duckdb", new_key("unmapped.key"), ["0034"], retention_years=7)
    >>> with open_store("unmapped.duckdb") as store:
    ...     unmapped_products(store)
    ([], 0)
    """
    claims_that_stand(store)
    found = store.rows(
        """
        SELECT law, coalesce(product, ''), count(*), sum(cents)::BIGINT FROM paid WHERE NOT EXISTS (
            SELECT 1 FROM products WHERE products.law = paid.law AND products.code = paid.product
            AND paid.begins BETWEEN products.first AND products.last)
        GROUP BY ALL ORDER BY sum(cents) DESC, 1, 2
        """
    )
    total = store.rows("SELECT coalesce(sum(cents), 0)::BIGINT FROM paid")[0][0]
    return [Unmapped(*row) for row in found], int(total)
