"""Twenty things that people type and the package reads, and twenty that it asks about, each with the remedy at its cell."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from workbooks import Grids, grids_of, write_grids

from bekostiging.case import CaseError, read_case

BOOK = Path(__file__).parents[4] / "examples" / "veenrand.xlsx"
HEADER = 5
"""Row of the names, counted from 0, in a workbook of ours."""

READ: list[tuple[str, str, int, Any]] = [
    ("zorgvormen", "eenheid", 1, "UUR"),
    ("zorgvormen", "eenheid", 2, "Hour"),
    ("percelen", "algemene voorziening", 1, "NEE"),
    ("percelen", "status", 1, "Eigen  Gegevens"),
    ("percelen", "zorgvormen", 1, "Jeugdhulp begeleiding; jeugd-ggz"),
    ("percelen", "gebieden", 1, "Turfhaven, Wilgendam, Sint-Odulf"),
    ("begroting", "gemeente", 1, "Turfhaven"),
    ("begroting", "jaar", 1, " 2028 "),
    ("begroting", "begroot bedrag", 1, "€ 14.758.000,-"),
    ("contracten", "aanbieder", 1, "DE-KADE"),
    ("contracten", "aanbieder", 2, unicodedata.normalize("NFD", "Stichting Open Veen")),
    ("aanbieders", "deel vaste kosten", 1, "36 %"),
    ("historie", "wat is geteld", 1, "STAND OP EEN DATUM"),
    ("historie", "cliënten", 1, "632,0"),
]
"""Sheet, column, row under the names, and what is typed there in place of the same value."""
REFUSED: list[tuple[str, str, int, Any, str]] = [
    ("zorgvormen", "wet", 1, "jeugd wet", "zorgvormen!D7 (wet): 'jeugd wet' is geen bekende keuze (Jeugdwet, Wmo);"),
    ("zorgvormen", "eenheid", 2, "uur per week", "zorgvormen!G8 (eenheid): 'uur per week' is geen bekende keuze"),
    ("begroting", "gemeente", 2, "Gemeente Turfhaven", "'Gemeente Turfhaven' staat niet in blad gemeenten; bedoelt"),
    ("begroting", "gemeente", 24, "Almere", "'Almere' staat niet in blad gemeenten; voeg de rij daar toe, of kies"),
    ("begroting", "jaar", 3, "2028/2029", "begroting!C9 (jaar): '2028/2029' is geen geheel getal; vul een geheel getal in"),
    ("begroting", "begroot bedrag", 1, "14,758 mln", "begroting!D7 (begroot bedrag): '14,758 mln' is geen getal"),
    ("begroting", "begroot bedrag", 2, "n.v.t.", "vul een schatting in, met status geschat"),
    ("contracten", "bestedingsruimte", 1, "n.v.t.", "contracten!D7 (bestedingsruimte): 'n.v.t.' is geen getal; laat"),
    ("contracten", "aanbieder", 3, "Stichting Zonnebloem", "contracten!A9 (aanbieder): 'Stichting Zonnebloem' staat niet"),
    ("historie", "cliënten", 1, "ca. 600", "historie!E7, E15 (cliënten), 2 cellen: 'ca. 600' is geen getal"),
    ("historie", "cliënten", 9, "<5", "(ook: <5)"),
    ("aanbieders", "deel vaste kosten", 1, 36, "aanbieders!K7 (deel vaste kosten): 36 is te groot, toegestaan"),
    ("percelen", "bekostigingsvorm", 2, "P*Q", "percelen!F8 (bekostigingsvorm): 'P*Q' is geen bekende keuze"),
    ("beleid", "naam", 1, "gewicht slechste toekomsten", "is geen naam van beleid; bedoelt u gewicht slechtste toekomsten?"),
]  # fmt: skip
"""As above, and what is said of it."""


@pytest.fixture(scope="module")
def grids() -> Grids:
    return grids_of(BOOK)


def _typed(grids: Grids, sheet: str, column: str, row: int, value: Any) -> None:
    """Put a value in a cell."""
    grids[sheet][HEADER + row][grids[sheet][HEADER].index(column)] = value


def _copied(grids: Grids) -> Grids:
    return {name: [list(row) for row in rows] for name, rows in grids.items()}


def test_what_can_mean_one_thing_is_read_as_it(grids: Grids, tmp_path: Path) -> None:
    odd = _copied(grids)
    for sheet, column, row, value in READ:
        _typed(odd, sheet, column, row, value)
    odd["begroting"] = [
        [*row, "Opmerking Piet" if at == HEADER else "x"] for at, row in enumerate(odd["begroting"])
    ]
    odd["historie"][HEADER] = [unicodedata.normalize("NFD", str(name)).upper() for name in odd["historie"][HEADER]]
    read, untouched = read_case(write_grids(tmp_path / "odd.xlsx", odd)), read_case(BOOK)
    for table in ("care_forms", "lots", "begroting", "contracts", "providers", "history", "policy"):
        assert [row.model_dump() for row in getattr(read, table)] == [
            row.model_dump() for row in getattr(untouched, table)
        ]
    said = " ".join(note["nl"] for note in read.notes)
    for part in ("'Turfhaven' is 9991", "€ 14.758.000,- is 14758000", "36 % is 0,36", "'DE-KADE' is de-kade",
                 "is begeleiding-jeugd|jeugd-ggz", "kolom 'Opmerking Piet' is een opmerking"):  # fmt: skip
        assert part in said


def test_what_cannot_is_asked_about_at_its_cell_all_in_one_round(grids: Grids, tmp_path: Path) -> None:
    odd = _copied(grids)
    for sheet, column, row, value, _ in REFUSED:
        _typed(odd, sheet, column, row, value)
    names = odd["historie"][HEADER]
    names[names.index("starts")] = "startss"
    with pytest.raises(CaseError) as caught:
        read_case(write_grids(tmp_path / "odd.xlsx", odd))
    told = caught.value.text("nl")
    for *_, said in REFUSED:
        assert said in told, told
    assert "historie!F6 (startss): onbekende kolom; bedoelt u starts?" in told
    assert "gewicht slechtste toekomsten ontbreekt" not in told


@pytest.mark.parametrize("name", ["Vraag (def)", "Kopie van vraag", "vraag - Tabel 1", "vrag", "VRAAG 2028-2031"])
def test_a_sheet_of_almost_the_name_is_offered(grids: Grids, tmp_path: Path, name: str) -> None:
    odd = {name if sheet == "vraag" else sheet: rows for sheet, rows in grids.items()}
    with pytest.raises(CaseError) as caught:
        read_case(write_grids(tmp_path / "odd.xlsx", odd))
    assert caught.value.text("nl") == f"odd.xlsx: blad vraag ontbreekt; is het blad {name}? Hernoem dat"
