"""What must be said of a contract year that is followed: advances nobody typed, months taken alike, invented figures."""

from __future__ import annotations

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import Note, UserError
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.monitoring.expected_months import ObservedMonths
from bekostiging.units import MONTHS

ABSURD = 20.0
"""Times what a case expects above which a count is in other units, or of another case."""


def check_plausible(months: ObservedMonths) -> None:
    """Refuse counts that no year of the case could have.

    Raises
    ------
    UserError
        Many times the starts, or the clients in care, that are expected.
    """
    year = np.arange(months.n_months) // MONTHS
    starts = float((months.forecast.starts[year] / MONTHS * months.share).sum())
    stock = float((months.forecast.stock * months.share_stock).sum())
    for seen, expected, nl, en in (
        (float(months.starts.sum()), starts, "starts", "starts"),
        (float(months.stock.sum()), stock, "cliënten in zorg bij het begin", "clients in care at the start"),
    ):
        if seen > ABSURD * max(expected, 1.0):
            raise UserError(
                f"maandcijfers: {seen:.0f} {nl}, waar de casus er {expected:.0f} verwacht; horen deze cijfers bij deze "
                "casus, en zijn het aantallen?",
                f"actuals: {seen:.0f} {en}, where the case expects {expected:.0f}; do these figures belong to this case, "
                "and are they counts?",
            )


def what_is_assumed(case: Case, figures: YearFigures) -> tuple[Note, ...]:
    """Everything that the page must say of what was not known, in the order of what it moves."""
    return (*_without_advances(case, figures), *_without_season(case), *_invented(figures))


def _without_season(case: Case) -> tuple[Note, ...]:
    """Care forms of which every month counts alike for want of table season, and seasons that are invented."""
    own = {row.care_form for row in case.season}
    flat = [form.name for form in case.care_forms if form.id not in own]
    invented = {row.care_form for row in case.season if row.status == "illustrative"}
    names = [form.name for form in case.care_forms if form.id in invented]
    notes: list[Note] = []
    if flat:
        listed = {"nl": "alle zorgvormen", "en": "every care form"}
        listed = listed if not own else dict.fromkeys(listed, ", ".join(flat))
        notes.append(
            {
                "nl": f"Elke maand telt even zwaar voor {listed['nl']}: dat is een aanname. Blad seizoen (tabel season) "
                "zegt hoe de starts over de maanden zijn verdeeld.",
                "en": f"Every month counts alike for {listed['en']}: that is an assumption. Table season says how starts "
                "are spread over the months.",
            }
        )
    if names:
        notes.append(
            {
                "nl": f"Het seizoen van {', '.join(names)} is verzonnen.",
                "en": f"The season of {', '.join(names)} is invented.",
            }
        )
    return tuple(notes)


def _without_advances(case: Case, figures: YearFigures) -> tuple[Note, ...]:
    """Lump sums of which no advance was typed, so that all they are entitled to counts as to be paid."""
    form = {lot.id: lot.payment_form for lot in case.lots}
    lump = [row for row in case.contracts if PAYMENT_FORMS[form[row.lot]].lump_sum]
    found = [
        f"{row.provider} ({row.lot})"
        for row in lump
        if not any(
            one.booking == "advance" for one in figures.of_contract(figures.bookings, row.provider, row.lot)
        )
    ]
    if not found:
        return ()
    listed = ", ".join(found)
    return (
        {
            "nl": f"Geen voorschotten ingevuld (tabel boekingen) van {listed}: alles waar zij recht op hebben, telt "
            "als nog te betalen.",
            "en": f"No advances typed (table bookings) of {listed}: all they are entitled to so far counts as to be paid.",
        },
    )


def _invented(figures: YearFigures) -> tuple[Note, ...]:
    """Whether the figures are invented."""
    n = sum(row.status == "illustrative" for row in figures.actuals)
    if not n:
        return ()
    return (
        {
            "nl": f"{n} van de {len(figures.actuals)} rijen maandcijfers zijn verzonnen: dit is een oefening.",
            "en": f"{n} of {len(figures.actuals)} rows of figures by month are invented: this is an exercise.",
        },
    )
