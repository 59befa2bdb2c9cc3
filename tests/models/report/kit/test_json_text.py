"""JSON that every reader can read: a number that is none is named, not written."""

from __future__ import annotations

import json

import pytest

from bekostiging.case import UserError
from bekostiging.report.kit.json_text import json_text


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_is_none_is_named(number: float) -> None:
    with pytest.raises(UserError) as raised:
        json_text({"years": [2026], "capacity": {"curve": [{"bound": 1.0}, {"bound": number}]}})
    assert "capacity.curve[1].bound" in raised.value.text("nl")
    assert "is no finite number" in raised.value.text("en")


def test_what_is_finite_is_written_as_it_is() -> None:
    content = {"a": [1.5, None, True, "Súdwest"], "b": {}}
    assert json.loads(json_text(content)) == content
