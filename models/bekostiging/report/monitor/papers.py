"""What the monthly page says, as blocks: sentences and tables from one value each; it prints on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from bekostiging.monitoring.effects import in_cents_together
from bekostiging.monitoring.scores import track_record
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.paragraphs import Block, Drawing, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.monitor.memory import of_all
from bekostiging.report.monitor.plots import year_fan
from bekostiging.report.monitor.signals import signals
from bekostiging.settlement import settlement_differences
from bekostiging.store import Forecast
from bekostiging.studies.contract_year import ContractYear, Range
from bekostiging.studies.forecast_moved import ForecastMove
from bekostiging.units import CENTS, MONTHS, THOUSAND
from bekostiging_solvers.typing import FloatArray, IntArray

RED, ORANGE = (0.5, 0.05), (0.2, 0.02)
"""Chance that the ceiling is used up, and part above what the tender expected, from which a contract is red or orange."""
NEARLY_ALL = 0.995
"""Part of a month's claims from which its completeness is not worth a line."""
MOST_CONTRACTS, MOST_MUNICIPALITIES, MOST_NOTES = 11, 7, 4
"""Rows and sentences that one printed page has room for; what is left out is counted, and stands in the quarterly report."""
WORTH_SAYING = 0.05
"""Chance from which a signal stands beside its contract."""


def whole_thousands(euros: FloatArray) -> IntArray:
    """Amounts in whole thousands that add up to their rounded total, by largest remainder."""
    parts = np.asarray(euros, dtype=np.float64) / (CENTS * THOUSAND)
    return np.array(in_cents_together(parts, float(parts.sum())), dtype=np.int64)


