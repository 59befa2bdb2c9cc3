"""What presents a study: every public method says what it gives, itself or where it is declared."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from bekostiging.report.kit.presented import Presented
from bekostiging.report.write import REPORTS


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.__name__)
def test_every_method_is_described(report: type[Presented[Any]]) -> None:
    """Ruff leaves D102 out for these pages; a method of their own must still bear its docstring (``getdoc`` inherits)."""
    own = {name: thing for name, thing in vars(report).items() if not name.startswith("_")}
    assert own
    assert [name for name in own if not inspect.getdoc(getattr(report, name))] == []
