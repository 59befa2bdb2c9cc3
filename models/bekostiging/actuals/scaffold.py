"""A workbook or folder to type the figures of a contract year into, every column explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bekostiging.case.arguments import checked_language, checked_word, kinds_checked
from bekostiging.case.errors import UserError
from bekostiging.case.not_bsn import check_name
from bekostiging.case.read import SPREADSHEETS
from bekostiging.case.rows import Row
from bekostiging.case.scaffold import write_at_once
from bekostiging.case.write import write_table
from bekostiging.case.year_tables import YEAR_TABLES

SETS: dict[str, tuple[str, ...]] = {
    "actuals": ("actuals", "bookings", "outcomes", "dates"),
    "settlement": tuple(name for name in YEAR_TABLES if name not in ("actuals", "dates")),
}
"""Tables of a contract year that are asked for together: of a month, and of a settlement."""
_TOLD: dict[str, dict[str, tuple[str, ...]]] = {
    "actuals": {
        "nl": (
            "Cijfers per maand",
            "Vul op blad maandcijfers per maand van ontvangst in wat er over een maand van zorg bekend werd. Een "
            "correctie is een eigen rij, en mag negatief zijn. De andere bladen mogen leeg blijven: boekingen (voorschotten "
            "van een taakgericht contract), uitkomsten (resultaten naast geld) en data (opzegging, overleg, indexering).",
            "Elke rij houdt vast uit welk document zij komt (bron), wie haar invoerde en wanneer. Nooit een "
            "burgerservicenummer: aantallen, geen personen.",
        ),
        "en": (
            "Figures by month",
            "Fill in on sheet actuals, by month of receipt, what became known about a month of care. A correction is a row "
            "of its own, and may be negative. The other sheets may stay empty: bookings (advances of a lump sum), outcomes "
            "(results beside money) and dates (notice, consultation, indexation).",
            "Every row keeps from which document it comes (source), who typed it and when. Never a citizen service number: "
            "counts, no persons.",
        ),
    },
    "settlement": {
        "nl": (
            "Afrekening van een contractjaar",
            "Vul per blad in wat er is; een leeg blad mag. Reken af met `bekostiging settle CASUS --year 2028 --actuals dit "
            "werkboek.xlsx`.",
            "Begin met verantwoording (wat is geleverd), boekingen (wat is betaald) en vaststelling (hoe ver de afrekening "
            "is). Wat een beding van het contract nodig heeft en hier ontbreekt, wordt bij naam genoemd en nooit als nul "
            "afgerekend.",
            "Elke rij houdt vast uit welk document zij komt (bron), wie haar invoerde en wanneer. Nooit een "
            "burgerservicenummer: aantallen en bedragen, geen personen.",
        ),
        "en": (
            "Settlement of a contract year",
            "Fill in on every sheet what there is; a sheet may be empty. Settle with `bekostiging settle CASE --year 2028 "
            "--actuals this workbook.xlsx`.",
            "Begin with statements (what was delivered), bookings (what was paid) and determinations (how far it is). What "
            "a clause of the contract needs and is missing here is named, and never settled as zero.",
            "Every row keeps from which document it comes (source), who typed it and when. Never a citizen service number: "
            "counts and amounts, no persons.",
        ),
    },
}


@kinds_checked
def scaffold_year(target: Path, wanted: str, lang: str = "nl") -> None:
    """Make an empty workbook or folder for the figures of a contract year.

    Parameters
    ----------
    target : str or path
        The workbook (a name that ends in .xlsx) or the folder to make.
    wanted : str
        ``actuals`` (figures by month) or ``settlement`` (everything a settlement asks).
    lang : str, default "nl"
        Language of explanations and names, ``nl`` or ``en``.

    Raises
    ------
    UserError
        The target exists; another set of tables.

    Examples
    --------
    >>> scaffold_year("month", "actuals", "en")
    >>> sorted(file.name for file in Path("month").iterdir())
    ['actuals.csv', 'bookings.csv', 'dates.csv', 'outcomes.csv']
    """
    wanted = checked_word("wanted", wanted, SETS)
    write_year(target, {name: () for name in SETS[wanted]}, wanted, lang)


@kinds_checked
def write_year(target: Path, tables: Mapping[str, Sequence[object]], wanted: str, lang: str = "nl") -> None:
    """Write tables of a contract year that ``read_actuals`` reads back.

    Parameters
    ----------
    target : str or path
        The workbook (a name that ends in .xlsx) or the folder to make.
    tables : mapping of str to sequence of Row
        Rows by the name of their table, also none.
    wanted : str
        Whose words stand on the first sheet: ``actuals`` or ``settlement``.
    lang : str, default "nl"
        Language of explanations and names, ``nl`` or ``en``.

    Raises
    ------
    UserError
        The target exists, or is another kind of spreadsheet.

    Examples
    --------
    >>> write_year("figures", {"keys": ()}, "settlement", "en")
    >>> (Path("figures") / "keys.csv").read_text(encoding="utf-8").split(",")[:3]
    ['year', 'lot', 'municipality']
    """
    wanted, lang = checked_word("wanted", wanted, SETS), checked_language("lang", lang)
    check_name(target)
    if target.exists():
        raise UserError(
            f"{target} bestaat al; kies een nieuwe naam, er wordt niets overschreven.",
            f"{target} exists; choose a new name, nothing is overwritten.",
        )
    rows = {name: [row for row in own if isinstance(row, Row)] for name, own in tables.items()}
    if target.suffix.lower() in SPREADSHEETS:
        from bekostiging.case.workbook.write import write_year_workbook

        if target.suffix.lower() != ".xlsx":
            raise UserError(
                f"{target}: een werkboek wordt als .xlsx geschreven; geef het een naam die zo eindigt.",
                f"{target}: a workbook is written as .xlsx; give it a name that ends so.",
                exit_code=2,
            )
        write_at_once(target, lambda place: write_year_workbook(place, rows, lang, _TOLD[wanted][lang]))
        return

    def folder(place: Path) -> None:
        """A file per table."""
        place.mkdir()
        for name, own in rows.items():
            write_table(place, YEAR_TABLES[name], own, lang)

    write_at_once(target, folder)
