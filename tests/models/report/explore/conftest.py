"""One browser for every test of the what-if page that a worker runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browsers import started


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    yield from started()
