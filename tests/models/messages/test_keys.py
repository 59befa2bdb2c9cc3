"""Keys and pseudonyms: the published hash, one key one person, and no secret in what is shown."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

import pytest
from region_messages import KEY, PERSON

from bekostiging.case import UserError
from bekostiging.messages import Key, new_key, read_key


def test_a_pseudonym_is_the_first_bytes_of_hmac_sha_256() -> None:
    """RFC 2104 by hand: H(K xor opad, H(K xor ipad, text)), the key padded with zeros to the block of 64 bytes."""
    padded = KEY.secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + f"person:{PERSON}".encode()).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()
    assert KEY.pseudonym("person", PERSON) == int.from_bytes(outer[:8], "little", signed=True)
    assert hmac.digest(KEY.secret, f"person:{PERSON}".encode(), "sha256") == outer


def test_a_number_is_another_pseudonym_as_an_authorisation_and_under_another_key() -> None:
    other = Key(bytes(32))
    found = {KEY.pseudonym("person", "1"), KEY.pseudonym("authorisation", "1"), other.pseudonym("person", "1")}
    assert len(found) == 3
    assert KEY.fingerprint != other.fingerprint


def test_a_key_is_read_back_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "region.key"
    key = new_key(file)
    assert read_key(file) == key
    assert key.secret.hex() not in repr(key)
    if os.name != "nt":
        assert file.stat().st_mode & 0o077 == 0


def test_two_keys_differ(tmp_path: Path) -> None:
    assert new_key(tmp_path / "a").secret != new_key(tmp_path / "b").secret


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    before = new_key(tmp_path / "a")
    with pytest.raises(UserError, match="never written over"):
        new_key(tmp_path / "a")
    assert read_key(tmp_path / "a") == before


@pytest.mark.parametrize(
    "text", ["", "x", "bekostiging sleutel 1\nxyz\n", "bekostiging sleutel 1\n00ff\n", "\0" * 500]
)
def test_another_file_is_no_key(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text(text)
    with pytest.raises(UserError, match="is no key of bekostiging"):
        read_key(tmp_path / "a")


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such key"):
        read_key(tmp_path / "a")
