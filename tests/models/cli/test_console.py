"""Every text can be written to every console."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bekostiging.cli.console import NEAREST, nearest, show_every_text

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""The poorest locale that there is, without what Python does to make it richer."""
BEHIND = [part for part in sys.path if part.endswith(("models", "solvers"))]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Súdwest-Fryslân", "Sudwest-Fryslan"),
        ("coo\u0308peratie", "cooperatie"),
        ("≥ € 1 – 2 ×", ">= EUR 1 - 2 x"),
        ("… ²", "... 2"),
        ("漢", "?"),
    ],
)
def test_the_nearest_text_in_ascii(text: str, shown: str) -> None:
    assert nearest(text) == shown


@given(st.text(alphabet=st.characters()), st.sampled_from(["ascii", "cp1252", "cp437", "latin-1", "utf-8"]))
def test_every_text_can_be_written(text: str, encoding: str) -> None:
    """Lone surrogates too: the name of a file that is no UTF-8 has them."""
    show_every_text()
    assert text.encode(encoding, NEAREST).decode(encoding).isascii() or encoding != "ascii"


def test_a_stream_that_is_no_file_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    show_every_text()


def test_a_mistake_is_told_on_a_console_without_accents(tmp_path: Path) -> None:
    place = tmp_path / "mijn"
    place.mkdir()
    (place / "areas.csv").write_text("id;name\nSúdwest;Fryslân ─ ≥\n", "utf-8")
    (place / "Súdwest.csv").write_text("", "utf-8")
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))
    }
    ran = subprocess.run(
        [sys.executable, "-c", "from bekostiging.cli import main; main()", "check", str(place), "--lang", "nl"],
        env=environment | ASCII | {"PYTHONPATH": os.pathsep.join(BEHIND)},
        capture_output=True,
        check=False,
        timeout=100,
    )
    said = ran.stderr.decode("ascii")
    assert ran.returncode == 1
    assert "tabel demand: deze tabel ontbreekt" in said
    assert "Traceback" not in said
