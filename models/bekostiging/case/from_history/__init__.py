"""A case from what a region has anyway: areas, begroting, history, contracts and policy; the rest estimated and listed.

``counts`` is what history tells of places and years, ``demand`` the clients of the base year and their growth, ``offers``
prices, market shares and providers, ``estimate`` the case of it all, and what of it was estimated.
"""

from bekostiging.case.from_history.estimate import case_from_history, estimated_tables, tables_in
from bekostiging.case.from_history.offers import unit_prices

__all__ = ["case_from_history", "estimated_tables", "tables_in", "unit_prices"]
