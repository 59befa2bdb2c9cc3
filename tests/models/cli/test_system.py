"""What the system refuses is a sentence: output to a full device, a disk without room, SIGTERM to a command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-c", "from bekostiging.cli import main; main()"]
LIMITED = """
import resource, sys
from bekostiging.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
main()
"""
"""No file may become larger than 1 kB, as on a disk with so little room."""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("arguments", [("check", "almere"), ("convert", "almere", "copy"), ("check", "--help")])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_full_device_is_a_sentence(arguments: tuple[str, ...], lang: str, tmp_path: Path) -> None:
    """Also when Python ends and writes what it still had."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments, "--lang", lang], stdout=full, stderr=subprocess.PIPE,
            text=True, check=False, cwd=tmp_path, timeout=120,
        )  # fmt: skip
    assert done.returncode == 2
    wanted = {"nl": "het systeem weigert te lezen of te schrijven", "en": "the system refuses to read or write"}
    assert done.stderr.strip().startswith(wanted[lang])
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
@pytest.mark.parametrize("target", ["copy.xlsx", "copy"])
def test_no_room_for_what_is_converted(target: str, tmp_path: Path) -> None:
    """A workbook or a folder that does not fit: one sentence, and nothing is left of it."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", LIMITED, "convert", "almere", target, "--lang", "en"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120,
    )  # fmt: skip
    assert done.returncode in (1, 2)
    assert f"{target} cannot be written (File too large); choose another place." in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_who_reads_no_further_is_not_told(tmp_path: Path) -> None:
    """As with ``| head -1``: no sentence and no traceback."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [*PROGRAM, "check", "almere"], stdout=closed, stderr=subprocess.PIPE,
            text=True, check=False, cwd=tmp_path, timeout=120,
        )  # fmt: skip
    assert done.stderr == ""
