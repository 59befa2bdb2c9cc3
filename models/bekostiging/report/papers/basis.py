"""What every paper is made of: one comparison, or one lump sum alone, in one language, the payment form it proposes, and
amounts in words.

Every amount comes from the value that the page shows (``BudgetTable``, the figures of a municipality), so that a sentence
and the table beside it cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from bekostiging.case import Case, UserError
from bekostiging.case.rows import STATUSES
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import TERM, TOTAL, Comparison
from bekostiging.evaluation.begroting_parts import BudgetParts, compared_parts
from bekostiging.evaluation.begroting_table import BudgetLine, BudgetTable
from bekostiging.evaluation.figures import BUFFER_EXHAUSTED_PROBABILITY, Estimates
from bekostiging.evaluation.notes import alarms, enough_scenarios
from bekostiging.evaluation.results import FormResult, MixResult
from bekostiging.lumpsum import decided_spending
from bekostiging.report.kit.begroting import TODAY, BudgetPage
from bekostiging.report.kit.origin import assumptions
from bekostiging.report.kit.paragraphs import Paragraph
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.kit.word import About
from bekostiging.report.lumpsum.agreement import amount
from bekostiging.report.lumpsum.terms import Names, joined
from bekostiging.studies import LumpSumStudy
from bekostiging.studies.national import national_effect
from bekostiging.units import MILLION, THOUSAND
from bekostiging_solvers import Estimate, Scramblings
from bekostiging_solvers.typing import FloatArray

SHORTEST = 3
"""Letters of a name that is looked for in texts; a shorter one is a word of its own."""


def _page(outcome: Comparison | LumpSumStudy, texts: Texts) -> BudgetPage:
    """The tables for the begroting, in the form of the first page."""
    page = (
        BudgetPage.of_comparison(outcome, texts)
        if isinstance(outcome, Comparison)
        else BudgetPage.of_lump_sum(outcome, texts)
    )
    if page is None:
        raise UserError(
            "Zonder taakgericht budget is er niets om in stukken voor te stellen; reken met compare.",
            "Without a lump sum there is nothing to propose in papers; compute with compare.",
            exit_code=2,
        )
    return page


@dataclass(frozen=True)
class Basis:
    """A comparison, or a lump sum alone, as papers tell of it; ``form``: what they propose, a payment form or every lot as
    it is paid today. A lump sum alone has a design, and nothing is known of other forms."""

    outcome: Comparison | LumpSumStudy
    texts: Texts
    form: str
    tables: dict[str, BudgetTable]
    """The lines of every form."""

    @classmethod
    def of(cls, outcome: Comparison | LumpSumStudy, texts: Texts, form: str = "") -> Basis:
        """With a payment form, or else that of the first page: the lump sum where there is one."""
        page = _page(outcome, texts)
        return cls(outcome, texts, form or page.form, page.tables)

    def proposing(self, form: str) -> Basis:
        """The same, proposing another form; tables are made once."""
        return Basis(self.outcome, self.texts, form, self.tables)

    @property
    def comparison(self) -> Comparison | None:
        """The forms side by side; None where the lump sum alone was computed."""
        return self.outcome if isinstance(self.outcome, Comparison) else None

    @property
    def scramblings(self) -> Scramblings:
        """Independent randomisations of the scenarios."""
        own = self.outcome
        return Scramblings(own.n_scramblings) if isinstance(own, Comparison) else own.lumpsum.judge.scramblings

    @property
    def case(self) -> Case:
        """The case, its providers numbered where it is confidential."""
        return self.outcome.case

    @cached_property
    def budget(self) -> BudgetPage:
        """The tables for the begroting, of the form that is proposed."""
        compared = self.comparison
        national = None if compared is None else national_effect(compared).get(self.form)
        return BudgetPage(self.case, self.tables, self.form, self.texts, national)

    @property
    def table(self) -> BudgetTable:
        """The lines of the form that is proposed."""
        return self.budget.tables[self.form]

    def line(self, code: str, period: int | str = TERM) -> BudgetLine:
        """What is expected, begroot and enough with certainty, of a municipality or TOTAL in a year or the term."""
        return self.table.lines[code][str(period)]

    def result(self, form: str = "") -> FormResult | MixResult:
        """The settled payment form; that of the proposal unless another is named."""
        own = form or self.form
        compared = self.comparison
        if compared is None or (own == TODAY and compared.mix is None):
            raise KeyError(own)
        return compared.mix if own == TODAY and compared.mix is not None else compared.forms[own]

    def figures(self, code: str, period: int | str = TERM, form: str = "") -> Estimates:
        """The figures of spending of a municipality or TOTAL in a year or the term."""
        own = self.outcome
        known = own.spending if isinstance(own, LumpSumStudy) else self.result(form).municipalities
        return known[code][str(period)]

    @cached_property
    def names(self) -> Names:
        """Names by id."""
        return names_of(self.case, self.texts.lang)

    @property
    def years(self) -> tuple[int, ...]:
        """The contract years."""
        return tuple(self.outcome.lumpsum.data.years)

    @cached_property
    def parts(self) -> BudgetParts:
        """What is expected by taakveld and lot, as the page has it."""
        if isinstance(self.outcome, LumpSumStudy):
            assert self.outcome.parts is not None
            return self.outcome.parts
        return compared_parts(self.outcome, self.form)

    def buffer(self, provider: str) -> float:
        """The free buffer of a provider, euro."""
        data = self.outcome.lumpsum.data
        return float(data.free_buffer[data.providers.index(provider)])

    @property
    def term(self) -> str:
        """The contract years in words, as in the tables."""
        return self.budget.term

    @property
    def lump_sum(self) -> bool:
        """Whether a lump sum is proposed."""
        return self.form == LUMP_SUM

    @property
    def today(self) -> str:
        """The payment form of the lots as they are."""
        forms = {str(lot.payment_form) for lot in self.case.lots}
        return next(iter(forms)) if len(forms) == 1 else TODAY

    def form_name(self, form: str = "") -> str:
        """A payment form in words; that of the proposal unless another is named."""
        own = form or self.form
        return self.texts["page", "mix"] if own == TODAY else self.texts["forms_in_full", own]

    @property
    def care(self) -> str:
        """What is bought: youth care, Wmo, or both."""
        bought = {form for lot in self.case.lots for form in lot.care_forms}
        laws = {str(form.law) for form in self.case.care_forms if form.id in bought}
        return self.texts["papers", f"care_{next(iter(laws))}" if len(laws) == 1 else "care_both"]

    def about(self, kind: str, place: str, mark: str = "") -> About:
        """What a paper of a ``kind`` (a section of the texts) says of itself."""
        said, papers = self.texts.sections[kind], self.texts.sections["papers"]
        values = {"place": place, "care": self.care, "years": self.term}
        return About(
            title=said["title"].format(**values),
            subject=said["subject"].format(**values),
            lang=self.texts.lang,
            head=said["head"].format(**values),
            mark=mark or papers["concept"],
            page=(papers["page"], papers["of"]),
        )

    def euro(self, euro: float) -> str:
        """An amount with its unit."""
        return amount(euro, self.texts)

    def yearly(self, code: str) -> str:
        """What is expected in every year, in a sentence; in as many digits for every year."""
        values = [self.line(code, year).expected.value for year in self.years]
        decimals = 1 if min(values) >= MILLION else 2
        parts = [
            self.texts["papers", "amount_next" if t else "amount_first"].format(
                euro=self.texts.numbers.millions(value, decimals), year=year
            )
            for t, (value, year) in enumerate(zip(values, self.years, strict=True))
        ]
        return joined(parts, self.texts)

    def difference(self, code: str, form: str) -> Estimate:
        """What another form is expected to cost more over the term than the one proposed, on the same scenarios."""
        other, own = self._paid(code, form), self._paid(code, self.form)
        return self.scramblings.mean(other - own)

    def certain_at(self, code: str, certainty: float) -> Estimate:
        """What is enough over the term with another certainty."""
        return self.scramblings.quantile(self._paid(code, self.form), certainty)

    def _paid(self, code: str, form: str) -> FloatArray:
        """Spending over the term of a municipality or all of them, nominal as in the begroting; (n_scenarios,)."""
        alone = self.outcome
        if isinstance(alone, LumpSumStudy):
            paid = decided_spending(alone.lumpsum.out_of_sample, alone.lumpsum.design)
        else:
            paid = self.result(form).samples[alone.corner].municipal[..., self.case.reported]
        own = slice(None) if code == TOTAL else [self.case.reported_codes.index(code)]
        return np.asarray(paid[:, :, own].sum(axis=(1, 2)))

    def compared(self, difference: Estimate) -> str:
        """A difference in words; what is within chance is told as the same."""
        if abs(difference.value) <= max(difference.half_width() or 0.0, THOUSAND):
            return self.texts["papers", "same"]
        return self.texts["papers", "more" if difference.value > 0 else "less"].format(
            euro=self.euro(abs(difference.value))
        )

    def weak_providers(self, form: str, limit: float) -> int:
        """How many providers use up their free buffer with a chance above ``limit``."""
        own = self.result(form).providers.values()
        return sum(one[BUFFER_EXHAUSTED_PROBABILITY].value > limit for one in own)

    def counted(self) -> dict[str, int]:
        """Rows of the case by where they come from, and ``all``."""
        counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
        for row in assumptions(self.case):
            counts[str(row["status"])] += int(str(row["rows"]))
        return counts | {"all": sum(counts.values())}

    def invented(self, place: Literal["elsewhere", "below"] = "elsewhere") -> str:
        """How many rows are invented and estimated, and where to find them: in the substantiation, or right below."""
        counts = self.counted()
        shown = {"all": counts["all"], "invented": counts["illustrative"], "estimated": counts["estimated"]}
        said = {name: self.texts.numbers.plain(n) for name, n in shown.items()}
        return self.texts["papers", "invented"].format(place=self.texts["papers", f"invented_{place}"], **said)

    def opening(self) -> list[Paragraph]:
        """What stands on top of every draft: alarms, what is invented, that it is to be filled in, too few scenarios."""
        n, case = self.outcome.n_scenarios, self.case
        shown = self.texts.numbers.plain(n)
        alarmed = alarms(self.outcome.self_check) if self.outcome.self_check else ()
        few = n < enough_scenarios(case.policy.confidence)
        told = [
            *(note[self.texts.lang] for note in alarmed),
            case.disclaimer.get(self.texts.lang, ""),
            self.texts["papers", "to_fill"].format(scenarios=shown),
            self.texts["takeaway", "few"].format(n=shown) if few else "",
        ]
        return [Paragraph(one, remark=True) for one in told if one]

    def lots(self) -> str:
        """The lots in a sentence."""
        n = len(self.case.lots)
        return self.texts["council", "one_lot" if n == 1 else "lots"].format(n=n)

    def how(self) -> str:
        """How the lots are to be bought; as now where that is so."""
        name = self.form_name()
        return self.texts["council", "as_now"].format(form=name) if self.form == self.today else name

    def region_said(self) -> str:
        """The municipalities in a sentence."""
        codes = self.case.reported_codes
        return self.names[codes[0]] if len(codes) == 1 else self.texts["executive", "region"]

    def amounts(self, code: str) -> dict[str, str]:
        """Years and amounts of a municipality or TOTAL, as sentences name them."""
        first, term = self.line(code, self.years[0]), self.line(code)
        return {
            "first": str(self.years[0]),
            "years": self.term,
            "expected": self.euro(first.expected.value),
            "headroom": self.euro(first.headroom),
            "expected_term": self.euro(term.expected.value),
            "headroom_term": self.euro(term.headroom),
        }

    def totals(self, rows: Sequence[Sequence[str]]) -> list[int]:
        """Rows of a table by year that are a total: the term, the whole programme and its balance."""
        said = self.texts.sections["budget"]
        bold = {self.term, said["programme"], said["balance"], said["with_national"].format(term=self.term)}
        return [r for r, row in enumerate(rows) if row[0] in bold]

    def names_a_provider(self, text: str) -> bool:
        """Whether a text names a provider, so that it has no place in a public paper."""
        known = {
            word
            for row in self.case.providers
            for word in (row.id, row.name, row.name_en)
            if len(word) >= SHORTEST
        }
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in known)

    def notes(self, *, public: bool) -> list[str]:
        """What must be said, in a public paper or in one with figures by provider."""
        told = [note[self.texts.lang] for note in self.outcome.notes]
        return [one for one in told if self.names_a_provider(one) != public]

    def thousands(self, euro: float, *, signed: bool = False) -> str:
        """An amount of a table, in thousands."""
        value = round(euro / THOUSAND)
        text = self.texts.numbers.plain(value)
        return f"+{text}" if signed and value > 0 else text

    def listed(self, words: Sequence[str]) -> str:
        """Words in a sentence."""
        return joined(list(words), self.texts) if words else ""

    def caption(self, number: int, title: str) -> str:
        """What stands above a table."""
        return self.texts["papers", "table"].format(n=number, title=title)

    def never_adds(self) -> str:
        """That the amount at the council's certainty does not add up."""
        return self.texts["papers", "never_adds"].format(
            thousands=self.texts["papers", "thousands"],
            certainty=self.texts.numbers.percent(self.case.policy.certainty),
        )

    def alternatives(self) -> Sequence[str]:
        """Every form, as it is paid today first, then the proposal."""
        return sorted(self.budget.forms, key=lambda form: (form != self.today, form != self.form))
