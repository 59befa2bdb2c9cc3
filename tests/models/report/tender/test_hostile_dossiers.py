"""Dossiers made to harm, or damaged by accident: one sentence each, nothing read or written elsewhere, no connection."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from suites import BARE, MINI
from typer.testing import CliRunner

from bekostiging.case import UserError, input_files
from bekostiging.cli import app
from bekostiging.report.kit.json_schema import SCHEMA_VERSION
from bekostiging.report.kit.manifest import processor, versions
from bekostiging.report.tender import opened, verify
from bekostiging.report.tender.dossier import DIGEST, packed_inputs

pytestmark = pytest.mark.usefixtures("no_network")
Entry = tuple[zipfile.ZipInfo, bytes]
RESULTS = {"schema_version": SCHEMA_VERSION, "lots": {"youth": {"expected": 12.5}}}
SETTINGS: dict[str, Any] = {"n_scenarios": 16, "design_scenarios": 16, "n_years": 1, "seed": 1, "precision": None}


def _info(name: str, kind: int = stat.S_IFREG, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.compress_type, made.external_attr = method, (kind | 0o644) << 16
    return made


def _manifest(files: dict[str, bytes], **changes: Any) -> bytes:
    """A manifest that fits the files, as somebody would write it who knows how."""
    about = {
        "format": "bekostiging dossier 1",
        "command": "compare",
        "settings": SETTINGS,
        "cases": [{"name": "almere", "path": "inputs/almere"}],
        "versions": versions(),
        "machine": processor(),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return json.dumps(about | changes).encode()


def _sealed(entries: list[Entry]) -> bytes:
    """A zip with the fingerprint of itself as its comment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, content in entries:
            archive.writestr(info, content)
        archive.comment = b"0" * DIGEST
    body = out.getvalue()[:-DIGEST]
    return body + hashlib.sha256(body).hexdigest().encode()


def _files(**more: bytes) -> dict[str, bytes]:
    _, inputs = packed_inputs([("almere", input_files("almere"))])
    return {**inputs, "results/results.json": json.dumps(RESULTS).encode(), **more}


def _dossier(files: dict[str, bytes] | None = None, entries: tuple[Entry, ...] = (), /, **changes: Any) -> bytes:
    """A dossier of a comparison of ``almere`` that is right but for the changes."""
    files = _files() if files is None else files
    packed = {"manifest.json": _manifest(files, **changes), **files}
    return _sealed([*((_info(name), content) for name, content in packed.items()), *entries])


def _with_settings(**more: Any) -> bytes:
    return _dossier(settings=SETTINGS | more)


