"""What the monthly page and the quarterly report say, as blocks: sentences and tables from one value each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bekostiging.monitoring.effects import CAUSES, in_cents_together
from bekostiging.monitoring.scores import track_record
from bekostiging.report.kit.paragraphs import Block, Drawing, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.monitor.memory import of_all
from bekostiging.report.monitor.plots import year_fan
from bekostiging.settlement import settlement_differences
from bekostiging.store import Forecast
from bekostiging.studies.contract_year import SIGNAL, ContractYear, Range
from bekostiging.units import CENTS, MONTHS

RED, ORANGE = (0.5, 0.05), (0.2, 0.02)
"""Chance that the ceiling is used up, and part above what the tender expected, from which a contract is red or orange."""
NEARLY_ALL = 0.995
"""Part of a month's claims from which its completeness is not worth a line."""


@dataclass
class MonthPapers:
    """The papers of one contract year in one language; ``earlier``: reports of it made before, oldest first; ``years``:
    every report that was kept, of other years too."""

    year: ContractYear
    texts: Texts
    earlier: Sequence[Forecast] = ()
    years: Sequence[Forecast] = ()
    settled: Sequence[Path] = ()
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Look the names up once."""
        self.names = names_of(self.year.case, self.texts.lang)
        self.differences = settlement_differences(
            self.year.figures, self.year.year, self.settled, self.year.case.name
        )

    def said(self, key: str, **places: object) -> str:
        """A text of these papers."""
        return self.texts["monitor", key].format(**places)

    def month(self, place: int) -> str:
        """A month of the year by its place, 0 January."""
        return f"{self.texts['signals', 'months'].split()[place]} {self.year.year}"

    @property
    def title(self) -> str:
        """Title of the monthly page."""
        return self.said("title", month=self.month(self.year.months_seen - 1))

    @property
    def quarter_title(self) -> str:
        """Title of the quarterly report."""
        return self.said("quarter_title", month=self.month(self.year.months_seen - 1))

    @property
    def subject(self) -> str:
        """Year, months seen and scenarios."""
        year = self.year
        shown = self.texts.numbers.plain(year.n_scenarios)
        return self.said("subject", year=year.year, seen=year.months_seen, scenarios=shown)

    def euro(self, value: float) -> str:
        """Euro rounded to thousands, for a sentence."""
        return self.texts.numbers.plain(round(value, -3))

    def answer(self) -> list[str]:
        """The answer in at most five sentences."""
        year, whole = self.year, Range.of(self.year.total)
        budget = sum(year.begroting.values())
        found = [
            self.said(
                "answer",
                year=year.year,
                expected=self.euro(whole.expected),
                low=self.euro(whole.low),
                high=self.euro(whole.high),
            )
        ]
        if budget > 0:
            gap = budget - whole.expected
            key = "room" if gap >= 0 else "short"
            found.append(self.said(key, budget=self.euro(budget), gap=self.euro(abs(gap))))
            found.append(self.said("over", chance=self.chance(float((year.total > budget).mean()))))
        to_pay = Range.of(np.sum([year.to_pay(c) for c in range(len(year.contracts))], axis=0))
        places = {name: self.euro(getattr(to_pay, name)) for name in ("expected", "low", "high")}
        found.append(self.said("to_pay", **places))
        return found

    def chance(self, part: float) -> str:
        """A chance in whole percents, never quite none or all."""
        n = self.year.n_scenarios
        if part <= 0 or part >= 1:
            sign = "<" if part <= 0 else ">"
            edge = 1 / n if part <= 0 else 1 - 1 / n
            return f"{sign} {self.texts.numbers.percent(edge, 0 if n <= 100 else 1)}"
        return self.texts.numbers.percent(part)

    def page(self) -> list[Block]:
        """The monthly page."""
        blocks: list[Block] = [Points(self.answer())]
        if self.earlier:
            blocks.append(Paragraph(self._since_last()))
        blocks += [self.budget(), *self.settled_before(), self.fan(), self.contracts(), self.causes()]
        blocks += [Heading(self.said("known"), 1), Points([*self.known(), *self.outlook()])]
        if self.earlier:
            blocks.append(self.record())
        return [*blocks, *self.track()]

    def quarter(self) -> list[Block]:
        """The quarterly report: the same figures, by taakveld too, with the calendar."""
        from bekostiging.report.monitor.calendar_page import calendar_of

        blocks: list[Block] = [Points(self.answer()), self.budget(), *self.settled_before()]
        blocks += [self.taakvelden(), self.fan()]
        blocks += [self.contracts(), self.causes()]
        blocks += [Heading(self.said("known"), 1), Points([*self.known(), *self.outlook()])]
        rows = [[self.said("date"), self.said("what")]]
        day = "%d-%m-%Y" if self.texts.lang == "nl" else "%Y-%m-%d"
        rows += [[f"{one.day:{day}}", one.what] for one in calendar_of(self)]
        blocks.append(Grid(rows, self.said("calendar"), self.said("calendar_note"), numbers=False))
        return blocks

    def budget(self) -> Grid:
        """Begroot, expected, band and difference by municipality; the total is that of the totals."""
        year = self.year
        keys = ("municipality", "budgeted", "expected", "low", "high", "difference", "chance_over")
        rows = [[self.said(key) for key in keys]]
        by_payer = year.municipal(year.forecast)
        for place, code in enumerate(year.case.reported_codes):
            rows.append(self._budget_row(self.names[code], year.begroting[code], by_payer[:, place]))
        rows.append(self._budget_row(self.said("together"), sum(year.begroting.values()), year.total))
        caption = self.said("budget_table", year=year.year)
        return Grid(rows, caption, self.said("not_additive"), totals=(len(rows) - 1,))

    def settled_before(self) -> list[Block]:
        """Afwikkelingsverschillen of earlier contract years, which are an expense of this year beside the forecast."""
        if not self.differences:
            return []
        keys = ("municipality", "taakveld", "of_year", "settled_difference")
        rows = [[self.said(key) for key in keys]]
        sums: dict[tuple[str, str, int], int] = {}
        for one in self.differences:
            key = (one.municipality, one.taakveld, one.of_year)
            sums[key] = sums.get(key, 0) + one.cents
        for (code, taakveld, of_year), cents in sorted(sums.items()):
            name = self.names.get(code, self.said("divided"))
            rows.append([name, taakveld, str(of_year), self._with_side(cents)])
        rows.append([self.said("together"), "", "", self._with_side(sum(sums.values()))])
        caption = self.said("settled_table", year=self.year.year)
        return [Grid(rows, caption, self.said("settled_note"), totals=(len(rows) - 1,), right=(3,))]

    def _with_side(self, cents: int) -> str:
        """An expense in whole euros, with whether it is a setback."""
        side = self.said("favourable" if cents <= 0 else "unfavourable")
        return f"{self.texts.numbers.plain(cents / CENTS)} {side}"

    def _budget_row(self, name: str, budget: float, paid: np.ndarray) -> list[str]:
        numbers, own = self.texts.numbers, Range.of(paid)
        gap = round(budget) - round(own.expected)
        side = self.said("favourable" if gap >= 0 else "unfavourable")
        sign = "+" if gap >= 0 else ""
        shown = [numbers.plain(value) for value in (budget, own.expected, own.low, own.high)]
        return [name, *shown, f"{sign}{numbers.plain(gap)} {side}", self.chance(float((paid > budget).mean()))]

    def light(self, contract: int) -> str:
        """Red, orange or green."""
        year = self.year
        tender = float(year.expected.payment[:, contract].mean())
        above = float(year.forecast.payment[:, contract].mean()) / tender - 1 if tender > 0 else 0.0
        stop = year.reached(contract, 1.0)[0]
        for name, (chance, part) in (("red", RED), ("orange", ORANGE)):
            if stop >= chance or above > part:
                return self.said(name)
        return self.said("green")

    def contract_name(self, contract: int) -> str:
        """Provider and lot."""
        row = self.year.case.contracts[contract]
        return f"{self.names[row.provider]}, {self.names[row.lot]}"

    def contracts(self) -> Grid:
        """A row per contract with its stoplight."""
        year, numbers = self.year, self.texts.numbers
        rows = [
            [
                self.said(key)
                for key in ("contract", "light", "tender", "expected", "low", "high", "still", "signal")
            ]
        ]
        for c in range(len(year.contracts)):
            own, to_pay = Range.of(year.forecast.payment[:, c]), float(year.to_pay(c).mean())
            chance, month = year.reached(c, SIGNAL)
            signal = "" if month is None else f"{self.month(month - 1).split()[0]} ({self.chance(chance)})"
            values = (float(year.expected.payment[:, c].mean()), own.expected, own.low, own.high, to_pay)
            rows.append([self.contract_name(c), self.light(c), *map(numbers.plain, values), signal])
        caption = self.said("contracts", year=year.year)
        return Grid(rows, caption, self.said("lights"), right=(2, 3, 4, 5, 6))

    def causes(self) -> Grid:
        """Why every contract differs, in whole euros that add up; the sum, and how uncertain it is."""
        year, numbers = self.year, self.texts.numbers
        rows = [[self.said("contract"), *(self.said(name) for name in CAUSES), self.said("sum")]]
        found = [year.causes(c) for c in range(len(year.contracts))]
        whole = np.zeros(len(CAUSES), dtype=np.int64)
        for c, (parts, _) in enumerate(found):
            euros = np.array(in_cents_together(parts / CENTS, float(parts.sum()) / CENTS))
            whole += euros
            rows.append([self.contract_name(c), *(numbers.plain(one) for one in (*euros, euros.sum()))])
        rows.append([self.said("together"), *(numbers.plain(one) for one in (*whole, whole.sum()))])
        error = np.sqrt(np.sum([spread**2 for _, spread in found], axis=0))
        course = year.forecast.by_month.sum(axis=(1, 2)).std(ddof=1)
        rows.append([self.said("uncertainty"), *(numbers.plain(one) for one in (*error, course))])
        return Grid(rows, self.said("causes"), self.said("causes_note"), totals=(len(rows) - 2,))

    def fan(self) -> Drawing:
        """The figure of the year."""
        alt = self.said("fan_alt", month=self.month(self.year.months_seen - 1))
        return Drawing(year_fan(self.year, self.texts), alt, self.said("fan"))

    def known(self) -> list[str]:
        """How complete the months are, and the notes."""
        year, found = self.year, []
        under = year.cells.contract >= 0
        for place in range(max(year.seen.months - year.months_seen, 0), year.seen.months):
            size = year.completed.units[place, under] * year.cells.tariff[under]
            part = float(year.completed.part[place, under] @ size / size.sum()) if size.sum() > 0 else 0.0
            if part < NEARLY_ALL:
                shown = self.texts.numbers.percent(part)
                found.append(self.said("complete", month=self.month(place % MONTHS), part=shown))
        return [*found, *(note[self.texts.lang] for note in year.notes)]

    def outlook(self) -> list[str]:
        """What the next quarter tells, the recent level, and the alarm."""
        year = self.year
        forecast = float(year.forecast.by_month.sum(axis=(1, 2)).mean())
        found = [self.said("recent", euro=self.euro(year.at_recent_level), forecast=self.euro(forecast))]
        now, after = year.spread_after_quarter
        if year.months_seen < MONTHS and now > 0:
            found.append(self.said("quarter", part=self.texts.numbers.percent(1 - after / now)))
        return [*found, *self.to_end_within(), self.alarm()]

    def to_end_within(self) -> list[str]:
        """What it would take to end inside the begroting, where it is expected not to."""
        year, budget = self.year, sum(self.year.begroting.values())
        gap = Range.of(year.total).expected - budget
        if budget <= 0 or gap <= 0 or year.months_seen >= MONTHS:
            return []
        to_come = float(year.forecast.by_month[:, year.months_seen :].sum(axis=(1, 2)).mean())
        fresh = float(year.forecast.fresh.sum(axis=1).mean())
        places = {"gap": self.euro(gap), "part": self.texts.numbers.percent(gap / to_come)}
        if fresh < gap:
            return [self.said("end_within_none", **places)]
        return [self.said("end_within", fresh=self.texts.numbers.percent(gap / fresh), **places)]

    def alarm(self) -> str:
        """The alarm of the inflow, or the smallest rise that would be seen."""
        year = self.year
        found = year.rule.statistics(year.counts)
        series, since = np.unravel_index(int(np.abs(found).argmax()), found.shape)
        if abs(found[series, since]) > year.rule.threshold:
            case = year.case
            laws = list(dict.fromkeys(form.law for form in case.care_forms))
            which = "total" if series == 0 else laws[int(series) - 1]
            return self.said("alarm", which=self.said(which), since=self.month(int(since)))
        report = min(year.months_seen + 3, MONTHS) - 1
        if year.months_seen >= MONTHS:
            return self.said("no_alarm_end")
        shift = float(year.rule.smallest_shift(year.months_seen)[0, report])
        return self.said("no_alarm", report=self.month(report), shift=self.texts.numbers.percent(shift))

    def taakvelden(self) -> Grid:
        """Claimed and expected by taakveld."""
        year, numbers = self.year, self.texts.numbers
        iv3 = np.array([form.iv3 for form in year.case.care_forms])[year.cells.care_form]
        under = year.cells.contract >= 0
        rows = [
            [
                self.said("taakveld"),
                self.said("realised"),
                self.said("still"),
                self.said("year_end", year=year.year),
            ]
        ]
        rows[0] += [self.said("tender")]
        claimed = year.seen.euros[year.seen.months - year.months_seen :].sum(axis=0)
        totals = np.zeros(4)
        due = (year.completed.units[-year.months_seen :] * year.forecast.price.mean(axis=0)).sum(axis=0) - claimed
        ends = [(one.units * one.price).mean(axis=0) for one in (year.forecast, year.expected)]
        for name in sorted(set(iv3[under])):
            own = under & (iv3 == name)
            values = np.array([one[own].sum() for one in (claimed, due, *ends)])
            totals += values
            rows.append([name, *map(numbers.plain, values)])
        rows.append([self.said("together"), *map(numbers.plain, totals)])
        caption = self.said("taakveld_table", year=year.year)
        return Grid(rows, caption, self.said("taakveld_note"), totals=(len(rows) - 1,))

    def _since_last(self) -> str:
        last = self.earlier[-1]
        change = Range.of(self.year.total).expected - last.expected
        side = self.said("higher" if change >= 0 else "lower")
        return self.said("since_last", month=last.through, euro=self.euro(abs(change)), side=side)

    def track(self) -> list[Block]:
        """How reports of years whose end is known did, by months before it; nothing while no such year was kept."""
        numbers, kept = self.texts.numbers, of_all(self.years)
        found = track_record(kept)
        if not found:
            return []
        rows = [[self.said(key) for key in ("months_before", "n_reports", "within", "bias", "pinball")]]
        for one in found:
            parts = (numbers.percent(one.coverage), numbers.percent(one.bias, 1), numbers.percent(one.pinball, 1))
            rows.append([str(one.months_before), str(one.n), *parts])
        note = self.said("track_note_invented" if any(one.illustrative for one in kept) else "track_note")
        return [Grid(rows, self.said("track"), note)]

    def record(self) -> Grid:
        """What earlier reports of this year said beside what is expected now."""
        numbers, now = self.texts.numbers, Range.of(self.year.total).expected
        rows = [[self.said(key) for key in ("report_of", "then", "low", "high", "now", "within")]]
        for one in self.earlier:
            inside = self.said("yes" if one.low <= now <= one.high else "no")
            values = (one.expected, one.low, one.high, now)
            rows.append([one.through, *map(numbers.plain, values), inside])
        return Grid(rows, self.said("record"), right=(1, 2, 3, 4))
