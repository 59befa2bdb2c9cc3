"""Pictures of figures against pictures that were looked at: root mean square over the pixels of both."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

ROOT = Path(__file__).parent
PICTURES = ROOT / "data" / "figures"
DPI = 50
MOST = 0.02
"""Root mean square difference of two pictures, of a scale from 0 to 1: a bar that moves a pixel stays below it, one that is
elsewhere does not."""


def pinned_matplotlib() -> str:
    """The version that constraints.txt names."""
    found = re.search(r"^matplotlib==(\S+)", (ROOT.parent / "constraints.txt").read_text(), re.MULTILINE)
    assert found
    return found.group(1)


only_pinned = pytest.mark.skipif(
    mpl.__version__ != pinned_matplotlib(), reason="pictures are those of the pinned matplotlib"
)


def picture(figure: Figure) -> np.ndarray:
    """Grey values from 0 to 1, in the fonts that matplotlib brings."""
    with mpl.rc_context({"font.family": "DejaVu Sans", "text.antialiased": True}):
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=DPI)
    out.seek(0)
    return np.asarray(imread(out)[..., :3].mean(axis=2))


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square; infinite where sizes differ."""
    return float(np.sqrt(((one - other) ** 2).mean())) if one.shape == other.shape else float("inf")
