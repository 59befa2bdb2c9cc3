"""Rules between the tables of a case, once keys and policy are well; every breach is one problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from bekostiging.case.errors import Problem
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.policy import PolicyTable
from bekostiging.case.rules_capacity import CAPACITY_RULES
from bekostiging.case.rules_contracts import CONTRACT_RULES
from bekostiging.case.rules_cover import COVER_RULES
from bekostiging.case.rules_demand import DEMAND_RULES, TOLERANCE
from bekostiging.case.sharing_weights import key_weights, residential_forms
from bekostiging.case.tables import PAYMENT_FORMS, Layer, Lot, Offer
from bekostiging.units import WEEKS_PER_YEAR

OBSERVABLE = {
    "shadow_production": ("full",),
    "clients_times_norm": ("full", "start_stop"),
    "audited_cost": ("full", "start_stop", "none"),
}
"""Messages from which each corridor base can be observed (Contractstandaard Wmo v1.2 art. 3.11)."""


def _lots(case: Case) -> Iterator[Problem]:
    """One term for all lots; every area x care form in at most one lot."""
    taken: dict[tuple[str, str], str] = {}
    for lot in case.lots:
        if lot.first_year != case.lots[0].first_year:
            yield Problem(
                "lots",
                f"perceel {lot.id} begint in {lot.first_year}, perceel {case.lots[0].id} in "
                f"{case.lots[0].first_year}; een vergelijking vraagt een gelijk eerste jaar",
                f"lot {lot.id} begins in {lot.first_year}, lot {case.lots[0].id} in {case.lots[0].first_year}; "
                "a comparison needs one first year",
                row=lot.line,
                column="first_year",
            )
        if lot.first_year - lot.lead_years != case.base_year:
            yield Problem(
                "lots",
                f"perceel {lot.id}: {lot.first_year} min {lot.lead_years} aanloopjaren is niet het basisjaar "
                f"{case.base_year} van case.toml; maak ze gelijk",
                f"lot {lot.id}: {lot.first_year} minus {lot.lead_years} lead years is not the base year "
                f"{case.base_year} of case.toml; make them agree",
                row=lot.line,
                column="lead_years",
            )
        for place in ((area, form) for area in lot.areas for form in lot.care_forms):
            if place in taken:
                yield Problem(
                    "lots",
                    f"zorgvorm {place[1]} in gebied {place[0]} zit ook in perceel {taken[place]}; kies er een",
                    f"care form {place[1]} in area {place[0]} is also in lot {taken[place]}; choose one",
                    row=lot.line,
                    column="care_forms",
                )
            taken[place] = lot.id


def _trajectories(case: Case) -> Iterator[Problem]:
    """Where trajectories per client are given by law, every law with care forms has its own."""
    given = case.trajectories_per_person
    if not isinstance(given, dict):
        return
    for law in dict.fromkeys(form.law for form in case.care_forms if form.law not in given):
        yield Problem(
            "case.toml",
            f"geen getal voor de wet {law}, en die heeft zorgvormen; vul het in, of geef een getal voor alle wetten",
            f"no number for law {law}, which has care forms; fill it in, or give one number for all laws",
            column="trajectories_per_person",
        )


def _years(case: Case) -> Iterator[Problem]:
    """Indices exist for every contract year."""
    present = {row.year for row in case.indices}
    for year in range(case.first_year, case.first_year + max(lot.years for lot in case.lots)):
        if year not in present:
            yield Problem(
                "indices",
                f"jaar {year} ontbreekt; vul de verwachte OVA en PPC van elk contractjaar in",
                f"year {year} is missing; fill in the forecast OVA and PPC of every contract year",
                column="year",
            )


def _offers(case: Case) -> Iterator[Problem]:
    """Contracts have an offer, and market shares add up to one."""
    offers = {(row.provider, row.care_form, row.area): row for row in case.offers}
    lots = {lot.id: lot for lot in case.lots}
    contracted: dict[str, list[str]] = defaultdict(list)
    for contract in case.contracts:
        contracted[contract.lot].append(contract.provider)
        if not any(
            row.provider == contract.provider and row.care_form in lots[contract.lot].care_forms
            for row in case.offers
        ):
            yield Problem(
                "contracts",
                f"aanbieder {contract.provider} heeft geen aanbod in perceel {contract.lot}; voeg het toe aan offers",
                f"provider {contract.provider} has no offer in lot {contract.lot}; add it to offers",
                row=contract.line,
                column="provider",
            )
    yield from _market_shares(case, contracted, offers)


def _market_shares(
    case: Case, contracted: dict[str, list[str]], offers: dict[tuple[str, str, str], Offer]
) -> Iterator[Problem]:
    """Market shares of the contracted providers add up to one where there is demand."""
    in_a_lot = {(area, form): lot for lot in case.lots for area in lot.areas for form in lot.care_forms}
    for demand in case.demand:
        lot = in_a_lot.get((demand.area, demand.care_form))
        if lot is None:
            continue
        found = [
            offers.get((p, demand.care_form, demand.area), offers.get((p, demand.care_form, "")))
            for p in contracted[lot.id]
        ]
        total = sum(offer.market_share for offer in found if offer is not None)
        if abs(total - 1) > TOLERANCE:
            yield Problem(
                "offers",
                f"marktaandelen van zorgvorm {demand.care_form} in gebied {demand.area} (perceel {lot.id}) tellen "
                f"op tot {in_nl(total)}, moet 1 zijn; verbeter de aandelen van de gecontracteerde aanbieders",
                f"market shares of care form {demand.care_form} in area {demand.area} (lot {lot.id}) add up to "
                f"{in_en(total)}, must be 1; mend the shares of the contracted providers",
                column="market_share",
            )


LEAST_PRODUCTION = 100.0
"""Euro a year: of less there is no reference amount to measure a corridor on, and a design with larger ones "
"loses digits."""


