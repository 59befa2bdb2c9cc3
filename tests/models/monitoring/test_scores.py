"""Pinball loss: by hand, and smallest at the true quantile."""

from __future__ import annotations

import numpy as np
import pytest

from bekostiging.case import UserError
from bekostiging.monitoring import pinball_loss


def test_the_true_quantile_has_the_smallest_loss() -> None:
    """Of 0, 1, ..., 100 the level 0.9 is best forecast by 90."""
    truth = np.arange(101.0)
    loss = [sum(pinball_loss(float(q), 0.9, float(one)) for one in truth) for q in truth]
    assert int(np.argmin(loss)) == 90


def test_a_level_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(UserError, match="between 0 and 1"):
        pinball_loss(1.0, 1.0, 1.0)
