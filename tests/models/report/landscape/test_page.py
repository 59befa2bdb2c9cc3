"""The page of a landscape adds up and asks; the pack for bidders tells nothing of one provider, nor of few clients."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bekostiging.case import pseudonymised, read_case
from bekostiging.report import write_results
from bekostiging.report.kit.disclosure import may_be_shown
from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.sections import care_form_names
from bekostiging.report.kit.texts import Texts
from bekostiging.report.landscape.pack import pack_market, pack_page, pack_volumes, rounded
from bekostiging.report.landscape.questions import questions
from bekostiging.report.landscape.seen import seen_sections
from bekostiging.report.landscape.tables import areas_table, matrix_table
from bekostiging.store import Comparison, FormView, StoreView
from bekostiging.studies import Landscape, study_landscape

NL, EN = Texts("nl"), Texts("en")


@pytest.fixture(scope="module")
def veenrand() -> Landscape:
    return study_landscape(read_case("veenrand"), publish=True)


@pytest.fixture(scope="module")
def written(veenrand: Landscape, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(veenrand, tmp_path_factory.mktemp("out") / "landscape")


def _sum(cells: list[str]) -> float:
    return sum(float(cell) for cell in cells if cell)


def test_rows_of_the_matrix_add_up(veenrand: Landscape) -> None:
    for row in matrix_table(veenrand, EN)[1:]:
        assert _sum(row[1:-1]) == pytest.approx(float(row[-1]), abs=0.03)
    total = sum(_sum(row[1:]) for row in areas_table(veenrand, EN)[1:])
    assert total == pytest.approx(sum(role.euro for role in veenrand.roles) / 1e6, abs=0.1)


def _seen() -> StoreView:
    """What a store could say: half of the clients of one care form, a count of fewer than ten, a loss, and CBS."""
    case = read_case("veenrand")
    half = sum(row.clients_at_start for row in case.demand if row.care_form == "jeugd-ggz") / 2
    facts = {"revenue": 4e6, "result": -25_000.0, "working_capital": 3e5, "staff_in": 30.0, "staff_out": 10.0}
    return StoreView(
        case.base_year,
        (FormView("jeugd-ggz", round(half), 90, 3, 1_234_000.0, 6.5), FormView("verblijf", None, None, 1, 50_000.0, None)),
        {case.providers[1].id: facts, "12345678": {"result": -1.0}},
        (Comparison("9991", "jeugdwet", case.base_year, "persons", 300.0, 600.0, "CBS"),
         Comparison("9991", "wmo", case.base_year, "euros", 8e6, 1e7, "Iv3")),
    )  # fmt: skip


def test_a_store_stands_beside_the_case_and_asks(tmp_path: Path) -> None:
    study = study_landscape(read_case("veenrand"), seen=_seen())
    told = list(seen_sections(study, NL))
    forms, stated, beside = (one.tables[0] for one in told)
    assert forms[1][2:] == [
        NL.numbers.plain(_seen().forms[0].clients or 0),
        *forms[1][3:4],
        "90",
        "3",
        "1.234",
        "6,5",
    ]
    assert (forms[2][2], forms[2][4], forms[2][-1]) == ("minder dan 10", "minder dan 10", UNKNOWN)
    assert [row[1:] for row in stated[1:]] == [["4.000", "\u221225", "300", "25\xa0%", UNKNOWN]]
    assert [row[3:] for row in beside[1:]] == [
        ["cliënten in het jaar (CBS)", "300", "600", "50\xa0%"], ["euro (x 1.000) (Iv3)", "8.000", "10.000", "80\xa0%"],
    ]  # fmt: skip
    asked = questions(study, NL)
    assert any("cliënten in de casus en" in one for one in asked)
    assert any("een verlies op" in one for one in asked)
    assert any("wijken 1 keer ver af" in one for one in asked)
    page = (write_results(study, tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    assert "Wat de berichten zeggen" in page


def test_providers_of_a_running_case_are_numbered_beside_it_too() -> None:
    case = replace(read_case("veenrand"), kind="running", names="real")
    study = study_landscape(case, seen=_seen())
    assert study.seen is not None
    assert list(study.seen.providers) == ["aanbieder-2"]


def test_the_pack_for_bidders_has_nothing_of_a_store(tmp_path: Path) -> None:
    study = study_landscape(read_case("veenrand"), publish=True, seen=_seen())
    folder = write_results(study, tmp_path / "out") / "informatiepakket"
    texts = "".join(
        one.read_text(encoding="utf-8") for one in folder.rglob("*") if one.suffix in (".html", ".csv")
    )
    assert "berichten zeggen" not in texts
    assert "1.234" not in texts


def test_questions_come_from_numbers() -> None:
    case = read_case("veenrand")
    alone = tuple(row for row in case.offers if row.care_form != "verblijf")
    one = [row for row in case.offers if row.care_form == "verblijf"][:1]
    asked = questions(study_landscape(replace(case, offers=(*alone, *one), waiting=())), EN)
    places = [row.id for row in case.providers]
    name = pseudonymised(case).providers[places.index(one[0].provider)].name_en
    form = care_form_names(case, "en")["verblijf"]
    assert f"What happens if {name} stops? For {form} there is no other." in asked
    assert "How many people wait, and how long? That is not known." in asked


def test_folder_page_and_pack_are_there(written: Path) -> None:
    assert {"report.html", "results.json", "case.zip", "resultaten.xlsx", "informatiepakket"} <= {
        one.name for one in written.iterdir()
    }
    assert (written / "informatiepakket" / "demand.csv").is_file()
    page = (written / "report.html").read_text(encoding="utf-8")
    for title in (
        "Wie levert wat",
        "Van gemeente naar aanbieder",
        "De rol van elke aanbieder",
        "Vragen die dit oproept",
    ):
        assert title in page


@pytest.mark.parametrize("name", ["veenrand", "almere"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_pack_names_no_provider(name: str, lang: str) -> None:
    case = read_case(name)
    page = pack_page(study_landscape(case, named=True), Texts(lang))
    told = [row.name for row in case.providers if re.search(rf"\b{re.escape(row.name)}\b", page)]
    told += [row.id for row in case.providers if re.search(rf"\b{re.escape(row.id)}\b", page)]
    assert told == []


def test_an_amount_stands_where_enough_carry_it(veenrand: Landscape) -> None:
    """In veenrand no care form has four providers: every amount is empty, with the reason; almere has one with four."""
    assert all("leeg: minder dan 4" in row[2] for row in pack_market(veenrand, NL)[1:])
    almere = study_landscape(read_case("almere"))
    shown = {row[0]: row[2] for row in pack_market(almere, EN)[1:] if "empty" not in row[2]}
    amounts = almere.by("care_form", "provider")
    allowed = [
        form for form, own in zip(almere.cells.care_form_ids, amounts, strict=True) if may_be_shown(list(own))
    ]
    assert len(shown) == len(allowed) == 1
    total = float(amounts[almere.cells.care_form_ids.index(allowed[0])].sum())
    assert list(shown.values()) == [EN.numbers.millions(total)]


def test_small_counts_are_left_out_and_others_rounded(veenrand: Landscape) -> None:
    assert [rounded(count, EN) for count in (None, 0, 9, 10, 12, 13)] == [
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        "10",
        "10",
        "15",
    ]
    for row, cells in zip(veenrand.case.demand, pack_volumes(veenrand, EN)[1:], strict=True):
        if min(row.clients_at_start, row.starts_per_year) < 10:
            assert cells[2:6] == [UNKNOWN] * 4
        else:
            assert all(int(cell.replace(",", "")) % 5 == 0 for cell in cells[2:4])


def test_every_bidder_gets_the_same(veenrand: Landscape) -> None:
    named = study_landscape(read_case("veenrand"), named=True)
    assert pack_page(veenrand, NL) == pack_page(named, NL)
