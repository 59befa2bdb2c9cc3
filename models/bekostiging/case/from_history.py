"""A case from what a region has anyway: areas, begroting, history, contracts and policy; the rest estimated and listed.

What history tells is used: stock, starts and units give durations (Little 1961) and hours, euros over units the tariff,
revenue of the contracts the market shares, growth over the years the spread of the inflow. What it does not tell is taken
from the embedded worked example and says so in every row: illustrative, to be replaced. Any other table that lies in
the folder is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bekostiging.case.arguments import checked_kind, checked_path, checked_texts, wrong_argument
from bekostiging.case.errors import ArgumentError, CaseError, Note, Problem
from bekostiging.case.model import Case
from bekostiging.case.read import SPREADSHEETS, read_case, read_draft, source_of, validated
from bekostiging.case.series import NATION
from bekostiging.case.tables import (
    ASKED,
    TABLES,
    Area,
    Begroting,
    CareForm,
    Contract,
    Demand,
    History,
    Index,
    Layer,
    Lot,
    Municipality,
    Offer,
    Provider,
    RiskFactor,
)
from bekostiging.units import WEEKS_PER_YEAR

EXAMPLE = "almere"
MARGIN = 0.015
"""Mean margin of youth care providers in 2023 (Jeugdautoriteit)."""
SOLVENCY, ASSETS = 0.25, 0.5
"""Invented: equity over total assets, and total assets over turnover."""
LAYERS = (("deficit_1", 1.0, 1.03), ("deficit_2", 1.03, 1.08), ("deficit_3", 1.08, None),
          ("surplus_1", 0.97, 1.0), ("surplus_2", 0.92, 0.97), ("surplus_3", 0.0, 0.92))  # fmt: skip
EXPECTED_INDEX = (0.03, 0.02)
"""Invented: wages and prices of a year nobody has forecast yet."""


def case_from_history(source: str | Path, name: str) -> Case:
    """Estimate a whole case from five tables: areas, begroting, history, contracts and policy.

    What history tells is used; what it does not tell is taken from the worked example and marked ``illustrative``. Any other
    table that is there is taken as it is.

    Parameters
    ----------
    source : str or path
        A folder or a workbook with those tables; ``scaffold_history`` makes one to fill.
    name : str
        Name and title of the case.

    Returns
    -------
    Case
        A validated case; ``estimated_tables`` lists what was not brought.

    Raises
    ------
    UserError
        No such folder or workbook.
    CaseError
        A table is missing or wrong; a care form or lot of which nothing is known.

    Examples
    --------
    >>> from bekostiging.case import case_from_history, scaffold_history
    >>> scaffold_history("start", "en")
    >>> case = case_from_history("start", "my-region")
    >>> case.name, case.base_year, len(case.providers)
    ('my-region', 2024, 5)
    """
    place = checked_path("source", source)
    if not isinstance(name, str) or not name.strip():
        raise wrong_argument("name", name, "geef een naam voor de casus", "give a name for the case")
    if not place.is_dir() and place.suffix.lower() not in SPREADSHEETS:
        wanted = ", ".join(f"{table}.csv" for table in ASKED)
        raise ArgumentError(
            "source",
            f"source {place}: deze map is er niet; maak haar met {wanted} (uitleg per tabel: `bekostiging new`), of geef "
            "een werkboek (`bekostiging new klein.xlsx --from history`).",
            f"source {place}: there is no such folder; make it with {wanted} (explanation per table: `bekostiging new`), or "
            "give a workbook (`bekostiging new small.xlsx --from history`).",
        )
    origin = source_of(place)
    try:
        draft = read_draft(origin, ASKED, head="unread")
        return validated(_Estimates(draft.tables, read_case(EXAMPLE), []).case(name, draft.notes))
    except CaseError as error:
        raise CaseError(origin.located(problem) for problem in error.problems) from None


def tables_in(source: str | Path) -> tuple[str, ...]:
    """Names of the tables that a folder or workbook holds, in the order of the documentation.

    Parameters
    ----------
    source : str or path
        A folder with CSV tables or a workbook.

    Returns
    -------
    tuple of str
        Such as ``("areas", "demand")``.

    Raises
    ------
    UserError
        There is no such folder or workbook.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region, tables_in, write_case
    >>> write_case(synthetic_region(2, 6), "written", "en")
    >>> "demand" in tables_in("written"), "shocks" in tables_in("written")
    (True, False)
    """
    return source_of(checked_path("source", source)).tables()


def estimated_tables(case: Case, given: Sequence[str]) -> list[tuple[str, int, str]]:
    """What was estimated in a case, by table and origin.

    Parameters
    ----------
    case : Case
        A case that ``case_from_history`` estimated.
    given : sequence of str
        Tables that were brought, as ``tables_in`` names them; they are left out.

    Returns
    -------
    list of (str, int, str)
        Table, number of rows, and their status and source.

    Raises
    ------
    UserError
        An argument of another kind.

    Examples
    --------
    >>> from bekostiging.case import TABLES, estimated_tables, synthetic_region
    >>> estimated_tables(synthetic_region(2, 6), [name for name in TABLES if name != "travel"])
    [('travel', 4, 'illustrative: synthetic_region')]
    """
    checked_kind("case", case, Case, "case_from_history")
    given = checked_texts("given", given)
    origins: list[tuple[str, int, str]] = []
    for table in TABLES:
        if table in given:
            continue
        rows = getattr(case, table)
        sources = dict.fromkeys(f"{row.status}: {row.source}" for row in rows)
        origins += [
            (table, sum(f"{row.status}: {row.source}" == source for row in rows), source) for source in sources
        ]
    return origins


class _Estimates:
    """The tables of a case, brought or estimated."""

    def __init__(self, given: dict[str, tuple[Any, ...]], example: Case, problems: list[Problem]) -> None:
        self.given, self.example, self.problems = given, example, problems
        self.areas: tuple[Area, ...] = given["areas"]
        self.history: tuple[History, ...] = given["history"]
        self.contracts: tuple[Contract, ...] = given["contracts"]
        laws = {form.law for form in example.care_forms}
        self.forms = tuple(
            dict.fromkeys(
                row.care_form for row in self.history if row.care_form not in laws and row.area != NATION
            )
        )
        self.base_year = max((row.year for row in self.history if row.area != NATION), default=0)
        self.first_year = min((row.year for row in given["begroting"]), default=self.base_year + 1)
        self.n_years = len({row.year for row in given["begroting"]})

    def case(self, name: str, notes: tuple[Note, ...]) -> Case:
        """The case, from the tables that were brought and the estimates."""
        estimated: dict[str, tuple[Any, ...]] = {"care_forms": self._care_forms(), "lots": self._lots()}
        if self.problems:
            raise CaseError(self.problems)
        estimated |= {
            "municipalities": self._municipalities(),
            "begroting": self._begroting(),
            "indices": self._indices(),
            "layers": self._layers(self.given.get("lots", estimated["lots"])),
            "demand": self._demand(self.given.get("care_forms", estimated["care_forms"])),
            "providers": self._providers(),
            "risk_factors": self._risk_factors(),
        }
        estimated["offers"] = self._offers(self.given.get("lots", estimated["lots"]))
        # the stock of the first year has moved to the municipality, unless the region brought those too
        moved = {} if "municipalities" in self.given else {"begroting": estimated["begroting"]}
        tables: dict[str, Any] = estimated | self.given | moved
        return Case(
            name=re.sub(r"[^\w-]+", "-", name), title={"nl": name, "en": name},
            disclaimer={
                "nl": "Geschat uit history; wat de regio niet gaf, is verzonnen en staat als zodanig in de tabellen.",
                "en": "Estimated from history; what the region did not give is invented and marked so in the tables.",
            },
            kind="planning", base_year=self.base_year, trajectories_per_person=self.example.trajectories_per_person,
            notes=notes, **{table: tables.get(table, ()) for table in TABLES},
        )  # fmt: skip

    def _care_forms(self) -> tuple[CareForm, ...]:
        """Known care forms by their name; others are asked for."""
        known = {row.id: row for row in self.example.care_forms}
        given = {row.id for row in self.given.get("care_forms", ())}
        for form in self.forms:
            if form not in known and form not in given:
                names = ", ".join(known)
                self.problems.append(
                    Problem(
                        "history",
                        f"zorgvorm {form} is onbekend; gebruik een van {names}, of leg care_forms.csv ernaast",
                        f"care form {form} is unknown; use one of {names}, or put care_forms.csv beside it",
                        column="care_form",
                    )
                )
        if not self.forms:
            self.problems.append(
                Problem(
                    "history",
                    "geen enkele zorgvorm (alleen totalen van een wet); vul clients en starts per zorgvorm in",
                    "no care form at all (only totals of a law); fill in clients and starts per care form",
                    column="care_form",
                )
            )
        return tuple(known[form] for form in self.forms if form in known)

    def _lots(self) -> tuple[Lot, ...]:
        """A lot per name in contracts, named after its care form."""
        own = {row.id for row in self.given.get("lots", ())}
        names = tuple(dict.fromkeys(row.lot for row in self.contracts))
        for lot in names:
            if lot not in self.forms and lot not in own:
                self.problems.append(
                    Problem(
                        "contracts",
                        f"perceel {lot} heet niet naar een zorgvorm van history; noem het zo, of leg lots.csv ernaast",
                        f"lot {lot} is not named after a care form of history; name it so, or put lots.csv beside it",
                        column="lot",
                    )
                )
        return tuple(
            Lot(
                id=lot, name=lot, care_forms=(lot,), areas=tuple(row.id for row in self.areas),
                payment_form="inspanningsgericht", scale="local", first_year=self.first_year, years=self.n_years,
                lead_years=self.first_year - self.base_year, messages="full",
                source="een perceel per zorgvorm van contracts; jaren uit begroting", status="estimated",
            )
            for lot in names
        )  # fmt: skip

    def _municipalities(self) -> tuple[Municipality, ...]:
        codes = dict.fromkeys(row.municipality for row in self.areas)
        stock = self._first_stock()
        return tuple(
            Municipality(
                code=code, name=code, reserve=stock.get(code, 0.0), status="own_data" if code not in stock else "estimated",
                source="areas.municipality" + (f"; reserve: begroting {self.first_year}" if code in stock else ""),
            )
            for code in codes
        )  # fmt: skip

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
        oldest = min([self.base_year, *(row.revenue_year or self.base_year for row in self.contracts)])
        wages, prices = EXPECTED_INDEX
        return tuple(
            known.get(year)
            or Index(
                year=year, ova_forecast=wages, ppc_forecast=prices, source="aangenomen", status="illustrative"
            )
            for year in range(oldest + 1, self.first_year + self.n_years)
        )

    def _layers(self, lots: Sequence[Lot]) -> tuple[Layer, ...]:
        return tuple(
            Layer(lot=lot.id, layer=layer, lower=lower, upper=upper, source="aangenomen", status="illustrative")
            for lot in lots
            for layer, lower, upper in LAYERS
        )

    def _demand(self, forms: Sequence[CareForm]) -> tuple[Demand, ...]:
        """A row per area and care form, from the last year of history; totals are split by inhabitants of the age band."""
        band = {form.id: f"inhabitants_{form.age_band}" for form in forms}
        rows = []
        for form in self.forms:
            for area in self.areas:
                found, share = self._last(form, area, band[form])
                if found is not None:
                    rows.append(self._row(area.id, form, found, share))
        return tuple(rows)

    def _last(self, form: str, area: Area, band: str) -> tuple[History | None, float]:
        """The last row of an area, or that of its municipality with the share of the area in it."""

        def last(place: str) -> History | None:
            """The latest count of a place."""
            own = [row for row in self.history if (row.area, row.care_form) == (place, form) and row.clients]
            return max(own, key=lambda row: row.year, default=None)

        own = last(area.id)
        if own is not None:
            return own, 1.0
        peers = [one for one in self.areas if one.municipality == area.municipality and last(one.id) is None]
        total = sum(getattr(one, band) for one in peers)
        return last(area.municipality), getattr(area, band) / total if total > 0 else 1 / len(peers)

    def _row(self, area: str, form: str, row: History, share: float) -> Demand:
        """Stock, starts, duration and hours of one row of history."""
        typical = next((one for one in self.example.demand if one.care_form == form), self.example.demand[0])
        counted = share * (row.clients or 0.0)
        assumed = ["spreiding"]
        persons = self.example.trajectories_per_person if row.definition == "persons_in_year" else 1.0
        if row.starts:
            starts = share * row.starts
            stock = counted if row.definition == "stock_at_date" else max(counted * persons - starts, 0.0)
            weeks = stock / starts * WEEKS_PER_YEAR
        else:
            weeks = typical.mean_duration_weeks
            assumed.append("duur")
            turnover = WEEKS_PER_YEAR / weeks
            stock = counted if row.definition == "stock_at_date" else counted * persons / (1 + turnover)
            starts = stock * turnover
        hours = typical.units_per_week
        if row.units and stock > 0:
            hours = share * row.units / (stock * WEEKS_PER_YEAR)
        else:
            assumed.append("eenheden per week")
        return typical.model_copy(
            update={
                "area": area, "care_form": form, "clients_at_start": round(stock, 2), "starts_per_year": round(starts, 2),
                "mean_duration_weeks": round(max(weeks, 1.0), 1), "units_per_week": round(hours, 3),
                "growth": 0.0, "line": 0, "status": "illustrative" if len(assumed) > 1 else "estimated",
                "source": f"history {row.year} ({row.definition}); aangenomen als in {EXAMPLE}: {', '.join(assumed)}",
            }
        )  # fmt: skip

    def _prices(self, form: str) -> tuple[float, str]:
        """Euro per unit of a care form: from history where it has both, else of the example."""
        own = [row for row in self.history if row.care_form == form and row.euro_realised and row.units]
        if own:
            last = max(own, key=lambda row: row.year)
            return float(last.euro_realised or 0.0) / float(
                last.units or 1.0
            ), f"history {last.year}: euro per eenheid"
        typical = next((one for one in self.example.offers if one.care_form == form), self.example.offers[0])
        return typical.tariff, f"tarief van {EXAMPLE}, verzonnen"

    def _offers(self, lots: Sequence[Lot]) -> tuple[Offer, ...]:
        """Every provider of a lot offers its care forms, with its share of the revenue in it."""
        rows = []
        for lot in lots:
            own = [row for row in self.contracts if row.lot == lot.id]
            total = sum(row.revenue for row in own)
            for form in lot.care_forms:
                tariff, source = self._prices(form)
                for row in own:
                    share = row.revenue / total if total > 0 else 1 / len(own)
                    rows.append(
                        Offer(
                            provider=row.provider, care_form=form, tariff=round(tariff, 2),
                            unit_cost=round(tariff * (1 - MARGIN), 2), market_share=share,
                            source=f"{source}; kostprijs bij marge {100 * MARGIN:.1f} % (Jeugdautoriteit 2023); aandeel uit "
                            "contracts.revenue",
                            status="estimated" if source.startswith("history") else "illustrative",
                        )
                    )  # fmt: skip
        return tuple(rows)

    def _providers(self) -> tuple[Provider, ...]:
        """Turnover from the revenue of its contracts; equity invented."""
        names = dict.fromkeys(row.provider for row in self.contracts)
        rows = []
        for name in names:
            revenue = sum(row.revenue for row in self.contracts if row.provider == name) or 1.0
            result = round(MARGIN * revenue)
            rows.append(
                Provider(
                    id=name, name=name, equity=round(SOLVENCY * ASSETS * revenue), total_assets=max(ASSETS * revenue, 1.0),
                    turnover=revenue, result_1=result, result_2=result, result_3=result, region_turnover_share=1.0,
                    fixed_share=0.35, margin=MARGIN,
                    source="omzet uit contracts.revenue; vermogen en resultaten verzonnen: zie de jaarrekening",
                    status="illustrative",
                )
            )  # fmt: skip
        return tuple(rows)

    def _risk_factors(self) -> tuple[RiskFactor, ...]:
        """The risk factors of the example; the spread of the inflow is left empty, so that history estimates it."""
        return tuple(
            row.model_copy(
                update={
                    "standard_deviation": None,
                    "source": "geschat uit history",
                    "status": "estimated",
                    "line": 0,
                }
            )
            if row.quantity == "inflow"
            else row
            for row in self.example.risk_factors
        )
