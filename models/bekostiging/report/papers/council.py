"""The proposal to a council: frames, begroting, risk and cover of one municipality; no figure of a provider in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bekostiging.case.growth import growth_estimates
from bekostiging.contracts import BASELINE, LUMP_SUM
from bekostiging.evaluation import TERM, assumed, figures
from bekostiging.report.comparison.choice import party_blocks
from bekostiging.report.kit.begroting import TODAY
from bekostiging.report.kit.disclosure import FEWEST
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.lumpsum.terms import joined, terms_sentence
from bekostiging.report.papers.basis import Basis
from bekostiging.report.papers.change import change_of_begroting, taakveld_table
from bekostiging.report.papers.fan import budget_drawing
from bekostiging.units import THOUSAND
from bekostiging_solvers import Estimate

LARGE = 0.05
"""Room, as a part of what is begroot, from which a council asks what it is for: more than the spread of a usual year."""
OTHER_CERTAINTY = {0.9: 0.8}
"""Councils set 80 or 90 % (both are in use); beside the one that is chosen stands the other."""
USUAL_CERTAINTY = 0.9


@dataclass(frozen=True)
class CouncilProposal:
    """The proposal of one municipality."""

    basis: Basis
    code: str

    @property
    def place(self) -> str:
        """The municipality."""
        return self.basis.names[self.code]

    @property
    def said(self) -> dict[str, str]:
        """The texts of this paper."""
        return self.basis.texts.sections["council"]

    def blocks(self) -> list[Block]:
        """The whole paper, its annex and the draft of the decision."""
        said = self.said
        return [
            *self.basis.opening(),
            Heading(said["decision"]),
            Points(self.decisions(), numbered=True),
            Heading(said["occasion"]),
            Paragraph(said["occasion_text"].format(first=self.basis.years[0])),
            Heading(said["aim"]),
            Paragraph(said["aim_text"]),
            Heading(said["arguments"]),
            *_numbered(self._arguments()),
            Heading(said["remarks"]),
            *_numbered(self._remarks()),
            *self._finance(),
            *self._risk(),
            *self._alternatives(),
            *self._choices(),
            *self._consequences(),
            *self._rest(),
            *self._resolution(),
            *change_of_begroting(self.basis, self.code),
        ]

    def decisions(self) -> list[str]:
        """What the council is asked to decide: frames, begroting and cover, never a provider."""
        basis, said = self.basis, self.said
        line = basis.line(self.code)
        percent = basis.texts.numbers.percent
        points = [
            said["decide_frames"].format(care=basis.care, years=basis.term, amounts=basis.yearly(self.code)),
            said["decide_begroting"].format(first=basis.years[0]),
        ]
        if line.room < 0:
            points.append(said["decide_cover"].format(gap=basis.euro(-line.room), years=basis.term))
        points.append(said["decide_risk"].format(certainty=percent(basis.case.policy.certainty)))
        if (missing := self.needed() - self.stock()) >= THOUSAND:
            points.append(said["decide_missing"].format(missing=basis.euro(missing), years=basis.term))
        return [*points, said["decide_note"].format(lots=basis.lots(), form=basis.how())]

    def _arguments(self) -> Iterator[Paragraph]:
        """Whether the begroting is enough, and how steady spending is."""
        basis, said = self.basis, self.said
        yield Paragraph(
            said["fits_text"].format(place=self.place, **basis.amounts(self.code)),
            lead=said["fits" if basis.line(self.code).room >= 0 else "fits_not"],
        )
        yield self._steadiness()

    def _steadiness(self) -> Paragraph:
        """Whether spending can be told better than under payment per delivery, or that nothing changes."""
        basis, said = self.basis, self.said
        own = basis.figures(self.code)[figures.SD]
        values = {"place": self.place, "years": basis.term, "spread": basis.euro(own.value)}
        if basis.comparison is None:
            return Paragraph(said["spread_text"].format(**values), lead=said["spread"])
        if basis.form == basis.today:
            return Paragraph(said["nothing_new_text"].format(**values), lead=said["nothing_new"])
        beside = BASELINE if basis.form != BASELINE else basis.today
        other = basis.figures(self.code, form=beside)[figures.SD]
        return Paragraph(
            said["steady_text"].format(other=basis.euro(other.value), form=basis.form_name(beside), **values),
            lead=said[f"{_steadier(own, other)}"],
        )

    def _remarks(self) -> Iterator[Paragraph]:
        """What must be said beside it: room or gap, who carries, limits, data."""
        basis, said = self.basis, self.said
        first, term = basis.line(self.code, basis.years[0]), basis.line(self.code)
        if term.room < 0:
            yield Paragraph(said["structural_gap_text"], lead=said["structural_gap"])
        elif first.room > LARGE * first.headroom:
            lead = said["large_room"].format(room=basis.euro(first.room), first=basis.years[0])
            yield Paragraph(said["large_room_text"], lead=lead)
        else:
            yield Paragraph(said["within_text"], lead=said["within"])
        yield Paragraph(self._carries(), lead=said["who_carries"])
        yield from self._limits()
        yield Paragraph(basis.invented(), lead=said["data"])

    def _carries(self) -> str:
        """Who pays a deviation under the form that is proposed."""
        basis, said = self.basis, self.said
        if basis.lump_sum:
            result = basis.outcome.lumpsum
            return f"{terms_sentence(result.data, result.design, basis.texts)} {said['carries_lump']}"
        forms = {str(lot.payment_form) for lot in basis.case.lots} if basis.form == TODAY else {basis.form}
        pays = joined([basis.texts["form_pays", form] for form in sorted(forms)], basis.texts)
        return said["carries_other"].format(pays=pays)

    def _limits(self) -> Iterator[Paragraph]:
        """What a lump sum does not keep, in numbers of limits: a limit by name is often a provider's."""
        basis, said = self.basis, self.said
        result = basis.outcome.lumpsum
        if not result.design.feasible:
            yield Paragraph(said["no_lump_sum_text"].format(form=basis.form_name()), lead=said["no_lump_sum"])
            return
        checks = result.headline.checks
        held = sum(check.holds for check in checks)
        if basis.lump_sum and held < len(checks):
            yield Paragraph(
                said["not_all_hold_text"].format(all=len(checks), held=held), lead=said["not_all_hold"]
            )

    def _finance(self) -> Iterator[Block]:
        """The budget table of the municipality."""
        basis, said = self.basis, self.said
        term = basis.line(self.code)
        rows = basis.budget.year_table(self.code)
        yield Heading(said["finance"])
        yield Paragraph(
            said["finance_text"].format(
                expected=basis.euro(term.expected.value), years=basis.term, headroom=basis.euro(term.headroom)
            )
        )
        title = said["finance_table"].format(place=self.place, care=basis.care, form=basis.form_name())
        yield Grid(
            [[basis.texts["papers", "year"], *rows[0][1:]], *rows[1:]],
            basis.caption(1, title),
            basis.never_adds(),
            totals=basis.totals(rows),
        )
        yield budget_drawing(basis, self.code)
        yield taakveld_table(basis, self.code)

    def _risk(self) -> Iterator[Block]:
        """Chance and size of an overrun, and what incidental capacity is needed for all years together."""
        basis, said = self.basis, self.said
        texts = basis.texts
        own = {year: basis.figures(self.code, year) for year in basis.years}
        year = self.riskiest()
        chance, size = own[year][figures.OVERRUN_PROBABILITY], own[year].get(figures.OVERRUN_SIZE)
        values = {"place": self.place, "year": year, "most": said["risk_most"] if len(own) > 1 else ""}
        if size is None or not chance.value:
            told = said["risk_none"].format(**values)
        else:
            told = said["risk_text"].format(
                chance=texts.numbers.figure(figures.OVERRUN_PROBABILITY, chance.value),
                size=basis.euro(size.value),
                **values,
            )
        yield Heading(said["risk"])
        yield Paragraph(f"{told} {self._cover()} {said['one_risk']}")
        yield Paragraph(self._after_change())
        rows = [[texts["papers", "year"], said["chance"], said["size"], said["risk_amount"]]]
        for year, one in own.items():
            amount = one.get(figures.OVERRUN_SIZE)
            rows.append([
                str(year),
                texts.numbers.figure(figures.OVERRUN_PROBABILITY, one[figures.OVERRUN_PROBABILITY].value),
                UNKNOWN if amount is None or not one[figures.OVERRUN_PROBABILITY].value else basis.thousands(amount.value),
                basis.thousands(one[figures.EXPECTED_OVERRUN].value),
            ])  # fmt: skip
        yield Grid(rows, basis.caption(3, said["risk_table"].format(place=self.place)), said["risk_note"])

    def riskiest(self) -> int:
        """The year in which an overrun is likeliest; the last of those that are as likely."""
        years = self.basis.years
        return max(years, key=lambda year: (self._overrun(year), year))

    def _overrun(self, year: int) -> float:
        """The chance that a year costs more than is begroot under the proposal."""
        return self.basis.figures(self.code, year)[figures.OVERRUN_PROBABILITY].value

    def _after_change(self) -> str:
        """What the risk is measured against, and what the certain amount lies above the begroting as it is to be."""
        basis, line = self.basis, self.basis.line(self.code)
        return self.said["after_change"].format(
            certainty=basis.texts.numbers.percent(basis.case.policy.certainty),
            years=basis.term,
            more=basis.euro(line.certain.value - line.expected.value),
        )

    def needed(self) -> float:
        """Incidental capacity that is needed for all years together with the certainty of the council, euro."""
        return self.basis.figures(self.code)[figures.REQUIRED_RESISTANCE_CAPACITY].value

    def stock(self) -> float:
        """What has been named for it, euro."""
        data = self.basis.outcome.lumpsum.data
        return float(data.stock[data.municipalities.index(self.code), -1])

    def _cover(self) -> str:
        """The incidental capacity that is needed, what has been named, and what is missing."""
        basis, said, needed, stock = self.basis, self.said, self.needed(), self.stock()
        told = [
            said["needed" if needed > 0 else "needed_none"].format(
                certainty=basis.texts.numbers.percent(basis.case.policy.certainty), needed=basis.euro(needed)
            ),
            said["stock"].format(stock=basis.euro(stock)) if stock > 0 else said["stock_none"],
        ]
        if needed - stock >= THOUSAND:
            told.append(said["missing"].format(missing=basis.euro(needed - stock)))
        return " ".join(told)

    def _alternatives(self) -> Iterator[Block]:
        """Every payment form beside the proposal: table, and a sentence each."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        year = self.riskiest()
        yield Heading(said["alternatives"])
        if basis.comparison is None:
            yield Paragraph(said["alternatives_none"])
            return
        yield Paragraph(said["alternatives_text"])
        certain = texts["budget", "certain"].format(certainty=texts.numbers.percent(basis.case.policy.certainty))
        rows = [[texts["columns", "form"], texts["budget", "expected"], certain, said["compared"],
                 said["overrun_year"].format(year=year)]]  # fmt: skip
        for form in basis.alternatives():
            line = basis.budget.tables[form].lines[self.code][TERM]
            chance = basis.figures(self.code, year, form)[figures.OVERRUN_PROBABILITY]
            own = basis.thousands(line.expected.value - basis.line(self.code).expected.value, signed=True)
            rows.append([
                self._called(form),
                basis.thousands(line.expected.value),
                basis.thousands(line.certain.value),
                UNKNOWN if form == basis.form else own,
                texts.numbers.figure(figures.OVERRUN_PROBABILITY, chance.value),
            ])  # fmt: skip
        title = said["alternatives_table"].format(place=self.place, years=basis.term)
        yield Grid(rows, basis.caption(4, title), texts["papers", "thousands"])
        for form in basis.alternatives():
            if form != basis.form:
                name = self._called(form)
                yield Paragraph(self._alternative(form), lead=f"{name[:1].upper()}{name[1:]}:")

    def _called(self, form: str) -> str:
        """A form, and that it is the proposal or that of today."""
        basis = self.basis
        is_proposal, is_today = form == basis.form, form == basis.today
        key = (
            "proposal_today"
            if is_proposal and is_today
            else "proposal"
            if is_proposal
            else "today"
            if is_today
            else ""
        )
        name = basis.form_name(form)
        return self.said[key].format(form=name) if key else name

    def _alternative(self, form: str) -> str:
        """What another form costs, and what providers then carry."""
        basis, said = self.basis, self.said
        line = basis.budget.tables[form].lines[self.code][TERM]
        providers, n = "", len({row.provider for row in basis.case.contracts})
        if n >= FEWEST:
            limit = 1 - basis.case.policy.confidence
            weak = basis.weak_providers(form, limit)
            key = "all_carry" if not weak else "none_carries" if weak == n else "cannot_carry"
            providers = said[key].format(k=weak, n=n, limit=basis.texts.numbers.percent(limit))
        values = {
            "expected": basis.euro(line.expected.value),
            "difference": basis.compared(basis.difference(self.code, form)),
            "providers": providers,
        }
        if form == TODAY:
            return said["alternative_mix"].format(**values)
        return said["alternative"].format(pays=basis.texts["form_pays", form], **values)

    def _choices(self) -> Iterator[Block]:
        """The certainty and what another one asks; the growth and what own figures say."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        certainty = basis.case.policy.certainty
        other = OTHER_CERTAINTY.get(round(certainty, 4), USUAL_CERTAINTY)
        more = basis.certain_at(self.code, other).value - basis.line(self.code).certain.value
        yield Heading(said["choices"])
        yield Paragraph(
            said["certainty_choice"].format(
                certainty=texts.numbers.percent(certainty),
                other=texts.numbers.percent(other),
                years=basis.term,
                difference=basis.compared(Estimate(more, None)),
            )
        )
        growth = {texts["laws", law]: rate for law, rate in assumed(basis.case).growth.items()}
        yield Paragraph(f"{said['growth_choice'].format(growth=self._listed(growth))} {self._own_growth()}")

    def _own_growth(self) -> str:
        """What the own years of the municipality say of the growth."""
        said = self.said
        found = [
            one for one in growth_estimates(self.basis.case) if one.place == self.code and one.own is not None
        ]
        if not found:
            return said["growth_none"].format(place=self.place)
        rates = {self.basis.texts["laws", one.law]: float(np.expm1(one.own or 0.0)) for one in found}
        years = [year for one in found for year in one.years]
        return said["growth_own"].format(first=min(years), last=max(years), growth=self._listed(rates))

    def _listed(self, rates: dict[str, float]) -> str:
        """Rates by law, in a sentence."""
        percent = self.basis.texts.numbers.percent
        parts = [self.said["of_law"].format(growth=percent(rate, 1), law=law) for law, rate in rates.items()]
        return joined(parts, self.basis.texts)

    def _consequences(self) -> Iterator[Block]:
        """What it means for inhabitants, as the page says it, and for providers."""
        basis, said = self.basis, self.said
        yield Heading(said["consequences"])
        inhabitant = party_blocks(basis.outcome, basis.texts)[0]
        yield from (Paragraph(sentence, lead=f"{about}.") for about, sentence in inhabitant.points)
        if len(basis.case.reported_codes) > 1 and basis.comparison is not None:
            yield Paragraph(said["whole_region"])
        if LUMP_SUM in {
            basis.form,
            *([str(lot.payment_form) for lot in basis.case.lots] if basis.form == TODAY else []),
        }:
            yield Paragraph(said["duty"])

    def _rest(self) -> Iterator[Block]:
        """Planning, participation, what is public, annexes."""
        basis, said = self.basis, self.said
        first, n = basis.years[0], len(basis.years)
        again = said["recalibration"].format(year=first + n // 2) if n > 1 else ""
        yield Heading(said["planning"])
        yield Paragraph(said["planning_text"].format(first=first, recalibration=again))
        for name in ("participation", "public"):
            yield Heading(said[name])
            yield Paragraph(said[f"{name}_text"])
        yield Heading(said["annexes"])
        yield Points([said[f"annex_{n}"] for n in range(1, 5)], numbered=True)

    def _resolution(self) -> Iterator[Block]:
        """The draft of the decision, of the same points."""
        said = self.said
        yield Heading(said["resolution"], new_page=True)
        yield Paragraph(said["resolution_head"].format(place=self.place))
        yield Paragraph("", lead=said["resolves"])
        yield Points(self.decisions(), numbered=True)
        yield Paragraph(said["signed"])


def _numbered(paragraphs: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Paragraphs with their number, of the first point of the decision, before the lead."""
    for k, one in enumerate(paragraphs, start=1):
        yield replace(one, lead=f"1.{k} {one.lead}")


def _steadier(own: Estimate, other: Estimate) -> str:
    """Whether a spread is smaller, larger or, within chance, the same as another."""
    error = float(np.hypot(own.half_width() or 0.0, other.half_width() or 0.0))
    if abs(own.value - other.value) <= error:
        return "as_steady"
    return "steadier" if own.value < other.value else "less_steady"