def _added(
    name: str, content: bytes = b"x", kind: int = stat.S_IFREG, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """One file more than the manifest knows."""
    return _dossier(None, ((_info(name, kind, method), content),))


def _without(name: str) -> bytes:
    files = _files()
    del files[name]
    return _dossier(files)


def _encrypted() -> bytes:
    """The flag of a password on every file, in both places where a zip has it."""
    content = bytearray(_dossier())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def _lying() -> bytes:
    """A file that says to be ten bytes and unpacks to eight million."""
    info = _info("results/tables/large.csv")
    content = bytearray(_dossier(None, ((info, b"1" * 8_000_000),)))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # its header, and its line in the list of files
        place = content.rfind(mark)
        content[place + at : place + at + 4] = struct.pack("<I", 10)
    return bytes(content)


def _benchmark(text: str, **changes: Any) -> bytes:
    """A dossier of a benchmark whose case is the region of the suite."""
    files = {"results/results.json": b'{"schema_version": "1"}', "suite.toml": text.encode()}
    about = {"command": "benchmark", "settings": {"scenarios": 32, "years": 2, "seed": 1},
             "cases": [{"name": "tiny", "path": None}]}  # fmt: skip
    return _dossier(files, **(about | changes))


def _suite(*changes: tuple[str, str]) -> str:
    text = MINI
    for was, now in (*BARE, *changes):
        assert was in text
        text = text.replace(was, now, 1)
    return text


def _nested_dossier(levels: int) -> bytes:
    return _dossier(_files(**{"results/results.json": b'{"a":' + b"[" * levels + b"]" * levels + b"}"}))


SETTING = (
    "does not belong in a dossier, which has n_scenarios, design_scenarios, n_years, seed, named, precision alone"
)
PLACE = "has a file in a place that no dossier has"
NOT_HERE = "does not hold case"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a scheduler": (lambda: _with_settings(cluster="tcp://127.0.0.1:8786"), f"settings: cluster {SETTING}"),
    "a folder to keep": (lambda: _with_settings(keep="/tmp/kept"), f"settings: keep {SETTING}"),
    "workers": (lambda: _with_settings(workers=900), f"settings: workers {SETTING}"),
    "an unknown setting": (lambda: _with_settings(**{"a\x1b[31mb": 1}), "cannot be so"),
    "a text for a number": (lambda: _with_settings(n_scenarios="16"), "settings: n_scenarios cannot be so"),
    "a truth value for a number": (lambda: _with_settings(seed=True), "settings: seed cannot be so"),
    "a fraction for a number": (lambda: _with_settings(n_years=1.5), "settings: n_years cannot be so"),
    "a list for a number": (lambda: _with_settings(seed=[1]), "settings: seed cannot be so"),
    "huge scenarios": (lambda: _with_settings(n_scenarios=10**12), "settings: n_scenarios cannot be so"),
    "huge design": (lambda: _with_settings(design_scenarios=10**7), "settings: design_scenarios cannot be so"),
    "a number of thousands of digits": (lambda: _with_settings(seed=10**4000), "settings"),
    "a thousand years": (lambda: _with_settings(n_years=1000), "settings: n_years cannot be so"),
    "a seed below zero": (lambda: _with_settings(seed=-1), "settings: seed cannot be so"),
    "a precision of nothing": (lambda: _with_settings(precision=1e-9), "settings: precision cannot be so"),
    "settings that are a list": (lambda: _dossier(settings=[1]), "manifest.json: settings cannot be so"),
    "a field of its own": (lambda: _dossier(run="rm"), "manifest.json: run does not belong in a dossier"),
    "no settings": (lambda: _dossier(settings=None), "manifest.json: settings cannot be so"),
    "a name that drives a terminal": (lambda: _dossier(versions={"numpy": "\x1b[2J"}), "cannot be so"),
    "half a letter": (lambda: _dossier(versions={"numpy": "\ud800"}), "manifest.json"),
    "a case outside": (lambda: _dossier(cases=[{"name": "almere", "path": "/etc"}]), f"{NOT_HERE} almere"),
    "a case above": (lambda: _dossier(cases=[{"name": "almere", "path": "inputs/almere/../.."}]), NOT_HERE),
    "a case by name": (lambda: _dossier(cases=[{"name": "almere", "path": None}]), f"{NOT_HERE} almere"),
    "a case by path": (lambda: _dossier(cases=[{"name": "/etc/cases", "path": None}]), f"{NOT_HERE} /etc/cases"),
    "a case that is a table": (
        lambda: _dossier(cases=[{"name": "almere", "path": "inputs/almere/lots.csv"}]), NOT_HERE),
    "no case": (lambda: _dossier(cases=[]), "does not have the cases that belong to it"),
    "one case twice": (
        lambda: _dossier(cases=[{"name": "almere", "path": "inputs/almere"}] * 2), "does not have the cases"),
    "a case left out": (
        lambda: _dossier({"results/results.json": json.dumps(RESULTS).encode()}), f"{NOT_HERE} almere"),
    "zip slip": (lambda: _added("inputs/almere/../../../evil.csv"), PLACE),
    "zip slip from results": (lambda: _added("results/../../evil"), PLACE),
    "a path from the root": (lambda: _added("/etc/passwd"), PLACE),
    "a path of Windows": (lambda: _added("inputs/almere/..\\..\\evil"), PLACE),
    "a drive": (lambda: _added("inputs/almere/C:evil"), PLACE),
    "a folder": (lambda: _added("inputs/almere/"), PLACE),
    "a file beside": (lambda: _added("run.sh"), PLACE),
    "too deep": (lambda: _added("results/" + "a/" * 20 + "b"), PLACE),
    "a nested zip": (lambda: _added("inner/dossier.zip", _dossier()), PLACE),
    "a name with an escape": (lambda: _added("results/\x1b[2J"), PLACE),
    "a link": (lambda: _added("results/link", b"/etc/passwd", stat.S_IFLNK), "has a link instead of a file"),
    "a device": (lambda: _added("results/device", b"", stat.S_IFCHR), "has a link instead of a file"),
    "one name twice, other case": (lambda: _added("inputs/almere/LOTS.csv"), "has two files of one name"),
    "one name twice, other accent": (
        lambda: _dossier(_files(**{"results/caf\u00e9": b""}), ((_info("results/cafe\u0301"), b""),)),
        "has two files of one name"),
    "a bomb": (lambda: _added("results/bomb", bytes(8_000_000)), "has a file that becomes impossibly large"),
    "a bomb of lzma": (
        lambda: _added("results/bomb", bytes(1000), method=zipfile.ZIP_LZMA), "has a file that is packed otherwise"),
    "many small files": (
        lambda: _dossier(None, tuple((_info(f"results/{n}", method=0), b"") for n in range(10_001))),
        "is too large for a dossier when unpacked (10"),
    "a password": (_encrypted, "has a file with a password"),
    "a size that lies": (_lying, "is damaged in results/tables/large.csv"),
    "results too deep": (lambda: _nested_dossier(500), "is damaged in results/results.json"),
    "results far too deep": (lambda: _nested_dossier(100_000), "is damaged in results/results.json"),
    "results that are a list": (
        lambda: _dossier(_files(**{"results/results.json": b"[1]"})), "is damaged in results/results.json"),
    "results without number": (
        lambda: _dossier(_files(**{"results/results.json": b'{"a": NaN}'})), "is damaged in results/results.json"),
    "no results": (lambda: _without("results/results.json"), "is no dossier of bekostiging"),
    "an empty manifest": (lambda: _sealed([(_info("manifest.json"), b"")]), "is no dossier of bekostiging"),
    "no zip": (lambda: b"PK\x03\x04 and then nothing", "is cut off or damaged"),
    "an empty file": (lambda: b"", "is no dossier of bekostiging"),
    "a page": (lambda: b"<html>", "is no dossier of bekostiging"),
    "truncated": (lambda: _dossier()[:-500], "is cut off or damaged"),
    "no suite": (lambda: _dossier(command="benchmark", settings={"scenarios": 32, "years": 2, "seed": 1}),
                 "has no readable file suite.toml"),
    "a suite of other numbers": (
        lambda: _benchmark(_suite(("seed = 1", "seed = 2"))), "has other numbers in suite.toml"),
    "a huge suite": (
        lambda: _benchmark(_suite(("region_scenarios = 32", "region_scenarios = 99999999"))),
        "Suite suite.toml, region_scenarios: 99999999 is not allowed here"),
    "a huge region": (
        lambda: _benchmark(_suite(("municipalities = 2", "municipalities = 99999999"))), "municipalities: 99999999"),
    "a deep suite": (lambda: _benchmark("a = " + "[" * 50_000), "suite.toml is not valid TOML"),
    "a suite of bytes": (lambda: _benchmark("").replace(b"suite.toml", b"suite.tomx"), PLACE),
    "a region of nobody": (
        lambda: _benchmark(_suite(), cases=[{"name": "huge", "path": None}]), f"{NOT_HERE} huge"),
    "a scheduler in a benchmark": (
        lambda: _benchmark(_suite(), settings={"scenarios": 32, "years": 2, "seed": 1, "cluster": "tcp://127.0.0.1:1"}),
        "settings: cluster does not belong in a dossier"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("lang", ["en", "nl"])
def test_a_dossier_made_to_harm_is_refused_in_one_sentence(
    name: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is computed and nothing is written."""
    make, wanted = HOSTILE[name]
    for command in ("compare", "benchmark"):
        monkeypatch.setitem(verify.COMMANDS, command, _never)
    file = tmp_path / "dossier.zip"
    file.write_bytes(make())
    done = CliRunner().invoke(app, ["verify", str(file), "--lang", lang])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    told = done.output.strip()
    assert "\n" not in told
    assert "\x1b" not in told
    assert len(told) < 700
    if lang == "en":
        assert wanted in told
    assert [path.name for path in tmp_path.iterdir()] == ["dossier.zip"]


def _never(*_: object) -> dict[str, Any]:
    raise AssertionError("computed")


def _again(*_: object) -> dict[str, Any]:
    return RESULTS


def _verified(content: bytes, place: Path) -> verify.Verification:
    file = place / "dossier.zip"
    file.write_bytes(content)
    return verify.verify_dossier(file)


def test_the_dossier_that_the_others_are_made_of_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that each of them is refused for its own reason."""
    monkeypatch.setitem(verify.COMMANDS, "compare", _again)
    assert _verified(_dossier(), tmp_path).outcome == "bits"
    assert opened.open_dossier(tmp_path / "dossier.zip").changed == ()
    (tmp_path / "other.zip").write_bytes(_benchmark(_suite()))
    assert opened.open_dossier(tmp_path / "other.zip").suite is not None


@pytest.mark.parametrize("name", ["results/results.json", "inputs/almere/lots.csv"])
def test_what_was_changed_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is another than the manifest says, whatever the fingerprint of the zip says."""
    monkeypatch.setitem(verify.COMMANDS, "compare", _again)
    right = _files()
    other = right | {name: right[name].replace(b"12.5", b"13.5") + b" "}
    packed = {"manifest.json": _manifest(right), **other}
    found = _verified(_sealed([(_info(one), content) for one, content in packed.items()]), tmp_path)
    assert found.changed == (name,)
    assert not found.equal


def test_a_damaged_case_says_which_file_was_changed(tmp_path: Path) -> None:
    """Read from the zip: the sentence has the file and no place of this machine."""
    right = _files()
    other = right | {"inputs/almere/lots.csv": b"\xff\xfe\x00"}
    packed = {"manifest.json": _manifest(right), **other}
    with pytest.raises(UserError) as told:
        _verified(_sealed([(_info(one), content) for one, content in packed.items()]), tmp_path)
    text = told.value.text("en")
    assert "cannot be computed again (changed after it was written: inputs/almere/lots.csv): " in text
    assert "/tmp" not in text.replace(str(tmp_path), "")


@pytest.mark.parametrize("name", ["seed", "n_years"])
def test_settings_reach_the_computation_and_no_others(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def compare(case: object, **options: Any) -> None:
        asked.update(options)
        raise UserError("genoeg", "enough")

    monkeypatch.setattr(verify, "compare", compare)
    with pytest.raises(UserError, match="enough"):
        _verified(_with_settings(**{name: 3}), tmp_path)
    assert asked[name] == 3
    assert set(asked) == {*SETTINGS, "named", "workers", "progress"}


def test_another_kernel_explains_last_digits_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within 1e-9 it is equal, and said why; beyond it, and on the same kernel, it is not."""
    machine = processor() | {"blas": ["numpy: abacus 1.0, Bead"]}
    nudged = json.loads(json.dumps(RESULTS))
    monkeypatch.setitem(verify.COMMANDS, "compare", lambda *_: nudged)
    here = processor()
    for change, kernel, outcome in (
        (1e-12, machine, "close"), (1e-7, machine, "different"), (1e-12, here, "different"),
    ):  # fmt: skip
        nudged["lots"]["youth"]["expected"] = 12.5 * (1 + change)
        found = _verified(_dossier(machine=kernel), tmp_path)
        told = " ".join(verify.verification_sentences(found, "en"))
        assert found.outcome == outcome
        assert ("another kernel for matrices (BLAS): numpy: abacus 1.0, Bead -> " in told) == (kernel is machine)
        assert ("Equal to 1e-9" in told) == (outcome == "close")
    # a dossier of before kernels were recorded: not known to be the same
    del machine["blas"]
    nudged["lots"]["youth"]["expected"] = 12.5 * (1 + 1e-12)
    assert _verified(_dossier(machine=machine), tmp_path).outcome == "close"


def test_an_error_that_should_be_zero_has_the_last_digits_of_the_amounts_it_is_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amounts of 2^27 euro have a last digit of 2^-25: sixteen are rounding, a hundred are not; a seed is no amount."""
    for change, outcome in ((16 * 2.0**-25, "close"), (100 * 2.0**-25, "different")):
        was = {"schema_version": SCHEMA_VERSION, "seed": 2**100, "amount": 2.0**27, "standard_error": 0.0}
        monkeypatch.setitem(verify.COMMANDS, "compare", lambda *_, now=was | {"standard_error": change}: now)
        files = _files(**{"results/results.json": json.dumps(was).encode()})
        machine = processor() | {"blas": ["numpy: abacus 1.0, Bead"]}
        assert _verified(_dossier(files, machine=machine), tmp_path).outcome == outcome
