"""The result folder of a study: complete or not there."""

from __future__ import annotations

import hashlib
import json
import resource
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bekostiging.case import UserError
from bekostiging.evaluation import Comparison
from bekostiging.report import refuse_existing, write_results
from bekostiging.report.comparison import page as comparison_page_module
from bekostiging.report.kit.long import COLUMNS
from bekostiging.report.kit.texts import Texts

NL = Texts("nl")
FILES = {
    "report.html",
    "results.json",
    "manifest.json",
    "scenarios.parquet",
    "resultaten.xlsx",
    "case.zip",
    "papers.json",
    "resultaten-lang.xlsx",
    "verken.html",
}


@pytest.fixture(scope="module")
def written(outcome: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(outcome, tmp_path_factory.mktemp("out") / "result")


def test_the_folder_is_complete(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {*FILES, "figures", "tables"}
    assert {path.stem for path in (written / "figures").iterdir()} == {
        "spending",
        "clients",
        "providers",
        "exceedance",
        "corridor",
    }
    origins = {"policy", "assumptions", "remarks", "influences", "municipal_budget"}
    amounts = {"budget_taakvelden", "budget_lots", "budget_way", "signals"}
    names = {NL["files", name] for name in {*COLUMNS, *origins, *amounts}}
    assert {path.stem for path in (written / "tables").glob("*.csv")} == names


def test_the_manifest_has_the_fingerprint_of_every_file(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text())
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    assert set(manifest["sha256"]) == files - {"manifest.json"}
    for name, value in manifest["sha256"].items():
        assert hashlib.sha256((written / name).read_bytes()).hexdigest() == value


def test_samples_hold_every_scenario(outcome: Comparison, written: Path) -> None:
    table = pq.read_table(written / "scenarios.parquet")
    assert table.num_rows == outcome.n_scenarios * outcome.n_years * 4 * 2
    assert table.schema.metadata[b"disclaimer"].decode() == outcome.case.disclaimer["nl"]


def test_an_existing_folder_is_refused(outcome: Comparison, written: Path) -> None:
    with pytest.raises(UserError, match="overwrite") as caught:
        write_results(outcome, written)
    assert caught.value.exit_code == 2


def test_overwrite_never_replaces_what_is_no_result(outcome: Comparison, tmp_path: Path) -> None:
    (tmp_path / "brieven").mkdir()
    (tmp_path / "brieven" / "een.txt").write_text("blijf af")
    with pytest.raises(UserError, match="no earlier result"):
        refuse_existing(tmp_path / "brieven", overwrite=True)


def test_an_interrupted_run_leaves_nothing(
    outcome: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison_page_module, "write_samples", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(outcome, tmp_path / "half")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_overwrite_keeps_the_old(
    outcome: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_results(outcome, tmp_path / "whole")
    before = (tmp_path / "whole" / "results.json").read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(comparison_page_module, "write_samples", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(outcome, tmp_path / "whole", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]
    assert (tmp_path / "whole" / "results.json").read_bytes() == before


def test_a_full_disk_leaves_nothing(outcome: Comparison, tmp_path: Path) -> None:
    """No file may grow beyond 20 kB: what a full disk does, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        with pytest.raises(UserError, match=r"nothing has been left there\. Make room or choose another place"):
            write_results(outcome, tmp_path / "full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []
