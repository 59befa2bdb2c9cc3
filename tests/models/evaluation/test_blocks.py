"""Blocks kept on disk: a stopped run goes on, with the same bits, and nothing wrong is read back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import DESIGN

from bekostiging.capacity import capacity_work
from bekostiging.case import Case, UserError
from bekostiging.evaluation.blocks import Arrays, Blocks, question
from bekostiging.options import silent
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_text import json_text
from bekostiging.scenarios import Block, plan
from bekostiging.studies import compare


class Drawn:
    """What is kept of a block here: its units."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def arrays(self) -> Arrays:
        return {"units": self.values}


def _units(block: Block) -> Drawn:
    return Drawn(block.care_use().units.sum(axis=2))


class Stop(Exception):
    """Stands for a kill."""


def _stop_after(blocks: int) -> Callable[[int, int], None]:
    def advance(done: int, total: int) -> None:
        if done > blocks:
            raise Stop

    return advance


def _stopped(case: Case, keep: Path, blocks: int) -> None:
    with pytest.raises(Stop):
        Blocks(keep=keep).series(plan(case, 64, 4, 1, "out_of_sample"), _units, _stop_after(blocks))


def test_what_capacity_is_decided_on_is_the_same_bits_for_any_workers(small_case: Case) -> None:
    """Everything after it is one process, so the decision is too."""
    made = plan(small_case, 64, 1, 1, "design")
    one, two = (Blocks(workers).series(made, capacity_work(made), silent) for workers in (1, 2))
    assert made.n_blocks > 1
    assert list(one) == list(two)
    for name, values in one.items():
        np.testing.assert_array_equal(values, two[name])


def test_a_stopped_run_goes_on_with_the_same_bits(small_case: Case, tmp_path: Path) -> None:
    made = plan(small_case, 64, 4, 1, "out_of_sample")
    whole = Blocks().series(made, _units, silent)
    _stopped(small_case, tmp_path, 5)
    (folder,) = tmp_path.iterdir()
    kept = sorted(folder.glob("*.parquet"))
    assert len(kept) == 5
    stamps = [file.stat().st_mtime_ns for file in kept]
    again = Blocks(keep=tmp_path).series(made, _units, silent)
    assert [file.stat().st_mtime_ns for file in kept] == stamps
    np.testing.assert_array_equal(again["units"], whole["units"])
    assert isinstance(again["units"], np.memmap)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(manifest["sha256"]) == made.n_blocks
    assert manifest["seed"] == 1


def test_a_torn_block_is_drawn_again(small_case: Case, tmp_path: Path) -> None:
    made = plan(small_case, 64, 4, 1, "out_of_sample")
    whole = Blocks(keep=tmp_path).series(made, _units, silent)["units"].copy()
    (folder,) = tmp_path.iterdir()
    file = folder / "000003.parquet"
    file.write_bytes(file.read_bytes()[:-100])
    again = Blocks(keep=tmp_path).series(made, _units, silent)
    np.testing.assert_array_equal(again["units"], whole)


def test_another_question_is_another_folder(small_case: Case, tmp_path: Path) -> None:
    made = plan(small_case, 64, 4, 1, "out_of_sample")
    first = question(made, _units)
    other = replace(
        small_case, demand=(small_case.demand[0].model_copy(update={"growth": 0.02}), *small_case.demand[1:])
    )
    assert question(plan(small_case, 64, 4, 2, "out_of_sample"), _units) != first
    assert question(plan(other, 64, 4, 1, "out_of_sample"), _units) != first
    assert question(plan(small_case, 64, 4, 1, "design"), _units) != first
    # more scramblings of the same points are the same blocks and more
    assert question(replace(made, n_scramblings=2 * made.n_scramblings), _units) == first


def test_a_comparison_kept_and_not_kept_is_the_same(small_case: Case, tmp_path: Path) -> None:
    """Also where a precision asks for more scenarios than the first ones."""
    asked: dict[str, Any] = {"n_scenarios": 32, "design_scenarios": DESIGN, "n_years": 1, "precision": 400_000}
    plain = compare(small_case, **asked)
    kept, again = (json_text(comparison_results(compare(small_case, **asked, keep=tmp_path))) for _ in range(2))
    assert json_text(comparison_results(plain)) == kept == again
    assert plain.n_scenarios > 32


def test_a_folder_that_cannot_be_written(small_case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match="choose another folder with keep"):
        Blocks(keep=tmp_path / "file").series(plan(small_case, 32, 4, 1, "out_of_sample"), _units, silent)


@pytest.mark.slow
def test_a_killed_command_goes_on(folder: Path, tmp_path: Path) -> None:
    """SIGKILL as soon as a block is finished; the same command afterwards gives the bytes of a run never stopped."""
    command = [
        str(Path(sys.executable).with_name("bekostiging")),
        "compare",
        str(folder),
        "--scenarios",
        "128",
        "--design-scenarios",
        "128",
    ]
    kept = [*command, "--keep", str(tmp_path / "kept")]
    with subprocess.Popen(
        [*kept, "--out", str(tmp_path / "one")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:  # fmt: skip
        try:
            for _ in range(600):
                if list((tmp_path / "kept").glob("*/000000.parquet")) or process.poll() is not None:
                    break
                time.sleep(0.1)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert not (tmp_path / "one").exists()
    for arguments, out in ((kept, "two"), (command, "plain")):
        subprocess.run([*arguments, "--out", str(tmp_path / out)], check=True, capture_output=True, timeout=300)
    assert (tmp_path / "two" / "results.json").read_bytes() == (tmp_path / "plain" / "results.json").read_bytes()