def _expected_clients(case: Case) -> Iterator[Problem]:
    """A contract expects clients, and care of ``LEAST_PRODUCTION`` a year; else there is nothing to price or "
    "to share."""
    lots = {lot.id: lot for lot in case.lots}
    for contract in case.contracts:
        lot = lots[contract.lot]
        offers = {(row.area, row.care_form): row for row in case.offers if row.provider == contract.provider}
        own = [
            (row, offer)
            for row in case.demand
            if row.area in lot.areas
            and row.care_form in lot.care_forms
            and (offer := offers.get((row.area, row.care_form), offers.get(("", row.care_form)))) is not None
        ]
        clients, euro = 0.0, 0.0
        for row, offer in own:
            clients += (row.clients_at_start + row.starts_per_year) * offer.market_share
            weeks = row.clients_at_start * WEEKS_PER_YEAR
            weeks += row.starts_per_year * min(row.mean_duration_weeks, WEEKS_PER_YEAR) / 2
            euro += weeks * row.units_per_week * offer.tariff * offer.market_share
        who_nl = f"aanbieder {contract.provider} verwacht in perceel {contract.lot}"
        who_en = f"provider {contract.provider} expects in lot {contract.lot}"
        if clients == 0:
            yield Problem(
                "contracts",
                f"{who_nl} geen enkele cliënt; vul demand en market_share in, of verwijder het contract",
                f"provider {contract.provider} expects no client at all in lot {contract.lot}; fill in demand and "
                "market_share, or remove the contract",
                row=contract.line,
                column="provider",
            )
        elif euro < LEAST_PRODUCTION:
            yield Problem(
                "contracts",
                f"{who_nl} voor {in_nl(euro, 2)} euro zorg per jaar, minder dan {in_nl(LEAST_PRODUCTION)} "
                "euro; vul demand, tarief en "
                "market_share in, of verwijder het contract",
                f"{who_en} care of {in_en(euro, 2)} euro a year, less than {in_en(LEAST_PRODUCTION)} euro; "
                "fill in demand, tariff and "
                "market_share, or remove the contract",
                row=contract.line,
                column="provider",
            )


def _layers(case: Case) -> Iterator[Problem]:
    """The layers of every lot partition [0, infinity), with 1 an edge."""
    for lot in case.lots:
        rows = sorted((row for row in case.layers if row.lot == lot.id), key=lambda row: row.lower)
        yield from _partition(lot, rows)


