"""Messages of a region that does not exist, of any size, from a case: to try the whole way with, and to test it."""

from bekostiging.messages.generator.write import Written, write_messages

__all__ = ["Written", "write_messages"]
