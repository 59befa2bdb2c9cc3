"""The tables of a case that a store can fill, each row with its source; cells under ten persons are shared out."""

from __future__ import annotations

from datetime import date
from typing import Any

from bekostiging.case.errors import Note
from bekostiging.case.example import example_history
from bekostiging.case.model import Case
from bekostiging.case.numbers import in_nl, written
from bekostiging.case.tables import (
    Area,
    Begroting,
    CareForm,
    Demand,
    History,
    Lot,
)
from bekostiging.store.comparisons import stand_in
from bekostiging.store.completed import to_come
from bekostiging.store.database import Store
from bekostiging.store.estimates import FormEstimates, Measured, form_estimates
from bekostiging.store.evidence import FEWEST, Evidence, spread_small
from bekostiging.store.more_tables import MoreTables
from bekostiging.store.sitting import handover_weeks
from bekostiging.store.supply import BY_FORM, Supply
from bekostiging.store.tables import latest
from bekostiging.store.tables_import import law_of_taakveld
from bekostiging.store.trajectories import Rebuilt
from bekostiging.units import CENTS

_INHABITANTS = (
    "verzonnen uit het aantal cliënten en landelijk gebruik (CBS 2023: 10,6 procent); lees de Kerncijfers van het CBS "
    "in"
)
YOUTH_SHARE = 0.106
"""Of the youths under 23 who had care in 2023 (CBS): inhabitants where nobody gave them."""
ADULTS_PER_YOUTH, OLD_PER_YOUTH = 3.2, 1.1
"""Inhabitants of 18-64 and of 65 and over by one of 0-17, about as in the Netherlands; where nobody gave them."""
GROWTH = 0.03
"""Yearly, of an invented begroting."""


