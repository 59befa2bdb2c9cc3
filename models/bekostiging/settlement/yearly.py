"""A contract year settled for every contract: statements, what each municipality pays, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.arguments import checked_whole, checked_word, kinds_checked, wrong_argument
from bekostiging.case.errors import CaseError, Note, Problem
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.contracts import Taakgericht, TariffContract, municipal_shares
from bekostiging.settlement.earlier import Previous, refuse_the_same
from bekostiging.settlement.ledger import Ledger
from bekostiging.settlement.lump_sum import lump_sum_lines
from bekostiging.settlement.missing import missing_figures
from bekostiging.settlement.paid import earlier_lines, paid_lines
from bekostiging.settlement.parts import municipal_parts
from bekostiging.settlement.sheet import Sheet
from bekostiging.settlement.statement import ContractSettlement, YearSettlement
from bekostiging.settlement.status import STATUSES, Status, not_ended, refused
from bekostiging.settlement.tariff import tariff_lines
from bekostiging.settlement.values import Book, Values
from bekostiging.units import CENTS
from bekostiging_solvers.typing import FloatArray


@kinds_checked
def settle_year(
    case: Case,
    figures: YearFigures,
    year: int,
    status: str = "raming",
    *,
    today: date | None = None,
    previous: Previous | None = None,
    providers: Sequence[str] = (),
) -> YearSettlement:
    """Settle a contract year: every clause of every contract on what happened, by the objects that were simulated.

    Parameters
    ----------
    case : Case
        With the contracts as they were signed: forms of the lots, layers with their shares, clauses, policy.
    figures : YearFigures
        From ``read_actuals``.
    year : int
        Calendar year.
    status : str, default "raming"
        ``raming`` (estimates allowed, named), ``voorlopig`` (statement in, not audited) or ``definitief``.
    today : date, optional
        The day of the settlement; today unless given.
    previous : Previous, optional
        An earlier settlement of the same year: only the difference is paid.
    providers : sequence of str
        Only these; all unless given.

    Returns
    -------
    YearSettlement
        Statements to the cent. No flow rule is run: who waited shows in what was delivered.

    Raises
    ------
    UserError
        Another year or status; a provider that is not there; a year that was settled with the same figures.
    CaseError
        A figure that a clause needs, a status that cannot be, a negative base, a correction without its reason.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> settle_year(read_case("veenrand"), YearFigures(), 2028, "definitief", today=date(2028, 6, 1))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    bekostiging.case.errors.CaseError: table determinations, column year: ... because 2028 has not ended; settle it as raming
    """
    checked_whole("year", year, case.first_year, case.first_year + case.n_years - 1)
    own: Status = STATUSES[STATUSES.index(checked_word("status", status, STATUSES))]
    scope = _scope(case, providers)
    day = today or date.today()
    if found := list(not_ended(year, own, day)):
        raise CaseError(found)
    if found := [one for c in scope for one in refused(case, figures, c, year, own)]:
        raise CaseError(found)
    book, place = Book(case, figures, estimates=own == "raming"), year - case.first_year
    if found := [one for c in book.joined(scope) for one in _without_amount(book, c, place)]:
        raise CaseError(found)
    if found := [one for c in book.joined(scope) for one in missing_figures(book, c, place)]:
        raise CaseError(found)
    if found := [one for c in book.joined(scope) for one in _negative(book, c, place)]:
        raise CaseError(found)
    shares = {lot: _shares(book, lot, place) for lot in dict.fromkeys(case.contracts[c].lot for c in scope)}
    transfers = book.transfers(book.values, place)
    undisputed = _undisputed(book, place)
    settled = [
        _statement(book, c, place, shares[case.contracts[c].lot], float(transfers[c]), previous, undisputed[c])
        for c in scope
    ]
    if previous is not None:
        refuse_the_same(case, settled, previous, year, own)
    return YearSettlement(case, year, own, day, tuple(settled), previous, _notes(book), figures)


def _scope(case: Case, providers: Sequence[str]) -> list[int]:
    """Places of the contracts that are settled."""
    known = [row.id for row in case.providers]
    for provider in providers:
        if provider not in known:
            listed = ", ".join(known)
            raise wrong_argument("providers", provider, f"kies uit {listed}", f"choose from {listed}")
    return [c for c, row in enumerate(case.contracts) if not providers or row.provider in providers]


def _without_amount(book: Book, contract: int, year: int) -> list[Problem]:
    """A lump sum of nothing: no deviation of it can be a part."""
    one = book.contracts[contract]
    if not isinstance(one, Taakgericht) or float(one.reference[year]) > 0:
        return []
    calendar = book.case.first_year + year
    return [
        Problem(
            "terms",
            f"contract {one.provider}, {one.lot}: het referentiebedrag van {calendar} is nul, en daarvan is geen afwijking "
            "te bepalen; vul het getekende bedrag in",
            f"contract {one.provider}, {one.lot}: the reference amount of {calendar} is zero, of which no deviation can be "
            "determined; fill in the amount that was signed",
            column="agreed",
        )
    ]


def _negative(book: Book, contract: int, year: int) -> list[Problem]:
    """A base below zero: more was struck off than was delivered."""
    values, one = book.values[contract], book.contracts[contract]
    left = float(values.base[0, year])
    if left >= -1e-6:
        return []
    taken = float(book.deducted()[contract, year])
    calendar = book.case.first_year + year
    rows = [
        row.line
        for row in book.figures.of_contract(book.figures.deductions, one.provider, one.lot)
        if row.year == calendar
    ]
    return [
        Problem(
            "deductions",
            f"contract {one.provider}, {one.lot}: er is {in_nl(taken)} euro afgekeurd en dat is meer dan er is geleverd; de "
            f"grondslag zou {in_nl(round(left, 2))} zijn. Verbeter de afkeuringen of de verantwoording",
            f"contract {one.provider}, {one.lot}: {in_en(taken)} euro is not recognised, more than was delivered; the base "
            f"would be {in_en(round(left, 2))}. Mend the deductions or the statement",
            row=rows[0] if rows else None,
            column="euros",
        )
    ]


def _shares(book: Book, lot: str, year: int) -> FloatArray:
    """Share of each municipality in a lot and year: as agreed, else by the key of the lot; (n_municipalities,).

    Raises
    ------
    CaseError
        The key follows use that is not known.
    """
    case, calendar = book.case, book.case.first_year + year
    agreed = {row.municipality: row.share for row in book.figures.keys if (row.year, row.lot) == (calendar, lot)}
    if agreed:
        shares = np.array([agreed.get(row.code, 0.0) for row in case.municipalities])
        return np.asarray(shares / shares.sum())
    index = next(j for j, row in enumerate(case.lots) if row.id == lot)
    found = municipal_shares(case, book.cells, book.care.care_use, index)[0, year]
    if not np.isnan(found).any():
        return np.asarray(found)
    key = case.lots[index].sharing_key
    unknown = [
        f"{row.provider} ({case.first_year + when})"
        for c, row in enumerate(case.contracts)
        for when in range(year + 1)
        if row.lot == lot and np.isnan(book.care.care_use.units[0, when, book.cells.contract == c]).any()
    ]
    listed = ", ".join(unknown) or "-"
    raise CaseError(
        [
            Problem(
                "statements",
                f"de verdeelsleutel van perceel {lot} ({key}) volgt gebruik, cliënten of drempels die er niet staan; van "
                f"deze contracten ontbreken eenheden: {listed}. Vul ze in, of zet de delen in tabel keys",
                f"the sharing key of lot {lot} ({key}) follows use, clients or thresholds that are not there; units are "
                f"missing of these contracts: {listed}. Fill them in, or put the shares in table keys",
            )
        ]
    )


def _undisputed(book: Book, year: int) -> FloatArray:
    """What each contract would be paid if all that is disputed were recognised; (n_contracts,), euro."""
    if not any(row.disputed for row in book.figures.deductions):
        values = book.values
    else:
        values = book.settle(book.care.care_use, book.deducted(disputed=False))
    moved = book.transfers(values, year)
    return np.array([float(one.settled.payment[0, year]) for one in values]) + moved


def _statement(
    book: Book,
    contract: int,
    year: int,
    shares: FloatArray,
    transfer: float,
    previous: Previous | None,
    undisputed: float,
) -> ContractSettlement:
    """Lines, parts of municipalities and what stands beside them."""
    one, values, ledger = book.contracts[contract], book.values[contract], Ledger()
    sheet = Sheet(book, contract, year, values, transfer, ledger)
    if isinstance(one, Taakgericht):
        lump_sum_lines(sheet, one)
    elif isinstance(one, TariffContract):
        tariff_lines(sheet, one)
    _check(ledger, values, transfer, year)
    calendar = book.case.first_year + year
    bookings = [
        row
        for row in book.figures.of_contract(book.figures.bookings, one.provider, one.lot)
        if row.year == calendar
    ]
    paid_lines(ledger, bookings)
    earlier_lines(ledger, bookings, None if previous is None else previous.of(one.provider, one.lot), previous)
    held = round(undisputed * CENTS) - round(float(values.settled.payment[0, year] + transfer) * CENTS)
    parts = municipal_parts(book, contract, year, shares, ledger, bookings)
    paid = -sum(line.cents for line in ledger.lines if line.part == "paid" and line.kind == "amount")
    to_be_paid = [row.euros for row in bookings if row.booking == "to_be_paid"]
    determination = next(
        (
            row
            for row in book.figures.of_contract(book.figures.determinations, one.provider, one.lot)
            if row.year == calendar
        ),
        None,
    )
    return ContractSettlement(
        contract,
        one.provider,
        one.lot,
        one.name,
        tuple(ledger.lines),
        dict(ledger.inputs),
        parts,
        sum(row.euros for row in sheet.deductions() if row.disputed),
        held,
        paid + round(sum(to_be_paid) * CENTS) if to_be_paid else None,
        _passed_on(book, contract, values, transfer, year),
        "" if determination is None else determination.correction,
    )


def _check(ledger: Ledger, values: Values, transfer: float, year: int) -> None:
    """The lines give what the contract object pays; else the statement would say another thing than the contract."""
    paid = float(values.settled.payment[0, year]) + transfer
    told = ledger.line("determined").exact
    if abs(paid - told) > 1e-4 * max(1.0, abs(paid) * 1e-6):
        raise AssertionError(f"the lines give {told}, the contract object {paid}")


def _passed_on(book: Book, contract: int, values: Values, transfer: float, year: int) -> int | None:
    """What the subcontractor of a contract gets of what its main contractor is paid; cents."""
    row = book.case.contracts[contract]
    if not row.main_contractor:
        return None
    clauses = float(values.settled.clauses[0, year]) + transfer
    work = float(values.settled.payment[0, year]) + transfer - clauses
    return round((row.passed_tariff_share * work + row.passed_corridor_share * clauses) * CENTS)


def _notes(book: Book) -> tuple[Note, ...]:
    """What was read, what was estimated."""
    return (*book.figures.notes, *book.care.notes)
