"""A file with one row per client: provider, profile, cost, and columns that divide clients into groups."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from pathlib import Path

import numpy as np

from bekostiging.case.arguments import checked_kind, checked_path, wrong_argument
from bekostiging.case.bsn import coded, find, mask
from bekostiging.case.cell_problems import shortened
from bekostiging.case.csv_text import csv_text, dialect, text_of
from bekostiging.case.errors import ArgumentError, CaseError, Note, Problem
from bekostiging.case.folded import folded
from bekostiging.case.not_bsn import CLIENTS, Exceptions, check_name, citizen_number, exceptions
from bekostiging.case.numbers import in_en, in_nl, parse_number
from bekostiging.case.read_rows import REMARKS
from bekostiging.case.tables import TABLES
from bekostiging.characters import one_form
from bekostiging_solvers.typing import FloatArray

CLIENT = "client"
"""Column with a number of one's own per client, by which a correction finds what it corrects; no group."""
REQUIRED = ("provider", "profile", "cost")
IDENTIFYING = ("bsn", "burgerservicenummer", "name", "naam", "birth_date", "geboortedatum")
"""Columns that are never read: they say who a client is."""
DUTCH = {"aanbieder": "provider", "profiel": "profile", "kosten": "cost", "cliënt": CLIENT, "cliëntnummer": CLIENT}
"""Names of columns in Dutch."""
MOST_PROBLEMS = 20
Rows = list[tuple[int, list[str]]]
"""Line in the file and cells of every client."""


