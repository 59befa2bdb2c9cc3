"""No command shows a provider of a running case: every byte that is written or printed is searched for its name."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from suites import MINI
from typer.testing import CliRunner

from bekostiging import studies
from bekostiging.case import Case, UserError, pseudonymised, read_case, write_case
from bekostiging.case.pseudonym import looks_real, provider_numbers
from bekostiging.cli import app
from bekostiging.evaluation.study import prepared
from bekostiging.options import run_options

SHORT = "Qwyx"
"""In every name and id of a provider, and in no other word."""
NAMES = [f"Stichting {SHORT}huis {letter}" for letter in "ABCDEFGH"]
SMALL = ["--scenarios", "32", "--design-scenarios", "32", "--years", "2", "--workers", "1"]
COMMANDS: dict[str, list[str]] = {
    "check": ["check", "CASE"],
    "buildup": ["buildup", "CASE"],
    "equalise": ["equalise", "CASE", *SMALL, "--clients", "CLIENTS"],
    "share": ["share", "CASE", *SMALL],
    "capacity": ["capacity", "CASE", "--scenarios", "32", "--workers", "1", "--seconds", "60", "--gap", "0.3"],
    "lumpsum": ["lumpsum", "CASE", *SMALL],
    "compare": ["compare", "CASE", *SMALL, "--dossier"],
    "stress": ["stress", "CASE", *SMALL, "--reverse", f"{SHORT.lower()}_0"],
    "backtest": ["backtest", "COUNTED", "--scenarios", "32"],
    "benchmark": ["benchmark", "SUITE", "--case", "CASE", "--workers", "1", "--dossier", "--public"],
}
RARE = "Vuurtoreneiland"
"""Label of nine clients in a file."""
QUICK = ("check", "buildup", "equalise", "share")


def _running(case: Case, kind: str = "running") -> Case:
    """The case with unmistakable providers, also named in its sources, its title and the name of a lot."""
    ids = {row.id: f"{SHORT.lower()}_{number}" for number, row in enumerate(case.providers)}
    names = dict(zip(ids, NAMES, strict=False))

    def known(row: object) -> dict[str, str]:
        return {
            name: ids.get(getattr(row, name), "") for name in ("provider", "main_contractor") if hasattr(row, name)
        }

    def told(row: object) -> object:
        return row.model_copy(update=known(row) | {"source": f"jaarrekening {NAMES[0]}"})  # type: ignore[attr-defined]

    tables = {
        name: tuple(map(told, getattr(case, name))) for name in ("contracts", "offers", "capacity", "demand")
    }
    almere = read_case("almere").cost_price
    prices = [row for row in almere if row.care_form == almere[0].care_form]
    return replace(
        case,
        cost_price=tuple(row.model_copy(update={"care_form": case.care_forms[0].id}) for row in prices),
        kind=kind,
        name=f"regio-{SHORT}huis-A",
        title={lang: f"{case.title[lang]} met {NAMES[1]}" for lang in ("nl", "en")},
        providers=tuple(
            row.model_copy(update={"id": ids[row.id], "name": names[row.id]}) for row in case.providers
        ),
        lots=tuple(row.model_copy(update={"name": f"{row.name} ({NAMES[2]})"}) for row in case.lots),
        **tables,
    )


def _bytes(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file and, unpacked, what is inside it."""
    yield name, content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for one in archive.namelist():
                yield f"{name}/{one}", one.encode()
                yield from _bytes(f"{name}/{one}", archive.read(one))
    if name.endswith(".parquet"):
        import pandas as pd

        yield name, pd.read_parquet(io.BytesIO(content)).to_csv().encode()


def _places_of(folder: Path, sought: str = SHORT) -> list[str]:
    """Where the name stands: in a path, in a file, in a file inside a file."""
    word = sought.lower().encode()
    found = [str(path) for path in folder.rglob("*") if word in str(path.relative_to(folder)).lower().encode()]
    for path in folder.rglob("*"):
        if path.is_file():
            found += [name for name, content in _bytes(path.name, path.read_bytes()) if word in content.lower()]
    return found


