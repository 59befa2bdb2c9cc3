"""Blocks kept on disk: a stopped run goes on, with the same bits, and nothing wrong is read back."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import DESIGN
from kept_units import Drawn, units_of_block

from bekostiging.capacity import capacity_work
from bekostiging.case import Case, UserError
from bekostiging.evaluation.blocks import Blocks, _manifest, _tokens, question
from bekostiging.options import silent
from bekostiging.report.comparison.results import comparison_results
from bekostiging.report.kit.json_text import json_text
from bekostiging.scenarios import plan
from bekostiging.studies import compare


class Stop(Exception):
    """Stands for a kill."""


def _stop_after(blocks: int) -> Callable[[int, int], None]:
    def advance(done: int, total: int) -> None:
        if done > blocks:
            raise Stop

    return advance


def _stopped(case: Case, keep: Path, blocks: int) -> None:
    with pytest.raises(Stop):
        Blocks(keep=keep).series(plan(case, 64, 4, 1, "out_of_sample"), units_of_block, _stop_after(blocks))


def test_what_capacity_is_decided_on_is_the_same_bits_for_any_workers(small_case: Case) -> None:
    """Everything after it is one process, so the decision is too."""
    planned = plan(small_case, 64, 1, 1, "design")
    one, two = (Blocks(workers).series(planned, capacity_work(planned), silent) for workers in (1, 2))
    assert planned.n_blocks > 1
    assert list(one) == list(two)
    for name, values in one.items():
        np.testing.assert_array_equal(values, two[name])


def test_a_stopped_run_goes_on_with_the_same_bits(small_case: Case, tmp_path: Path) -> None:
    planned = plan(small_case, 64, 4, 1, "out_of_sample")
    whole = Blocks().series(planned, units_of_block, silent)
    _stopped(small_case, tmp_path, 5)
    (folder,) = tmp_path.iterdir()
    kept = sorted(folder.glob("*.parquet"))
    assert len(kept) == 5
    stamps = [file.stat().st_mtime_ns for file in kept]
    again = Blocks(keep=tmp_path).series(planned, units_of_block, silent)
    assert [file.stat().st_mtime_ns for file in kept] == stamps
    np.testing.assert_array_equal(again["units"], whole["units"])
    assert isinstance(again["units"], np.memmap)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(manifest["sha256"]) == planned.n_blocks
    assert manifest["seed"] == 1


def test_a_torn_block_is_drawn_again(small_case: Case, tmp_path: Path) -> None:
    planned = plan(small_case, 64, 4, 1, "out_of_sample")
    whole = Blocks(keep=tmp_path).series(planned, units_of_block, silent)["units"].copy()
    (folder,) = tmp_path.iterdir()
    file = folder / "000003.parquet"
    file.write_bytes(file.read_bytes()[:-100])
    again = Blocks(keep=tmp_path).series(planned, units_of_block, silent)
    np.testing.assert_array_equal(again["units"], whole)


def test_another_question_is_another_folder(small_case: Case, tmp_path: Path) -> None:
    planned = plan(small_case, 64, 4, 1, "out_of_sample")
    first = question(planned, units_of_block)
    other = replace(
        small_case, demand=(small_case.demand[0].model_copy(update={"growth": 0.02}), *small_case.demand[1:])
    )
    assert question(plan(small_case, 64, 4, 2, "out_of_sample"), units_of_block) != first
    assert question(plan(other, 64, 4, 1, "out_of_sample"), units_of_block) != first
    assert question(plan(small_case, 64, 4, 1, "design"), units_of_block) != first
    # a function is known by its name: its usual text has an address, which is another in every process
    assert [token for token in _tokens((units_of_block, partial(units_of_block), Drawn)) if b"0x" in token] == []
    # more scramblings of the same points are the same blocks and more
    assert question(replace(planned, n_scramblings=2 * planned.n_scramblings), units_of_block) == first


@pytest.mark.slow
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
        Blocks(keep=tmp_path / "file").series(plan(small_case, 32, 4, 1, "out_of_sample"), units_of_block, silent)


def test_the_manifest_is_written_to_be_read(small_case: Case) -> None:
    """What it holds in the words of the case."""
    case = replace(small_case, disclaimer={"nl": "Verzonnen cliënten.", "en": "Invented clients."})
    text = _manifest(plan(case, 32, 1, 7, "design"), ["f00"])
    assert "Verzonnen cliënten." in text
    held = json.loads(text)
    assert (held["stream"], held["seed"], held["sha256"]) == ("design", 7, ["f00"])


def _modes(place: Path) -> set[tuple[bool, int]]:
    """Whether it is a folder, and who may read it."""
    return {(path.is_dir(), path.stat().st_mode & 0o777) for path in (place, *place.rglob("*"))}


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_what_is_kept_is_its_owners(small_case: Case, tmp_path: Path) -> None:
    """Folders 0700 and files 0600, whatever the usual rights are, and also where an earlier version left wider ones."""
    planned = plan(small_case, 32, 1, 1, "out_of_sample")
    usual = os.umask(0)
    try:
        Blocks(keep=tmp_path / "kept").series(planned, units_of_block, silent)
        assert _modes(tmp_path / "kept") == {(True, 0o700), (False, 0o600)}
        (folder,) = (tmp_path / "kept").iterdir()
        folder.chmod(0o777)
        (folder / "manifest.json").chmod(0o666)
        Blocks(keep=tmp_path / "kept").series(planned, units_of_block, silent)
    finally:
        os.umask(usual)
    assert _modes(tmp_path / "kept") == {(True, 0o700), (False, 0o600)}


def test_arrays_are_of_their_run_alone(small_case: Case, tmp_path: Path) -> None:
    """No file has their name; another run with another number of scenarios in the same folder changes none of them."""
    planned = plan(small_case, 64, 1, 1, "out_of_sample")
    first = Blocks(keep=tmp_path).series(planned, units_of_block, silent)["units"]
    before = first.copy()
    (folder,) = tmp_path.iterdir()
    (folder / "units.npy").write_bytes(b"of an earlier version")
    (folder / "000001.draft").write_bytes(b"half a block")
    second = Blocks(keep=tmp_path).series(
        replace(planned, n_scramblings=planned.n_scramblings // 2), units_of_block, silent
    )["units"]
    second[:] = -1
    np.testing.assert_array_equal(first, before)
    names = {path.name for path in folder.iterdir()}
    assert names == {"manifest.json", "lock", *(f"{block:06d}.parquet" for block in range(planned.n_blocks))}


def test_a_folder_of_blocks_is_held_by_one_run(small_case: Case, tmp_path: Path) -> None:
    """Another run of the same question is told so; of another question it goes on."""
    planned = plan(small_case, 32, 1, 1, "out_of_sample")

    def second(done: int, total: int) -> None:
        Blocks(keep=tmp_path).series(replace(planned, seed=2), units_of_block, silent)
        Blocks(keep=tmp_path).series(planned, units_of_block, silent)

    with pytest.raises(
        UserError, match=r"Another run computes the same in .* choose another folder with keep"
    ) as told:
        Blocks(keep=tmp_path).series(planned, units_of_block, second)
    assert told.value.exit_code == 2
    assert len(Blocks(keep=tmp_path).series(planned, units_of_block, silent)["units"]) == planned.n_scenarios


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", '{"sha256": 1}', '{"sha256": [1, null]}', "[" * 100_000, "\x00"]
)
def test_a_spoiled_manifest_starts_over(manifest: str, small_case: Case, tmp_path: Path) -> None:
    planned = plan(small_case, 32, 1, 1, "out_of_sample")
    whole = Blocks(keep=tmp_path).series(planned, units_of_block, silent)["units"].copy()
    (folder,) = tmp_path.iterdir()
    (folder / "manifest.json").write_text(manifest)
    np.testing.assert_array_equal(Blocks(keep=tmp_path).series(planned, units_of_block, silent)["units"], whole)


@pytest.mark.parametrize(
    "place", ["bekostiging.evaluation.blocks.pq.write_table", "bekostiging.evaluation.blocks.TemporaryFile"]
)
def test_a_full_disk_is_a_sentence(
    place: str, small_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a block is written, and while the blocks are joined."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(place, full)
    with pytest.raises(UserError, match=r"\(No space left on device\); make room"):
        Blocks(keep=tmp_path).series(plan(small_case, 32, 1, 1, "out_of_sample"), units_of_block, silent)


KILLED = """
import os, signal, sys
from pathlib import Path
from bekostiging.case.region import synthetic_region
from bekostiging.evaluation.blocks import Blocks
from bekostiging.scenarios import plan
from kept_units import units_of_block
def advance(done, total):
    if done > 5:
        os.kill(os.getpid(), signal.SIGKILL)
made = plan(synthetic_region(municipalities=2, providers=6), 64, 4, 1, "out_of_sample")
Blocks(keep=Path(sys.argv[1])).series(made, units_of_block, advance)
"""


def test_a_run_killed_midway_goes_on_with_equal_bytes(small_case: Case, tmp_path: Path) -> None:
    """SIGKILL leaves a held lock to nobody; the next run draws the rest, and every file is that of a run never stopped."""
    path = os.pathsep.join([str(Path(__file__).resolve().parents[2]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "killed")],
        check=False,
        timeout=300,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == -signal.SIGKILL
    (folder,) = (tmp_path / "killed").iterdir()
    assert len(list(folder.glob("*.parquet"))) == 5
    (folder / "000005.draft").write_bytes(b"half")
    planned = plan(small_case, 64, 4, 1, "out_of_sample")
    again, whole = (
        Blocks(keep=tmp_path / name).series(planned, units_of_block, silent) for name in ("killed", "whole")
    )
    np.testing.assert_array_equal(again["units"], whole["units"])
    (other,) = (tmp_path / "whole").iterdir()
    assert other.name == folder.name
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in other.iterdir()
    }


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