class CaseTables:
    """Reads the tables of a case from a store with rebuilt trajectories.

    Parameters
    ----------
    store : Store
    found : Rebuilt
    base_year, first_year, years : int
        Last year of the messages, first contract year and number of them.
    """

    def __init__(self, store: Store, found: Rebuilt, base_year: int, first_year: int, years: int) -> None:
        self.store, self.found = store, found
        self.base_year, self.first_year, self.years = base_year, first_year, years
        self.evidence: list[Evidence] = []
        self.notes: list[Note] = []
        begin = min(found.first.values(), default=found.last)
        self.late, until, self.unfollowed = to_come(store, found.last, begin)
        self.forms = form_estimates(found, base_year, until)
        self.places = list(store.municipalities)
        self.law = {one.care_form: one.law for one in self.forms}
        self.lots = self._lots_of_forms()
        self.supply = Supply(store, base_year, self.forms, self.lots)
        self.evidence += self.supply.evidence
        self.notes += self.supply.notes

    def made(self, example: Case) -> dict[str, tuple[Any, ...]]:
        """Every table that the store can fill, by name."""
        tables: dict[str, tuple[Any, ...]] = {
            "areas": self._areas(),
            "care_forms": self._care_forms(example),
            "lots": self._lots(),
            "contracts": self.supply.contracts,
            "history": self._history(),
            "demand": self._demand(example),
            "begroting": self._begroting(),
            "policy": example_history("nl")["policy"],
        }
        more = MoreTables(self.found, self.forms, self.supply, (self.base_year, self.first_year), self.late)
        optional = more.made(example)
        self.evidence += more.evidence
        self.notes += more.notes
        inside = more.profiles.inside
        tables["demand"] = tuple(
            row.model_copy(update={"units_cv": round(inside[row.care_form], 4)})
            if row.care_form in inside
            else row
            for row in tables["demand"]
        )
        return tables | {name: rows for name, rows in optional.items() if rows}

    def _lots_of_forms(self) -> dict[str, str]:
        """The lot of every care form."""
        return dict(
            self.store.rows("SELECT care_form, min(lot) FROM products GROUP BY care_form ORDER BY care_form")
        )

    def _areas(self) -> tuple[Area, ...]:
        """An area per municipality, with its inhabitants where statistics were imported."""
        rows = []
        for code in self.places:
            counts = self._inhabitants(code)
            persons = sum(one.persons.get(code, 0) for one in self.forms if one.law == "jeugdwet")
            youths = counts.get("0_17") or max(round(persons / YOUTH_SHARE), 100.0)
            given = bool(counts)
            rows.append(
                Area(
                    id=code, municipality=code, name=code, inhabitants_0_17=youths,
                    inhabitants_18_64=counts.get("18_64") or youths * ADULTS_PER_YOUTH,
                    inhabitants_65_plus=counts.get("65_plus") or youths * OLD_PER_YOUTH,
                    source=f"CBS, {int(counts['year'])}" if given else _INHABITANTS,
                    status="published" if given else "illustrative",
                )
            )  # fmt: skip
        return tuple(rows)

    def _inhabitants(self, code: str) -> dict[str, float]:
        """Inhabitants by age band of the last year that the statistics have; and that year."""
        rows = self.store.rows(
            """SELECT quantity, max_by(value, year), max(year) FROM statistics WHERE area = ? AND value IS NOT NULL
            AND quantity IN ('inhabitants_0_17', 'inhabitants_18_64', 'inhabitants_65_plus') AND year <= ? + 1
            GROUP BY quantity""",
            [code, self.base_year],
        )
        if len(rows) < 3:
            return {}
        return {name.removeprefix("inhabitants_"): value for name, value, _ in rows} | {"year": rows[0][2]}

    def _care_forms(self, example: Case) -> tuple[CareForm, ...]:
        """Every care form of the conversion table that has trajectories."""
        rows = self.store.rows(
            "SELECT care_form, min(law), min(taakveld), min(unit), min(code) FROM products GROUP BY care_form"
        )
        facts = {row[0]: row[1:] for row in rows}
        norms = {form.law: form.waiting_norm_weeks for form in example.care_forms}
        return tuple(
            CareForm(
                id=one.care_form, name=one.care_form.replace("-", " ").capitalize(), law=facts[one.care_form][0],
                category=facts[one.care_form][3][:2], iv3=facts[one.care_form][1] or "?", unit=facts[one.care_form][2],
                age_band=one.age_band, waiting_norm_weeks=norms[facts[one.care_form][0]],
                source="conversietabel van productcodes; wachtnorm als in het voorbeeld, controleer die", status="estimated",
            )
            for one in self.forms
        )  # fmt: skip

    def _lots(self) -> tuple[Lot, ...]:
        """Every lot of the conversion table."""
        names = list(dict.fromkeys(self.lots[one.care_form] for one in self.forms))
        overlap = handover_weeks(self.found)
        for name in sorted(set(names) & set(overlap)):
            own = overlap[name]
            self.evidence.append(
                Evidence("lots", name, "handover_weeks", own.value, own.error, own.count, "handover")
            )
        return tuple(
            Lot(
                id=name, name=name.replace("-", " ").capitalize(),
                care_forms=tuple(one.care_form for one in self.forms if self.lots[one.care_form] == name),
                areas=tuple(self.places), payment_form="inspanningsgericht", scale="local", first_year=self.first_year,
                years=self.years, lead_years=self.first_year - self.base_year, messages="full",
                handover_weeks=round(overlap[name].value, 2) if name in overlap else 0.0,
                source="conversietabel van productcodes", status="estimated",
            )
            for name in names
        )  # fmt: skip

    def _history(self) -> tuple[History, ...]:
        """Caseload, starts, units and euros by municipality, care form and year that is complete; no cell under ten."""
        first = {code: day.year + (day > date(day.year, 1, 1)) for code, day in self.found.first.items()}
        counts = self.store.rows(
            """SELECT municipality, care_form, y.year,
                count(*) FILTER (begins < make_date(y.year, 1, 1)
                                 AND coalesce(ends, DATE '9999-01-01') >= make_date(y.year, 1, 1)),
                count(*) FILTER (year(begins) = y.year)
            FROM trajectories, (SELECT unnest(range(2015, ? + 1)) AS year) AS y GROUP BY ALL ORDER BY ALL""",
            [self.base_year],
        )
        spent = {
            (code, form, year): (units, cents / CENTS)
            for code, form, year, units, cents in self.store.rows(
                f"""SELECT municipality, p.care_form, year(paid.begins),
                sum(CAST(volume * CASE WHEN paid.unit = p.unit THEN 1 WHEN paid.unit = 'minute' AND p.unit = 'hour'
                    THEN 1 / 60.0 WHEN paid.unit = 'hour' AND p.unit = 'minute' THEN 60 END AS DECIMAL(18, 6)))::DOUBLE,
                sum(cents)::BIGINT {BY_FORM} GROUP BY ALL"""
            )
        }
        rows, few = [], 0
        for code, form, year, stock, starts in counts:
            if year < first.get(code, 9999) or (code, form, year) not in spent:
                continue
            if stock < FEWEST or 0 < starts < FEWEST:
                few += 1
                continue
            units, euro = spent[code, form, year]
            rows.append(self._year(code, form, year, (float(stock), float(starts), units, max(euro, 0.0))))
        self._late_notes()
        if few:
            self.notes.append(
                {
                    "nl": f"history: {few} cellen met minder dan {FEWEST} cliënten zijn weggelaten.",
                    "en": f"history: {few} cells with fewer than {FEWEST} clients were left out.",
                }
            )
        return tuple(rows)

    def _year(self, code: str, form: str, year: int, counted: tuple[float, float, float, float]) -> History:
        """One year of a care form; what of its claims is still to come is added, with its error."""
        stock, starts, units, euro = counted
        late, source, status = self.late.get((form, year)), "305, 307 en goedgekeurde 323", "own_data"
        if late is not None:
            units, euro = units * (1 + late.part), euro * (1 + late.part)
            error = euro * late.error / (1 + late.part)
            part, off = in_nl(100 * late.part, 2), in_nl(100 * late.error, 2)
            source += f"; aangevuld met {part} % die nog komt (standaardfout {off})"
            status = "estimated"
            self.evidence.append(
                Evidence(
                    "history", f"{code} / {year} / {form}", "euro_realised", euro, error, late.months, "completed"
                )
            )
        return History(
            area=code, care_form=form, year=year, definition="stock_at_date", clients=stock, starts=starts, units=units,
            euro_realised=euro, source=source, status=status,
        )  # fmt: skip

    def _late_notes(self) -> None:
        """What is still to come in all, and of what that cannot be said."""
        late = [one for (_, year), one in self.late.items() if year == self.base_year]
        if late:
            missing = sum(one.euro for one in late)
            error = sum((one.euro * one.error / one.part) ** 2 for one in late) ** 0.5
            words = {lang: (written(round(missing), lang), written(round(error), lang)) for lang in ("nl", "en")}
            self.notes.append(
                {
                    "nl": f"Van de declaraties over {self.base_year} is naar schatting {words['nl'][0]} euro nog onderweg "
                    f"(standaardfout {words['nl'][1]}). De historie is daarmee aangevuld; de omzet in de contracten is wat "
                    "binnen is.",
                    "en": f"Of the claims on {self.base_year} an estimated {words['en'][0]} euro is still to come (standard "
                    f"error {words['en'][1]}). History is completed with it; the revenue of the contracts is what is in.",
                }
            )
        if self.unfollowed:
            listed = ", ".join(self.unfollowed)
            self.notes.append(
                {
                    "nl": f"Of de declaraties van {listed} compleet zijn, is niet te schatten: geen maand is over twee "
                    "maanden van ontvangst gevolgd. Lees ook de berichten van de maanden erna in.",
                    "en": f"Whether the claims of {listed} are complete cannot be estimated: no month was followed over two "
                    "months of receipt. Import the messages of the months after it too.",
                }
            )

    def _begroting(self) -> tuple[Begroting, ...]:
        """The begroting of Iv3 where it was imported, else the spending of the base year and a yearly growth, invented."""
        budgeted = self._budgeted()
        spent: dict[tuple[str, str], float] = dict.fromkeys(
            ((code, law) for code in self.places for law in set(self.law.values())), 0.0
        )
        for code, law, cents in self.store.rows(
            "SELECT municipality, law, sum(cents)::BIGINT FROM paid WHERE year(begins) = ? GROUP BY ALL",
            [self.base_year],
        ):
            if (code, law) in spent:
                spent[code, law] = cents / CENTS
        return tuple(
            Begroting(
                municipality=code, law=law, year=year,
                amount=budgeted.get(
                    (code, law, year), round(max(euro, 0.0) * (1 + GROWTH) ** (year - self.base_year))
                ),
                source=f"Iv3, begroting {year}" if (code, law, year) in budgeted else
                f"verzonnen: uitgaven van {self.base_year} met {100 * GROWTH:.0f} % per jaar; vul de begroting in",
                status="own_data" if (code, law, year) in budgeted else "illustrative",
            )
            for (code, law), euro in sorted(spent.items())
            for year in range(self.first_year, self.first_year + self.years)
        )  # fmt: skip

    def _budgeted(self) -> dict[tuple[str, str, int], float]:
        """The begroting of Iv3 by municipality, law and year, taakvelden added; access and coordination are of both laws."""
        found: dict[tuple[str, str, int], float] = {}
        for code, taakveld, year, cents in self.store.rows(
            f"SELECT municipality, taakveld, year, sum(cents)::BIGINT FROM {latest('spending')} WHERE kind = 'begroting' "
            "GROUP BY ALL"
        ):
            law = law_of_taakveld(taakveld)
            if law:
                found[code, law, year] = found.get((code, law, year), 0.0) + cents / CENTS
        return found

    def _demand(self, example: Case) -> tuple[Demand, ...]:
        """A row per municipality and care form with anybody in it."""
        rows = []
        for one in self.forms:
            typical = next(
                (row for row in example.demand if row.care_form == one.care_form),
                next(row for row in example.demand if _law_of(example, row.care_form) == one.law),
            )
            stock, shared = self._cells(one, one.stock)
            starts, also = self._cells(one, one.starts)
            for code in self.places:
                if stock.get(code, 0.0) + starts.get(code, 0.0) > 0:
                    rows.append(
                        self._row(
                            one,
                            code,
                            (stock.get(code, 0.0), starts.get(code, 0.0)),
                            typical,
                            (code in shared, code in also),
                        )
                    )
        return (*rows, *self._stand_ins(rows))

    def _stand_ins(self, rows: list[Demand]) -> list[Demand]:
        """Rows of municipalities without any message of a law: as the others, by the counts of CBS."""
        persons: dict[tuple[str, str], int] = {}
        for one in self.forms:
            for code, count in one.persons.items():
                persons[code, one.law] = persons.get((code, one.law), 0) + count
        found = []
        for (code, law), times in sorted(stand_in(self.store, self.places, persons, self.base_year).items()):
            self.notes.append(
                {
                    "nl": f"demand: van {code} zijn er geen berichten ({law}); clients en starts zijn die van de andere "
                    "gemeenten, naar het aantal cliënten volgens het CBS.",
                    "en": f"demand: there are no messages of {code} ({law}); clients and starts are those of the others, by "
                    "the number of clients that CBS counts.",
                }
            )
            for form in [one.care_form for one in self.forms if one.law == law]:
                own = [row for row in rows if row.care_form == form]
                stock, starts = (
                    times * sum(float(getattr(row, name)) for row in own)
                    for name in ("clients_at_start", "starts_per_year")
                )
                if own and stock + starts > 0:
                    self.evidence.append(
                        Evidence("demand", f"{code} / {form}", "clients_at_start", stock, None, 0, "cbs_stand_in")
                    )
                    update = {
                        "area": code, "clients_at_start": round(stock, 1), "starts_per_year": round(starts, 1),
                        "source": "geen berichten van deze gemeente: naar het aantal cliënten volgens het CBS, verdeeld "
                        "als in de andere gemeenten",
                        "status": "illustrative",
                    }  # fmt: skip
                    found.append(own[0].model_copy(update=update))
        return found

    def _cells(self, one: FormEstimates, by_place: dict[str, Measured]) -> tuple[dict[str, float], set[str]]:
        """Counts by municipality, small ones shared out by the persons of the other care forms."""
        counts = {code: by_place[code].value for code in by_place}
        weights = {
            code: float(sum(form.persons.get(code, 0) for form in self.forms if form.law == one.law))
            for code in counts
        }
        return spread_small(counts, weights)

    def _count_evidence(
        self, one: FormEstimates, code: str, counted: tuple[float, float], shared: tuple[bool, bool]
    ) -> None:
        """Where caseload and starts come from, as they are shown."""
        for column, value, own, hidden in (
            ("clients_at_start", counted[0], one.stock, shared[0]),
            ("starts_per_year", counted[1], one.starts, shared[1]),
        ):
            known = own.get(code, Measured(0.0, 0.0, 0))
            error, count = known.error, known.count
            if hidden:
                # neither the error of a count that is not shown nor a count beside it may tell it
                error, count = known.error * (value / max(known.count, 1)) ** 0.5, FEWEST - 1
            self.evidence.append(
                Evidence("demand", f"{code} / {one.care_form}", column, value, error, count, column)
            )

    def _row(
        self,
        one: FormEstimates,
        code: str,
        counted: tuple[float, float],
        typical: Demand,
        shared: tuple[bool, bool],
    ) -> Demand:
        """One row of demand; what its trajectories do not tell is as in the example."""
        assumed: list[str] = []

        def told(column: str, found: Measured | None, query: str) -> float:
            if found is None:
                assumed.append(column)
                return float(getattr(typical, column) or 0.0)
            if code == self.places[0]:
                self.evidence.append(
                    Evidence("demand", one.care_form, column, found.value, found.error, found.count, query)
                )
            return found.value

        self._count_evidence(one, code, counted, shared)
        curve = one.duration
        weeks = None if curve is None else Measured(curve.mean / 7, curve.mean_error / 7, curve.stops)
        cv = None if curve is None else Measured(curve.cv, curve.cv_error, curve.stops)
        realised = one.realised or Measured(1.0, 0.0, 0)
        weekly = one.weekly and Measured(
            one.weekly.value * realised.value,
            ((one.weekly.error * realised.value) ** 2 + (one.weekly.value * realised.error) ** 2) ** 0.5,
            one.weekly.count,
        )
        values: dict[str, Any] = {
            "starts_dispersion": min(max(told("starts_dispersion", one.dispersion, "dispersion"), 1.0), 1000.0),
            "mean_duration_weeks": max(told("mean_duration_weeks", weeks, "kaplan_meier"), 1.0),
            "duration_cv": max(
                told("duration_cv", cv, "kaplan_meier" if curve is None or not curve.fitted else "likelihood"),
                0.05,
            ),
            "duration_distribution": typical.duration_distribution if curve is None else curve.law(),
            "units_per_week": max(told("units_per_week", weekly, "agreed_times_realised"), 0.001),
            "units_cv": told("units_cv", one.weekly_cv, "agreed"),
            "realised_cv": told("realised_cv", one.realised_cv, "realised"),
            "crisis_share": told("crisis_share", one.crisis, "crisis"),
            "own_access_share": told("own_access_share", one.own_access, "channel"),
            "gp_share": told("gp_share", one.gp, "channel"),
        }
        source = f"301, 305, 307 en 323 tot en met {self.base_year}"
        if any(shared):
            source += f"; cel van minder dan {FEWEST} personen, verdeeld naar cliënten"
        if one.realised is not None:
            source += f"; geleverd is {100 * realised.value:.0f} % van afgesproken"
        if assumed:
            source += f"; aangenomen als in het voorbeeld: {', '.join(assumed)}"
        return Demand(
            area=code, care_form=one.care_form, clients_at_start=round(counted[0], 1), starts_per_year=round(counted[1], 1),
            source=source, status="illustrative" if "mean_duration_weeks" in assumed or "units_per_week" in assumed else
            "estimated", **{name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()},
        )  # fmt: skip


def _law_of(example: Case, form: str) -> str:
    return next(str(one.law) for one in example.care_forms if one.id == form)