@dataclass(frozen=True)
class ClientTable:
    """One row per client; ``read_clients`` reads it from a file.

    Parameters
    ----------
    provider, profile : tuple of str
        Who serves the client, and its profile: the unit of a norm amount.
    cost : array (n_clients,)
        Euro per year at reference prices.
    groups : dict of str to tuple of str
        The label of every client in each of the other columns, by the name of the column.
    notes : tuple of dict, default ()
        What the reader did with the file, in Dutch (``nl``) and English (``en``): corrections netted, columns not read.

    Raises
    ------
    UserError
        Columns of different lengths; a cost that is negative or no number.

    Examples
    --------
    >>> import numpy as np
    >>> from bekostiging.case import ClientTable
    >>> table = ClientTable(("a", "b"), ("light", "heavy"), np.array([1200.0, 8000.0]), {"age": ("0-11", "12-17")})
    >>> float(table.cost.mean())
    4600.0
    """

    provider: tuple[str, ...]
    profile: tuple[str, ...]
    cost: FloatArray
    groups: dict[str, tuple[str, ...]]
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, and costs that are negative or no number."""
        n_clients = len(self.provider)
        columns = {"profile": self.profile, "cost": self.cost, **self.groups}
        for name, column in columns.items():
            if len(column) != n_clients:
                raise ArgumentError(
                    name,
                    f"{name}: {len(column)} waarden voor {n_clients} cliënten; geef er een per cliënt",
                    f"{name}: {len(column)} values for {n_clients} clients; give one for every client",
                )
        if not np.all((np.asarray(self.cost) >= 0) & np.isfinite(self.cost)):
            raise ArgumentError(
                "cost",
                "cost: een bedrag is negatief of geen getal; geef euro per jaar, nul of meer",
                "cost: an amount is negative or no number; give euro per year, zero or more",
            )


def read_clients(file: str | Path, not_bsn: str = "") -> ClientTable:
    """Read a table with one row per client.

    Parameters
    ----------
    file : str or path
        CSV in UTF-8, separated by ``;`` (decimal comma) or ``,`` (decimal point), with the columns provider, profile and
        cost (euro per year at reference prices), or aanbieder, profiel and kosten; every other column divides clients into
        groups. With a column client (a number of your own, never a citizen service number) a negative cost is a correction,
        added to the other rows of that client, provider and profile. Columns that begin with ``opmerking`` or ``#`` are not
        read.
    not_bsn : str, default ""
        Where a number is taken for a citizen service number and is none, as in the head of a case: ``clients.column: why``.

    Returns
    -------
    ClientTable
        The clients in the order of the file.

    Raises
    ------
    UserError
        No such file, a column that is missing or says who a client is.
    CaseError
        No text in UTF-8; rows that do not fit the columns, cells that are empty, no number or go on over a line break, and
        citizen service numbers, each with its row in the file and column.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bekostiging.case import read_clients
    >>> _ = Path("clients.csv").write_text("provider,profile,cost,age\\na,light,1200,0-11\\nb,heavy,8000,12-17\\n")
    >>> read_clients("clients.csv").groups
    {'age': ('0-11', '12-17')}
    """
    file = checked_path("file", file)
    check_name(file)
    stated = exceptions(checked_kind("not_bsn", not_bsn, str, "case.not_bsn"), TABLES, [])
    if not file.is_file():
        raise _wrong_file(
            file,
            "dit bestand bestaat niet; geef een csv met de kolommen provider, profile en cost",
            "there is no such file; give a csv with the columns provider, profile and cost",
        )
    problems: list[Problem] = []
    text = text_of(file, CLIENTS, problems)
    read = None if text is None else csv_text(text, CLIENTS, problems, None)
    if read is None:
        raise CaseError(problems)
    head = [DUTCH.get(folded(name), one_form(name).lower()) for name in read.columns]
    problems += [citizen_number(CLIENTS, name) for name in head if find(name, dates=False)]
    if problems:
        raise CaseError(problems)
    _check_head(head, file)
    rows = [(line, [one_form(cell.strip()) for cell in row]) for line, row in read.rows]
    cost, wrong = _costs(rows, head, dialect(read.separator))
    wrong += _citizen_numbers(rows, head, stated)
    problems = sorted([*problems, *wrong], key=lambda problem: problem.row or 0)
    if problems:
        raise CaseError(problems[:MOST_PROBLEMS])
    rows, cost, netted = _netted(rows, head, cost)
    if not rows:
        raise _wrong_file(
            file,
            "er staat geen enkele cliënt in",
            "it holds no client",
        )
    columns = {name: tuple(row[place] for _, row in rows) for place, name in enumerate(head)}
    remarks = [name for name in columns if name.startswith(REMARKS)]
    groups = {name: labels for name, labels in columns.items() if name not in (*REQUIRED, CLIENT, *remarks)}
    notes = [*(_unread(name) for name in remarks), *netted]
    return ClientTable(columns["provider"], columns["profile"], np.array(cost), groups, tuple(notes))


def _unread(name: str) -> Note:
    """The note on a column for the reader's eye only."""
    shown = mask(shortened(name))
    return {
        "nl": f"cliënten: kolom '{shown}' is niet gelezen; zij begint als een opmerking",
        "en": f"clients: column '{shown}' was not read; it begins as a remark",
    }


def _wrong_file(file: Path, nl: str, en: str) -> ArgumentError:
    """The error of a file that cannot be used."""
    return wrong_argument("file", str(file), nl, en)


def _check_head(head: list[str], file: Path) -> None:
    """Every column that is needed, none that identifies, none twice."""
    missing = [name for name in REQUIRED if name not in head]
    if missing:
        listed = ", ".join(missing)
        raise _wrong_file(
            file,
            f"kolom {listed} ontbreekt; nodig zijn provider, profile en cost",
            f"column {listed} is missing; provider, profile and cost are needed",
        )
    known = [name for name in head if name in IDENTIFYING]
    if known:
        raise _wrong_file(
            file,
            f"kolom {known[0]} zegt wie een cliënt is en wordt nooit gelezen; verwijder haar",
            f"column {known[0]} says who a client is and is never read; take it out of the file",
        )
    twice = sorted({name for name in head if head.count(name) > 1 or not name})
    if twice:
        raise _wrong_file(
            file,
            f"kolom '{twice[0]}' staat er twee keer of heeft geen naam; geef elke kolom een eigen naam",
            f"column '{twice[0]}' stands there twice or has no name; give every column its own name",
        )


