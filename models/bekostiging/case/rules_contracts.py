"""Rules of contracts: clauses with the terms they need, shared ceilings, main contractors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bekostiging.case.errors import Problem
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import (
    CLAUSE_COLUMNS,
    CLAUSES,
    PAYMENT_FORMS,
    ClauseFacts,
    ContractClause,
    clause_problem,
)


def _clauses(case: Case) -> Iterator[Problem]:
    """Every clause has what it needs and nothing else, edges in order, a form that may have it, and what its "
    "kind asks."""
    for row in case.clauses:
        kind = CLAUSES[row.clause]
        yield from _columns(row, kind)
        yield from _form(row, kind)
        if row.lower is not None and row.upper is not None and row.upper <= row.lower:
            yield clause_problem(
                row,
                "upper",
                f"het plafond ({in_nl(row.upper)}) ligt niet boven de vloer ({in_nl(row.lower)}); verwissel of "
                "verbeter ze",
                f"the cap ({in_en(row.upper)}) is not above the floor ({in_en(row.lower)}); swap or mend them",
            )
        yield from kind.problems(case, row)


def _columns(row: ContractClause, kind: type[ClauseFacts]) -> Iterator[Problem]:
    """What is needed is there, what has no meaning is empty."""
    for column in CLAUSE_COLUMNS:
        present = getattr(row, column) is not None
        if column in kind.needs and not present:
            yield clause_problem(
                row, column, f"{column} ontbreekt; vul hem in", f"{column} is missing; fill it in"
            )
        if present and column not in (*kind.needs, *kind.allows):
            yield clause_problem(
                row,
                column,
                f"{column} heeft hier geen betekenis; laat hem leeg",
                f"{column} has no meaning; leave it empty",
            )


def _form(row: ContractClause, kind: type[ClauseFacts]) -> Iterator[Problem]:
    """Contracts of the form may have it."""
    if not kind.joins(PAYMENT_FORMS[row.payment_form]):
        may = ", ".join(form for form, facts in PAYMENT_FORMS.items() if kind.joins(facts))
        yield clause_problem(
            row,
            "payment_form",
            f"bestaat alleen bij {may}; zet daar payment_form op of kies een ander beding",
            f"exists only with {may}; set payment_form to that or take another clause",
        )


def _revenue_years(case: Case) -> Iterator[Problem]:
    """A revenue is of a year before the first contract year, and the index of every year from there is known."""
    known = {row.year for row in case.indices}
    lacking: dict[tuple[int, ...], list[str]] = {}
    for row in case.contracts:
        year = case.year_of_revenue(row)
        if year >= case.first_year:
            yield Problem(
                "contracts",
                f"omzet van {year}, terwijl het eerste contractjaar {case.first_year} is; neem de omzet van een jaar "
                f"ervoor, hoogstens {case.first_year - 1}",
                f"revenue of {year}, while the first contract year is {case.first_year}; take the revenue of a "
                "year before "
                f"it, {case.first_year - 1} at most",
                row=row.line,
                column="revenue_year",
            )
        missing = tuple(u for u in range(year + 1, case.first_year) if u not in known)
        if row.revenue > 0 and missing:
            lacking.setdefault((year, *missing), []).append(f"{row.provider} / {row.lot}")
    for (year, *absent), contracts in lacking.items():
        years = ", ".join(str(u) for u in absent)
        whose = contracts[0] if len(contracts) == 1 else f"{contracts[0]} (+ {len(contracts) - 1})"
        yield Problem(
            "indices",
            f"jaar {years} ontbreekt, en de omzet van {whose} is van {year} en wordt met de index van elk jaar "
            "erna naar "
            f"{case.first_year} gebracht; vul OVA en PPC in, of geef de omzet van {case.first_year - 1} met "
            "contracts.revenue_year",
            f"year {years} is missing, and the revenue of {whose} is of {year} and is brought to "
            f"{case.first_year} with the "
            f"index of every year after it; fill in OVA and PPC, or give the revenue of {case.first_year - 1} with "
            "contracts.revenue_year",
            column="year",
        )


