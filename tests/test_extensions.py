"""One of each that another package may add (``toy_extension``), installed beside this one and run through ``compare``."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DESIGN, Edit

from bekostiging.case import CaseError, read_case
from bekostiging.case.registry import EXTENSIONS

MARK = {"source": "toy", "status": "illustrative"}


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process in which the extension is installed: an entry point names its module."""
    metadata = tmp_path / "site" / "toy_extension-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-extension\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{EXTENSIONS}]\ntoy = toy_extension\n")
    places = [
        str(metadata.parent),
        str(Path(__file__).parent),
        *os.environ.get("PYTHONPATH", "").split(os.pathsep),
    ]
    return {**os.environ, "COLUMNS": "200", "PYTHONPATH": os.pathsep.join(filter(None, places))}


@pytest.fixture
def extended(folder: Path, edit: Edit) -> Path:
    """The small case with one lot under the payment form, the clause in it, and the policy."""
    edit("lots", 0, "payment_form", "abonnement")
    _append(folder / "policy.csv", {"name": "tolerance", "scope": "case", "value": "0.01", "unit": "", **MARK})
    clause = {
        "lot": "youth",
        "payment_form": "abonnement",
        "position": "1",
        "clause": "deficit_share",
        "share": "0.5",
    }
    with (folder / "clauses.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*clause, *MARK])
        writer.writeheader()
        writer.writerow(clause | MARK)
    return folder


def _append(table: Path, row: dict[str, str]) -> None:
    with table.open(encoding="utf-8-sig", newline="") as file:
        columns = next(csv.reader(file))
    with table.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns).writerow(row)


def _python(code: str, *arguments: str | Path, env: dict[str, str]) -> str:
    """What a process prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_what_another_package_adds_runs_through_compare(
    installed: dict[str, str], extended: Path, tmp_path: Path
) -> None:
    """In two processes: the workers read the same entry point."""
    design = ["--design-scenarios", str(DESIGN)]
    command = ["compare", extended, "--scenarios", "32", *design, "--years", "1", "--lang", "en"]
    options = ["--workers", "2", "--out", tmp_path / "out"]
    printed = _python("from bekostiging.cli import main; main()", *command, *options, env=installed)
    assert "subscription" in printed
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert list(found["forms"])[-2:] == ["maatwerktraject", "abonnement"]
    own = found["forms"]["abonnement"]
    assert abs(own["parity_gap"]["value"]) < 0.05
    spent = own["municipalities"]["total"]["term"]
    assert spent["p90"]["value"] <= spent["p99"]["value"]
    assert next(iter(found["risk_allocation"].values()))["abonnement"] == "municipality"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for told in ("a fixed amount per client in care", "shared deficit", "P99", "#5a2a6b"):
        assert told in page
    table = (tmp_path / "out" / "tables" / "spending.csv").read_text(encoding="utf-8")
    assert ",P99," in next(line for line in table.splitlines() if "abonnement" in line and "P99" in line)
    _python(
        "import json, sys; from jsonschema import validate; from bekostiging.report import comparison_schema\n"
        "validate(json.load(open(sys.argv[1], encoding='utf-8')), comparison_schema())",
        tmp_path / "out" / "results.json",
        env=installed,
    )


def test_the_clause_reads_its_policy(installed: dict[str, str], extended: Path) -> None:
    printed = _python(
        "import sys; from bekostiging.case import read_case\n"
        "from bekostiging.contracts import build_contracts, reference\n"
        "from bekostiging.scenarios import build_cells\n"
        "case = read_case(sys.argv[1]); cells = build_cells(case)\n"
        "for one in build_contracts(case, cells, reference(case, cells, 1), 'abonnement'):\n"
        "    print(one.lot, *(f'{c.kind} {c.tolerance} {c.share[0]}' for c in one.clauses))",
        extended,
        env=installed,
    )
    lines = printed.split("\n")
    assert {line for line in lines if line.startswith("youth")} == {"youth deficit_share 0.01 0.5"}
    assert not any("deficit" in line for line in lines if not line.startswith("youth"))


def test_what_is_not_installed_is_refused_by_name(extended: Path) -> None:
    with pytest.raises(CaseError) as refused:
        read_case(extended)
    told = refused.value.text("en")
    assert (
        "'abonnement' is no known choice (inspanningsgericht, outputgericht, taakgericht, maatwerktraject)" in told
    )
    assert "'deficit_share' is no known choice (quota_share, " in told


def test_no_registry_is_read_while_a_module_is_imported(installed: dict[str, str]) -> None:
    """Else an extension would be loaded before what it imports is there."""
    code = (
        "import bekostiging.report, bekostiging.cli, bekostiging.studies\n"
        "from bekostiging.case.registry import load_extensions\n"
        "print(load_extensions.cache_info().currsize)"
    )
    assert _python(code, env=installed) == "0\n"
