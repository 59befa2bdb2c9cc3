"""The advice to a college: form, terms and contracts. Public: what tells of one provider stands in the secret annex."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bekostiging.case.form_choice import shown_forms
from bekostiging.evaluation import TOTAL, flags
from bekostiging.evaluation.legal_grounds import by_weight
from bekostiging.report.comparison.choice import choice_table, party_blocks
from bekostiging.report.comparison.signals import MOST_SENTENCES, flag_sentence
from bekostiging.report.comparison.waiting import waiting_sentence
from bekostiging.report.kit.begroting import TODAY
from bekostiging.report.kit.disclosure import FEWEST, LARGEST, may_be_shown
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.lumpsum.designs import terms_table
from bekostiging.report.lumpsum.terms import joined, terms_sentence
from bekostiging.report.papers.basis import Basis

BUDGETS = 2
"""Columns at the end of the table of terms that are amounts; the others are terms, which every bidder may know."""
FORM = 1
"""Its column with the payment form."""


@dataclass(frozen=True)
class ExecutiveAdvice:
    """The advice on the whole region."""

    basis: Basis

    @property
    def said(self) -> dict[str, str]:
        """The texts of this paper."""
        return self.basis.texts.sections["executive"]

    def blocks(self) -> list[Block]:
        """The whole paper."""
        basis, said = self.basis, self.said
        first = basis.years[0]
        return [
            *basis.opening(),
            Heading(said["decision"]),
            Points(self._decisions(), numbered=True),
            *self._money(),
            *self._forms(),
            *self._terms(),
            Heading(said["contracts"]),
            Paragraph(said["contracts_text"].format(facts=self._counted())),
            *self._attention(),
            Heading(said["next"]),
            Paragraph(said["next_text"].format(first=first)),
            Heading(said["annexes"]),
            Points([said[f"annex_{n}"] for n in range(1, 5)], numbered=True),
        ]

    def _decisions(self) -> list[str]:
        """What the college is asked to decide."""
        basis, said = self.basis, self.said
        places = joined([basis.names[code] for code in basis.case.reported_codes], basis.texts)
        form = said["decide_form"].format(lots=basis.lots(), form=basis.how(), years=basis.term)
        return [
            form[:1].upper() + form[1:],
            *([said["decide_terms"]] if basis.lump_sum else []),
            said["decide_text"],
            said["decide_councils"].format(places=places),
            said["decide_secret"],
        ]

    def _counted(self) -> str:
        """How many contracts there are."""
        facts = party_blocks(self.basis.outcome, self.basis.texts)[2].points
        return next(text for about, text in facts if about == self.basis.texts["facts", "about_choice"])

    def _money(self) -> Iterator[Block]:
        """The region by year, and its municipalities."""
        basis, said = self.basis, self.said
        yield Heading(said["money"])
        yield Paragraph(said["money_text"].format(place=basis.region_said(), **basis.amounts(TOTAL)))
        rows = basis.budget.year_table(TOTAL)
        yield Grid(
            [[basis.texts["papers", "year"], *rows[0][1:]], *rows[1:]],
            basis.caption(1, said["region_table"].format(place=basis.region_said(), form=basis.form_name())),
            basis.never_adds(),
            totals=basis.totals(rows),
        )
        places = basis.budget.by_municipality()
        if places is not None:
            rows = places.tables[0]
            together = [r for r, row in enumerate(rows) if row[0].endswith(basis.texts["budget", "together"])]
            yield Grid(
                [[said["place_and_year"], *rows[0][1:]], *rows[1:]],
                basis.caption(2, said["places_table"].format(form=basis.form_name())),
                basis.never_adds(),
                totals=together,
            )

    def _forms(self) -> Iterator[Block]:
        """The choice, side by side as on the page."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        yield Heading(said["forms"])
        if basis.comparison is None:
            yield Paragraph(texts["council", "alternatives_none"])
            return
        yield Paragraph(said["forms_text"])
        heads = [said["criterion"], *(texts["forms", form] for form in shown_forms(basis.case))]
        rows = [heads, *([name, *cells] for name, cells in choice_table(basis.comparison, texts))]
        yield Grid(rows, basis.caption(3, said["forms_table"]), numbers=False)

    def _terms(self) -> Iterator[Block]:
        """The terms of every lot; budgets only where they tell of no provider."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        yield Heading(said["terms"])
        if not basis.lump_sum:
            forms = [str(lot.payment_form) for lot in basis.case.lots] if basis.form == TODAY else [basis.form]
            pays = joined([texts["form_pays", form] for form in dict.fromkeys(forms)], texts)
            yield Paragraph(said["no_terms"].format(pays=pays))
            return
        result = basis.outcome.lumpsum
        yield Paragraph(terms_sentence(result.data, result.design, texts))
        rows = [
            row[:FORM] + row[FORM + 1 :] for row in terms_table(result.data, result.design, texts, basis.names)
        ]
        hidden = betraying_lots(basis)
        if hidden:
            rows = [row[:-BUDGETS] for row in rows]
        values = {"fewest": FEWEST, "largest": texts.numbers.percent(LARGEST)}
        listed = joined([basis.names[lot] for lot in hidden], texts) if hidden else ""
        note = said["budgets_hidden" if hidden else "budgets_shown"].format(lots=listed, **values)
        yield Grid(rows, basis.caption(4, said["terms_table"]), note)
        yield from self._deciders()

    def _deciders(self) -> Iterator[Block]:
        """How many providers decide, where that tells of none of them; that equity is assumed."""
        basis, said = self.basis, self.said
        result = basis.outcome.lumpsum
        n = len({row.provider for row in basis.case.contracts})
        if result.deciders and n >= FEWEST:
            yield Paragraph(said["deciders"].format(k=len(result.deciders), n=n))
        if result.equity is not None:
            yield Paragraph(said["assumed_equity"])

    def _attention(self) -> Iterator[Block]:
        """Waiting, what law and procurement say of lots, and how far the data are known."""
        basis, said = self.basis, self.said
        lots = {lot.id for lot in basis.case.lots} - {row.id for row in basis.case.providers}
        found = () if basis.comparison is None else flags(basis.comparison)
        own = [flag for flag in found if flag.subject in lots and flag.form in (None, basis.form)]
        groups = by_weight(own)
        told = [flag_sentence(group[0], basis.texts, basis.names) for group in groups[:MOST_SENTENCES]]
        yield Heading(said["attention"])
        if basis.comparison is None:
            yield Paragraph(said["not_watched"], lead=said["waiting"])
        else:
            yield Paragraph(waiting_sentence(basis.comparison, basis.texts), lead=said["waiting"])
            yield Paragraph(" ".join(told) or said["no_flags"], lead=said["law"])
        yield Paragraph(basis.invented(), lead=said["data"])


def betraying_lots(basis: Basis) -> list[str]:
    """Lots whose budget tells of one of its providers; where there is one, the others would tell it by subtraction."""
    data = basis.outcome.lumpsum.data
    return [
        lot.name
        for j, lot in enumerate(data.lots)
        if not may_be_shown([float(data.reference[c, 0]) for c in np.flatnonzero(data.lot == j)])
    ]
