"""The quarterly report: the monthly figures in full, by taakveld and over the years, causes, results, measures and risks.

Amounts in tables are whole thousands. A column that adds up is made of its rounded parts; low and high never add up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bekostiging.evaluation.begroting_parts import begroot_by_taakveld
from bekostiging.lumpsum import begroting_sum
from bekostiging.monitoring.completion import YearSamples
from bekostiging.monitoring.effects import CAUSES
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.monitor.calendar_page import calendar_of, day_format
from bekostiging.report.monitor.papers import MonthPapers, whole_thousands
from bekostiging.studies.adjusting import Adjustment
from bekostiging.studies.later_years import ComingYears, taakvelden, year_by_taakveld
from bekostiging.units import CENTS, THOUSAND
from bekostiging_solvers.typing import FloatArray, IntArray

FOUR = 4
"""Years that a report of the planning and control cycle shows: this one and the three after it."""
MOST_RISKS = 5
"""Contracts of which a risk is a line of its own."""


def _with_lots(samples: YearSamples, lots: FloatArray) -> YearSamples:
    """The samples with other amounts by lot."""
    return replace(samples, lots=lots)


@dataclass(frozen=True)
class QuarterPapers:
    """The quarterly report of one contract year; ``coming``: what its years are expected to bring."""

    papers: MonthPapers
    coming: ComingYears | None = None
    adjustment: Adjustment | None = None

    def said(self, key: str, **places: object) -> str:
        """A text of the monitor."""
        return self.papers.said(key, **places)

    def blocks(self) -> list[Block]:
        """The whole report."""
        papers = self.papers
        blocks: list[Block] = [Points(papers.answer()), papers.budget(), *self.four_years(), self.by_taakveld()]
        blocks += [
            papers.fan(),
            papers.contracts(),
            self.causes(),
            *self.results(),
            *self.measures(),
            self.risks(),
        ]
        if self.adjustment is not None:
            from bekostiging.report.monitor.steering import what_it_takes_blocks

            blocks += what_it_takes_blocks(papers, self.adjustment)
        blocks += [Heading(self.said("known"), 1), Points([*papers.known(), *papers.outlook()])]
        if papers.earlier:
            blocks.append(papers.record())
        blocks += papers.track()
        day = day_format(papers)
        rows = [[self.said("date"), self.said("what")]]
        for one in calendar_of(papers):
            rows.append([f"{one.day:{day}}", self.said("usual", what=one.what) if one.usual else one.what])
        return [*blocks, Grid(rows, self.said("calendar"), self.said("calendar_note"), numbers=False)]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The taakvelden."""
        return taakvelden(self.papers.year.case)

    @cached_property
    def now(self) -> FloatArray:
        """Expected of the year by taakveld, (n_scenarios, n_taakvelden)."""
        return year_by_taakveld(self.papers.year, self.papers.year.forecast)

    @cached_property
    def tender(self) -> FloatArray:
        """What the tender expected by taakveld, (n_taakvelden,)."""
        return np.asarray(year_by_taakveld(self.papers.year, self.papers.year.expected).mean(axis=0))

    @cached_property
    def earlier(self) -> tuple[tuple[str, IntArray], ...]:
        """Settlements of earlier years: what stands before the amount, and whole thousands by taakveld, plus is more."""
        codes = self.papers.year.case.reported_codes
        found: dict[int, FloatArray] = {}
        for one in self.papers.differences:
            if one.municipality and one.municipality not in codes:
                continue
            if one.taakveld in self.names:
                share = np.array([float(name == one.taakveld) for name in self.names])
            else:
                share = self._share(one.lot, one.municipality)
            found[one.of_year] = found.get(one.of_year, np.zeros(len(self.names))) + one.cents / CENTS * share
        return tuple(
            (self.said("settled", year=of_year), whole_thousands(euros))
            for of_year, euros in sorted(found.items())
        )

    def _share(self, lot: str, municipality: str) -> FloatArray:
        """Which part of an amount of a contract is of the reported municipalities, by taakveld."""
        year = self.papers.year
        place = [row.id for row in year.case.lots].index(lot)
        own = [c for c, row in enumerate(year.case.contracts) if row.lot == lot]
        only = np.zeros_like(year.forecast.lots)
        only[:, place] = year.forecast.lots[:, place]
        by_taakveld = year_by_taakveld(year, _with_lots(year.forecast, only)).mean(axis=0)
        whole = by_taakveld.sum() if municipality else float(year.forecast.payment[:, own].sum(axis=1).mean())
        return np.asarray(by_taakveld / whole) if whole > 0 else np.zeros(len(self.names))

    def by_taakveld(self) -> Grid:
        """Begroting, realised, still to be paid, expected with its interval, deviation, structural and incidental."""
        papers, plain = self.papers, self.papers.texts.numbers.plain
        year = papers.year
        keys = ("taakveld", "begroot", "realised", "still", "expected", "band_80", "difference")
        rows = [[self.said(key) for key in (*keys, "structural", "incidental")]]
        known = begroot_by_taakveld(year.case, (year.year,), year.case.reported_codes)
        whole_budget = round(sum(year.begroting.values()) / THOUSAND)
        paid, due = (whole_thousands(own) for own in self._so_far())
        expected, tender = whole_thousands(self.now.mean(axis=0)), whole_thousands(self.tender)
        carried = None if self.coming is None else self.coming.carried
        structural = None if carried is None else whole_thousands(-carried)
        low, high = np.quantile(self.now, [0.1, 0.9], axis=0)
        left = whole_budget
        for k, name in enumerate(self.names):
            own = round(known[name] / THOUSAND) if name in known and whole_budget > 0 else None
            left -= own or 0
            gap = UNKNOWN if own is None else papers.signed(own - int(expected[k]))
            money = [plain(int(paid[k])), plain(int(due[k])), plain(int(expected[k]))]
            band = self._band(low[k], high[k])
            beside = self._beside(int(tender[k] - expected[k]), None if structural is None else int(structural[k]))
            rows.append([name, UNKNOWN if own is None else plain(own), *money, band, gap, *beside])
        if left and whole_budget > 0:
            unknown = int(sum(expected[k] for k, name in enumerate(self.names) if name not in known))
            label = self.said("rounding" if len(known) == len(self.names) else "not_by_taakveld")
            rows.append([label, plain(left), *[UNKNOWN] * 4, papers.signed(left - unknown), "", ""])
        extra = 0
        for label, amounts in self.earlier:
            extra += int(amounts.sum())
            cells = [plain(0), UNKNOWN, UNKNOWN, plain(int(amounts.sum())), UNKNOWN]
            beside = self._beside(-int(amounts.sum()), None if structural is None else 0)
            rows.append([label, *cells, papers.signed(-int(amounts.sum())), *beside])
        total = int(expected.sum()) + extra
        shown = np.quantile(self.now.sum(axis=1), [0.1, 0.9]) + extra * THOUSAND
        gap = papers.signed(whole_budget - total) if whole_budget > 0 else UNKNOWN
        whole = None if structural is None else int(structural.sum())
        beside = self._beside(int(tender.sum() - expected.sum()) - extra, whole)
        money = [plain(int(paid.sum())), plain(int(due.sum())), plain(total), self._band(*shown)]
        budget = plain(whole_budget) if whole_budget > 0 else UNKNOWN
        rows.append([self.said("together"), budget, *money, gap, *beside])
        note = f"{self.said('taakveld_note')} {self.said('not_additive')} {self.said('structural_rule')}"
        return Grid(rows, self.said("taakveld_table", year=year.year), note, totals=(len(rows) - 1,))

    def _band(self, low: float, high: float) -> str:
        """Low and high in thousands, in one cell."""
        return self.said("range", low=self.papers.thousands(low), high=self.papers.thousands(high))

    def _beside(self, whole: int, structural: int | None) -> list[str]:
        """Structural and incidental parts of a deviation from the tender; dashes where no contract year follows."""
        if structural is None:
            return [UNKNOWN, UNKNOWN]
        return [self.papers.signed(structural), self.papers.signed(whole - structural)]

    def _so_far(self) -> tuple[FloatArray, FloatArray]:
        """Claimed or paid in advance so far, and still to be paid, of the reported municipalities by taakveld; euro."""
        year = self.papers.year
        payment = year.forecast.payment.mean(axis=0)
        found = []
        for own in (year.paid, np.array([year.to_pay(c).mean() for c in range(len(year.contracts))])):
            lots = np.zeros(len(year.case.lots))
            for place, lot in enumerate(year.case.lots):
                at = [c for c, row in enumerate(year.case.contracts) if row.lot == lot.id]
                whole = payment[at].sum()
                part = year.forecast.lots[:, place].mean() / whole if whole > 0 else 0.0
                lots[place] = own[at].sum() * part
            wide = np.broadcast_to(lots, year.forecast.lots.shape)
            found.append(year_by_taakveld(year, _with_lots(year.forecast, wide)).mean(axis=0))
        return found[0], found[1]

    def four_years(self) -> list[Block]:
        """The year that is followed and the three after it: begroot, expected, and what of the deviation is structural."""
        papers, coming = self.papers, self.coming
        if coming is None:
            return []
        year, plain = papers.year, papers.texts.numbers.plain
        shown = range(min(FOUR, len(coming.years)))
        outside = begroting_sum(year.case, year.case.reported_codes, coming.years, "outside_contracts")
        amount = begroting_sum(year.case, year.case.reported_codes, coming.years, "amount")
        begroot = [round(float(own) / THOUSAND) for own in (amount - outside).sum(axis=0)]
        tender = [round(float(own) / THOUSAND) for own in coming.tender.sum(axis=2).mean(axis=0)]
        now = [round(float(own) / THOUSAND) for own in coming.expected.sum(axis=2).mean(axis=0)]
        low, high = np.quantile(coming.expected.sum(axis=2), [0.1, 0.9], axis=0)
        # this year with all its scenarios, as everywhere else
        tender[0], now[0] = round(float(self.tender.sum()) / THOUSAND), round(float(year.total.mean()) / THOUSAND)
        low[0], high[0] = np.quantile(year.total, [0.1, 0.9])
        extra = [sum(int(own.sum()) for _, own in self.earlier)] + [0] * (len(coming.years) - 1)
        carried = coming.carried
        structural = [tender[t] - now[t] for t in shown]
        if carried is not None:
            structural[0] = -round(float(carried.sum()) / THOUSAND)
        gaps = [begroot[t] - now[t] - extra[t] for t in shown]
        rows = [["", *(str(coming.years[t]) for t in shown)]]
        dash = [begroot[t] > 0 for t in shown]
        rows.append([self.said("budgeted"), *(plain(begroot[t]) if dash[t] else UNKNOWN for t in shown)])
        rows.append([self.said("tender"), *(plain(tender[t]) for t in shown)])
        rows.append([self.said("expected"), *(plain(now[t]) for t in shown)])
        rows.append([self.said("low"), *(papers.thousands(low[t]) for t in shown)])
        rows.append([self.said("high"), *(papers.thousands(high[t]) for t in shown)])
        for label, amounts in self.earlier:
            rows.append([label, plain(int(amounts.sum())), *[plain(0)] * (len(shown) - 1)])
        rows.append([self.said("deviation"), *(papers.signed(gaps[t]) if dash[t] else UNKNOWN for t in shown)])
        bold = len(rows) - 1
        known = [papers.signed(begroot[t] - tender[t]) if dash[t] else UNKNOWN for t in shown]
        rows.append([self.said("known_at_tender"), *known])
        if carried is None:
            rows.append([self.said("structural_or_not"), *[UNKNOWN] * len(shown)])
        else:
            rows.append([self.said("of_which_structural"), *(papers.signed(structural[t]) for t in shown)])
            once = [tender[t] - now[t] - structural[t] - extra[t] for t in shown]
            rows.append([self.said("of_which_incidental"), *(papers.signed(own) for own in once)])
        note = (
            self.said("four_years_note") if carried is not None else self.said("no_year_follows", year=year.year)
        )
        return [Grid(rows, self.said("four_years"), f"{note} {self.said('not_additive')}", totals=(bold,))]

    def causes(self) -> Grid:
        """Why every contract differs, in whole thousands that add up; the sum, and how uncertain it is."""
        papers, plain = self.papers, self.papers.texts.numbers.plain
        year = papers.year
        rows = [[self.said("contract"), *(self.said(name) for name in CAUSES), self.said("sum")]]
        found = [year.causes(c) for c in range(len(year.contracts))]
        whole = np.zeros(len(CAUSES), dtype=np.int64)
        for c, (parts, _) in enumerate(found):
            euros = whole_thousands(parts)
            whole += euros
            rows.append([papers.contract_name(c), *(plain(int(one)) for one in (*euros, euros.sum()))])
        rows.append([self.said("together"), *(plain(int(one)) for one in (*whole, whole.sum()))])
        error = np.sqrt(np.sum([spread**2 for _, spread in found], axis=0))
        course = year.forecast.by_month.sum(axis=(1, 2)).std(ddof=1)
        rows.append([self.said("uncertainty"), *(papers.thousands(one) for one in (*error, course))])
        return Grid(rows, self.said("causes"), self.said("causes_note"), totals=(len(rows) - 2,))

    def results(self) -> list[Block]:
        """Results beside money: goals reached, dropout and satisfaction of each contract, of how many."""
        papers, year = self.papers, self.papers.year
        kinds = ("goals_reached", "dropout", "satisfaction")
        rows = [[self.said(key) for key in ("contract", "expected", "more_than_tender", *kinds)]]
        for c, contract in enumerate(year.case.contracts):
            own = [
                row
                for row in year.figures.of_contract(year.figures.outcomes, contract.provider, contract.lot)
                if row.year <= year.year
            ]
            if not own:
                continue
            tender, expected, _ = papers.money[c].tolist()
            cells = []
            for kind in kinds:
                last = max((row for row in own if row.outcome == kind), key=lambda row: row.year, default=None)
                if last is None:
                    cells.append(UNKNOWN)
                    continue
                part = papers.texts.numbers.percent(last.numerator / last.denominator)
                shown = papers.texts.numbers.plain(last.denominator)
                key = "out_of" if last.year == year.year else "out_of_earlier"
                cells.append(self.said(key, part=part, n=shown, year=last.year))
            plain = papers.texts.numbers.plain
            more = papers.signed(expected - tender, side=False)
            rows.append([papers.contract_name(c), plain(expected), more, *cells])
        if len(rows) == 1:
            return [Paragraph(self.said("no_results"))]
        missing = len(year.contracts) - len(rows) + 1
        note = self.said("results_note")
        if missing:
            note = f"{self.said('results_missing', n=missing)} {note}"
        return [Grid(rows, self.said("results"), note, right=(1, 2))]

    def measures(self) -> list[Block]:
        """Measures of the case that run this year: effect, chance, what was booked on them, and that times the chance."""
        papers, year = self.papers, self.papers.year
        now, plain = year.seen.year + 1, self.papers.texts.numbers.plain
        running = [row for row in year.case.measures if row.first_year <= now < row.first_year + row.years]
        if not running:
            return [Paragraph(self.said("no_measures"))]
        rows = [
            [self.said(key) for key in ("measure", "effect", "success", "booked_saving", "times_chance", "cost")]
        ]
        sums = np.zeros(3, dtype=np.int64)
        for name in dict.fromkeys(row.id for row in running):
            own = [row for row in running if row.id == name]
            effects = [
                f"{papers.names.get(row.care_form, row.care_form)}: {self.said(f'of_{row.quantity}')} "
                f"{papers.texts.numbers.signed_percent(row.effect)}"
                for row in own
            ]
            booked, cost = sum(row.booked_saving for row in own), sum(row.cost for row in own)
            money = np.array([round(one / THOUSAND) for one in (booked, booked * own[0].chance, cost)])
            sums += money
            chance = papers.texts.numbers.percent(own[0].chance)
            rows.append([own[0].name, "; ".join(effects), chance, *(plain(int(one)) for one in money)])
        rows.append([self.said("together"), "", "", *(plain(int(one)) for one in sums)])
        note, last = self.said("measures_note"), (len(rows) - 1,)
        return [Grid(rows, self.said("measures"), note, right=(2, 3, 4, 5), totals=last)]

    def risks(self) -> Grid:
        """Risk lines: what can happen, its chance, what it then costs on average, and both multiplied."""
        papers, year = self.papers, self.papers.year
        budget, found = sum(year.begroting.values()), []
        if budget > 0:
            found.append((self.said("risk_budget"), year.total - budget))
        paid, tender = year.forecast.payment, year.expected.payment.mean(axis=0)
        own = [(papers.contract_name(c), paid[:, c] - tender[c]) for c in range(len(year.contracts))]
        own.sort(key=lambda one: -float(np.maximum(one[1], 0).mean()))
        found += [(self.said("risk_contract", name=name), more) for name, more in own[:MOST_RISKS]]
        rows = [[self.said(key) for key in ("risk", "likelihood", "if_so", "times_chance")]]
        for name, more in found:
            over = more > 0
            size = float(more[over].mean()) if over.any() else 0.0
            product = float(np.maximum(more, 0).mean())
            rows.append(
                [name, papers.chance(float(over.mean())), papers.thousands(size), papers.thousands(product)]
            )
        for row in year.case.measures:
            now = year.seen.year + 1
            if row.booked_saving and row.first_year <= now < row.first_year + row.years:
                fails, lost = 1 - row.chance, row.booked_saving
                shown = [
                    papers.texts.numbers.percent(fails),
                    papers.thousands(lost),
                    papers.thousands(fails * lost),
                ]
                rows.append([self.said("risk_measure", name=row.name), *shown])
        return Grid(rows, self.said("risks"), self.said("risks_note"))
