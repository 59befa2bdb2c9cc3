"""The region store: what a region's messages, claims and statistics say, with nobody's number kept."""

from bekostiging.store.database import Store, make_store, open_store
from bekostiging.store.forget import forget_everything, forget_person, forget_until
from bekostiging.store.importing import Imported, told_together
from bekostiging.store.message_import import import_messages
from bekostiging.store.overview import Contents, shown_count, store_contents

__all__ = [
    "Contents",
    "Imported",
    "Store",
    "forget_everything",
    "forget_person",
    "forget_until",
    "import_messages",
    "make_store",
    "open_store",
    "shown_count",
    "store_contents",
    "told_together",
]
