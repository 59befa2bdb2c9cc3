"""What must be said of the hours budgets: their length where it is estimated, and what they do to price and switch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bekostiging.case import Case, PolicyTable
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import LANGUAGES, Note
from bekostiging.case.numbers import written
from bekostiging.case.rows import name_in
from bekostiging.case.tables import CareForm
from bekostiging.contracts.basis import paid_parts
from bekostiging.scenarios import build_cells, expected_care_use, hours_budgets, paid_by_row
from bekostiging.scenarios.hours_budget import ENOUGH, STANDARD_WEEKS, paid_part
from bekostiging.units import MILLION, WEEKS_PER_MONTH

DEAR = 1.25
"""Price over the tariff above which a note says so: the hours budget pays less than four fifths of the care."""


@kinds_checked
def hours_budget_notes(case: Case) -> tuple[Note, ...]:
    """What a reader must know of the hours budgets: estimated lengths, high prices, new budgets at the switch.

    Returns
    -------
    tuple of Note
        Sentences in Dutch (``nl``) and English (``en``); none where the case gives every length and nothing stands out.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> hours_budget_notes(case)[0]["en"][:85]
    'Length of the hours budget of a maatwerktraject, estimated, in weeks: Youth guidance '
    """
    return (*_estimated(case), *_dear_care_forms(case), *_new_budgets(case))


def _contracted(case: Case) -> dict[str, CareForm]:
    """Care forms bought in a lot, by id."""
    bought = {form for lot in case.lots for form in lot.care_forms}
    return {form.id: form for form in case.care_forms if form.id in bought}


@kinds_checked
def hours_budget_terms(case: Case) -> dict[str, tuple[float, float]]:
    """Length and reach of the hours budget of every care form with demand.

    Returns
    -------
    dict of str to (float, float)
        By care form: weeks of the budget, and the part of the units of a start, from 0 to 1, that it is expected to pay.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> case = synthetic_region(municipalities=2, providers=6)
    >>> weeks, part = hours_budget_terms(case)["guidance"]
    >>> round(weeks), round(part, 3)
    (78, 0.855)
    """
    budgets, terms = hours_budgets(case), {}
    for form in dict.fromkeys(row.care_form for row in case.demand):
        own = np.array([i for i, row in enumerate(case.demand) if row.care_form == form])
        terms[form] = (float(budgets.months[own[0]] * WEEKS_PER_MONTH), paid_part(case, own, budgets))
    return terms


def _weeks(case: Case) -> dict[str, float]:
    """Weeks of the hours budget of every care form with demand."""
    return {form: weeks for form, (weeks, _) in hours_budget_terms(case).items()}


def _estimated(case: Case) -> tuple[Note, ...]:
    """Lengths that the case does not give, and how often a budget is followed by another one."""
    weeks, names = _weeks(case), _contracted(case)
    own = [form for form in names.values() if form.authorisation_weeks is None and form.id in weeks]
    if not own:
        return ()
    listed = {lang: "; ".join(f"{name_in(form, lang)} {weeks[form.id]:.0f}" for form in own) for lang in LANGUAGES}
    tried, part = ", ".join(map(str, STANDARD_WEEKS)), f"{100 * ENOUGH:.0f} %"
    shares = sorted({case.policy.revised_share(lot.id) for lot in case.lots})
    chance = {lang: " / ".join(written(100 * share, lang, 6) for share in shares) for lang in LANGUAGES}
    return (
        {
            "nl": f"Lengte van het urenbudget van een maatwerktraject, geschat, in weken: {listed['nl']}. Genomen is de "
            f"kortste van {tried} waarbij minstens {part} van de verwachte uren wordt betaald, en anders de langste. Kans "
            f"op een volgend budget als het op is: {chance['nl']} %.",
            "en": f"Length of the hours budget of a maatwerktraject, estimated, in weeks: {listed['en']}. Taken is the "
            f"shortest of {tried} that pays at least {part} of the expected hours, else the longest. Chance of another "
            f"budget when it runs out: {chance['en']} %.",
        },
    )


def _dear_care_forms(case: Case) -> tuple[Note, ...]:
    """Care forms whose price per unit is far above the tariff because the budget pays little of the care."""
    weeks, names = _weeks(case), _contracted(case)
    paid = dict.fromkeys(weeks, 1.0)
    for row, part in zip(case.demand, paid_by_row(case), strict=True):
        paid[row.care_form] = min(paid[row.care_form], float(part))
    dear = {form: 1 / part for form, part in paid.items() if form in names and 1 / part > DEAR}
    if not dear:
        return ()
    listed = {
        lang: "; ".join(
            f"{name_in(names[form], lang)} {100 * times:.0f} % ({weeks[form]:.0f} {word}, {100 / times:.0f} %)"
            for form, times in dear.items()
        )
        for lang, word in (("nl", "weken"), ("en", "weeks"))
    }
    return (
        {
            "nl": "Maatwerktraject: de prijs per eenheid is meer dan 125 % van het tarief, omdat het urenbudget een klein "
            f"deel van de verwachte zorg betaalt: {listed['nl']}. Geef een langer urenbudget, of onderbouw deze prijs.",
            "en": "Maatwerktraject: the price per unit is above 125 % of the tariff, because the hours budget pays a "
            f"small part of the expected care: {listed['en']}. Give a longer hours budget, or substantiate this price.",
        },
    )


def _new_budgets(case: Case) -> tuple[Note, ...]:
    """What it costs over the term that clients in care get a whole budget at the switch, as expected."""
    if not any(case.policy.new_budget(lot.id) for lot in case.lots):
        return ()
    other = replace(case, policy=case.policy.without(PolicyTable.new_budget))
    cells = build_cells(case)
    price = cells.tariff / paid_parts(case, cells)
    euro = [
        float(expected_care_use(one, cells, case.n_years).units_within_budget[0].sum(axis=0) @ price)
        for one in (case, other)
    ]
    more = f"{(euro[0] - euro[1]) / MILLION:.2f}"
    return (
        {
            "nl": "Zittende cliënten krijgen bij de overgang een heel urenbudget. Over de looptijd kost dat naar "
            f"verwachting {more.replace('.', ',')} miljoen euro meer dan wanneer hun budget al liep sinds zij begonnen "
            "(prijspeil van het eerste jaar, zonder plafonds).",
            "en": "Sitting clients get a whole hours budget at the switch. Over the term that is expected to cost "
            f"{more} million euro more than if their budgets had run since they began (prices of the first year, no "
            "ceilings).",
        },
    )
