"""Messages of iJw and iWmo 3.x, read as a stream; a citizen service number exists in here alone, until it is a pseudonym."""

from bekostiging.messages.generator import Written, write_messages
from bekostiging.messages.keys import Key, new_key, read_key
from bekostiging.messages.remarks import Remarks

__all__ = ["Key", "Remarks", "Written", "new_key", "read_key", "write_messages"]
