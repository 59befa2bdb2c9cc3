"""Every table of a case that starts from history: as it was brought, or estimated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

from bekostiging.case.errors import LANGUAGES, CaseError, Note, Problem
from bekostiging.case.fields import bounds
from bekostiging.case.from_history.counts import Counts
from bekostiging.case.from_history.demand import Caseloads
from bekostiging.case.from_history.growth import Growths, law_growths, with_growth
from bekostiging.case.from_history.offers import (
    Price,
    Revenues,
    Tariff,
    free_of_charge,
    indexed,
    notes_on_new_providers,
    offers,
    prices,
    providers,
    unindexed,
)
from bekostiging.case.model import Case
from bekostiging.case.policy import PolicyTable
from bekostiging.case.price_index import PriceIndex, year_of_revenue
from bekostiging.case.tables import (
    TABLES,
    Area,
    Begroting,
    CareForm,
    Contract,
    Demand,
    Index,
    Law,
    Layer,
    Lot,
    Municipality,
    RiskFactor,
)
from bekostiging.case.validate import repeated_keys

EXAMPLE = "almere"
LAYERS = (("deficit_1", 1.0, 1.03), ("deficit_2", 1.03, 1.08), ("deficit_3", 1.08, None),
          ("surplus_1", 0.97, 1.0), ("surplus_2", 0.92, 0.97), ("surplus_3", 0.0, 0.92))  # fmt: skip
EXPECTED_INDEX = (0.03, 0.02)
"""Invented: wages and prices of a year nobody has forecast yet."""


class Estimates:
    """The tables of a case, brought or estimated.

    Parameters
    ----------
    given : dict
        Tables that were brought, history by the municipalities of today.
    example : Case
        The worked example, for what history does not tell.

    Raises
    ------
    CaseError
        What cannot be estimated from: no counts, an unknown care form, years that do not fit.
    """

    def __init__(self, given: Mapping[str, tuple[Any, ...]], example: Case) -> None:
        self.given, self.example = dict(given), example
        self.areas: tuple[Area, ...] = self.given["areas"]
        self.contracts: tuple[Contract, ...] = self.given["contracts"]
        self.counts = Counts(self.areas, self.given["history"], get_args(Law))
        available: tuple[CareForm, ...] = self.given.get("care_forms", example.care_forms)
        self.forms = tuple(form for form in available if form.id in self.counts.forms)
        self.base_year = self.counts.last_year or 0
        years = {row.year for row in self.given["begroting"]}
        self.first_year, self.n_years = min(years, default=self.base_year + 1), len(years)
        repeated = [problem for table, rows in self.given.items() for problem in repeated_keys(table, rows)]
        problems = [*repeated, *self._names_of_others(), *self._unknown_forms(available), *self._unfit_years()]
        if problems:
            raise CaseError(problems)
        self.prices = self._prices()
        self.indices: tuple[Index, ...] = self.given.get("indices", self._indices())
        self.index = PriceIndex(self.indices, PolicyTable(self.given["policy"]))
        self.revenues = Revenues(self.index, self.base_year, self.first_year)

    def _names_of_others(self) -> list[Problem]:
        """Areas with the name of a municipality they do not lie in: a row of history cannot be of both."""
        return [
            Problem(
                "areas",
                f"gebied {area.id} ligt in {area.municipality} en heet als een andere gemeente; geef het een eigen sleutel, "
                "hier en in history",
                f"area {area.id} lies in {area.municipality} and has the name of another municipality; give it a key of its "
                "own, here and in history",
                row=area.line,
                column="id",
            )
            for area in self.areas
            if area.id != area.municipality and area.id in self.counts.municipalities
        ]

    def _unknown_forms(self, available: Sequence[CareForm]) -> list[Problem]:
        """Care forms that nothing is known of, or none at all."""
        names = [form.id for form in available]
        found = [
            Problem(
                "history",
                f"zorgvorm {form} is onbekend; gebruik een van {', '.join(names)}, of leg care_forms.csv ernaast",
                f"care form {form} is unknown; use one of {', '.join(names)}, or put care_forms.csv beside it",
                column="care_form",
            )
            for form in sorted(self.counts.forms - set(names))
        ]
        if not self.counts.forms:
            found.append(
                Problem(
                    "history",
                    "geen enkele zorgvorm (alleen totalen van een wet); vul clients en starts per zorgvorm in",
                    "no care form at all (only totals of a law); fill in clients and starts per care form",
                    column="care_form",
                )
            )
        return found

    def _unfit_years(self) -> list[Problem]:
        """Counts before the first contract year, not too long before it, and a term that a lot can have."""
        if not self.n_years:
            nl = "deze tabel is leeg; vul elk contractjaar in, daaruit volgt de looptijd"
            en = "this table is empty; fill in every contract year, the term follows from it"
            return [Problem("begroting", nl, en)]
        if self.counts.last_year is None:
            nl, en = "geen enkele telling; vul clients in", "no count at all; fill in clients"
            return [Problem("history", nl, en, column="clients")]
        found = []
        most_lead, most_years = (int(bounds(Lot.model_fields[name]).high) for name in ("lead_years", "years"))
        lead = self.first_year - self.base_year
        if not 0 <= lead <= most_lead:
            found.append(
                Problem(
                    "history",
                    f"de laatste telling is van {self.base_year} en het eerste jaar van begroting is {self.first_year}; "
                    f"daar zit 0 tot {most_lead} jaar tussen: neem andere tellingen of andere contractjaren",
                    f"the last count is of {self.base_year} and the first year of begroting is {self.first_year}; between "
                    f"them are 0 to {most_lead} years: take other counts or other contract years",
                    column="year",
                )
            )
        if self.n_years > most_years:
            found.append(
                Problem(
                    "begroting",
                    f"{self.n_years} contractjaren, hoogstens {most_years}; laat de laatste weg",
                    f"{self.n_years} contract years, at most {most_years}; leave the last out",
                    column="year",
                )
            )
        return found

    def case(self, name: str, notes: tuple[Note, ...], head: Mapping[str, Any] = MappingProxyType({})) -> Case:
        """The case, from the tables that were brought and the estimates; ``head``: what the small start says of itself.

        Its contracts run unless it says otherwise, so that names of providers are protected.
        """
        name = head.get("name", name)
        # growth is judged by the clients of the case, and counts of an older year grow with it: so clients come twice
        flat = self._caseloads({})
        lots, dropped = self._lots(flat)
        draft = self._case(name, flat, lots, dropped)
        growths = law_growths(draft)
        caseloads = self._caseloads(growths)
        case = self._case(name, caseloads, lots, dropped)
        told = [*notes, *caseloads.told.notes(self.base_year)]
        told += [_dropped_note(dropped)] if dropped else []
        told += notes_on_new_providers(case.contracts) if "offers" not in self.given else []
        demand = case.demand if "demand" in self.given else with_growth(case, growths)
        title = {
            lang: head.get("title", {}).get(lang) or head.get("title", {}).get("nl") or name for lang in LANGUAGES
        }
        said = {"kind": head.get("kind", "running"), "names": head.get("names", ""), "title": title}
        return replace(case, demand=demand, notes=tuple(told), **said)

    def _caseloads(self, growths: Growths) -> Caseloads:
        """Clients of the base year."""
        typical = {form.id: self._typical_demand(form) for form in self.forms}
        persons = {form.id: self.example.trajectories_of(form.law) for form in self.forms}
        return Caseloads(self.counts, self.forms, typical, growths, persons, self.base_year)

    def _case(self, name: str, caseloads: Caseloads, lots: tuple[Lot, ...], dropped: Sequence[str]) -> Case:
        """All tables together."""
        given = _without_lots(self.given, dropped)
        lots = given.get("lots", lots)
        contracts: tuple[Contract, ...] = given["contracts"]
        demand: tuple[Demand, ...] = given.get("demand", caseloads.rows(self.areas, self.forms, EXAMPLE))
        offered = (
            given["offers"] if "offers" in given else offers(lots, contracts, self._tariffs(lots), self.revenues)
        )
        estimated: dict[str, tuple[Any, ...]] = {
            "care_forms": self.forms,
            "lots": lots,
            "municipalities": self._municipalities(),
            "begroting": self._begroting(),
            "indices": self.indices,
            "layers": self._layers(lots),
            "demand": demand,
            "offers": offered,
            "providers": providers(lots, contracts, offered, demand, self.revenues),
            "risk_factors": self._risk_factors(),
        }
        # the stock of the first year has moved to the municipality, unless the region brought those too
        moved = {} if "municipalities" in given else {"begroting": estimated["begroting"]}
        tables: dict[str, Any] = estimated | given | moved
        return Case(
            name=re.sub(r"[^\w-]+", "-", name), title={"nl": name, "en": name},
            disclaimer={
                "nl": "Geschat uit de historie; wat de regio niet gaf, is verzonnen en staat als zodanig in de tabellen.",
                "en": "Estimated from history; what the region did not give is invented and marked so in the tables.",
            },
            kind="planning", base_year=self.base_year, trajectories_per_person=self.example.trajectories_per_person,
            **{table: tables.get(table, ()) for table in TABLES},
        )  # fmt: skip

    def _lots(self, caseloads: Caseloads) -> tuple[tuple[Lot, ...], list[str]]:
        """A lot per name in contracts, named after its care form; and the names of those whose care form ended.

        Raises
        ------
        CaseError
            A lot that is named after no care form, or after one that was never counted.
        """
        if "lots" in self.given:
            return self.given["lots"], []
        forms = {form.id for form in self.forms}
        names_of = {form.id: form.name for form in self.forms}
        asked = {form for _, form in caseloads.by_place}
        names = tuple(dict.fromkeys(row.lot for row in self.contracts))
        dropped = [name for name in names if "demand" not in self.given and name in caseloads.over - asked]
        problems = []
        for name in names:
            if name not in forms:
                nl = f"perceel {name} heet niet naar een zorgvorm in tabel history; noem het zo, of leg lots.csv ernaast"
                en = f"lot {name} is not named after a care form of history; name it so, or put lots.csv beside it"
                problems.append(Problem("contracts", nl, en, column="lot"))
            elif "demand" not in self.given and name not in asked and name not in dropped:
                nl = f"zorgvorm {name} heeft een contract en geen enkele telling; vul clients in"
                en = f"care form {name} has a contract and no count at all; fill in clients"
                problems.append(Problem("history", nl, en, column="clients"))
        kept = [name for name in names if name not in dropped]
        if not kept and not problems:
            nl = "geen enkel perceel heeft nog cliënten in history; er is niets te berekenen"
            en = "no lot has clients left in history; there is nothing to compute"
            problems.append(Problem("contracts", nl, en, column="lot"))
        if problems:
            raise CaseError(problems)
        return tuple(
            Lot(
                id=lot, name=names_of[lot], care_forms=(lot,), areas=tuple(row.id for row in self.areas),
                payment_form="inspanningsgericht", scale="local", first_year=self.first_year, years=self.n_years,
                lead_years=self.first_year - self.base_year, messages="full",
                source="een perceel per zorgvorm in de contracten; jaren uit de begroting", status="estimated",
            )
            for lot in kept
        ), dropped  # fmt: skip

    def _similar_care_form(self, form: CareForm) -> str:
        """The care form of the example that is taken for one of which nothing is known: same unit, if possible same law."""
        rows = {row.id: row for row in self.example.care_forms}
        used = [name for name in rows if any(one.care_form == name for one in self.example.offers)]
        if form.id in used or form.id in {row.care_form for row in self.example.demand}:
            return form.id
        same = [name for name in used if rows[name].unit == form.unit]
        return next((name for name in same if rows[name].law == form.law), next(iter(same), used[0]))

    def _typical_demand(self, form: CareForm) -> Demand:
        """The row of the example that a care form borrows from."""
        alike = self._similar_care_form(form)
        return next(row for row in self.example.demand if row.care_form == alike)

    def _prices(self) -> dict[str, Price]:
        """Price per care form of history.

        Raises
        ------
        CaseError
            Units that cost nothing.
        """
        found = prices(self.counts, [form.id for form in self.forms])
        problems = [] if "offers" in self.given else free_of_charge(found)
        if problems:
            raise CaseError(problems)
        return found

    def _tariffs(self, lots: Sequence[Lot]) -> dict[tuple[str, str], Tariff]:
        """A tariff by lot and care form: the price of history in the first contract year, or one of the example.

        Raises
        ------
        CaseError
            Years between a price and the first contract year that table indices lacks.
        """
        forms = {form.id: form for form in self.given.get("care_forms", self.example.care_forms)}
        wanted = [(lot.id, name) for lot in lots for name in lot.care_forms if name in forms]
        priced = {name: self.prices[name] for _, name in wanted if name in self.prices}
        problems = unindexed(priced, self.index, self.first_year)
        if problems:
            raise CaseError(problems)
        return {
            (lot, name): indexed(priced[name], self.index, lot, self.first_year)
            if name in priced
            else self._borrowed(forms[name])
            for lot, name in wanted
        }

    def _borrowed(self, form: CareForm) -> Tariff:
        """A tariff of the example, as it stands there."""
        alike = self._similar_care_form(form)
        tariffs = [row.tariff for row in self.example.offers if row.care_form == alike]
        tariff = tariffs[0] if tariffs else self.example.offers[0].tariff
        told = f"tarief van {alike} in {EXAMPLE} (prijzen van {self.example.first_year}), verzonnen"
        return Tariff(tariff, told, invented=True)

    def _municipalities(self) -> tuple[Municipality, ...]:
        """A payer per municipality of areas, with the stock that begroting names."""
        stock = self._first_stock()
        return tuple(
            Municipality(
                code=code, name=self._name_of(code), reserve=stock.get(code, 0.0),
                status="own_data" if code not in stock else "estimated",
                source="gemeente van de gebieden"
                + (f"; reserve uit de begroting van {self.first_year}" if code in stock else ""),
            )
            for code in self.counts.municipalities
        )  # fmt: skip

    def _name_of(self, code: str) -> str:
        """Name of a municipality: of its only area, else its code."""
        names = [area.name for area in self.areas if area.municipality == code]
        return names[0] if len(names) == 1 else code

    def _first_stock(self) -> dict[str, float]:
        """What the begroting adds in the first contract year, laws added: the stock where no municipality can name it."""
        total: dict[str, float] = {}
        for row in self.given["begroting"]:
            if row.year == self.first_year and row.reserve_addition:
                total[row.municipality] = total.get(row.municipality, 0.0) + row.reserve_addition
        return {code: euro for code, euro in total.items() if euro > 0}

    def _begroting(self) -> tuple[Begroting, ...]:
        """The begroting with the addition of the first year taken out where it became the stock."""
        stock = self._first_stock()
        return tuple(
            row.model_copy(update={"reserve_addition": 0.0})
            if row.year == self.first_year and row.municipality in stock
            else row
            for row in self.given["begroting"]
        )

    def _indices(self) -> tuple[Index, ...]:
        """Published indices of the example, then an invented forecast."""
        known = {row.year: row for row in self.example.indices if row.status == "published"}
        priced = [price.year for price in self.prices.values()]
        revenues = [year_of_revenue(row, self.base_year, self.first_year) for row in self.contracts]
        oldest = min([self.base_year, *revenues, *priced])
        wages, materials = EXPECTED_INDEX
        return tuple(
            known.get(year)
            or Index(
                year=year, ova_forecast=wages, ppc_forecast=materials, source="aangenomen", status="illustrative"
            )
            for year in range(oldest + 1, self.first_year + self.n_years)
        )

    def _layers(self, lots: Sequence[Lot]) -> tuple[Layer, ...]:
        """The corridor of every lot, invented."""
        return tuple(
            Layer(lot=lot.id, layer=layer, lower=lower, upper=upper, source="aangenomen", status="illustrative")
            for lot in lots
            for layer, lower, upper in LAYERS
        )

    def _risk_factors(self) -> tuple[RiskFactor, ...]:
        """The risk factors of the example; the spread of the inflow is left empty, so that history estimates it."""
        estimated = {
            "standard_deviation": None,
            "source": "geschat uit de historie",
            "status": "estimated",
            "line": 0,
        }
        return tuple(
            row.model_copy(update=estimated) if row.quantity == "inflow" else row
            for row in self.example.risk_factors
        )


def _without_lots(given: Mapping[str, tuple[Any, ...]], dropped: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """The tables that were brought without the rows of lots that are not there."""
    return {
        table: tuple(row for row in rows if getattr(row, "lot", getattr(row, "scope", None)) not in dropped)
        for table, rows in given.items()
    }


def _dropped_note(dropped: Sequence[str]) -> Note:
    """The note on contracts in lots whose care form ended."""
    listed = ", ".join(dropped)
    return {
        "nl": f"contracts: niet overgenomen, want hun zorgvorm heeft volgens history geen cliënten meer: {listed}.",
        "en": f"contracts: not taken over, because by history their care form has no clients left: {listed}.",
    }
