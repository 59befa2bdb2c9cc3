"""The proposal to the board of a joint arrangement, with the text for a zienswijze of every council."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bekostiging.case.workbook.names import choice_name
from bekostiging.evaluation import TERM, TOTAL
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.lumpsum.terms import joined
from bekostiging.report.papers.basis import Basis
from bekostiging.report.papers.fan import budget_drawing
from bekostiging.units import THOUSAND


@dataclass(frozen=True)
class BoardProposal:
    """The proposal on all municipalities together."""

    basis: Basis

    @property
    def said(self) -> dict[str, str]:
        """The texts of this paper."""
        return self.basis.texts.sections["board"]

    def blocks(self) -> list[Block]:
        """The whole paper."""
        basis, said = self.basis, self.said
        decisions = [
            said["decide_frames"].format(care=basis.care, years=basis.term, amounts=basis.yearly(TOTAL)),
            said["decide_shares"],
            said["decide_views"],
            said["decide_form"].format(lots=basis.lots(), form=basis.how()),
        ]
        return [
            *basis.opening(),
            Heading(said["decision"]),
            Points(decisions, numbered=True),
            *self._money(),
            Heading(said["risk"]),
            Paragraph(self._risk()),
            Heading(said["planning"]),
            Paragraph(said["planning_text"].format(before=basis.years[0] - 1)),
            *self._views(),
        ]

    def _money(self) -> Iterator[Block]:
        """The whole by year, the key, and what every municipality pays."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        rows = basis.budget.year_table(TOTAL)
        yield Heading(said["money"])
        yield Paragraph(said["money_text"].format(**basis.amounts(TOTAL)))
        title = texts["executive", "region_table"].format(place=basis.region_said(), form=basis.form_name())
        yield Grid(
            [[texts["papers", "year"], *rows[0][1:]], *rows[1:]],
            basis.caption(1, title),
            basis.never_adds(),
            totals=basis.totals(rows),
        )
        yield budget_drawing(basis)
        yield Paragraph(said["key"].format(keys=self._keys()))
        shares = self.shares()
        caption = basis.caption(2, said["shares_table"])
        yield Grid(shares, caption, texts["papers", "thousands"], totals=[len(shares) - 1])

    def _keys(self) -> str:
        """By which key the lots are divided."""
        groups: dict[str, list[str]] = {}
        for lot in self.basis.case.lots:
            groups.setdefault(lot.sharing_key, []).append(lot.name)
        lang = self.basis.texts.lang
        named = {key: choice_name("sharing_key", key, lang).replace("_", " ") for key in groups}
        parts = [
            self.said["key_of"].format(lots=joined(lots, self.basis.texts), key=named[key])
            for key, lots in groups.items()
        ]
        return joined(parts, self.basis.texts)

    def shares(self) -> list[list[str]]:
        """Expected contributions by municipality and year, with what rounding leaves before the total."""
        basis, texts = self.basis, self.basis.texts
        periods = [*(str(year) for year in basis.years), *([TERM] if len(basis.years) > 1 else [])]
        heads = [self.said["municipality"], *(basis.term if period == TERM else period for period in periods)]
        cells = {
            code: [round(basis.line(code, period).expected.value / THOUSAND) for period in periods]
            for code in (*basis.case.reported_codes, TOTAL)
        }
        left = [
            whole - sum(cells[code][k] for code in basis.case.reported_codes)
            for k, whole in enumerate(cells[TOTAL])
        ]
        rows = [[basis.names[code], *self._thousands(cells[code])] for code in basis.case.reported_codes]
        if any(left):
            shown = [basis.thousands(one * THOUSAND, signed=True) if one else "" for one in left]
            rows.append([texts["budget", "rounding"], *shown])
        return [heads, *rows, [texts["budget", "together"], *self._thousands(cells[TOTAL])]]

    def _thousands(self, values: list[int]) -> list[str]:
        return [self.basis.thousands(value * THOUSAND) for value in values]

    def _risk(self) -> str:
        """The amount that is enough for all, and what carrying it together saves."""
        basis = self.basis
        saved = -basis.table.sharing[TERM]
        key = "risk_text" if saved >= THOUSAND else "risk_plain"
        return self.said[key].format(
            certainty=basis.texts.numbers.percent(basis.case.policy.certainty),
            years=basis.term,
            certain=basis.euro(basis.line(TOTAL).certain.value),
            **({"sharing": basis.euro(saved)} if key == "risk_text" else {}),
        )

    def _views(self) -> Iterator[Block]:
        """A page for every council: what it may answer."""
        basis, said = self.basis, self.said
        for code in basis.case.reported_codes:
            line = basis.line(code)
            values = {"place": basis.names[code], "room": basis.euro(abs(line.room)), **basis.amounts(code)}
            yield Heading(said["view"].format(**values), new_page=True)
            yield Paragraph(said["view_head"].format(**values))
            keys = ("view_agrees", "view_fits" if line.room >= 0 else "view_short", "view_reports")
            yield Points([said[key].format(**values) for key in keys], numbered=True)
