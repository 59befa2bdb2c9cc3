"""Rules of what clients are drawn from: profiles, distributions, correlated risk factors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bekostiging.case.correlation import (
    GROUPS,
    ROUNDING,
    correlation_matrix,
    group_of,
    nearest_correlation,
    smallest_eigenvalue,
)
from bekostiging.case.errors import LANGUAGES, Problem
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl, written
from bekostiging.case.rules_levers import LEVER_RULES
from bekostiging.case.tables import RiskFactor
from bekostiging.units import MONTHS

TOLERANCE = 1e-6
"""How far shares may be from one: beyond rounding in a file, below anything that matters in euros."""
SEASON_TOLERANCE = 5e-3
"""How far the mean of twelve weights may be from one: that of weights written with two decimals. They are divided by it."""
EMPIRICAL = 0.05
"""How far duration_cv may be from the spread of the durations it stands for: rounding, not another law."""


def _profiles(case: Case) -> Iterator[Problem]:
    """Profile shares add up to one, with mean intensity one; a result part needs results."""
    for form in {row.care_form for row in case.profiles}:
        rows = [row for row in case.profiles if row.care_form == form]
        total = sum(row.share for row in rows)
        mean = sum(row.share * row.intensity_factor for row in rows)
        for value, column, nl, en in (
            (total, "share", "aandelen tellen", "shares add"),
            (mean, "intensity_factor", "met aandeel gewogen intensiteit telt", "share-weighted intensity adds"),
        ):
            if abs(value - 1) > TOLERANCE:
                yield Problem(
                    "profiles",
                    f"{nl} voor zorgvorm {form} op tot {in_nl(value)}, moet 1 zijn; verbeter ze",
                    f"{en} up to {in_en(value)} for care form {form}, must be 1; mend them",
                    column=column,
                )
        missing = [row for row in rows if row.price is None and row.share > 0]
        if missing and len(missing) < sum(row.share > 0 for row in rows):
            yield Problem(
                "profiles",
                f"profiel {missing[0].profile} van zorgvorm {form} is in gebruik en heeft geen prijs, andere "
                "wel; vul price "
                "in of laat hem overal leeg",
                f"profile {missing[0].profile} of care form {form} is in use and has no price while others "
                "have; fill in "
                "price or leave it empty everywhere",
                row=missing[0].line,
                column="price",
            )
        for row in rows:
            if row.result_part > 0 and row.success_share == 0:
                yield Problem(
                    "profiles",
                    f"profiel {row.profile} betaalt op resultaat terwijl success_share 0 is; vul een kans "
                    "groter dan 0 in",
                    f"profile {row.profile} pays on result while success_share is 0; fill in a share above 0",
                    row=row.line,
                    column="success_share",
                )


def _distributions(case: Case) -> Iterator[Problem]:
    """Own history where durations are empirical, with its own spread; a spread where the law needs one."""
    for row in case.demand:
        if row.units_cv == 0 and row.units_distribution != "lognormal":
            yield Problem(
                "demand",
                f"units_cv is 0 bij verdeling {row.units_distribution}; vul een spreiding groter dan 0 in of neem "
                "lognormal",
                f"units_cv is 0 with distribution {row.units_distribution}; fill in a spread above 0 or take lognormal",
                row=row.line,
                column="units_cv",
            )
        if row.duration_distribution != "empirical":
            continue
        own = [one for one in case.durations if one.care_form == row.care_form]
        total = sum(one.trajectories for one in own)
        if not own:
            yield Problem(
                "demand",
                f"zorgvorm {row.care_form} neemt empirical, maar durations heeft geen rij ervan; vul haar duren in of "
                "kies een andere verdeling",
                f"care form {row.care_form} takes empirical, but durations has no row of it; fill in its durations or "
                "choose another distribution",
                row=row.line,
                column="duration_distribution",
            )
            continue
        mean = sum(one.weeks * one.trajectories for one in own) / total
        cv = (sum(one.trajectories * (one.weeks / mean - 1) ** 2 for one in own) / total) ** 0.5
        if abs(cv - row.duration_cv) > EMPIRICAL * max(cv, row.duration_cv):
            yield Problem(
                "demand",
                f"duration_cv is {in_nl(row.duration_cv)}, de duren van zorgvorm {row.care_form} in durations "
                f"hebben {in_nl(cv, 3)}; "
                "vul die in",
                f"duration_cv is {in_en(row.duration_cv)}, the durations of care form {row.care_form} in "
                "durations have "
                f"{in_en(cv, 3)}; fill that in",
                row=row.line,
                column="duration_cv",
            )


def _risk_factors(case: Case) -> Iterator[Problem]:
    """Wages and prices move the index, and nothing else does."""
    for row in case.risk_factors:
        if (row.level in ("wages", "prices")) != (row.quantity == "index"):
            yield Problem(
                "risk_factors",
                f"factor {row.id} van niveau {row.level} beweegt {row.quantity}; wages en prices bewegen "
                "index, de andere "
                "niveaus inflow, duration of intensity: kies een van beide anders",
                f"factor {row.id} of level {row.level} moves {row.quantity}; wages and prices move index, the "
                "other levels "
                "inflow, duration or intensity: change one of the two",
                row=row.line,
                column="quantity",
            )


def _correlations(case: Case) -> Iterator[Problem]:
    """Pairs of one group, once; and a matrix some joint distribution has."""
    factors = {row.id: row for row in case.risk_factors}
    seen: set[frozenset[str]] = set()
    for row in case.correlations:
        pair = frozenset((row.factor_1, row.factor_2))
        one, other = factors[row.factor_1], factors[row.factor_2]
        if len(pair) == 1 or pair in seen:
            yield Problem(
                "correlations",
                f"{row.factor_1} en {row.factor_2}: elk paar van twee factoren staat er een keer; verwijder de rij",
                f"{row.factor_1} and {row.factor_2}: every pair of two factors stands once; remove the row",
                row=row.line,
                column="factor_2",
            )
        elif group_of(one) != group_of(other):
            yield Problem(
                "correlations",
                f"{one.id} ({one.level}) en {other.id} ({other.level}) zijn niet van hetzelfde niveau; "
                "correleer factoren "
                "van een niveau, het gemeenschappelijke zit in de landelijke factor",
                f"{one.id} ({one.level}) and {other.id} ({other.level}) are not of one level; correlate factors of one "
                "level, what they share is the national factor",
                row=row.line,
                column="factor_2",
            )
        seen.add(pair)
    for group in range(len(GROUPS)):
        yield from _semidefinite(case, [row for row in case.risk_factors if group_of(row) == group])


def _semidefinite(case: Case, factors: list[RiskFactor]) -> Iterator[Problem]:
    """The nearest valid correlations are offered, never taken."""
    matrix = correlation_matrix(factors, case.correlations)
    if not factors or smallest_eigenvalue(matrix) >= -ROUNDING:
        return
    nearest = nearest_correlation(matrix)
    place = {factor.id: i for i, factor in enumerate(factors)}
    own = [row for row in case.correlations if row.factor_1 in place and row.factor_2 in place]
    values = [(row, float(nearest[place[row.factor_1]][place[row.factor_2]])) for row in own]
    nl, en = (
        "; ".join(f"{row.factor_1}-{row.factor_2} {written(value, lang, 3)}" for row, value in values)
        for lang in LANGUAGES
    )
    yield Problem(
        "correlations",
        "deze correlaties kunnen niet tegelijk bestaan (de matrix is niet positief semidefiniet); de dichtstbijzijnde "
        f"die wel kunnen: {nl}",
        "these correlations cannot hold together (the matrix is not positive semidefinite); the nearest that can: "
        f"{en}",
        row=own[0].line,
        column="correlation",
    )


def _season(case: Case) -> Iterator[Problem]:
    """A care form has every month, with mean one."""
    for form in dict.fromkeys(row.care_form for row in case.season):
        rows = [row for row in case.season if row.care_form == form]
        missing = sorted(set(range(1, MONTHS + 1)) - {row.calendar_month for row in rows})
        if missing:
            listed = ", ".join(map(str, missing))
            yield Problem(
                "season",
                f"zorgvorm {form} mist maand {listed}; geef alle twaalf maanden, of geen",
                f"care form {form} lacks month {listed}; give all twelve months, or none",
                row=rows[0].line,
                column="calendar_month",
            )
            continue
        mean = sum(row.weight for row in rows) / MONTHS
        if abs(mean - 1) > SEASON_TOLERANCE:
            yield Problem(
                "season",
                f"gewichten van zorgvorm {form} zijn gemiddeld {in_nl(mean, 3)}, moet 1 zijn; deel ze door hun gemiddelde",
                f"weights of care form {form} have mean {in_en(mean, 3)}, must be 1; divide them by their mean",
                row=rows[0].line,
                column="weight",
            )


def _channels(case: Case) -> Iterator[Problem]:
    """Shares of the channels leave something or nothing for the others, never less."""
    for row in case.demand:
        if row.own_access_share + row.gp_share > 1 + TOLERANCE:
            yield Problem(
                "demand",
                f"own_access_share en gp_share zijn samen {in_nl(row.own_access_share + row.gp_share)}, "
                "hoogstens 1; verbeter ze",
                f"own_access_share and gp_share add up to {in_en(row.own_access_share + row.gp_share)}, at "
                "most 1; mend them",
                row=row.line,
                column="gp_share",
            )


def _combinations(case: Case) -> Iterator[Problem]:
    """Two care forms, and no more second trajectories than there are."""
    stock = {(row.area, row.care_form): row.clients_at_start for row in case.demand}
    starts = {(row.area, row.care_form): row.starts_per_year for row in case.demand}
    for row in case.combinations:
        if row.care_form == row.second_care_form:
            yield Problem(
                "combinations",
                f"zorgvorm {row.care_form} is met zichzelf gecombineerd; noem twee zorgvormen",
                f"care form {row.care_form} is combined with itself; name two care forms",
                row=row.line,
                column="second_care_form",
            )
            continue
        for counts, column in ((stock, "clients_at_start"), (starts, "starts_per_year")):
            for area in (area.id for area in case.areas if (area.id, row.care_form) in counts):
                asked = sum(
                    one.share * counts.get((area, one.care_form), 0.0)
                    for one in case.combinations
                    if one.second_care_form == row.second_care_form
                )
                there = counts.get((area, row.second_care_form), 0.0)
                if asked > there * (1 + TOLERANCE):
                    yield Problem(
                        "combinations",
                        f"gebied {area} heeft {in_nl(there)} in {column} van {row.second_care_form}, de "
                        "combinaties vragen er "
                        f"{in_nl(asked, 4)}; verlaag share",
                        f"area {area} has {in_en(there)} in {column} of {row.second_care_form}, the combinations ask "
                        f"{in_en(asked, 4)}; lower share",
                        row=row.line,
                        column="share",
                    )
                    break


DEMAND_RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    _profiles,
    _distributions,
    _channels,
    _combinations,
    _season,
    *LEVER_RULES,
    _risk_factors,
    _correlations,
)
"""In the order a reader would mend them."""