def _partition(lot: Lot, rows: list[Layer]) -> Iterator[Problem]:
    """Report gaps, overlaps and a missing edge at one."""

    def problem(nl: str, en: str, row: Layer | None = None) -> Problem:
        """A problem of the layers, at a row when there is one."""
        return Problem("layers", nl, en, row=row.line if row else None, column="lower")

    name = lot.id
    if not rows:
        yield problem(
            f"perceel {name} heeft geen lagen; vul minstens een laag onder en een boven 1 in",
            f"lot {name} has no layers; fill in at least one below and one above 1",
        )
        return
    if rows[0].lower != 0:
        yield problem(
            f"lagen van perceel {name} beginnen niet bij 0; voeg de onderste toe",
            f"layers of lot {name} do not begin at 0; add the lowest",
            rows[0],
        )
    if rows[-1].upper is not None:
        yield problem(
            f"de bovenste laag van perceel {name} heeft een einde; laat upper leeg",
            f"the highest layer of lot {name} has an end; leave upper empty",
            rows[-1],
        )
    if all(row.lower != 1 for row in rows):
        yield problem(
            f"1 is geen grens tussen de lagen van perceel {name}; splits de laag die 1 bevat",
            f"1 is no edge between the layers of lot {name}; split the layer that contains 1",
        )
    for below, above in pairwise(rows):
        if below.upper is None or below.upper != above.lower:
            end_nl, end_en = ("oneindig", "infinity")
            if below.upper is not None:
                end_nl, end_en = in_nl(below.upper), in_en(below.upper)
            yield problem(
                f"laag {below.layer} van perceel {name} eindigt bij {end_nl}, laag {above.layer} begint bij "
                f"{in_nl(above.lower)}; laat ze aansluiten",
                f"layer {below.layer} of lot {name} ends at {end_en}, layer "
                f"{above.layer} begins at {in_en(above.lower)}; make them meet",
                above,
            )


def _shares(case: Case) -> Iterator[Problem]:
    """Shares that are given leave room for those to be decided: order outward, mirror, share_max and the law."""
    for lot in case.lots:
        rows = [row for row in case.layers if row.lot == lot.id]
        if any(_partition(lot, sorted(rows, key=lambda row: row.lower))):
            continue
        sides = [
            sorted((row for row in rows if row.lower >= 1), key=lambda row: row.lower),
            sorted((row for row in rows if row.lower < 1), key=lambda row: -row.lower),
        ]
        most = case.policy.share_max(lot.id)
        low = {row.layer: 0.0 if row.share is None else row.share for row in rows}
        high = {row.layer: most if row.share is None else row.share for row in rows}
        if case.policy.acceptance_duty(lot.id) and case.policy.waiting_list(lot.id) == "not_allowed":
            outermost = sides[0][-1].layer
            low[outermost] = max(low[outermost], case.policy.share_min(lot.id))
        mirrored = [pair for pair in zip(*sides, strict=False) if pair[0].share is None and pair[1].share is None]
        for _ in rows:
            for side in sides:
                for inner, outer in pairwise(side):
                    low[outer.layer] = max(low[outer.layer], low[inner.layer])
                for inner, outer in reversed(list(pairwise(side))):
                    high[inner.layer] = min(high[inner.layer], high[outer.layer])
            for one, other in mirrored:
                low[one.layer] = low[other.layer] = max(low[one.layer], low[other.layer])
                high[one.layer] = high[other.layer] = min(high[one.layer], high[other.layer])
        wrong = next((row for row in rows if low[row.layer] > high[row.layer] + TOLERANCE), None)
        if wrong is not None:
            yield Problem(
                "layers",
                f"laag {wrong.layer} van perceel {lot.id} moet minstens {in_nl(low[wrong.layer])} en hoogstens "
                f"{in_nl(high[wrong.layer])} delen: aandelen lopen naar buiten op, gespiegelde lagen zijn "
                "gelijk, share_max en "
                "share_min gelden; pas de gegeven aandelen of die grenzen aan",
                f"layer {wrong.layer} of lot {lot.id} must share at least {in_en(low[wrong.layer])} and at most "
                f"{in_en(high[wrong.layer])}: shares rise outward, mirrored layers are equal, share_max and "
                "share_min hold; "
                "change the shares given or those limits",
                row=wrong.line,
                column="share",
            )


def _corridor_bases(case: Case) -> Iterator[Problem]:
    """The corridor is measured on something the contract's messages can show."""
    for lot in case.lots:
        base = case.policy.base(lot.id)
        if lot.messages not in OBSERVABLE[base]:
            allowed = ", ".join(OBSERVABLE[base])
            yield Problem(
                "lots",
                f"perceel {lot.id} meet de bandbreedte op {base}, maar uit berichten '{lot.messages}' is dat "
                "niet af te "
                f"lezen; neem messages {allowed} of een andere base in policy",
                f"lot {lot.id} measures the corridor on {base}, which messages '{lot.messages}' cannot show; take "
                f"messages {allowed} or another base in policy",
                row=lot.line,
                column="messages",
            )


