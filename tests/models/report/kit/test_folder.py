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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_benchmark_leaves_nothing_and_130(number: int, tmp_path: Path) -> None:
    """Ctrl-C and SIGTERM reach the whole group: one sentence, no traceback, no folder, no lock, no process."""
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
        os.killpg(process.pid, number)
        _, told = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.returncode == 130
    assert "Afgebroken; er is niets geschreven." in told
    assert "Traceback" not in told
    assert {path.name for path in tmp_path.iterdir()} == {"mini.toml"}


KILLED = """
import os, signal, sys
from pathlib import Path
from bekostiging.report import claimed, write_folder
def fill(draft):
    (draft / "half").write_text("half")
    if sys.argv[2] == "filling":
        os.kill(os.getpid(), signal.SIGKILL)
with claimed(Path(sys.argv[1]), overwrite=True):
    if sys.argv[2] == "renaming":
        Path.rename = lambda here, there, was=Path.rename: was(here, there) and os.kill(os.getpid(), signal.SIGKILL)
    write_folder(Path(sys.argv[1]), fill, overwrite=True)
"""


@pytest.mark.parametrize("at", ["filling", "renaming"])
def test_the_next_run_clears_what_a_killed_one_left(at: str, tmp_path: Path) -> None:
    """Killed while it writes, or between the two renames: the earlier result is there, and nothing else is left."""
    folder, other = tmp_path / "out", tmp_path / ".out-b-abcdefgh.draft"
    write_folder(
        folder, lambda draft: [(draft / name).write_text("earlier") for name in ("manifest.json", "page")] and None
    )
    other.mkdir()
    subprocess.run([sys.executable, "-c", KILLED, folder, at], check=False, timeout=120)
    assert len(list(tmp_path.iterdir())) > 2
    assert folder.exists() == (at == "filling")
    with claimed(folder, overwrite=True):
        assert (folder / "page").read_text() == "earlier"
    # the draft of another folder, out-b, is not ours
    assert {path.name for path in tmp_path.iterdir()} == {"out", other.name}


def _file(place: Path) -> Path:
    (place / "out").write_text("mine")
    return place / "out"


def _below_a_file(place: Path) -> Path:
    return _file(place) / "deeper" / "still"


def _link(place: Path) -> Path:
    (place / "real").mkdir()
    (place / "out").symlink_to(place / "real")
    return place / "out"


def _broken_link(place: Path) -> Path:
    (place / "out").symlink_to(place / "nowhere")
    return place / "out"


def _earlier(place: Path) -> Path:
    """An earlier result, which may be replaced: it holds a case."""
    (place / "case").mkdir()
    (place / "manifest.json").touch()
    return place


REFUSED = {
    "a file": (_file, "is a file and cannot become a folder of results"),
    "below a file": (_below_a_file, "out is a file and cannot become a folder of results"),
    "a link": (_link, "is a link and cannot"),
    "a broken link": (_broken_link, "is a link and cannot"),
    "here": (lambda place: Path(), "is the folder you work in or one above it"),
    "above": (lambda place: Path(".."), "is the folder you work in or one above it"),
    "the root": (lambda place: Path("/"), "is the folder you work in or one above it"),
    "the case": (lambda place: _earlier(place) / "case", "which the run uses and cannot"),
    "around the case": (_earlier, "which the run uses and cannot"),
    "a name too long": (lambda place: place / ("a" * 252), r"Cannot write in .*\(File name too long\)"),
    "no place for files": (lambda place: Path("/proc/nothing/out"), "Cannot write in /proc/nothing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_place_that_no_result_can_have_is_refused_before_anything_is_computed(name: str, tmp_path: Path) -> None:
    """With the reason, whether it may be overwritten or not, and everything stays as it was."""
    make, wanted = REFUSED[name]
    folder = make(tmp_path)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    for overwrite in (False, True):
        with (
            pytest.raises(UserError, match=wanted) as told,
            claimed(folder, overwrite=overwrite, apart=[tmp_path / "case"]),
        ):
            pytest.fail("computed")
        assert told.value.exit_code == 2
        assert "\n" not in told.value.text("nl")
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_command_refuses_to_write_over_its_case_or_what_it_keeps(folder: Path, tmp_path: Path) -> None:
    """The case itself with --overwrite, and a folder of blocks inside the result."""
    (folder / "manifest.json").touch()
    for more in (
        ("--out", folder, "--overwrite"),
        ("--out", tmp_path / "out", "--keep", tmp_path / "out" / "kept"),
    ):
        done = CliRunner().invoke(app, ["compare", str(folder), *map(str, more), "--lang", "en"])
        assert done.exit_code == 2
        assert (
            "which the run uses and cannot become a folder of results; choose a new folder with --out."
            in done.output
        )
    assert (folder / "case.toml").is_file()
    assert not (tmp_path / "out").exists()
