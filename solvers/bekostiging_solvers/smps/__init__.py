"""Reading SMPS: a core model (MPS), its periods and its scenarios, as a ``TwoStageProgram``.

``text`` gives lines, fields and numbers, ``core`` and ``bounds`` the MPS file, ``periods`` the time file, ``stochastics``
the outcomes of the stoch file, ``program`` the arrays.
"""

from bekostiging_solvers.smps.read import read_smps
from bekostiging_solvers.smps.text import SmpsError, SmpsWarning

__all__ = ["SmpsError", "SmpsWarning", "read_smps"]
