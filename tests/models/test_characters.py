"""What a terminal would obey is shown, and one name typed on two systems is one name."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Edit
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bekostiging.case import CaseError, UserError, read_case, read_clients
from bekostiging.case.bsn import mask
from bekostiging.case.errors import Problem
from bekostiging.characters import one_form, visible
from bekostiging.cli import app
from bekostiging.report import Answer

HOSTILE = "\x1b[2J\x1b]0;x\x07a\u202eb\u2066c\x9b1m\r\x08"
"""Clears the screen, renames the window, turns the direction of writing, goes back to the beginning of the line."""
NFC, NFD = "co\u00f6peratie", "coo\u0308peratie"


def _obeyed(text: str) -> list[str]:
    """Characters of a text that a terminal obeys or nobody sees; those of its colours are none of a name."""
    return [sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") and sign not in "\n\t"]


@given(st.text())
def test_a_visible_text_obeys_nothing_and_tells_what_it_was(text: str) -> None:
    shown = visible(text)
    assert not _obeyed(shown)
    assert shown == text or not text.isprintable()
    assert visible(shown) == shown
    assert "\n" not in visible(text, lines=False)


def test_ordinary_texts_are_left_alone() -> None:
    """Accents, spaces that do not break, dashes and the euro."""
    for text in (NFC, "12\u00a0000\u202f%", "€ 3 – 5", "Súdwest-Fryslân", "a\nb"):
        assert visible(text) == text


def test_hidden_characters_between_digits_do_not_hide_a_number_from_the_mask() -> None:
    digits = "999900006"
    assert not [sign for sign in mask(visible("\x1b".join(digits))) if sign in "6"]
    assert "*" * 9 in mask("\x01".join(digits)).replace("\x01", "")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_error_passes_on_what_a_terminal_obeys(lang: str) -> None:
    problem = Problem(f"lots{HOSTILE}", f"'{HOSTILE}' kan niet", f"'{HOSTILE}' cannot be", 3, f"c{HOSTILE}")
    for error in (UserError(HOSTILE, HOSTILE), CaseError([problem])):
        assert not _obeyed(error.text(lang))
        assert "\\x1b[2J" in error.text(lang)
    assert len(CaseError([Problem("lots", "a\nAlles in orde", "a\nAll is well")]).text(lang).splitlines()) == 1


def _cell(table: str, column: str, row: int = 1) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        place = folder / f"{table}.csv"
        with place.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[row][rows[0].index(column)] += HOSTILE.replace("\r", "")
        with place.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    return change


PLACES: dict[str, Callable[[Path], object]] = {
    "a name": _cell("providers", "name"),
    "a source": _cell("demand", "source"),
    "a key": _cell("lots", "id"),
    "a key that refers": _cell("offers", "provider"),
    "a number": _cell("offers", "tariff"),
    "a choice": _cell("lots", "status"),
    "a column": lambda folder: (folder / "areas.csv").write_text(
        "x\x1b[2J," + (folder / "areas.csv").read_text(encoding="utf-8"), encoding="utf-8"
    ),
    "a file": lambda folder: (folder / "profile\x1b[2J.csv").write_text("x"),
    "broken TOML": lambda folder: (folder / "case.toml").write_text('a = "\u202e\x1b"\n', encoding="utf-8"),
    "a title": lambda folder: (folder / "case.toml").write_text(
        (folder / "case.toml").read_text(encoding="utf-8").replace('nl = "', 'nl = "\u202e'), encoding="utf-8"
    ),
}


@pytest.mark.parametrize("where", PLACES)
def test_check_shows_what_a_file_hides(folder: Path, where: str) -> None:
    PLACES[where](folder)
    told = CliRunner().invoke(app, ["check", str(folder)])
    assert told.exit_code in (0, 1)
    assert not told.exception or isinstance(told.exception, SystemExit)
    assert _obeyed(told.output + told.stderr) == []


def test_the_command_line_repeats_nothing_that_a_terminal_obeys() -> None:
    for line in (["check", f"x{HOSTILE}"], [f"x{HOSTILE}"], ["compare", "almere", f"--{HOSTILE}"]):
        told = CliRunner().invoke(app, line)
        assert told.exit_code in (1, 2)
        assert not [sign for sign in told.output + told.stderr if sign in "\x07\u202e\u2066\x9b\x08"]
        assert "\x1b[2J" not in told.output + told.stderr


def test_a_name_between_brackets_is_no_style(capsys: pytest.CaptureFixture[str]) -> None:
    from bekostiging.cli.application import print_answer, print_notes, print_sentence

    odd = "[red]Zorg[/red] [/] :smile: \x1b[2J"
    print_sentence(odd)
    print_answer(Answer(odd, odd, [[odd, odd], [odd, odd]], caption=odd))
    print_notes([{"nl": odd, "en": odd}], "nl", to_stderr=False)
    shown = capsys.readouterr().out
    assert shown.count("[red]Zorg[/red] [/] :smile: \\x1b[2J") >= 4
    assert "\x1b" not in shown


def test_keys_that_differ_by_normal_form_alone_are_one(folder: Path, edit: Edit) -> None:
    providers = [row.id for row in read_case(folder).providers]
    edit("providers", 0, "id", NFC)
    for place in folder.glob("*.csv"):
        if place.stem != "providers":
            place.write_text(place.read_text(encoding="utf-8").replace(providers[0], NFD), encoding="utf-8")
    case = read_case(folder)
    assert case.providers[0].id == NFC
    assert NFC in {row.provider for row in case.offers}
    edit("providers", 1, "id", NFD)
    with pytest.raises(CaseError, match="providers, row 3"):
        read_case(folder)


def test_clients_of_one_provider_in_two_forms_are_of_one(tmp_path: Path) -> None:
    place = tmp_path / "clients.csv"
    place.write_text(f"provider,profile,cost\n{NFC},a,1\n{NFD},a,2\n", encoding="utf-8")
    assert set(read_clients(place).provider) == {NFC}


def test_one_form_is_nfc() -> None:
    assert one_form(NFD) == NFC == one_form(NFC)