def _costs(rows: Rows, head: list[str], separator: str) -> tuple[list[float], list[Problem]]:
    """Cost of every client; and rows with a cell that is empty or no number."""
    place = head.index("cost")
    costs, problems = [], []
    for line, row in rows:
        if not all(row[head.index(name)] for name in REQUIRED):
            problems.append(
                Problem(
                    CLIENTS,
                    "elke cliënt heeft een aanbieder, een profiel en een bedrag; vul de rij aan",
                    "every client has a provider, a profile and a cost; complete the row",
                    line,
                )
            )
            continue
        try:
            value = parse_number(row[place], separator, "euro")
        except ValueError:
            value = np.nan
        if not abs(value) < np.inf:
            problems.append(
                Problem(
                    CLIENTS,
                    f"'{shortened(row[place])}' is geen bedrag zonder duizendtekens; herstel het",
                    f"'{shortened(row[place])}' is no amount without thousands marks; mend it",
                    line,
                    "cost",
                )
            )
        costs.append(value)
    return costs, problems


def _netted(rows: Rows, head: list[str], costs: list[float]) -> tuple[Rows, list[float], list[Note]]:
    """The rows with every correction added to the other rows of its client, provider and profile, and what was done.

    Raises
    ------
    CaseError
        A cost that is negative, alone or with the rows that it corrects.
    """
    known = CLIENT in head
    places = [head.index(name) for name in (CLIENT, "provider", "profile")] if known else []
    together: dict[tuple[str, ...], list[int]] = {}
    for number, (line, row) in enumerate(rows):
        own = [row[place] for place in places]
        together.setdefault(tuple(own) if known and own[0] else (str(line),), []).append(number)
    kept: list[int] = []
    total, problems, corrections = list(costs), [], 0
    for group in together.values():
        negative = [number for number in group if costs[number] < 0]
        if not negative:
            kept += group
            continue
        first = next((number for number in group if costs[number] >= 0), group[0])
        total[first] = fsum(costs[number] for number in group)
        kept.append(first)
        corrections += len(negative)
        if total[first] < 0:
            problems.append(_below_zero(rows[negative[0]][0], total[first], known=known))
    if problems:
        raise CaseError(problems[:MOST_PROBLEMS])
    kept.sort()
    nl, en = (
        ("1 negatief bedrag is als correctie", "1 negative amount was added as a correction")
        if corrections == 1
        else (
            f"{corrections} negatieve bedragen zijn als correctie",
            f"{corrections} negative amounts were added as corrections",
        )
    )
    nl, en = (
        f"cliënten: {nl} opgeteld bij de andere rijen van die cliënt",
        f"clients: {en} to the other rows of that client",
    )
    notes = [{"nl": nl, "en": en}] if corrections else []
    return [rows[number] for number in kept], [total[number] for number in kept], notes


def _below_zero(line: int, euro: float, *, known: bool) -> Problem:
    """What a client cannot cost."""
    nl, en = (
        ("vul de rij aan die zij verbetert", "add the row that it corrects")
        if known
        else (
            f"tel een correctie op bij de rij die zij verbetert, of geef elke cliënt een eigen nummer in kolom {CLIENT}: "
            "dan worden zij opgeteld",
            f"add a correction to the row that it corrects, or give every client a number of your own in column {CLIENT}: "
            "then they are added up",
        )
    )
    return Problem(
        CLIENTS,
        f"{in_nl(euro)} euro is minder dan nul; {nl}",
        f"{in_en(euro)} euro is below zero; {en}",
        line,
        "cost",
    )


def _citizen_numbers(rows: Rows, head: list[str], stated: Exceptions) -> list[Problem]:
    """What may be a citizen service number, anywhere but in the cost; eight digits of a label are no date."""
    return [
        citizen_number(CLIENTS, name, line)
        for line, row in rows
        for name, cell in zip(head, row, strict=False)
        if name != "cost"
        and find(cell, codes=coded(CLIENTS, name), dates=False)
        and not stated.hold(CLIENTS, name, line)
    ]
