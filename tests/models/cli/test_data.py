"""The whole way from messages to a case, as a person types it; and its mistakes in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from citizen_numbers import made
from region_messages import authorisation, start, written
from typer.testing import CliRunner, Result

from bekostiging.case import read_case
from bekostiging.cli import app
from bekostiging.messages import write_messages

pytest.importorskip("duckdb")
pytest.importorskip("lxml")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(*words: str, given: str = "", code: int = 0) -> Result:
    done = CliRunner().invoke(app, [*words, "--lang", "en"], input=given)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


def made_store(*codes: str) -> None:
    typed("key", "new", "region.key")
    own = [word for code in codes for word in ("--municipality", code)]
    typed("store", "regio.duckdb", "--make", "--key", "region.key", *own, "--retention-years", "7")


def test_from_messages_to_a_case(place: Path) -> None:
    """Key, store, import, products, case, privacy papers, forgetting: in the order of docs/import.md."""
    write_messages(read_case("veenrand"), place / "messages", years=2, scale=0.03, seed=1)
    made_store("9991", "9992", "9993")
    done = typed("import", "messages", "messages", "--key", "region.key")
    assert "lines imported" in done.output
    typed("products", "propose", "proposal.csv")
    typed("products", "confirm", "messages/products.csv", "--by", "procurement")
    shown = typed("store", "regio.duckdb").output
    assert "Municipalities 9991 9992 9993" in shown
    assert "retention 7 years" in " ".join(shown.split())
    typed("new", "mine", "--from", "regio.duckdb", "--base-year", "2025", "--first-year", "2028")
    case = read_case(place / "mine")
    assert (case.base_year, case.first_year, case.kind) == (2025, 2028, "running")
    page = (place / "mine" / "origins.html").read_text(encoding="utf-8")
    assert "The gaps that matter most" in page
    typed("check", "mine")
    typed("store", "regio.duckdb", "--privacy")
    register = (place / "regio-privacy" / "register.html").read_text(encoding="utf-8")
    assert "9991 9992 9993" in register
    assert "messages" in register
    assert "Forgotten" in typed("forget", "everything").output


def test_a_person_is_asked_on_standard_input_and_never_shown(place: Path) -> None:
    made_store("0034")
    written(place / "a.xml", authorisation())
    typed("import", "messages", "a.xml", "--key", "region.key")
    done = typed("forget", "person", "--key", "region.key", given=f"{made()}\n")
    assert "Forgotten: 1 rows." in done.output
    again = typed("forget", "person", "--key", "region.key", given=f"{made()}\n", code=1)
    assert "nobody of this number" in again.output
    assert made() not in done.output + again.output


MISTAKES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no key named": (("import", "messages", "a.xml"), 2, "name the key with --key"),
    "no such store": (
        ("import", "messages", "a.xml", "--store", "other.duckdb", "--key", "region.key"), 2, "there is no such store"
    ),
    "no such source": (("import", "messages", "b.xml", "--key", "region.key"), 2, "b.xml does not exist"),
    "no retention": (
        ("store", "new.duckdb", "--make", "--key", "region.key", "--municipality", "0034"), 2, "name the retention"
    ),
    "no base year": (("new", "mine", "--from", "regio.duckdb"), 2, "name with --base-year"),
    "no conversion table": (("new", "mine", "--from", "regio.duckdb", "--base-year", "2025"), 1, "no conversion table"),
    "nobody confirms": (("products", "confirm", "p.csv"), 2, "name with --by"),
    "no day": (("forget", "period", "--until", "soon"), 2, "give the last day with --until"),
    "a refused file": (("import", "messages", "bad.xml", "--key", "region.key"), 1, "Nothing was imported."),
    "a proposal to check": (("import", "claims", "own.csv", "--key", "region.key"), 2, "is a proposal"),
    "no statistics": (("import", "cbs", "own.csv"), 1, "no export of StatLine"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence(place: Path, name: str) -> None:
    made_store("0034")
    written(place / "a.xml", start())
    written(place / "bad.xml", "<a/>")
    written(place / "own.csv", "gemeente;bedrag\n0034;1,00\n")
    words, code, sentence = MISTAKES[name]
    output = " ".join(typed(*words, code=code).output.split())
    assert sentence in output
    assert not (place / "mine").exists()


def test_an_import_needs_no_key_for_counts(place: Path) -> None:
    made_store("0034")
    written(place / "iv3.csv", "municipality;year;taakveld;kind;amount\n0034;2025;6.762;begroting;2000\n")
    assert "iv3.csv: 1 line imported." in typed("import", "iv3", "iv3.csv").output
