"""What must be said once: a simulation that contradicts its theory, and what a case states but is not used yet."""

from __future__ import annotations

import math

from bekostiging.case import Case
from bekostiging.case.errors import Note
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import CLAUSES
from bekostiging.scenarios import Plan, SelfCheck

FEWEST_IN_TAIL = 5
"""Scenarios in a tail below which what is said of it is an indication."""
UNSEEN = 0.05
"""Chance at which the bound on what was never seen, 1 - UNSEEN^(1/n) (Clopper and Pearson 1934), is too low."""
ROUNDING = 1e-9
MEANT = {
    "starts": ("starts", "starts"),
    "clients": ("cliënten", "clients"),
    "units": ("geleverde eenheden", "units delivered"),
    "units_within_budget": ("eenheden binnen het urenbudget", "units within the hours budget"),
    "crisis_units": ("eenheden crisishulp", "units of crisis care"),
    "crisis_units_within_budget": ("crisishulp binnen het urenbudget", "crisis care within the hours budget"),
    "arrangement_units": ("eenheden in arrangementen", "units in arrangements"),
    "arrangement_units_at_result": ("arrangementen met resultaat", "arrangements at their result"),
    "cost": ("kosten", "cost"),
}
"""What is compared, in Dutch and English (``scenarios.selfcheck``)."""


def alarms(checked: SelfCheck) -> tuple[Note, ...]:
    """The worst contradiction between simulation and theory, if any: then no figure of the run can be trusted."""
    if not checked.alarms:
        return ()
    worst, n = checked.alarms[0], len(checked.alarms)
    return (
        {
            "nl": f"ALARM van de zelfcontrole: {n} van {checked.n_statistics} vergelijkingen van de simulatie met haar "
            f"eigen theorie {'kan' if n == 1 else 'kunnen'} geen toeval zijn. Het ergst is het bij {worst.cell}, "
            f"{MEANT[worst.quantity][0]}: {in_nl(worst.drawn, 6)} getrokken, {in_nl(worst.expected, 6)} verwacht. "
            "Gebruik deze uitkomst niet en meld haar.",
            "en": f"ALARM of the self-check: {n} of {checked.n_statistics} comparisons of the simulation with its own "
            f"theory cannot be chance. The worst is at {worst.cell}, {MEANT[worst.quantity][1]}: {in_en(worst.drawn, 6)} "
            f"drawn, {in_en(worst.expected, 6)} expected. Do not use this outcome and report it.",
        },
    )


def measured(plan: Plan, checked: SelfCheck, judged: int | None = None) -> tuple[Note, ...]:
    """Of the scenarios of a study: their self-check, how few they are (``judged`` where more), their rounding."""
    few = few_scenarios(judged or plan.n_scenarios, plan.case.policy.confidence)
    return (*alarms(checked), *few, *plan.notes)


def enough_scenarios(confidence: float) -> int:
    """Scenarios of which five lie in the tail beyond ``confidence``."""
    return math.ceil(FEWEST_IN_TAIL / (1 - confidence) - ROUNDING)


def most_unseen(n_scenarios: int) -> float:
    """Probability that an event may still have, at 95 % certainty, when it was seen in none of so many scenarios."""
    return float(1 - UNSEEN ** (1 / n_scenarios))


def few_scenarios(n_scenarios: int, confidence: float) -> tuple[Note, ...]:
    """What a run of few scenarios cannot know, in words; nothing where five of them lie in the tail."""
    enough = enough_scenarios(confidence)
    if n_scenarios >= enough:
        return ()
    share = 100 * (1 - confidence)
    seen = math.floor(n_scenarios * (1 - confidence) + ROUNDING)
    most = math.ceil(100 * most_unseen(n_scenarios) - ROUNDING)
    nl, en = (
        ("is 1 toekomst", "is 1 scenario") if seen == 1 else (f"zijn {seen} toekomsten", f"are {seen} scenarios")
    )
    return (
        {
            "nl": f"Gemeten op maar {n_scenarios} toekomsten. Wat zeldzamer is dan 1 op {n_scenarios} is niet te zien: "
            f"0 % betekent “in geen van deze {n_scenarios}” en kan in werkelijkheid tot {most} % zijn, 100 % kan "
            f"{100 - most} % zijn. De slechtste {in_nl(share, 3)} % {nl}: wat over die staart, over P10 en "
            f"P90 en over hun ± is gezegd, is een aanwijzing en geen meting. Neem voor een besluit minstens {enough} "
            "toekomsten.",
            "en": f"Measured on only {n_scenarios} scenarios. What is rarer than 1 in {n_scenarios} cannot be seen: 0 % "
            f"means “in none of these {n_scenarios}” and may in truth be up to {most} %, 100 % may be {100 - most} %. The "
            f"worst {in_en(share, 3)} % {en}: what is said of that tail, of P10 and P90 and of their ± is an indication, "
            f"no measurement. Take at least {enough} scenarios for a decision.",
        },
    )


def not_used_yet(case: Case) -> tuple[Note, ...]:
    """One sentence for everything in the case that is filled in and not, or not everywhere, calculated with."""
    found: list[Note] = []

    def note(present: bool, nl: str, en: str) -> None:
        """Tell it when it is there."""
        if present:
            found.append({"nl": nl, "en": en})

    note(
        any(CLAUSES[row.clause].per_client for row in case.clauses),
        "Een hogekostenpool telt in de toekomsten; in de gesloten vormen (schokken, gevoeligheden, omslagpunten) niet.",
        "A high-cost pool counts in the scenarios; in the closed forms (shocks, sensitivities, break-even) it does not.",
    )
    note(
        any(lot.sharing_key == "hybrid" for lot in case.lots),
        "Verdeelsleutel hybrid deelt dure cliënten in de toekomsten; in de gesloten vormen (schokken, gevoeligheden, "
        "omslagpunten) verdeelt zij naar gebruik.",
        "Sharing key hybrid shares expensive clients in the scenarios; in closed forms (shocks, sensitivities, break-even) "
        "it divides by use.",
    )
    note(
        any(case.policy.elasticity(lot.id) > 0 for lot in case.lots),
        "elasticity telt in het ontwerp van het taakgerichte budget, en nog niet in de toekomsten zelf.",
        "elasticity counts in the design of the lump sum, and not yet in the scenarios themselves.",
    )
    note(
        len({lot.years for lot in case.lots}) > 1,
        f"Percelen lopen ongelijk lang; vergeleken zijn de eerste {case.n_years} jaren, die alle percelen gemeen hebben.",
        f"Lots differ in length; compared are the first {case.n_years} years, which all lots have.",
    )
    return tuple(found)
