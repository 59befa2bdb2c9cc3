"""Payment forms for youth care and social support: who carries which financial risk, and which budget holds.

``read_case`` reads what a region brings, ``compare`` settles every payment form on the same simulated
clients and designs the lump sum, ``write_results`` writes the report. Names are imported when first used,
so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bekostiging.case import read_case
    from bekostiging.case.errors import CaseError, UserError
    from bekostiging.report import write_results
    from bekostiging.studies import compare

__version__ = "0.1.0"
__all__ = ["CaseError", "UserError", "__version__", "compare", "read_case", "write_results"]

_HOMES = {
    "read_case": "bekostiging.case",
    "CaseError": "bekostiging.case.errors",
    "UserError": "bekostiging.case.errors",
    "write_results": "bekostiging.report",
    "compare": "bekostiging.studies",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'bekostiging' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
