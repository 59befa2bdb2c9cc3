"""Sharing between municipalities on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.presented import StudyReport
from bekostiging.report.kit.sections import Section, Table, names_of
from bekostiging.report.kit.style import figure_of
from bekostiging.report.kit.texts import Texts
from bekostiging.report.sharing.plots import changes_caption, changes_size, key_name, plot_key_changes
from bekostiging.report.sharing.results import MEASURES, sharing_results
from bekostiging.report.sharing.tables import coalitions_text, sharing_tables
from bekostiging.sharing import MOST_TABLE, GameSolution
from bekostiging.studies import IN_FORCE, SharingStudy
from bekostiging.units import MILLION


def sharing_sentences(study: SharingStudy, texts: Texts) -> list[str]:
    """What was found, in a few sentences."""
    said, numbers, names = texts.sections["sharing"], texts.numbers, names_of(study.case, texts.lang)
    sentences = [said["told"].format(n=study.data.n_players, scenarios=numbers.plain(study.n_scenarios))]
    for one in study.games:
        if one.game == "surcharge":
            alone = sum(single.value for single in one.alone)
            sentences.append(
                said["told_worth"].format(
                    saving=numbers.millions(alone - one.together.value, 1),
                    alone=numbers.millions(alone, 1),
                    together=numbers.millions(one.together.value, 1),
                    tail=numbers.percent(1 - study.data.confidence),
                )
            )
    core = study.core[IN_FORCE]
    if core.holds:
        return [*sentences, said["told_core"]]
    members = ", ".join(names[code] for code in core.members)
    return [*sentences, said["told_leaves"].format(members=members, euros=numbers.between(core.euros, MILLION))]


def sharing_sections(study: SharingStudy, texts: Texts) -> list[Section]:
    """Every section of the page."""
    said, numbers = texts.sections["sharing"], texts.numbers
    sections = [_game_section(study, one, texts) for one in study.games]
    today = sorted({key_name(study, lot.sharing_key, texts) for lot in study.case.lots})
    notes = [said["keys_note"].format(today=", ".join(today)), said["woonplaats"]]
    if study.skipped:
        notes.append(said["skipped"].format(keys=", ".join(said[key] for key in study.skipped)))
    figure = figure_of(lambda ax: plot_key_changes(study, ax, lang=texts.lang), changes_size(study))
    sections.append(Section(said["keys"], notes, drawn=figure, caption=changes_caption(study, texts)))
    sections += [Section(said[part], tables=[_measure(study, part, texts)]) for part in MEASURES]
    core = said["core_note"].format(
        exit=numbers.plain(study.exit_cost), tail=numbers.percent(1 - study.data.confidence)
    )
    sections.append(Section(said["core"], [core], [_core(study, texts)]))
    sections.append(Section(said["core_single"], tables=[_measure(study, "alone", texts)]))
    return sections


def _game_section(study: SharingStudy, game: GameSolution, texts: Texts) -> Section:
    """What each municipality pays alone, in every division, and what going together is worth to it."""
    said, numbers, names = texts.sections["sharing"], texts.numbers, names_of(study.case, texts.lang)
    parts = [
        part for part in ("alone", "euler", "shapley", "nucleolus", "saving") if getattr(game, part) is not None
    ]
    rows = [[said["municipality"], *(said[part] for part in parts)]]
    for m, code in enumerate(study.data.municipalities):
        rows.append([names[code], *(numbers.estimated_millions(getattr(game, part)[m], 2) for part in parts)])
    proof = said["no_certificate"].format(most=MOST_TABLE)
    if game.certificate.certificate is not None:
        proof = said["certificate"].format(
            levels=game.certificate.certificate.levels, scenarios=numbers.plain(study.n_scenarios)
        )
    head = {"surcharge": "worth", "fixed_parts": "fixed_parts", "joint_contract": "joint"}[game.game]
    return Section(said[head], [said[f"{head}_note"], proof], [rows])


def _measure(study: SharingStudy, part: str, texts: Texts) -> Table:
    """One figure of every municipality, a row per key."""
    names, numbers = names_of(study.case, texts.lang), texts.numbers
    rows = [[texts["sharing", "key"], *(names[code] for code in study.data.municipalities)]]
    for key, results in study.keys.items():
        if key == IN_FORCE and part == "change":
            continue
        rows.append(
            [key_name(study, key, texts), *(numbers.estimated_millions(getattr(one, part), 2) for one in results)]
        )
    return rows


def _core(study: SharingStudy, texts: Texts) -> Table:
    """The group that would gain most by leaving, per key."""
    said, names = texts.sections["sharing"], names_of(study.case, texts.lang)
    rows = [[said["key"], said["coalition"], said["euros"]]]
    for key, one in study.core.items():
        members = ", ".join(names[code] for code in one.members)
        rows.append([key_name(study, key, texts), members, texts.numbers.estimated_millions(one.euros, 2)])
    return rows


class SharingReport(StudyReport[SharingStudy]):
    """Keys and games between municipalities; with every coalition where asked for."""

    def results(self) -> dict[str, Any]:
        return self.head() | sharing_results(self.study)

    def tables(self) -> list[LongTable]:
        return sharing_tables(self.study, self.texts)

    def sentences(self) -> list[str]:
        return [*self.undesigned(), *sharing_sentences(self.study, self.texts)]

    def title(self) -> str:
        return self.texts["sharing", "title"]

    def sections(self) -> Sequence[Section]:
        return sharing_sections(self.study, self.texts)

    def write_more(self, folder: Path) -> None:
        if self.study.table:
            text = coalitions_text(self.study, self.texts)
            (folder / "coalitions.csv").write_text(text, encoding="utf-8", newline="")