def _ceiling_pools(case: Case) -> Iterator[Problem]:
    """Contracts of a pool have a ceiling each and lie in lots with one indexation."""
    first: dict[str, str] = {}
    for row in case.contracts:
        if not row.ceiling_pool:
            continue
        if row.ceiling is None:
            yield Problem(
                "contracts",
                f"contract {row.provider} in {row.lot} staat in plafondpool {row.ceiling_pool} zonder plafond; "
                "vul ceiling "
                "in of haal het uit de pool",
                f"contract {row.provider} in {row.lot} is in ceiling pool {row.ceiling_pool} without a "
                "ceiling; fill in "
                "ceiling or take it out of the pool",
                row=row.line,
                column="ceiling",
            )
        lot = first.setdefault(row.ceiling_pool, row.lot)
        own, other = (
            (case.policy.weight_ova(one), case.policy.weight_ppc(one), case.policy.indexation(one))
            for one in (row.lot, lot)
        )
        if own != other:
            yield Problem(
                "contracts",
                f"plafondpool {row.ceiling_pool}: percelen {lot} en {row.lot} worden anders geïndexeerd; maak "
                "de indexatie "
                "gelijk of splits de pool",
                f"ceiling pool {row.ceiling_pool}: lots {lot} and {row.lot} are indexed differently; make "
                "indexation equal "
                "or split the pool",
                row=row.line,
                column="ceiling_pool",
            )


def _main_contractors(case: Case) -> Iterator[Problem]:
    """A main contractor is another provider, and no subcontractor itself: no sub-sub (art. 3.9)."""
    below = {(row.provider, row.lot) for row in case.contracts if row.main_contractor}
    for row in case.contracts:
        if not row.main_contractor:
            continue
        if row.main_contractor == row.provider or (row.main_contractor, row.lot) in below:
            yield Problem(
                "contracts",
                f"aanbieder {row.main_contractor} kan in perceel {row.lot} geen hoofdaannemer van "
                f"{row.provider} zijn: hij "
                "is het zelf of is er onderaannemer (Contractstandaard Wmo v1.2 art. 3.9); kies een andere",
                f"provider {row.main_contractor} cannot be main contractor of {row.provider} in lot {row.lot}: "
                "it is the "
                "same or a subcontractor there (Contractstandaard Wmo v1.2 art. 3.9); take another",
                row=row.line,
                column="main_contractor",
            )


def _general_provisions(case: Case) -> Iterator[Problem]:
    """Without registration of clients there is nothing to claim: a lump sum, and no messages."""
    lump_sums = ", ".join(form for form, facts in PAYMENT_FORMS.items() if facts.lump_sum)
    for lot in case.lots:
        if lot.general_provision and not (PAYMENT_FORMS[lot.payment_form].lump_sum and lot.messages == "none"):
            yield Problem(
                "lots",
                f"perceel {lot.id} is een algemene voorziening zonder registratie, en heeft payment_form "
                f"{lot.payment_form} "
                f"en messages {lot.messages}; dat kan alleen {lump_sums} en none zijn",
                f"lot {lot.id} is a general provision without registration, and has payment_form "
                f"{lot.payment_form} and "
                f"messages {lot.messages}; only {lump_sums} and none are possible",
                row=lot.line,
                column="payment_form",
            )


def _function_groups(case: Case) -> Iterator[Problem]:
    """Shares of a care form add up to 1, and its groups count hours in one unit alike."""
    for form in dict.fromkeys(row.care_form for row in case.function_groups):
        rows = [row for row in case.function_groups if row.care_form == form]
        total = sum(row.share for row in rows)
        if abs(total - 1) > 1e-6:
            yield Problem(
                "function_groups",
                f"aandelen van zorgvorm {form} tellen op tot {in_nl(total)}, moet 1 zijn; verbeter ze",
                f"shares of care form {form} add up to {in_en(total)}, must be 1; mend them",
                column="share",
            )
        if len({row.hours_per_unit for row in rows}) > 1:
            yield Problem(
                "function_groups",
                f"functiegroepen van zorgvorm {form} hebben verschillende uren per eenheid; vul overal hetzelfde in",
                f"function groups of care form {form} have different hours per unit; fill in one number",
                column="hours_per_unit",
            )


def _salary_scales(case: Case) -> Iterator[Problem]:
    """The lowest step of a scale is not above its highest."""
    for row in case.salary_scales:
        if row.salary_low > row.salary_high:
            yield Problem(
                "salary_scales",
                f"de laagste trede van schaal {row.scale} ({in_nl(row.salary_low)}) ligt boven de hoogste "
                f"({in_nl(row.salary_high)}); wissel ze",
                f"the lowest step of scale {row.scale} ({in_en(row.salary_low)}) is above the highest "
                f"({in_en(row.salary_high)}); swap them",
                row=row.line,
                column="salary_low",
            )


CONTRACT_RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    _clauses,
    _revenue_years,
    _ceiling_pools,
    _main_contractors,
    _function_groups,
    _salary_scales,
    _general_provisions,
)
