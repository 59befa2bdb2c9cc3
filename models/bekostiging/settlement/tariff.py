"""The lines of a contract with a tariff in the order of a statement: what is claimed, the ceiling, clauses."""

from __future__ import annotations

import numpy as np

from bekostiging.case.errors import Said
from bekostiging.contracts import Inspanningsgericht, Maatwerktraject, Outputgericht, TariffContract
from bekostiging.settlement.formula import Term, most
from bekostiging.settlement.ledger import Part, money
from bekostiging.settlement.sheet import NOTHING, Sheet
from bekostiging.settlement.spelled import BY_OBJECT, spelled

_ASKED: dict[type[TariffContract], tuple[str, ...]] = {
    Inspanningsgericht: ("units",),
    Maatwerktraject: ("units",),
    Outputgericht: ("arrangement_units", "arrangement_units_at_result"),
}
"""Figures at the tariff that a form asks for."""
_KEPT = {Inspanningsgericht: "units_claimable", Maatwerktraject: "units_within_budget"}
"""Figures of which the rest may not be claimed."""
FIGURE: dict[str, Said] = {
    "units": ("geleverde eenheden", "units delivered"),
    "units_claimable": ("eenheden binnen de declaratiegrens", "units inside the claim cap"),
    "units_within_budget": ("eenheden binnen urenbudget", "units within hours budgets"),
    "arrangement_units": ("eenheden van arrangementen", "units of arrangements"),
    "arrangement_units_at_result": ("eenheden op resultaat", "units on result"),
}


def tariff_lines(sheet: Sheet, one: TariffContract) -> None:
    """Chapters II to IV of a contract with a tariff, up to the amount that is determined."""
    ledger, values, year = sheet.ledger, sheet.values, sheet.year
    assert values.claim is not None
    assert values.due is not None
    assert values.paid is not None
    _claimed(sheet, one)
    sheet.deduct()
    keys = ledger.keys("base")
    base = Term(
        sum(ledger.line(key).exact for key in keys), "(" + "+".join(f"{{line:{key}}}" for key in keys) + ")"
    )
    reference = ledger.given(
        "reference",
        ("referentie van de bedingen", "reference of the clauses"),
        float(one.measured_against(sheet.book.levels[one.lot])[0, year]),
    )
    for place, step in enumerate(values.on_clients):
        found = spelled(step.clause, sheet.at(place, base, reference, step))
        nl, en = step.clause.name
        key = f"client_{place}_{step.clause.kind}"
        ledger.amount(key, "base", (f"Af: {nl}", f"Less: {en}"), found.moved * one.towards, found.words)
        base = Term(base.value + ledger.line(key).exact, f"({base.text}+{{line:{key}}})")
    _ceiling(sheet, one, base)
    payable = ledger.total("payable", "base", ("Betaalbaar", "Payable"), ledger.keys("base"))
    for place, step in enumerate(values.steps, start=len(values.on_clients)):
        found = spelled(step.clause, sheet.at(place, payable, reference, step))
        nl, en = step.clause.name
        key = f"clause_{place}_{step.clause.kind}"
        ledger.amount(key, "clauses", (nl.capitalize(), en.capitalize()), found.moved * one.towards, found.words)
        payable = Term(found.left.value, f"({payable.text}+{{line:{key}}})")
    sheet.pool()
    paid = ["payable", *ledger.keys("clauses")]
    ledger.total("determined", "clauses", ("Vastgestelde vergoeding", "Amount determined"), paid)


def _ceiling(sheet: Sheet, one: TariffContract, base: Term) -> None:
    """What the ceiling, its own or a shared one, does not let through of what is due."""
    ledger, values, year = sheet.ledger, sheet.values, sheet.year
    assert values.due is not None
    assert values.paid is not None
    level = float(sheet.book.levels[one.lot].price[0, year])
    limit = None if one.ceiling is None else float(np.broadcast_to(one.ceiling, (len(one.reference),))[year])
    refused = float((values.paid - values.due.left)[0, year])
    if limit is not None:
        ceiling = (
            ledger.given(
                "ceiling",
                ("bestedingsruimte, prijspeil eerste contractjaar", "ceiling, prices of the first contract year"),
                limit,
                sheet.agreed.sources.get("ceiling", "contract"),
            )
            * sheet.price
        )
        urgent = ledger.given(
            "urgent",
            ("crisis en specifiek toegewezen, altijd betaald", "crisis and specifically authorised, always paid"),
            float(np.nan_to_num(values.due.urgent[0, year])),
        )
        worth = -most(base - most(ceiling, urgent), 0)
        words = (f"bestedingsruimte {money(limit * level, 'nl')}", f"ceiling {money(limit * level, 'en')}")
        ledger.amount(
            "above_ceiling", "base", ("Af: boven de bestedingsruimte", "Less: above the ceiling"), worth, words
        )
    elif one.part_of_ceiling is not None:
        worth = ledger.given(
            "refused",
            ("niet doorgelaten door de gedeelde bestedingsruimte", "refused by the shared ceiling"),
            refused,
            BY_OBJECT[1],
        )
        ledger.amount(
            "above_ceiling",
            "base",
            ("Af: boven de gedeelde bestedingsruimte", "Less: above the shared ceiling"),
            worth,
            BY_OBJECT,
        )


def _claimed(sheet: Sheet, one: TariffContract) -> None:
    """What was delivered and what of it may be claimed; a form of another package by what its object says."""
    ledger, year, values = sheet.ledger, sheet.year, sheet.values
    assert values.claim is not None
    part: Part = "base"
    estimated = sheet.care_estimate or sheet.index_estimate
    if type(one) not in _ASKED:
        given = ledger.given(
            "claimed",
            one.name,
            float((values.claim.claimed)[0, year]) + sum(row.euros for row in sheet.deductions()),
            BY_OBJECT[1],
        )
        ledger.amount(
            "delivered", part, ("Gedeclareerd", "Claimed"), given, BY_OBJECT, sheet.sources, estimated=estimated
        )
        return
    asked = [sheet.figures(name, FIGURE[name]) for name in _ASKED[type(one)]]
    total = asked[0] if len(asked) == 1 else asked[0] + asked[1]
    said = ("Geleverde zorg maal tarief", "Care delivered times the tariff")
    delivered = ledger.amount(
        "delivered",
        part,
        said,
        total * sheet.price,
        ("productieverantwoording", "production statement"),
        sheet.sources,
        estimated=estimated,
    )
    kept = _KEPT.get(type(one))
    if kept is not None:
        within = sheet.figures(kept, FIGURE[kept]) * sheet.price
        said = {
            "units_claimable": ("Af: boven de declaratiegrens", "Less: above the claim cap"),
            "units_within_budget": ("Af: urenbudget was op", "Less: hours budget was used up"),
        }[kept]
        if within.value != delivered.value:
            ledger.amount("not_claimable", part, said, within - delivered, NOTHING, sheet.sources)
    if isinstance(one, Outputgericht) and one.disputed * one.disputed_lost:
        share = ledger.given("disputed", ("deel betwist", "part disputed"), one.disputed)
        lost = ledger.given("disputed_lost", ("deel daarvan verloren", "part of it lost"), one.disputed_lost)
        ledger.amount(
            "not_claimable",
            part,
            ("Af: betwist en verloren", "Less: disputed and lost"),
            -(delivered * share * lost),
            NOTHING,
        )
