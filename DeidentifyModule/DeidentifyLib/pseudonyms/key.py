"""The project key: 256 random bits from which every replacement is derived.

Without the key, replacements cannot be recomputed from guessed names or IDs (an unkeyed hash of
an eight-digit patient ID is enumerated in a minute). Whoever holds the key can.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

KEY_BYTES = 32
_HEADER = "deidentify-key-v1"


class KeyFileError(ValueError):
    """The key file is missing, unsafe or not a key."""


@dataclass(frozen=True)
class Key:
    """A project key.

    Attributes
    ----------
    secret : bytes
        256 bits; never shown, logged or passed as a process argument.
    """

    secret: bytes = field(repr=False)
    _subkeys: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise KeyFileError(f"a project key has {KEY_BYTES} bytes")

    @classmethod
    def new(cls, path: Path) -> Key:
        """Make a random key and write it to a new file that only its owner can read.

        Raises
        ------
        KeyFileError
            If the file exists already or cannot be written.
        """
        key = cls(secrets.token_bytes(KEY_BYTES))
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeyFileError("the key file exists already; a key is never overwritten") from None
        except OSError as error:
            raise KeyFileError(f"the key file cannot be written: {error.strerror}") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{_HEADER} {key.secret.hex()}\n")
        return key

    @classmethod
    def read(cls, path: Path) -> Key:
        """Read a key file.

        Raises
        ------
        KeyFileError
            If the file is missing, can be read by others, or does not hold a key.
        """
        try:
            if os.name == "posix" and stat.S_IMODE(os.stat(path).st_mode) & 0o077:
                raise KeyFileError("the key file can be read by others; protect it with: chmod 600 FILE")
            words = Path(path).read_text(encoding="ascii").split()
            if len(words) != 2 or words[0] != _HEADER:
                raise KeyFileError("the key file does not hold a key; make one with: deidentify key new FILE")
            return cls(bytes.fromhex(words[1]))
        except OSError as error:
            raise KeyFileError(f"the key file cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise KeyFileError("the key file does not hold a key; make one with: deidentify key new FILE") from None
        except ValueError as error:
            if isinstance(error, KeyFileError):
                raise
            raise KeyFileError("the key file is damaged") from error

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that tell two keys apart and reveal nothing of them."""
        return self.derive("fingerprint", b"").hex()[:8]

    def derive(self, purpose: str, value: bytes) -> bytes:
        """Return HMAC-SHA256 of a value under the sub-key of one purpose (32 bytes)."""
        subkey = self._subkeys.get(purpose)
        if subkey is None:
            subkey = hmac.digest(self.secret, b"deidentify/v1/" + purpose.encode("ascii"), hashlib.sha256)
            self._subkeys[purpose] = subkey
        return hmac.digest(subkey, value, hashlib.sha256)
