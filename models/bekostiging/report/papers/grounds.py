"""The substantiation: where the figures come from, how it was computed, what nobody could know, who signs. Public."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bekostiging.evaluation import TOTAL, Influence, assumed, influences, sense_check
from bekostiging.evaluation.notes import alarms
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.origin import assumptions
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.sense import TOLD, influence_answer
from bekostiging.report.lumpsum.terms import joined
from bekostiging.report.papers.basis import Basis
from bekostiging.units import MILLION

OF_PROVIDERS = ("providers", "offers", "contracts", "capacity", "travel")
"""Tables whose sources may tell which provider a figure is of."""
UNCERTAIN = ("illustrative", "estimated")
"""Origins of a figure that somebody could still ask for."""


@dataclass(frozen=True)
class Grounds:
    """The substantiation of one comparison."""

    basis: Basis

    @property
    def said(self) -> dict[str, str]:
        """The texts of this paper."""
        return self.basis.texts.sections["grounds"]

    def blocks(self) -> list[Block]:
        """The whole paper."""
        basis, said = self.basis, self.said
        amounts = basis.amounts(TOTAL)
        return [
            *basis.opening(),
            Heading(said["answer"]),
            Paragraph(
                said["answer_text"].format(
                    expected=amounts["expected_term"],
                    years=basis.term,
                    place=basis.region_said(),
                    form=basis.form_name(),
                )
            ),
            *self._data(),
            *self._method(),
            *self._index(),
            *self._margin(),
            *self._unknown(),
            *self._worth(),
            Heading(said["notes"]),
            Points(basis.notes(public=True) or [said["no_notes"]]),
            *self._signing(),
        ]

    def _data(self) -> Iterator[Block]:
        """Rows by table and origin, the sources, what is odd."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        every = list(assumptions(basis.case))
        statuses = list(dict.fromkeys(str(row["status"]) for row in every))
        counts: dict[str, dict[str, int]] = {}
        for row in every:
            own = counts.setdefault(str(row["table"]), dict.fromkeys(statuses, 0))
            own[str(row["status"])] += int(str(row["rows"]))
        rows = [[said["table_column"], *(texts["statuses", one] for one in statuses), said["rows"]]]
        plain = texts.numbers.plain
        for table, own in counts.items():
            rows.append([texts["tables", table], *(plain(own[one]) for one in statuses), plain(sum(own.values()))])
        columns = [sum(own[one] for own in counts.values()) for one in statuses]
        rows.append([texts["budget", "together"], *map(plain, columns), plain(sum(columns))])
        yield Heading(said["data"])
        yield Paragraph(basis.invented("below"))
        yield Grid(rows, basis.caption(1, said["data_table"]), totals=[len(rows) - 1])
        yield Heading(said["sources"], 2)
        yield Points(
            [
                said["source_of"].format(
                    table=texts["tables", str(row["table"])],
                    status=texts["statuses", str(row["status"])],
                    n=row["rows"],
                    source=row["source"],
                )
                for row in every
                if row["table"] not in OF_PROVIDERS and not basis.names_a_provider(str(row["source"]))
            ]
        )
        hidden = [texts["tables", table] for table in counts if table in OF_PROVIDERS]
        if hidden:
            yield Paragraph(said["sources_hidden"].format(tables=joined(hidden, texts)))
        odd = [one.text(texts.lang) for one in sense_check(basis.case)]
        told = [one for one in odd if not basis.names_a_provider(one)][:TOLD]
        if told:
            yield Heading(said["odd"], 2)
            yield Points(told)

    def _method(self) -> Iterator[Block]:
        """How it was computed, in words, and how exact it is."""
        basis, said = self.basis, self.said
        error = basis.line(TOTAL).expected.half_width()
        certainty = basis.texts.numbers.percent(basis.case.policy.certainty)
        yield Heading(said["method"])
        yield Paragraph(said["method_clients"].format(n=basis.texts.numbers.plain(basis.outcome.n_scenarios)))
        yield Paragraph(said["method_payment"])
        yield Paragraph(said["method_words"].format(certainty=certainty))
        told = alarms(basis.outcome.self_check) if basis.outcome.self_check else ()
        check = said["check_failed"].format(alarm=told[0][basis.texts.lang]) if told else said["check_held"]
        precise = said["precision"].format(years=basis.term, error=basis.euro(error)) if error else ""
        yield Paragraph(f"{precise} {check}".strip())

    def _index(self) -> Iterator[Block]:
        """The weights of wages and prices, and the figures of every year."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        percent, policy = texts.numbers.percent, basis.case.policy
        groups: dict[tuple[float, float], list[str]] = {}
        for lot in basis.case.lots:
            groups.setdefault((policy.weight_ova(lot.id), policy.weight_ppc(lot.id)), []).append(lot.name)
        weights = [
            said["weight"].format(ova=percent(ova), ppc=percent(ppc), lots=joined(lots, texts))
            for (ova, ppc), lots in groups.items()
        ]
        columns = ("ova_forecast", "ova_final", "ppc_forecast", "ppc_final")
        rows = [[texts["papers", "year"], *(said[name] for name in columns), said["origin"]]]
        for row in sorted(basis.case.indices, key=lambda row: row.year):
            cells = [UNKNOWN if (value := getattr(row, name)) is None else percent(value, 2) for name in columns]
            rows.append([str(row.year), *cells, texts["statuses", row.status]])
        yield Heading(said["index"])
        yield Paragraph(said["index_text"].format(weights="; ".join(weights)))
        yield Grid(rows, basis.caption(2, said["index_table"]))

    def _margin(self) -> Iterator[Block]:
        """How the lump sum was tested; in numbers of limits, as a limit by name is often a provider's."""
        said, result = self.said, self.basis.outcome.lumpsum
        plain = self.basis.texts.numbers.plain
        yield Heading(said["margin"])
        if not result.design.feasible:
            yield Paragraph(said["margin_none"])
            return
        checks = result.headline.checks
        yield Paragraph(
            said["margin_text"].format(
                design=plain(result.data.n_scenarios),
                judged=plain(result.judge.data.n_scenarios),
                held=plain(sum(check.holds for check in checks)),
                all=plain(len(checks)),
            )
        )

    def _unknown(self) -> Iterator[Block]:
        """What is not known at the tender, and what it is worth."""
        basis, said, case = self.basis, self.said, self.basis.case
        found = assumed(case)
        points = []
        if found.spread:
            spread = basis.texts.numbers.percent(found.spread, 1)
            points.append(said["unknown_inflow"].format(spread=spread, euro=basis.euro(found.spread_euro)))
        points.append(said["unknown_growth"].format(euro=basis.euro(found.growth_point)))
        open_years = sorted(row.year for row in case.indices if row.ova_final is None or row.ppc_final is None)
        if open_years:
            points.append(said["unknown_index"].format(first=open_years[0], last=open_years[-1]))
        if waiting := sum(row.clients for row in case.waiting):
            points.append(said["unknown_waiting"].format(n=basis.texts.numbers.plain(waiting)))
        yield Heading(said["unknown"])
        yield Paragraph(said["unknown_text"])
        yield Points([*points, said["unknown_sitting"]])

    def _worth(self) -> Iterator[Block]:
        """The inputs that move the amount most, and per table what is invented or estimated beside what it could move."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        found = [one for one in influences(basis.case) if not basis.names_a_provider(one.name(texts.lang))]
        yield Heading(said["worth"])
        yield Paragraph(said["worth_text"])
        if found:
            answer = influence_answer(found, (basis.years[0], basis.years[-1]), texts.lang)
            yield Grid(answer.rows, basis.caption(3, said["worth_table"]), answer.sentence)
        yield self._missing(found)
        equity = basis.outcome.lumpsum.equity
        if equity is not None:
            yield Paragraph(said["equity"].format(n=len(equity.providers), all=len(basis.case.providers)))

    def _missing(self, found: list[Influence]) -> Grid:
        """Per table the rows that are invented or estimated, and the most that one of its figures moves the amount."""
        basis, said, texts = self.basis, self.said, self.basis.texts
        most: dict[str, float] = {}
        for one in found:
            most[one.table] = max(most.get(one.table, 0.0), abs(one.euros))
        counts: dict[str, dict[str, int]] = {}
        for row in assumptions(basis.case):
            if row["status"] in UNCERTAIN:
                own = counts.setdefault(str(row["table"]), dict.fromkeys(UNCERTAIN, 0))
                own[str(row["status"])] += int(str(row["rows"]))
        rows = [[said["table_column"], *(texts["statuses", one] for one in UNCERTAIN), said["worth_euro"]]]
        for table in sorted(counts, key=lambda table: -most.get(table, 0.0)):
            cells = [texts.numbers.plain(counts[table][one]) for one in UNCERTAIN]
            worth = (
                texts.numbers.millions(most[table], 1 if most[table] >= MILLION else 2)
                if table in most
                else UNKNOWN
            )
            rows.append([texts["tables", table], *cells, worth])
        return Grid(rows, basis.caption(4, said["missing_table"]), said["worth_note"])

    def _signing(self) -> Iterator[Block]:
        """Who stands for it."""
        said = self.said
        heads = [said[name] for name in ("role", "name", "date", "signature")]
        rows = [[said[role], *[said["blank"]] * 3] for role in ("drawn_up", "checked", "decided")]
        yield Heading(said["signing"])
        yield Paragraph(said["signing_text"])
        yield Grid([heads, *rows], self.basis.caption(5, said["signing_table"]), numbers=False)
