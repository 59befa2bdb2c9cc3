"""Sharing between municipalities on one page, and as JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from bekostiging.case.workbook_text import harmless
from bekostiging.report.comparison.plots import INK, PALE, figure_of, house_axes, mark_example, numbered
from bekostiging.report.kit.estimates import written
from bekostiging.report.kit.sections import Section, Table, names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.sharing import MOST_TABLE, GameSolution, KeyResult
from bekostiging.studies import IN_FORCE, SharingStudy
from bekostiging.units import MILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS, SHADES = "osD^v<>Pp*", ("#1b3a5c", "#b3541e", "#3f7f6c", "#8a8d91", "#c79a2b")
MEASURES = ("expected", "volatility", "worst_year", "change")
FAR = "residence"
TABLES = ("offers", "contracts", "demand", "municipalities")
"""What the figure is made of."""


def sharing_results(study: SharingStudy) -> dict[str, Any]:
    """The study: euro; keys a year, games and core over the term."""
    who = study.data.municipalities

    def by_name(values: Any) -> dict[str, Any] | None:
        """Estimates by municipality."""
        return None if values is None else {name: written(one) for name, one in zip(who, values, strict=True)}

    def of_games(part: str) -> dict[str, Any]:
        """One solution of every game."""
        return {one.game: by_name(getattr(one, part)) for one in study.games}

    return {
        "confidence": study.data.confidence,
        "exit_cost": study.exit_cost,
        "sharing": {
            "keys": {
                key: {
                    name: {part: written(getattr(one, part)) for part in (*MEASURES, "alone")}
                    for name, one in zip(who, results, strict=True)
                }
                for key, results in study.keys.items()
            },
            "skipped": list(study.skipped),
            "core_violation": {
                key: {"members": list(one.members), "euros": written(one.euros), "holds": one.holds}
                for key, one in study.core.items()
            },
            "together": {one.game: written(one.together) for one in study.games},
            "alone": of_games("alone"),
            "shapley": of_games("shapley"),
            "nucleolus": of_games("nucleolus"),
            "euler": of_games("euler"),
            "saving": of_games("saving"),
            "certified": {one.game: one.certified for one in study.games},
        },
    }


def sharing_sentences(study: SharingStudy, texts: Texts) -> list[str]:
    """What was found, in a few sentences."""
    said, numbers, names = texts.sections["sharing"], texts.numbers, names_of(study.case)
    told = [said["told"].format(n=study.data.n_players, scenarios=numbers.plain(study.n_scenarios))]
    for one in study.games:
        if one.game == "surcharge":
            alone = sum(single.value for single in one.alone)
            told.append(
                said["told_worth"].format(
                    saving=numbers.millions(alone - one.together.value, 1),
                    alone=numbers.millions(alone, 1),
                    together=numbers.millions(one.together.value, 1),
                    tail=numbers.percent(1 - study.data.confidence),
                )
            )
    core = study.core[IN_FORCE]
    if core.holds:
        return [*told, said["told_core"]]
    members = ", ".join(names[code] for code in core.members)
    return [*told, said["told_leaves"].format(members=members, euros=numbers.estimated_millions(core.euros))]


def sharing_sections(study: SharingStudy, texts: Texts) -> list[Section]:
    """Every section of the page."""
    said, numbers = texts.sections["sharing"], texts.numbers
    sections = [_game_section(study, one, texts) for one in study.games]
    today = sorted({_key(study, lot.sharing_key, texts) for lot in study.case.lots})
    notes = [said["keys_note"].format(today=", ".join(today)), said["woonplaats"]]
    if study.skipped:
        notes.append(said["skipped"].format(keys=", ".join(said[key] for key in study.skipped)))
    drawn = figure_of(lambda ax: plot_key_changes(study, ax, lang=texts.lang), _changes_size(study))
    sections.append(Section(said["keys"], notes, drawn=drawn))
    sections += [Section(said[part], tables=[_measure(study, part, texts)]) for part in MEASURES]
    core = said["core_note"].format(
        exit=numbers.plain(study.exit_cost), tail=numbers.percent(1 - study.data.confidence)
    )
    sections.append(Section(said["core"], [core], [_core(study, texts)]))
    sections.append(Section(said["core_single"], tables=[_measure(study, "alone", texts)]))
    return sections


def _key(study: SharingStudy, key: str, texts: Texts) -> str:
    """A key in words."""
    text = texts["sharing", key]
    return text.format(share=texts.numbers.percent(study.case.policy.solidarity())) if key == "dial" else text


def _game_section(study: SharingStudy, game: GameSolution, texts: Texts) -> Section:
    """What each municipality pays alone, in every division, and what going together is worth to it."""
    said, numbers, names = texts.sections["sharing"], texts.numbers, names_of(study.case)
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
    names, numbers = names_of(study.case), texts.numbers
    rows = [[texts["sharing", "key"], *(names[code] for code in study.data.municipalities)]]
    for key, results in study.keys.items():
        if key == IN_FORCE and part == "change":
            continue
        rows.append(
            [_key(study, key, texts), *(numbers.estimated_millions(getattr(one, part), 2) for one in results)]
        )
    return rows


def _core(study: SharingStudy, texts: Texts) -> Table:
    """The group that would gain most by leaving, per key."""
    said, names = texts.sections["sharing"], names_of(study.case)
    rows = [[said["key"], said["coalition"], said["euros"]]]
    for key, one in study.core.items():
        members = ", ".join(names[code] for code in one.members)
        rows.append([_key(study, key, texts), members, texts.numbers.estimated_millions(one.euros, 2)])
    return rows


def plot_key_changes(study: SharingStudy, ax: Axes | None = None, *, lang: str = "nl") -> Axes:
    """Change of what each municipality is expected to pay under every key, as a part of what it pays today.

    Without ``residence``, whose changes are so large that the others would not be seen.
    """
    texts = Texts(lang)
    keys, names, codes = _drawn_keys(study), names_of(study.case), study.data.municipalities
    with house_axes(ax, _changes_size(study)) as axes:
        axes.axvline(0, color=PALE, zorder=0)
        for k, key in enumerate(keys):
            change = [
                100 * one.change.value / now.expected.value
                for one, now in zip(study.keys[key], study.keys[IN_FORCE], strict=True)
            ]
            place = [m + 0.6 * (k / max(1, len(keys) - 1) - 0.5) for m in range(len(codes))]
            colour, marker = SHADES[k % len(SHADES)], MARKERS[k % len(MARKERS)]
            axes.plot(change, place, marker, ms=5, color=colour, label=_key(study, key, texts))
        axes.set_yticks(range(len(codes)), [names[code] for code in codes])
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        numbered(axes.xaxis, texts)
        axes.set_xlabel(texts["sharing", "axis"])
        if keys:
            axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
        mark_example(axes, study.case, TABLES, texts)
    return axes


def _drawn_keys(study: SharingStudy) -> list[str]:
    """Keys under which somebody pays something else than today."""
    return [key for key in study.keys if key not in (IN_FORCE, FAR) and _moves(study.keys[key])]


def _changes_size(study: SharingStudy) -> tuple[float, float]:
    """Inches: room for every key beside every municipality."""
    return 7.2, 0.9 + 0.28 * study.data.n_players * max(1.0, len(_drawn_keys(study)) / 5)


def _moves(results: tuple[KeyResult, ...]) -> bool:
    """Whether anybody pays something else than today."""
    return any(abs(one.change.value) >= 1 for one in results)


def coalitions_text(study: SharingStudy, texts: Texts) -> str:
    """Every coalition and what it costs in every game; separated as the reader's Excel expects."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if texts.lang == "nl" else ",", lineterminator="\r\n")
    tables = {one.game: one.table for one in study.games if one.table is not None}
    writer.writerow([texts["sharing", "coalition"], *tables])
    codes = study.data.municipalities
    for mask in range(1, 1 << len(codes)):
        members = " ".join(code for m, code in enumerate(codes) if mask >> m & 1)
        euros = [f"{table[mask] / MILLION:.6f}" for table in tables.values()]
        writer.writerow(
            [harmless(members), *(text.replace(".", ",") if texts.lang == "nl" else text for text in euros)]
        )
    return ("\ufeff" if texts.lang == "nl" else "") + out.getvalue()
