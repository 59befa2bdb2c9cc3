"""The region store: what a region's messages, claims and statistics say, with nobody's number kept."""

from bekostiging.store.claim_check import ClaimCheck, Found, MessageTotals, check_claims
from bekostiging.store.claims_import import import_claims
from bekostiging.store.comparisons import Comparison
from bekostiging.store.database import Store, make_store, open_store
from bekostiging.store.evidence import Evidence, StoreCase
from bekostiging.store.forget import forget_everything, forget_person, forget_until
from bekostiging.store.from_store import case_from_store
from bekostiging.store.importing import Imported, told_together
from bekostiging.store.message_import import import_messages
from bekostiging.store.overview import Contents, shown_count, store_contents
from bekostiging.store.privacy import PrivacyFacts, privacy_facts
from bekostiging.store.products import Unmapped, confirm_products, propose_products, unmapped_products
from bekostiging.store.settlement_figures import Aggregate, settlement_aggregates
from bekostiging.store.statistics_import import fetch_statline, import_statline
from bekostiging.store.tables_import import import_table
from bekostiging.store.view import FormView, StoreView, store_view
from bekostiging.store.year_memory import Forecast, keep_actuals, keep_forecasts, kept_actuals, kept_forecasts

__all__ = [
    "Aggregate",
    "ClaimCheck",
    "Comparison",
    "Contents",
    "Evidence",
    "Forecast",
    "FormView",
    "Found",
    "Imported",
    "MessageTotals",
    "PrivacyFacts",
    "Store",
    "StoreCase",
    "StoreView",
    "Unmapped",
    "case_from_store",
    "check_claims",
    "confirm_products",
    "fetch_statline",
    "forget_everything",
    "forget_person",
    "forget_until",
    "import_claims",
    "import_messages",
    "import_statline",
    "import_table",
    "keep_actuals",
    "keep_forecasts",
    "kept_actuals",
    "kept_forecasts",
    "make_store",
    "open_store",
    "privacy_facts",
    "propose_products",
    "settlement_aggregates",
    "shown_count",
    "store_contents",
    "store_view",
    "told_together",
    "unmapped_products",
]
