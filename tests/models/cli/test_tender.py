"""Commands around a tender as a user types them: what is wrong is one sentence before anything is computed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALL = "from bekostiging.cli import main; main()"


def _run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CALL, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False,
        timeout=300, env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("compare", "region", "--sheets", "--counter-offer", "0.03"),
            "geef twee getallen met een komma ertussen",
        ),
        (("compare", "region", "--sheets", "--counter-offer", "3%,5%"), "geef getallen met een punt"),
        (("compare", "region", "--sheets", "--counter-offer", "0.03,1.5"), "free_zone 1.5"),
        (
            ("diff", "nergens", "elders"),
            "Resultaat A, nergens, is geen map met resultaten: manifest.json is er niet",
        ),
        (("diff", "nergens", "elders", "--form", "x"), "x"),
        (("landscape", "almera"), "Bedoelt u almere?"),
    ],
)
def test_a_mistake_is_one_sentence(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    done = _run(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_landscape_is_written_with_its_pack_and_not_over_another(tmp_path: Path) -> None:
    done = _run("landscape", "region", "--publish", "--out", "landschap", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "landschap" / "information-pack" / "index.html").is_file()
    assert "No term of a contract counts here" in done.stdout
    again = _run("landscape", "region", "--out", "landschap", cwd=tmp_path)
    assert again.returncode == 2
    assert "bestaat al; kies een andere met --out" in again.stderr
