"""The care landscape on one page, and with ``publish`` the pack for bidders beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Answer, Section, Table, care_form_names, names_of
from bekostiging.report.kit.style import figure_of
from bekostiging.report.landscape.pack import write_pack
from bekostiging.report.landscape.plots import (
    flow_size,
    matrix_size,
    plot_care_flows,
    plot_care_matrix,
    plot_care_roles,
)
from bekostiging.report.landscape.questions import questions
from bekostiging.report.landscape.results import landscape_results
from bekostiging.report.landscape.seen import seen_sections
from bekostiging.report.landscape.tables import (
    areas_table,
    clients_table,
    concentration_table,
    demography_table,
    landscape_tables,
    matrix_table,
    nobody_table,
    roles_table,
    trend_table,
    waiting_table,
)
from bekostiging.studies import Landscape


class LandscapeReport(StudyReport[Landscape]):
    """Who delivers what to whom, and what that asks."""

    def results(self) -> dict[str, Any]:
        return self.head() | landscape_results(self.study)

    def settings(self) -> dict[str, object]:
        return {}

    def tables(self) -> list[LongTable]:
        return landscape_tables(self.study)

    def title(self) -> str:
        return self.texts["landscape", "title"]

    def sentences(self) -> list[str]:
        study, said, numbers = self.study, self.texts.sections["landscape"], self.texts.numbers
        case, roles = study.case, study.roles
        kept = study.offered
        told = [
            said["told"].format(
                year=case.first_year,
                base=case.base_year,
                n=len(roles),
                total=numbers.millions(float(study.euro[kept].sum())),
                clients=numbers.plain(float(study.clients[kept].sum())),
                starts=numbers.plain(float(study.starts[kept].sum())),
            )
        ]
        if roles:
            largest = {
                "provider": names_of(case, self.texts.lang)[roles[0].provider],
                "share": numbers.percent(roles[0].share),
            }
            told.append(said["largest"].format(**largest))
        if study.unserved:
            clients = numbers.plain(sum(one[2] for one in study.unserved))
            told.append(said["unserved"].format(n=len(study.unserved), clients=clients))
        else:
            told.append(said["served"])
        if study.outside:
            labels = care_form_names(case, self.texts.lang)
            told.append(said["outside"].format(forms=", ".join(labels[form] for form in study.outside)))
        return [*told, said["contracts"]]

    def answers(self) -> list[Answer]:
        said = self.texts.sections["landscape"]
        asked = questions(self.study, self.texts)
        return [
            Answer(
                [[row[0], *row[2:4]] for row in roles_table(self.study, self.texts)], said["roles"], numbers=True
            ),
            Answer([], said["questions"], " ".join(asked) or said["questions_none"]),
        ]

    def sections(self) -> Sequence[Section]:
        study, texts = self.study, self.texts
        said, lang = texts.sections["landscape"], texts.lang
        asked = questions(study, texts) or [said["questions_none"]]
        clients_note = said["clients_note"].format(year=study.case.base_year)
        matrix = figure_of(lambda ax: plot_care_matrix(study, ax, lang=lang), matrix_size(study))
        flows = figure_of(lambda ax: plot_care_flows(study, ax, lang=lang), flow_size(study))
        roles = figure_of(lambda ax: plot_care_roles(study, ax, lang=lang), matrix_size(study))
        found = [
            Section(said["questions"], asked),
            self._tabled("matrix", matrix_table(study, texts), matrix),
            Section(said["flows"], [said["flows_note"]], (), flows, alt=said["flows_alt"]),
            self._tabled("roles", roles_table(study, texts), roles),
            self._tabled("concentration", concentration_table(study, texts)),
            self._tabled("areas", areas_table(study, texts)),
        ]
        if study.unserved:
            found.append(self._tabled("nobody", nobody_table(study, texts)))
        found += [
            Section(said["clients"], [clients_note], [clients_table(study, texts)], numbers=True),
            self._tabled("demography", demography_table(study, texts)),
            self._trend(),
            self._waiting(),
            *seen_sections(study, texts),
        ]
        return found

    def _tabled(self, key: str, rows: Table, drawn: Figure | None = None) -> Section:
        """A section with its note, its table and its figure."""
        said = self.texts.sections["landscape"]
        alt = "" if drawn is None else said[f"{key}_alt"]
        return Section(said[key], [said[f"{key}_note"]], [rows], drawn, alt=alt, numbers=True)

    def _trend(self) -> Section:
        """What was counted, or that nothing was."""
        said = self.texts.sections["landscape"]
        rows = trend_table(self.study, self.texts)
        if len(rows) == 1:
            return Section(said["trend"], [said["trend_none"]])
        return Section(said["trend"], [said["trend_note"]], [rows], numbers=True)

    def _waiting(self) -> Section:
        """Who waits today, or that it is not known."""
        said = self.texts.sections["landscape"]
        if not self.study.case.waiting:
            return Section(said["waiting"], [said["waiting_none"]])
        return Section(
            said["waiting"], [said["waiting_note"]], [waiting_table(self.study, self.texts)], numbers=True
        )

    def write_more(self, folder: Path) -> None:
        """The pack for bidders, where it was asked for."""
        if self.study.publish:
            write_pack(self.study, folder, self.texts)