@pytest.fixture(scope="module")
def running(small_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A running case, a file with clients and a suite."""
    place = tmp_path_factory.mktemp("running")
    write_case(_running(small_case), place / "case", "en")
    write_case(_running(read_case("almere")), place / "counted", "en")
    rows = [
        f"{NAMES[n % 6]},light,{1000 + 7 * n},{RARE if n < 9 else 'town'} {n % 2} {NAMES[0]}" for n in range(240)
    ]
    (place / "clients.csv").write_text("\n".join(["provider,profile,cost,town", *rows]) + "\n")
    (place / "suite.toml").write_text(MINI)
    return place


def _run(running: Path, command: str, place: Path, *more: str) -> str:
    given = {
        "CASE": running / "case",
        "COUNTED": running / "counted",
        "CLIENTS": running / "clients.csv",
        "SUITE": running / "suite.toml",
    }
    line = [str(given.get(word, word)) for word in COMMANDS[command]]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        told = CliRunner().invoke(app, [*line, *more])
    assert told.exit_code in (0, 3), told.output + told.stderr + repr(told.exception)
    return told.output + told.stderr


@pytest.mark.parametrize(
    "command", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in COMMANDS]
)
def test_no_command_names_a_provider(running: Path, tmp_path: Path, command: str) -> None:
    said = _run(running, command, tmp_path)
    assert SHORT.lower() not in said.lower()
    assert not _places_of(tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert bool(pages) == (command != "check")
    # the annex on the build-up has nothing of a provider, and is made to be published
    marked = command != "buildup"
    for page in pages:
        assert ('class="warning confidential"' in page.read_text(encoding="utf-8")) == marked
    for book in tmp_path.rglob("*.xlsx"):
        with zipfile.ZipFile(book) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        footers = [re.search(rb"<oddFooter>(.*?)</oddFooter>", sheet, re.DOTALL) for sheet in sheets]
        assert all(footer is not None and (b"Vertrouwelijk" in footer[1]) == marked for footer in footers)


def test_a_group_of_fewer_than_ten_persons_has_no_label(running: Path, tmp_path: Path) -> None:
    _run(running, "equalise", tmp_path)
    assert not _places_of(tmp_path, RARE)
    assert _places_of(tmp_path, "minder dan 10 cli")
    assert _places_of(tmp_path, "town 1")


NAMED = ("buildup", "equalise", "share", "capacity", "lumpsum", "compare", "stress")
"""Commands that take ``--named``; ``check`` shows no provider, ``backtest`` and ``benchmark`` have no names at all."""
STUDIES = {
    "equalise": "study_equalisation", "share": "study_sharing", "capacity": "study_capacity", "lumpsum": "study_lumpsum",
    "compare": "compare", "stress": "study_stress",
}  # fmt: skip


@pytest.mark.parametrize(
    "command", [name if name in NAMED[:2] else pytest.param(name, marks=pytest.mark.slow) for name in NAMED]
)
def test_named_shows_them_and_writes_the_key_list_apart(running: Path, tmp_path: Path, command: str) -> None:
    _run(running, command, tmp_path, "--named")
    (key,) = tmp_path.rglob("confidential-key-list.csv")
    lines = key.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["number,provider,name", f"aanbieder-1,{SHORT.lower()}_0,{NAMES[0]}"]
    assert [place for place in _places_of(tmp_path) if place.endswith(".html")]
    others = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html"))
    assert "aanbieder-1" not in others


@pytest.mark.parametrize("command", STUDIES)
@pytest.mark.parametrize("more", [(), ("--named",)])
def test_every_command_hands_on_whether_names_are_shown(
    running: Path, tmp_path: Path, command: str, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the study, which asks ``prepared``; and the folder has the name of the region or its numbered one."""
    seen: list[object] = []

    def asked(case: Case, *_: object, **options: object) -> None:
        seen.extend([case.kind, options.get("named", False), [path.name for path in tmp_path.iterdir()]])
        raise UserError("genoeg", "enough")

    for name in set(STUDIES.values()):
        monkeypatch.setattr(studies, name, asked)
    given = {"CASE": str(running / "case"), "CLIENTS": str(running / "clients.csv")}
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, [*(given.get(word, word) for word in COMMANDS[command]), *more])
    assert told.exit_code == 1, told.output + told.stderr
    assert seen[:2] == ["running", bool(more)]
    assert (SHORT.lower() in told.stderr.lower()) is False


@pytest.mark.parametrize("named", [True, False])
def test_what_a_study_computes_with_has_names_only_where_asked(small_case: Case, named: bool) -> None:
    case = _running(small_case)
    ready = prepared(case, run_options({"n_scenarios": 32, "named": named}))
    ids = {row.provider for row in ready.case.offers} | {row.id for row in ready.case.providers}
    assert ids == {row.id for row in case.providers} if named else not any(SHORT.lower() in one for one in ids)


@pytest.mark.parametrize("command", ["backtest", "benchmark", "check"])
def test_what_shows_no_provider_has_no_option_to_name_them(command: str) -> None:
    told = CliRunner().invoke(app, [command, "region", "--named"])
    assert told.exit_code == 2
    assert "--named" in told.output + told.stderr


def test_a_planning_case_with_names_from_a_register_is_treated_as_running(
    small_case: Case, tmp_path: Path
) -> None:
    write_case(_running(small_case, "planning"), tmp_path / "case", "en")
    case = read_case(tmp_path / "case")
    assert (case.kind, case.confidential) == ("planning", True)
    assert case.notes[-1]["en"].startswith(
        "6 of the 6 providers seem to have names from a register: they are numbered"
    )
    head = tmp_path / "case" / "case.toml"
    head.write_text(head.read_text().replace("kind =", 'names = "invented"\nkind ='))
    case = read_case(tmp_path / "case")
    assert not case.confidential
    assert pseudonymised(case) is case


@pytest.mark.parametrize("name", ["almere", "region"])
def test_what_comes_with_the_package_is_invented(name: str) -> None:
    assert not read_case(name).confidential


@pytest.mark.parametrize(
    ("name", "real"),
    [("Stichting De Brug", True), ("Anker Jeugdzorg B.V.", True), ("Anker BV", True), ("VOF De Haven", True),
     ("12345678", True), ("AGB 98765432", True), ("Coöperatie Zorg U.A.", True), ("groot specialistisch", False),
     ("landelijk", False), ("aanbieder-1", False), ("Bven", False)],
)  # fmt: skip
def test_names_of_a_register(name: str, real: bool) -> None:
    """Legal forms (Burgerlijk Wetboek, boek 2 and 7A) and the eight digits of AGB and KvK."""
    assert looks_real(name) is real


def test_numbering_twice_is_numbering_once(small_case: Case) -> None:
    once = pseudonymised(_running(small_case))
    assert pseudonymised(once) == once
    assert list(provider_numbers(once)) == list(provider_numbers(once).values())
