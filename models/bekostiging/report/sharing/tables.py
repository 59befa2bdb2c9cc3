"""The tables of sharing between municipalities in long format, and every coalition."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from bekostiging.case.workbook_text import harmless
from bekostiging.report.kit.long import (
    FIGURE_COLUMNS,
    Cell,
    LongTable,
    Row,
    estimated,
    side_by_side_table,
    study_figure,
)
from bekostiging.report.kit.texts import Texts
from bekostiging.report.sharing.results import MEASURES
from bekostiging.studies import SharingStudy
from bekostiging.units import MILLION

GAMES = ("alone", "euler", "shapley", "nucleolus", "saving")


def sharing_tables(study: SharingStudy, texts: Texts) -> list[LongTable]:
    """Every table of sharing between municipalities."""
    return [
        LongTable("keys", ("key", "municipality", *FIGURE_COLUMNS), tuple(_keys(study, texts)), "municipality"),
        side_by_side_table(
            "games",
            (
                "game",
                "municipality",
            ),
            _games(study, texts),
        ),
        side_by_side_table("core", ("key", "coalition", "holds"), _core(study, texts)),
    ]


def _keys(study: SharingStudy, texts: Texts) -> Iterator[Row]:
    """Every figure of every municipality under every key; a year."""
    for key, results in study.keys.items():
        for code, one in zip(study.data.municipalities, results, strict=True):
            for name in (*MEASURES, "alone"):
                figure = texts.figure("sharing", "core_single" if name == "alone" else name)
                yield {"key": key, "municipality": code} | estimated(figure, getattr(one, name))


def _games(study: SharingStudy, texts: Texts) -> Iterator[Row]:
    """Every division of every game, and what all pay together; over the term."""
    for one in study.games:
        for m, code in enumerate(study.data.municipalities):
            for name in GAMES:
                values = getattr(one, name)
                if values is not None:
                    place: dict[str, Cell] = {"game": one.game, "municipality": code}
                    yield place | estimated(texts.figure("sharing", name), values[m])
        together: dict[str, Cell] = {"game": one.game, "municipality": texts["columns", "total"]}
        yield together | study_figure(texts, "together", one.together)


def _core(study: SharingStudy, texts: Texts) -> Iterator[Row]:
    """The group that would gain most by leaving, per key."""
    for key, one in study.core.items():
        place: dict[str, Cell] = {"key": key, "coalition": " ".join(one.members), "holds": bool(one.holds)}
        yield place | study_figure(texts, "cheaper_alone", one.euros)


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
