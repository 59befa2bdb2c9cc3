"""Dossiers: the same bytes again, no byte changed unnoticed, equal when computed again, and why not when not."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import DESIGN
from suites import BARE, mini
from typer.testing import CliRunner

from bekostiging.case import Case, UserError, input_files, public_tables, read_case, write_case
from bekostiging.cli import app
from bekostiging.report.kit.manifest import processor, versions
from bekostiging.report.tender import verify
from bekostiging.report.tender.dossier import EPOCH, pack, packed_inputs
from bekostiging.report.tender.opened import open_dossier

pytestmark = pytest.mark.usefixtures("no_network")


def _run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    return done.exit_code, " ".join(done.output.split())


@pytest.fixture(scope="module")
def named_case(small_case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A running case whose providers have names that can be searched for."""
    place = tmp_path_factory.mktemp("case") / "mine"
    write_case(small_case, place, "en")
    head = (place / "case.toml").read_text()
    (place / "case.toml").write_text(
        head.replace('name = "region"', 'name = "mine"').replace('"planning"', '"running"')
    )
    for file in place.glob("*.csv"):
        text = file.read_text().replace("Aanbieder ", "Stichting Zorgnaam ").replace("aanbieder-", "zorgnaam-")
        file.write_text(text)
    (place / "notes.txt").write_text("not part of the case")
    return place


