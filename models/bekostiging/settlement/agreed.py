"""The contracts as they were signed and changed: terms by the month from which they hold, letters, prices of the year.

A yearly amount is the sum of its twelfths. What no row of table terms says is what the case says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import CaseError, Problem
from bekostiging.case.year_tables import ChangeLetter, ContractTerm
from bekostiging.contracts import Contract, PriceLevels, Taakgericht, TariffContract
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

_OF_LUMP_SUM, _OF_TARIFF = ("reference_amount", "loading"), ("reference_amount", "ceiling")
"""Terms that a contract of either kind has."""


@dataclass(frozen=True)
class Agreed:
    """A contract with its terms in every contract year; arrays (n_years,).

    ``contract``: the object that settles. ``reference``: yearly amount in prices of the first contract year, before letters;
    ``changes``: what letters add, nominal; ``loading``: over the year; ``ceiling``: in those prices, nan where there is
    none. ``letters``: of each letter that counts in a year, its months and its price level over that of the letter.
    """

    contract: Contract
    reference: FloatArray
    changes: FloatArray
    loading: FloatArray
    ceiling: FloatArray
    letters: tuple[tuple[ChangeLetter, FloatArray, FloatArray], ...]
    sources: dict[str, str]


def agreed_contract(
    case: Case, contract: Contract, levels: PriceLevels, figures: YearFigures, pooled: bool
) -> Agreed:
    """The contract as its terms and letters make it; ``pooled``: whether it shares its ceiling.

    Raises
    ------
    CaseError
        A term that contracts of its form do not have; a letter of a contract that is no lump sum.
    """
    rows = list(figures.of_contract(figures.terms, contract.provider, contract.lot))
    letters = list(figures.of_contract(figures.changes, contract.provider, contract.lot))
    _refuse_strange(contract, rows, letters, pooled)
    n_years, price = len(contract.reference), levels.price[0]
    own = next(one for one in case.contracts if (one.provider, one.lot) == (contract.provider, contract.lot))
    found = {term: _by_month(case, rows, term, n_years) for term in ("reference_amount", "loading", "ceiling")}
    from_case = np.repeat((contract.reference / levels.expected)[:, None], MONTHS, axis=1)
    reference = _or(found["reference_amount"], from_case)
    loading = _or(found["loading"], np.zeros((n_years, MONTHS)))
    limit = getattr(contract, "ceiling", None)
    ceiling = _or(found["ceiling"], np.full((n_years, MONTHS), np.nan if limit is None else limit))
    counted = tuple(
        (letter, *_letter(case, letter, price)) for letter in sorted(letters, key=lambda one: one.from_month)
    )
    by_month = np.zeros((n_years, MONTHS))
    for letter, months, over in counted:
        by_month += months * (letter.euros * over / MONTHS)[:, None]
    indexed = reference / MONTHS * price[:, None] + by_month
    whole = indexed.sum(axis=1)
    extra = (loading * indexed).sum(axis=1)
    sources = {row.term: row.document for row in rows} | {"contract": own.source}
    settled = _with_terms(contract, whole / levels.contract[0], extra / levels.contract[0], ceiling.mean(axis=1))
    part = np.divide(extra, whole, out=np.zeros_like(extra), where=whole != 0)
    return Agreed(
        settled,
        reference.mean(axis=1),
        by_month.sum(axis=1),
        part,
        ceiling.mean(axis=1),
        tuple((letter, months.sum(axis=1), over) for letter, months, over in counted),
        sources,
    )


def _with_terms(contract: Contract, reference: FloatArray, loading: FloatArray, ceiling: FloatArray) -> Contract:
    """The contract object with its amounts, nominal at forecast index."""
    if isinstance(contract, Taakgericht):
        return replace(contract, reference=reference, budget=reference + loading)
    if isinstance(contract, TariffContract) and not np.isnan(ceiling).any():
        if np.ptp(ceiling) == 0:
            return replace(contract, reference=reference, ceiling=float(ceiling[0]))
        return replace(contract, reference=reference, ceiling=ceiling)  # broadcasts over the years
    return replace(contract, reference=reference)


def _or(typed: FloatArray, otherwise: FloatArray) -> FloatArray:
    """What was typed, else what the case says; (n_years, 12)."""
    return np.where(np.isnan(typed), otherwise, typed)


def _by_month(case: Case, rows: list[ContractTerm], term: str, n_years: int) -> FloatArray:
    """A term in every month of the contract, nan before its first row; (n_years, 12)."""
    values = np.full(n_years * MONTHS, np.nan)
    for row in sorted((row for row in rows if row.term == term), key=lambda row: row.from_month):
        values[max(0, _place(case, row.from_month)) :] = row.agreed
    return values.reshape(n_years, MONTHS)


def _place(case: Case, month: str) -> int:
    """Months since the contracts began."""
    return (int(month[:4]) - case.first_year) * MONTHS + int(month[5:7]) - 1


def _letter(case: Case, letter: ChangeLetter, price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Which months a letter counts in, (n_years, 12), and the price level of each year over that of the letter."""
    months = np.zeros(len(price) * MONTHS)
    months[_place(case, letter.from_month) :] = 1.0
    return months.reshape(-1, MONTHS), price / price[letter.price_level - case.first_year]


def _refuse_strange(
    contract: Contract, rows: list[ContractTerm], letters: list[ChangeLetter], pooled: bool
) -> None:
    """Terms and letters that this kind of contract does not have."""
    allowed = _OF_LUMP_SUM if contract.lump_sum else _OF_TARIFF
    problems = [
        Problem(
            "terms",
            f"{row.term} is geen afspraak van een contract dat {contract.name[0]} wordt betaald; haal de rij weg",
            f"{row.term} is no term of a contract that is paid {contract.name[1]}; remove the row",
            row=row.line,
            column="term",
        )
        for row in rows
        if row.term not in allowed
    ]
    problems += [
        Problem(
            "terms",
            "dit contract deelt zijn bestedingsruimte met andere (kolom ceiling_pool); verander die in de casus",
            "this contract shares its ceiling with others (column ceiling_pool); change it in the case",
            row=row.line,
            column="term",
        )
        for row in rows
        if row.term == "ceiling" and pooled
    ]
    problems += [
        Problem(
            "changes",
            f"een wijzigingsbrief gaat over het jaarbedrag van een taakgericht contract, en dit wordt {contract.name[0]} "
            "betaald; zet een andere bestedingsruimte in tabel terms",
            "a change letter is about the yearly amount of a lump sum, and this contract is paid "
            f"{contract.name[1]}; put another ceiling in table terms",
            row=letter.line,
            column="letter",
        )
        for letter in letters
        if not contract.lump_sum
    ]
    if problems:
        raise CaseError(problems)
