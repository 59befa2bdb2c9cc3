"""What must be said of a contract year that is followed: advances nobody typed, months taken alike, invented figures."""

from __future__ import annotations

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.errors import Note
from bekostiging.case.tables import PAYMENT_FORMS


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
                "nl": f"Elke maand telt even zwaar voor {listed['nl']}: dat is een aanname. Tabel season (seizoen) zegt hoe "
                "de starts over de maanden zijn verdeeld.",
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