@dataclass
class MonthPapers:
    """The papers of one contract year in one language; ``earlier``: reports of it made before, oldest first; ``years``:
    every report that was kept, of other years too; ``move``: why the forecast moved since the last of ``earlier``."""

    year: ContractYear
    texts: Texts
    earlier: Sequence[Forecast] = ()
    years: Sequence[Forecast] = ()
    settled: Sequence[Path] = ()
    move: ForecastMove | None = None
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

    def thousands(self, value: float) -> str:
        """Thousands of euros in a table."""
        return self.texts.numbers.plain(value / THOUSAND)

    def signed(self, value: int, side: bool = True) -> str:
        """Whole thousands with their sign, and whether they are in favour of the budget."""
        sign = "+" if value > 0 else ""
        shown = f"{sign}{self.texts.numbers.plain(value)}"
        return f"{shown} {self.said('favourable' if value >= 0 else 'unfavourable')}" if side else shown

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
        return self.texts.numbers.percent(part, 0 if 0.005 <= part < 0.995 else 1)

    def page(self) -> list[Block]:
        """The monthly page."""
        blocks: list[Block] = [Points(self.answer())]
        if self.earlier:
            blocks.append(Paragraph(self.since_last(), self.said("since_lead")))
        blocks += [self.budget(MOST_MUNICIPALITIES), self.fan(), self.contracts(MOST_CONTRACTS)]
        known = self.known()
        if len(known) > MOST_NOTES:
            known = [*known[: MOST_NOTES - 1], self.said("more_notes", n=len(known) - MOST_NOTES + 1)]
        track = [self.track_record()] if self.earlier else []
        settled = [self.settled_sentence()] if self.differences else []
        blocks += [Heading(self.said("known"), 1), Points([*settled, *known, *self.outlook(), *track])]
        return [*blocks, *self.track()]

    def settled_sentence(self) -> str:
        """What settling earlier years costs or gives this year, beside the forecast."""
        cents = sum(one.cents for one in self.differences)
        key = "settled_costs" if cents >= 0 else "settled_gives"
        return self.said(key, euro=self.texts.numbers.plain(abs(cents) / CENTS))

    def budget(self, most: int | None = None) -> Grid:
        """Begroot, expected, band and difference by municipality, in thousands; the total is that of the totals."""
        year = self.year
        keys = ("municipality", "budgeted", "expected", "low", "high", "difference", "chance_over")
        by_payer = year.municipal(year.forecast)
        budgets = np.array([year.begroting[code] for code in year.case.reported_codes])
        order = list(np.argsort(-np.abs(budgets - by_payer.mean(axis=0)), kind="stable"))
        shown = range(len(order)) if most is None or len(order) <= most else sorted(order[: most - 1])
        rows = [[self.said(key) for key in keys]]
        groups = [(self.names[year.case.reported_codes[place]], [place]) for place in shown]
        if len(groups) < len(order):
            rest = [place for place in range(len(order)) if place not in shown]
            groups.append((self.said("others", n=len(rest)), rest))
        groups.append((self.said("together"), list(range(len(order)))))
        money = np.stack([whole_thousands(budgets), whole_thousands(by_payer.mean(axis=0))], axis=1)
        for name, own in groups:
            paid, budget = by_payer[:, own].sum(axis=1), float(budgets[own].sum())
            rows.append(self._budget_row(name, money[own].sum(axis=0).tolist(), paid, budget))
        caption = self.said("budget_table", year=year.year)
        return Grid(rows, caption, self.said("not_additive"), totals=(len(rows) - 1,))

    def _budget_row(self, name: str, money: Sequence[int], paid: np.ndarray, budget: float) -> list[str]:
        plain, own = self.texts.numbers.plain, Range.of(paid)
        shown = [plain(money[0]), plain(money[1]), self.thousands(own.low), self.thousands(own.high)]
        if budget <= 0:
            return [name, UNKNOWN, *shown[1:], UNKNOWN, UNKNOWN]
        return [name, *shown, self.signed(money[0] - money[1]), self.chance(float((paid > budget).mean()))]

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

    def contracts(self, most: int | None = None) -> Grid:
        """A row per contract with its stoplight and what it is about to reach, in thousands that add up; with ``most``
        those that differ most, and the rest together."""
        year = self.year
        n = len(year.contracts)
        money = self.money
        order = list(np.argsort(-np.abs(money[:, 1] - money[:, 0]), kind="stable"))
        shown = list(range(n)) if most is None or n <= most else sorted(order[: most - 1])
        keys = ("contract", "light", "tender_short", "expected", "low", "high", "still", "signal")
        rows, plain = [[self.said(key) for key in keys]], self.texts.numbers.plain
        for c in shown:
            own = Range.of(year.forecast.payment[:, c])
            tender, expected, to_pay = map(plain, money[c].tolist())
            band = [self.thousands(own.low), self.thousands(own.high)]
            rows.append([self.contract_name(c), self.light(c), tender, expected, *band, to_pay, self.reaches(c)])
        rest = [c for c in range(n) if c not in shown]
        for name, places in ((self.said("others", n=len(rest)), rest), (self.said("together"), list(range(n)))):
            if not places:
                continue
            paid = Range.of(year.forecast.payment[:, places].sum(axis=1))
            tender, expected, to_pay = map(plain, money[places].sum(axis=0).tolist())
            band = [self.thousands(paid.low), self.thousands(paid.high)]
            rows.append([name, "", tender, expected, *band, to_pay, ""])
        everybody = len(year.case.reported) == len(year.case.municipalities)
        caption = self.said("contracts" if everybody else "contracts_all", year=year.year)
        note = self.said("lights")
        if rest:
            note = f"{self.said('rest_elsewhere', n=len(rest))} {note}"
        return Grid(rows, caption, note, right=(2, 3, 4, 5, 6), totals=(len(rows) - 1,))

    @cached_property
    def money(self) -> IntArray:
        """Tender, expectation and still to be paid of every contract, in whole thousands that add up; (n_contracts, 3)."""
        year = self.year
        to_pay = np.array([float(year.to_pay(c).mean()) for c in range(len(year.contracts))])
        columns = (year.expected.payment.mean(axis=0), year.forecast.payment.mean(axis=0), to_pay)
        return np.stack([whole_thousands(own) for own in columns], axis=1)

    def reaches(self, contract: int) -> str:
        """What a contract is about to reach, with its month and chance."""
        found = []
        for one in signals(self.year, contract):
            if one.chance < WORTH_SAYING or (one.edge == 1.0 and one.kind in ("above", "below")):
                continue
            when = "" if one.month is None else self.month(one.month - 1)[:3]
            edge = self.texts.numbers.percent(one.edge)
            found.append(self.said(f"reach_{one.kind}", edge=edge, month=when, chance=self.chance(one.chance)))
        return "; ".join(found)

    def fan(self) -> Drawing:
        """The figure of the year."""
        alt = self.said("fan_alt", month=self.month(self.year.months_seen - 1))
        return Drawing(year_fan(self.year, self.texts), alt, self.said("fan"))

    def known(self) -> list[str]:
        """How complete the months are, in one sentence, and the notes."""
        year, found = self.year, []
        under = year.cells.contract >= 0
        for place in range(max(year.seen.months - year.months_seen, 0), year.seen.months):
            size = year.completed.units[place, under] * year.cells.tariff[under]
            part = float(year.completed.part[place, under] @ size / size.sum()) if size.sum() > 0 else 0.0
            if part < NEARLY_ALL:
                shown = self.texts.numbers.percent(part)
                found.append(self.said("month_part", month=self.month(place % MONTHS).split()[0], part=shown))
        told = [self.said("complete", months=", ".join(found))] if found else []
        return [*told, *(note[self.texts.lang] for note in year.notes)]

    def outlook(self) -> list[str]:
        """What the next quarter tells, the recent level, and the alarm."""
        year = self.year
        forecast = float(year.forecast.by_month.sum(axis=(1, 2)).mean())
        found = [self.said("recent", euro=self.euro(year.at_recent_level), forecast=self.euro(forecast))]
        now, after = year.spread_after_quarter
        if year.months_seen < MONTHS and now > 0:
            found.append(self.said("quarter", part=self.texts.numbers.percent(1 - after / now)))
        return [*found, self.alarm()]

    def alarm(self) -> str:
        """The alarm of the inflow, or the smallest rise that would be seen."""
        year = self.year
        sounded = year.rule.sounded(year.counts)
        if sounded is not None:
            series, since = sounded
            case = year.case
            laws = list(dict.fromkeys(form.law for form in case.care_forms))
            which = "total" if series == 0 else laws[series - 1]
            return self.said("alarm", which=self.said(which), since=self.month(since))
        report = min(year.months_seen + 3, MONTHS) - 1
        if year.months_seen >= MONTHS:
            return self.said("no_alarm_end")
        shift = float(year.rule.smallest_shift(year.months_seen)[0, report])
        if not np.isfinite(shift):  # what begins so late does not last three months within the year
            return self.said("no_alarm_end")
        return self.said("no_alarm", report=self.month(report), shift=self.texts.numbers.percent(shift))

    def since_last(self) -> str:
        """How far the forecast moved since the last report, and why: parts that add up, in thousands."""
        last = self.earlier[-1]
        change = Range.of(self.year.total).expected - last.expected
        side = self.said("higher" if change >= 0 else "lower")
        text = self.said("since_last", month=self._report(last.through), euro=self.euro(abs(change)), side=side)
        if self.move is None:
            return text
        names = [self.said("move_model"), self.said("move_revision")]
        names += [self.said("move_month", month=self._report(month)) for month, _ in self.move.months]
        whole = whole_thousands(np.array(self.move.cents()) / CENTS).tolist()
        parts = [f"{name} {self.signed(euro, side=False)}" for name, euro in zip(names, whole, strict=True)]
        return f"{text} {self.said('move', parts='; '.join(parts))}"

    def _report(self, through: str) -> str:
        """A month such as 2028-05 in words, without its year."""
        return self.month(int(through[5:7]) - 1).split()[0]

    def track_record(self) -> str:
        """Of how many earlier reports of the year the band holds what is expected now, and how far they were off."""
        now = Range.of(self.year.total).expected
        inside = sum(one.low <= now <= one.high for one in self.earlier)
        off = float(np.mean([abs(one.expected - now) for one in self.earlier]))
        if len(self.earlier) == 1:
            month = self._report(self.earlier[0].through)
            return self.said(
                "track_record_inside" if inside else "track_record_outside", month=month, off=self.euro(off)
            )
        return self.said("track_record", inside=inside, n=len(self.earlier), off=self.euro(off))

    def record(self) -> Grid:
        """What earlier reports of this year said beside what is expected now."""
        now = Range.of(self.year.total).expected
        rows = [[self.said(key) for key in ("report_of", "then", "low", "high", "now", "within")]]
        for one in self.earlier:
            inside = self.said("yes" if one.low <= now <= one.high else "no")
            values = (one.expected, one.low, one.high, now)
            rows.append([self._report(one.through), *map(self.thousands, values), inside])
        return Grid(rows, self.said("record"), right=(1, 2, 3, 4))

    def track(self) -> list[Block]:
        """How reports of years whose end is known did, by months before it; nothing while no such year was kept."""
        numbers, kept = self.texts.numbers, of_all(self.years)
        found = track_record(kept)
        if not found:
            return []
        rows = [[self.said(key) for key in ("months_before", "n_reports", "outcome_within", "bias", "pinball")]]
        for one in found:
            parts = (numbers.percent(one.coverage), numbers.percent(one.bias, 1), numbers.percent(one.pinball, 1))
            rows.append([str(one.months_before), str(one.n), *parts])
        note = self.said("track_note_invented" if any(one.illustrative for one in kept) else "track_note")
        return [Grid(rows, self.said("track"), note)]
