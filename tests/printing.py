"""How many sheets of paper a page takes, counted by a browser that prints it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

BROWSER = next((one for one in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if one), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium to print with")
PARTS = ("summary", "report", "appendix")


def sheets(page: str, part: str, folder: Path) -> int:
    """Sheets of A4 of one part of a page, the others hidden."""
    assert BROWSER is not None
    others = ", ".join(f"section.{other}" for other in PARTS if other != part)
    file, printed = folder / f"{part}.html", folder / f"{part}.pdf"
    file.write_text(
        page.replace("</head>", f"<style>{others} {{ display: none; }}</style></head>"), encoding="utf-8"
    )
    # a browser refuses its own walls to the administrator of a machine
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        BROWSER,
        "--headless",
        *alone,
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--print-to-pdf={printed}",
    ]
    subprocess.run([*command, file.as_uri()], check=True, capture_output=True, timeout=120)
    return len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))
