"""Names by id on pages and in tables."""

from __future__ import annotations

from bekostiging.case import read_case
from bekostiging.report.kit.sections import care_form_names, names_of


def test_a_lot_with_the_id_of_a_care_form_keeps_its_own_name() -> None:
    """In the case of Almere four lots have the id of their only care form."""
    case = read_case("almere")
    lots = {row.id: row.name for row in case.lots}
    shared = lots.keys() & care_form_names(case).keys()
    assert any(lots[key] != care_form_names(case)[key] for key in shared)
    assert {key: names_of(case)[key] for key in lots} == lots
