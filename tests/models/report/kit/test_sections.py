"""Names by id on pages and in tables; a figure is drawn once."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from bekostiging.case import read_case
from bekostiging.report.kit import sections
from bekostiging.report.kit.sections import Section, care_form_names, names_of


def test_a_lot_with_the_id_of_a_care_form_keeps_its_own_name() -> None:
    """In the case of Almere four lots have the id of their only care form."""
    case = read_case("almere")
    lots = {row.id: row.name for row in case.lots}
    shared = lots.keys() & care_form_names(case, "nl").keys()
    assert any(lots[key] != care_form_names(case, "nl")[key] for key in shared)
    assert {key: names_of(case, "nl")[key] for key in lots} == lots


def test_a_figure_is_drawn_once_however_often_a_template_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Figure] = []

    def counted(figure: Figure) -> str:
        drawn.append(figure)
        return "<svg/>"

    monkeypatch.setattr(sections, "svg", counted)
    section = Section("title", drawn=Figure())
    assert [str(section.figure), str(section.figure)] == ["<svg/>", "<svg/>"]
    assert len(drawn) == 1
    assert Section("title").figure is None
