"""The annex with figures by provider, marked for secrecy: contracts, results, who decides, flags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bekostiging.case.rows import name_in
from bekostiging.evaluation import PROVIDER_FIGURES, flags
from bekostiging.evaluation.figures import EXPECTED_RESULT, Figure
from bekostiging.evaluation.legal_grounds import by_weight
from bekostiging.report.comparison.signals import flag_sentence
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.origin import discounted
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.lumpsum.agreement import certainty_sentence, decider_sentences
from bekostiging.report.papers.basis import Basis
from bekostiging_solvers import Estimate


@dataclass(frozen=True)
class SecretAnnex:
    """What a council may read and nobody else."""

    basis: Basis

    @property
    def said(self) -> dict[str, str]:
        """The texts of this annex."""
        return self.basis.texts.sections["secret"]

    def blocks(self) -> list[Block]:
        """The whole annex."""
        said = self.said
        numbered = (
            [Paragraph(said["numbered"])] if self.basis.case.confidential and not self.basis.outcome.named else []
        )
        return [
            Paragraph(said["imposed"], remark=True),
            *self.basis.opening(),
            *numbered,
            *self._contracts(),
            *self._results(),
            *self._deciding(),
            *self._flags(),
        ]

    def _contracts(self) -> Iterator[Block]:
        """Reference amount and budget of every contract, and their sums, in whole euro."""
        basis, said = self.basis, self.said
        data, design, plain = basis.outcome.lumpsum.data, basis.outcome.lumpsum.design, basis.texts.numbers.plain
        first = basis.years[0]
        shown = basis.lump_sum and design.feasible
        heads = [said["contract"], said["reference"].format(year=first)]
        heads += [said["budget"].format(year=period) for period in (first, basis.term)] if shown else []
        rows, sums = [heads], [0] * (len(heads) - 1)
        for c, (provider, lot) in enumerate(data.contracts):
            amounts = [round(float(data.reference[c, 0]))]
            if shown:
                amounts += [round(float(design.budget[c, 0])), round(float(design.budget[c].sum()))]
            sums = [total + one for total, one in zip(sums, amounts, strict=True)]
            rows.append([f"{basis.names[provider]}, {basis.names[lot]}", *map(plain, amounts)])
        rows.append([said["total"], *map(plain, sums)])
        yield Heading(said["contracts"])
        yield Grid(rows, basis.caption(1, said["contracts_table"]), said["contracts_note"], totals=[len(rows) - 1])

    def _results(self) -> Iterator[Block]:
        """Every figure of a provider that the page shows, and its free buffer."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        if basis.comparison is None:
            yield from self._judged()
            return
        columns = [figure for figure in PROVIDER_FIGURES if figure.on_page]
        rows = [[texts["columns", "provider"], said["buffer"], *(texts[figure] for figure in columns)]]
        found = basis.result().providers
        for provider in basis.case.providers:
            own = found[provider.id]
            cells = [self._cell(own.get(figure), figure) for figure in columns]
            buffer = texts.numbers.millions(basis.buffer(provider.id), 2)
            rows.append([name_in(provider, texts.lang), buffer, *cells])
        title = said["results_table"].format(years=basis.term, form=basis.form_name())
        yield Heading(said["results"])
        yield Grid(
            rows, basis.caption(2, title), said["results_note"].format(discounted=discounted(basis.case, texts))
        )

    def _judged(self) -> Iterator[Block]:
        """Of a lump sum alone: what every provider is expected to earn, and the capital it needs."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        result, data = basis.outcome.lumpsum, basis.outcome.lumpsum.data
        rows = [[texts["columns", "provider"], said["buffer"], texts[EXPECTED_RESULT], said["capital"]]]
        for p, provider in enumerate(data.providers):
            amounts = (basis.buffer(provider), result.headline.result[p].value, float(result.design.capital[p]))
            rows.append([basis.names[provider], *(texts.numbers.millions(one, 2) for one in amounts)])
        title = said["results_table"].format(years=basis.term, form=basis.form_name())
        yield Heading(said["results"])
        yield Grid(rows, basis.caption(2, title), said["judged_note"])

    def _cell(self, value: Estimate | None, figure: Figure) -> str:
        """A figure without its error, which a reader of an annex does not need; a dash where nothing is known."""
        return UNKNOWN if value is None else self.basis.texts.numbers.figure(figure, value.value)

    def _deciding(self) -> Iterator[Block]:
        """Who decides the terms, and which limits are not certain."""
        basis, said = self.basis, self.said
        result = basis.outcome.lumpsum
        yield Heading(said["deciding"])
        told = decider_sentences(result, basis.texts, basis.names) or [said["nobody"]]
        if result.design.feasible:
            told.append(certainty_sentence(result.headline, basis.texts, basis.names))
        yield Points(told)

    def _flags(self) -> Iterator[Block]:
        """The weightiest flag of every kind that is about a provider, and notes that name one."""
        basis, said = self.basis, self.said
        providers = {row.id for row in basis.case.providers}
        own = [
            flag
            for flag in (() if basis.comparison is None else flags(basis.comparison))
            if flag.subject.split("/")[0] in providers and flag.form in (None, basis.form)
        ]
        told = [flag_sentence(flag, basis.texts, basis.names) for group in by_weight(own) for flag in group]
        yield Heading(said["flags"])
        yield Points([*told, *basis.notes(public=False)] or [said["no_flags"]])