@pytest.fixture(scope="module")
def written(named_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a benchmark with both dossiers."""
    place = tmp_path_factory.mktemp("written")
    suite = mini(place, *BARE)
    code, told = _run(
        "benchmark", suite, "--case", named_case, "--out", place / "out", "--dossier", "--public", "--workers", "1"
    )
    assert code == 0, told
    return place / "out"


@pytest.fixture
def dossier(written: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copy(written / "dossier.zip", tmp_path / "dossier.zip"))


def _same_again(found: dict[str, Any]) -> Any:
    """A recomputation that gives these results, without computing."""

    def again(*_: object) -> dict[str, Any]:
        return found

    return again


def test_a_folder_and_its_dossier_are_complete(written: Path, named_case: Path) -> None:
    assert {path.name for path in written.iterdir()} >= {
        "tables", "resultaten.xlsx", "report.html", "results.json", "manifest.json", "dossier.zip", "dossier-public.zip",
    }  # fmt: skip
    found = open_dossier(written / "dossier.zip")
    assert found.changed == ()
    own = {
        name.removeprefix("inputs/mine/"): content for name, content in found.files.items() if "inputs/" in name
    }
    # providers of a running case are numbered in everything that is written, the case in a dossier too
    assert own.keys() == {name for name, content in input_files(named_case).items() if content.count(b"\n") > 1}
    assert not any(b"zorgnaam" in content.lower() for content in own.values())
    assert "notes.txt" not in own
    assert found.files["results/results.json"] == (written / "results.json").read_bytes()
    assert found.files["results/report.html"] == (written / "report.html").read_bytes()
    assert found.about.settings == {"scenarios": 32, "years": 2, "seed": 1}
    assert str(named_case.parent) not in found.about.model_dump_json()
    assert b"written" not in found.files["manifest.json"]
    assert "cores" not in found.about.machine


def test_the_same_content_gives_the_same_bytes() -> None:
    one = pack("x", {"seed": 1}, {"b": b"2", "a": b"1"})
    assert one == pack("x", {"seed": 1}, {"a": b"1", "b": b"2"})
    with zipfile.ZipFile(io.BytesIO(one)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {EPOCH}
        assert [entry.filename for entry in opened.infolist()] == ["manifest.json", "a", "b"]


@pytest.mark.slow
def test_it_is_equal_to_the_bit_whatever_the_number_of_workers(dossier: Path) -> None:
    code, told = _run("verify", dossier, "--lang", "en", "--workers", "2")
    assert code == 0, told
    assert "Equal: all" in told
    assert "numbers are the same to the last bit" in told


def _repacked(dossier: Path, changes: Mapping[str, bytes]) -> None:
    """Pack again by hand, with other contents."""
    with zipfile.ZipFile(dossier) as opened:
        files = {entry.filename: opened.read(entry) for entry in opened.infolist()}
    with zipfile.ZipFile(dossier, "w") as made:
        for name, content in (files | changes).items():
            made.writestr(name, content)


@pytest.mark.slow
def test_a_changed_input_is_named_with_what_it_does(dossier: Path) -> None:
    """One tariff higher: the run is repeated, the numbers that differ are told with their cause."""
    name = "inputs/mine/offers.csv"
    text = open_dossier(dossier).files[name].decode()
    assert ";78;" in text
    _repacked(dossier, {name: text.replace(";78;", ";79;", 1).encode()})
    code, told = _run("verify", dossier, "--lang", "en", "--workers", "1")
    assert code == 1
    assert f"Changed after it was written: {name}." in told
    assert "Not equal: of" in told
    assert "/cases/mine/lots/" in told
    assert f"Cause: input changed since the dossier was written: {name}." in told


def test_another_version_is_a_cause(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers within 1e-9 are then called equal and it is said so; beyond it they differ because of the version."""
    found = open_dossier(dossier).results
    figure = found["cases"]["mine"]["lots"]["youth"]["forms"]["taakgericht"]["figures"]["expected"]
    was = figure["value"]
    here = verify.versions()
    monkeypatch.setattr(verify, "versions", lambda: here | {"highspy": "9.9"})
    monkeypatch.setitem(verify.COMMANDS, "benchmark", _same_again(found))
    figure["value"] = was * (1 + 1e-11)
    close = verify.verify_dossier(dossier)
    assert close.outcome == "close"
    assert close.equal
    told = " ".join(verify.verification_sentences(close, "en"))
    assert "Equal to 1e-9 or the last digits of the largest amount: of" in told
    assert f"another version of highspy: {here['highspy']} in the dossier, 9.9 here" in told
    figure["value"] = was * (1 + 1e-6)
    far = verify.verify_dossier(dossier)
    assert not far.equal
    told = " ".join(verify.verification_sentences(far, "nl"))
    assert "Niet gelijk" in told
    assert "/cases/mine/lots/youth/forms/taakgericht/figures/expected/value" in told
    assert "(0,000001)" in told


@pytest.mark.parametrize(("lang", "wanted"), [("nl", "reken het na met de versie die het schreef: bekostiging"),
                                            ("en", "verify it with the version that wrote it: bekostiging")])  # fmt: skip
def test_an_older_layout_names_the_version_to_use(dossier: Path, lang: str, wanted: str) -> None:
    older = open_dossier(dossier).results | {"schema_version": "0"}
    _repacked(dossier, {"results/results.json": json.dumps(older).encode()})
    code, told = _run("verify", dossier, "--lang", lang)
    assert code == 1
    assert f"{wanted} {versions()['bekostiging']}" in " ".join(told.split())


def test_on_equal_versions_a_last_bit_is_a_difference(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_dossier(dossier).results
    found["cases"]["mine"]["lots"]["youth"]["clients"] *= 1 + 1e-15
    monkeypatch.setitem(verify.COMMANDS, "benchmark", _same_again(found))
    told = verify.verify_dossier(dossier)
    assert told.outcome == "different"
    assert "this should not be possible; report it" in " ".join(verify.verification_sentences(told, "en"))


def test_another_processor_is_a_cause(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_dossier(dossier).results
    found["cases"]["mine"]["lots"]["youth"]["clients"] += 1e-12
    monkeypatch.setitem(verify.COMMANDS, "benchmark", _same_again(found))
    monkeypatch.setattr(verify, "processor", lambda: processor() | {"processor": "abacus", "simd": []})
    told = verify.verify_dossier(dossier)
    assert told.outcome == "close"
    assert "other processor features" in " ".join(verify.verification_sentences(told, "en"))


def _noticed(dossier: Path) -> str:
    """What is said of a dossier that was changed."""
    try:
        return " ".join(open_dossier(dossier).changed)
    except UserError as error:
        return error.text("en")


def test_one_changed_byte_anywhere_is_noticed_and_named(dossier: Path) -> None:
    """Every 97th byte and each of the last hundred: one sentence that names the file, never a traceback, never silence."""
    whole = dossier.read_bytes()
    with zipfile.ZipFile(dossier) as opened:
        starts = {entry.header_offset: entry.filename for entry in opened.infolist()}
    named = 0
    for place in [*range(0, len(whole), 97), *range(len(whole) - 100, len(whole))]:
        broken = bytearray(whole)
        broken[place] ^= 0x10
        dossier.write_bytes(bytes(broken))
        said = _noticed(dossier)
        assert said, f"byte {place} was changed and nothing was said"
        named += starts[max(start for start in starts if start <= place)] in said
    assert named > 0.8 * len(whole) / 97


@pytest.mark.parametrize("part", [0.0005, 0.3, 0.9, 0.999])
def test_a_dossier_cut_off_is_refused(dossier: Path, part: float) -> None:
    whole = dossier.read_bytes()
    dossier.write_bytes(whole[: int(part * len(whole))])
    code, told = _run("verify", dossier, "--lang", "en")
    assert code == 1
    assert "is cut off or damaged: the end of the zip cannot be read" in told


def test_what_is_no_dossier_is_refused(tmp_path: Path, dossier: Path) -> None:
    text = tmp_path / "page.html"
    text.write_text("<html>")
    code, told = _run("verify", text, "--lang", "en")
    assert code == 1
    assert "is no dossier of bekostiging; give the zip file that was written as dossier" in told
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("manifest.json", "{}")
    code, told = _run("verify", other, "--lang", "nl")
    assert code == 1
    assert "is geen dossier van bekostiging" in told
    code, told = _run("verify", tmp_path / "none.zip", "--lang", "en")
    assert code == 2
    assert "does not exist" in told
    _repacked(dossier, {})
    with pytest.raises(UserError, match="packed again"):
        open_dossier(dossier)


def test_a_public_dossier_holds_nothing_of_a_provider(written: Path, named_case: Path) -> None:
    """Every byte of every file is searched for names, equity, margins, ceilings, revenue, policy and small counts."""
    found = open_dossier(written / "dossier-public.zip")
    text = "\n".join(content.decode() for content in found.files.values())
    text = re.sub("<style>.*?</style>", "", text, flags=re.DOTALL)
    case = read_case(named_case)
    forbidden = {
        "zorgnaam",
        "Zorgnaam",
        "equity",
        "margin",
        "unit_cost",
        "market_share",
        "loading_cap",
        "share_max",
    }
    forbidden |= {row.id for row in case.providers} | {row.name for row in case.providers}
    forbidden |= {f"aanbieder-{number}" for number in range(1, 7)}
    for row in case.providers:
        forbidden |= {str(round(value)) for value in (row.equity, row.total_assets, row.turnover, row.result_1)}
    forbidden |= {str(round(row.ceiling)) for row in case.contracts if row.ceiling}
    forbidden |= {str(round(row.revenue)) for row in case.contracts}
    for word in forbidden:
        assert word not in text, word
    assert not {"providers", "contracts", "offers", "policy", "cost_price"} & {
        Path(name).stem for name in found.files
    }
    for table, columns in (
        ("demand", ("clients_at_start", "starts_per_year")),
        ("history", ("clients", "starts")),
    ):
        rows = list(csv.DictReader(io.StringIO(found.files[f"inputs/mine/{table}.csv"].decode())))
        counts = [int(row[column]) for row in rows for column in columns if row[column]]
        assert counts
        assert all(count >= 10 and count % 5 == 0 for count in counts)


def test_a_public_dossier_says_what_it_belongs_to(written: Path) -> None:
    code, told = _run("verify", written / "dossier-public.zip", "--lang", "en")
    assert code == 0
    assert "cannot be computed again" in told
    assert hashlib.sha256((written / "dossier.zip").read_bytes()).hexdigest() in told


def test_a_public_row_with_few_clients_keeps_its_key_alone(small_case: Case) -> None:
    few = small_case.demand[0].model_copy(update={"clients_at_start": 3.0})
    tables = public_tables(replace(small_case, demand=(few, *small_case.demand[1:])))
    first = next(csv.DictReader(io.StringIO(tables["demand.csv"])))
    assert {column for column, value in first.items() if value} == {"area", "care_form"}


def test_a_case_of_one_file_and_one_without_files(tmp_path: Path) -> None:
    """A workbook is packed as it is; a simulated region has nothing to pack, the embedded case has its folder."""
    file = tmp_path / "case.xlsx"
    file.write_bytes(b"cells")
    assert input_files(file) == {"case.xlsx": b"cells"}
    assert input_files("region") == {}
    named = [("mine", input_files(file)), ("region", {}), ("almere", input_files("almere"))]
    file = file.rename(tmp_path / "a:b\\c.xlsx")
    assert [case.path for case in packed_inputs([("mine", input_files(file))])[0]] == ["inputs/mine/a-b-c.xlsx"]
    cases, files = packed_inputs(named)
    assert [case.path for case in cases] == ["inputs/mine/case.xlsx", None, "inputs/almere"]
    assert files["inputs/mine/case.xlsx"] == b"cells"
    assert "inputs/almere/case.toml" in files


@pytest.mark.slow
def test_a_comparison_has_a_dossier_too(folder: Path, tmp_path: Path) -> None:
    code, told = _run(
        "compare",
        folder,
        "--scenarios",
        "32",
        "--design-scenarios",
        str(DESIGN),
        "--years",
        "2",
        "--workers",
        "1",
        "--out",
        tmp_path / "out",
        "--dossier",
    )
    assert code == 0, told
    found = open_dossier(tmp_path / "out" / "dossier.zip")
    assert "results/scenarios.parquet" not in found.files
    assert found.about.settings["n_scenarios"] == 32
    assert found.about.settings["design_scenarios"] == DESIGN
    assert verify.verify_dossier(tmp_path / "out" / "dossier.zip").outcome == "bits"
