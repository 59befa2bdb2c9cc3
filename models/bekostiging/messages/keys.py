"""The key that turns a citizen service number into a pseudonym, held outside the store by a key holder.

A pseudonym is HMAC-SHA-256 under the key, cut to its first 64 bits: among a million persons the chance that any two share
one is 3 in 100 million. Without the key nobody can try all numbers until one fits; with it anybody can. So the store keeps
only the fingerprint of the key, by which another key is refused.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from bekostiging.case.arguments import checked_path, kinds_checked
from bekostiging.case.errors import UserError

HEAD = "bekostiging sleutel 1"
"""First line of a key file."""
BYTES = 32
"""Of a key: as long as the hash."""
PSEUDONYM_BYTES = 8
FINGERPRINT_BYTES = 8


@dataclass(frozen=True)
class Key:
    """A key of a key holder; its secret is never shown.

    Parameters
    ----------
    secret : bytes
        32 random bytes.

    Examples
    --------
    >>> from bekostiging.messages import Key
    >>> key = Key(bytes(32))
    >>> key, len(key.fingerprint)
    (Key(), 16)
    """

    secret: bytes = field(repr=False)

    def pseudonym(self, subject: str, text: str) -> int:
        """A whole number of 64 bits for a text; ``subject`` keeps a person and an authorisation of one number apart."""
        digest = hmac.digest(self.secret, f"{subject}:{text}".encode(), "sha256")
        return int.from_bytes(digest[:PSEUDONYM_BYTES], "little", signed=True)

    @property
    def fingerprint(self) -> str:
        """What the store knows of the key: it tells another key apart and says nothing of the secret."""
        return hmac.digest(self.secret, b"fingerprint", "sha256")[:FINGERPRINT_BYTES].hex()


@kinds_checked
def new_key(file: str | Path) -> Key:
    """Make a key and write it to a file that only its owner can read.

    Parameters
    ----------
    file : str or path
        The file to make; not in the folder of the store, and not where many can read.

    Returns
    -------
    Key

    Raises
    ------
    UserError
        The file is there already: a key that is lost cannot be made again.

    Examples
    --------
    >>> from bekostiging.messages import new_key, read_key
    >>> new_key("region.key") == read_key("region.key")
    True
    """
    path = checked_path("file", file)
    key = Key(secrets.token_bytes(BYTES))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UserError(
            f"{path} bestaat al; een sleutel wordt nooit overschreven: kies een andere naam.",
            f"{path} exists already; a key is never written over: choose another name.",
            exit_code=2,
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(f"{HEAD}\n{key.secret.hex()}\n")
    return key


@kinds_checked
def read_key(file: str | Path) -> Key:
    """Read the key of a key holder.

    Parameters
    ----------
    file : str or path
        A file that ``new_key`` made.

    Returns
    -------
    Key

    Raises
    ------
    UserError
        There is no such file, or it is no key.

    Examples
    --------
    >>> from bekostiging.messages import new_key, read_key
    >>> made = new_key("holder.key")
    >>> read_key("holder.key").fingerprint == made.fingerprint
    True
    """
    path = checked_path("file", file)
    if not path.is_file():
        raise UserError(
            f"{path}: deze sleutel is er niet; maak er een met `bekostiging key new {path}`, of vraag de sleutelhouder.",
            f"{path}: there is no such key; make one with `bekostiging key new {path}`, or ask the key holder.",
            exit_code=2,
        )
    lines = path.read_bytes()[:1000].decode("utf-8-sig", "replace").strip().split("\n")
    try:
        secret = bytes.fromhex(lines[1].strip())
    except (IndexError, ValueError):
        secret = b""
    if lines[0].strip() != HEAD or len(secret) != BYTES:
        raise UserError(
            f"{path} is geen sleutel van bekostiging; geef het bestand dat `bekostiging key new` maakte.",
            f"{path} is no key of bekostiging; give the file that `bekostiging key new` made.",
            exit_code=2,
        )
    return Key(secret)
