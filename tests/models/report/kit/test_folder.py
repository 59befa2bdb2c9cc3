"""One run per result folder, freed after a crash; a full disk and Ctrl-C leave nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from suites import mini
from typer.testing import CliRunner

from bekostiging.case import UserError
from bekostiging.cli import app
from bekostiging.report import claimed
from bekostiging.report.kit.folder import write_folder
from bekostiging.report.tender import dossier

PROGRAM = Path(sys.executable).parent / "bekostiging"
HOLD = """
import sys, time
from pathlib import Path
from bekostiging.report import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_into_one_folder_is_refused_and_a_crash_frees_it(tmp_path: Path) -> None:
    """A benchmark into it stops before it computes anything; killed, the first run leaves the folder free."""
    folder = tmp_path / "deep" / "out"
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="Another run is busy with folder") as told, claimed(folder):
            pass
        assert told.value.exit_code == 2
        done = CliRunner().invoke(app, ["benchmark", "scale", "--out", str(folder)])
        assert done.exit_code == 2
        assert "Een andere run is bezig met map" in done.output
        with claimed(tmp_path / "deep" / "other"):
            pass
    finally:
        process.kill()
        process.wait()
    with claimed(folder):
        assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_refused_and_free_again(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(UserError, match="exists; choose another"), claimed(tmp_path / "out"):
        pass
    with pytest.raises(UserError, match="is no earlier result"), claimed(tmp_path / "out", overwrite=True):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_a_full_disk_while_the_dossier_is_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill(draft: Path) -> None:
        (draft / "report.html").write_text("page")
        (draft / "dossier.zip").write_bytes(dossier.pack("x", {}, {}))

    monkeypatch.setattr(dossier, "pack", full)
    with pytest.raises(UserError, match=r"No space left on device\); nothing has been left there"):
        write_folder(tmp_path / "out", fill)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """A file system of 64 kB; only where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mount.returncode != 0:
        pytest.skip("no right to mount a file system")
    try:
        with pytest.raises(UserError, match="nothing has been left there"):
            write_folder(disk / "out", lambda draft: _large(draft))
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def _large(draft: Path) -> None:
    (draft / "small").write_bytes(bytes(1000))
    (draft / "large").write_bytes(bytes(200_000))


def test_an_interrupted_benchmark_leaves_nothing_and_130(tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group: one sentence, no traceback, no folder, no lock."""
    suite = mini(tmp_path, ("scenarios = 32", "scenarios = 8192"))
    process = subprocess.Popen(
        [PROGRAM, "benchmark", suite, "--out", tmp_path / "out", "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=tmp_path,
    )
    try:
        for _ in range(600):
            if (tmp_path / ".out.lock").exists():
                break
            time.sleep(0.1)
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.returncode == 130
    assert "Afgebroken; er is niets geschreven." in told
    assert "Traceback" not in told
    assert {path.name for path in tmp_path.iterdir()} == {"mini.toml"}