def _ceilings(case: Case) -> Iterator[Problem]:
    """A spending ceiling exists only beside a tariff (art. 1.5)."""
    forms = {lot.id: lot.payment_form for lot in case.lots}
    may = ", ".join(form for form, facts in PAYMENT_FORMS.items() if not facts.lump_sum)
    for contract in case.contracts:
        form = forms[contract.lot]
        if contract.ceiling is not None and PAYMENT_FORMS[form].lump_sum:
            yield Problem(
                "contracts",
                f"een plafond in perceel {contract.lot}, dat {form} is; een bestedingsruimte bestaat alleen bij {may} "
                "(Contractstandaard Wmo art. 1.5): laat leeg",
                f"a ceiling in lot {contract.lot}, which is {form}; a spending ceiling exists only with {may} "
                "(Contractstandaard Wmo art. 1.5): leave it empty",
                row=contract.line,
                column="ceiling",
            )


def _reported(case: Case) -> Iterator[Problem]:
    """A reported municipality has a begroting for every contract year, with room outside the contracts."""
    if not case.reported:
        yield Problem(
            "municipalities",
            "geen enkele gemeente is gerapporteerd; zet er minstens een op ja",
            "no municipality is reported; set at least one to yes",
            column="reported",
        )
    laws = sorted({form.law for form in case.care_forms if any(form.id in lot.care_forms for lot in case.lots)})
    present = {(row.municipality, row.law, row.year) for row in case.begroting}
    for code in case.reported_codes:
        for law in laws:
            for year in range(case.first_year, case.first_year + case.n_years):
                if (code, law, year) not in present:
                    yield Problem(
                        "begroting",
                        f"gemeente {code}, {law}, {year} ontbreekt; vul de begroting van elk contractjaar in of zet "
                        "reported op nee",
                        f"municipality {code}, {law}, {year} is missing; fill in every contract year or set reported "
                        "to no",
                        column="year",
                    )
    for row in case.begroting:
        if row.outside_contracts > row.amount:
            yield Problem(
                "begroting",
                f"buiten de contracten ({row.outside_contracts:.0f}) is meer dan het bedrag ({row.amount:.0f}); "
                "verbeter een van beide",
                f"outside the contracts ({row.outside_contracts:.0f}) exceeds the amount ({row.amount:.0f}); mend one",
                row=row.line,
                column="outside_contracts",
            )


def _sharing_keys(case: Case) -> Iterator[Problem]:
    """A key has something to divide by, and the policy it asks."""
    asked = {"dial": PolicyTable.solidarity, "hybrid": PolicyTable.high_cost_threshold}
    for lot in case.lots:
        key = lot.sharing_key
        if key in asked and not case.policy.given(asked[key], lot.id):
            yield Problem(
                "lots",
                f"verdeelsleutel {key} van perceel {lot.id} vraagt {asked[key].name} in tabel policy; vul het in",
                f"sharing key {key} of lot {lot.id} asks {asked[key].name} in table policy; fill it in",
                row=lot.line,
                column="sharing_key",
            )
        if sum(key_weights(case, lot, key).values()) == 0 and (key != "residence" or residential_forms(case, lot)):
            nl, en = (
                ("vul in history rijen met definitie euro in: een jaar met een bedrag (of 0) voor elke gemeente",
                 "fill in rows of history with definition euro: a year with an amount (or 0) for every municipality")
                if key == "history"
                else ("vul gewichten of inwoners in", "fill in weights or inhabitants")
            )  # fmt: skip
            yield Problem(
                "lots",
                f"verdeelsleutel {key} van perceel {lot.id} heeft overal gewicht 0; {nl}",
                f"sharing key {key} of lot {lot.id} has weight 0 everywhere; {en}",
                row=lot.line,
                column="sharing_key",
            )


RULES: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    _lots,
    _trajectories,
    _years,
    _offers,
    _expected_clients,
    *DEMAND_RULES,
    _layers,
    _shares,
    _corridor_bases,
    _ceilings,
    *CONTRACT_RULES,
    *CAPACITY_RULES,
    _reported,
    *COVER_RULES,
    _sharing_keys,
)
"""In the order a reader would mend them."""
