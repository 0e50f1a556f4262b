"""Clean text as it is stored: character set, several values, padding (PS3.5 6.1, 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydicom.charset import decode_bytes, encode_string

from ..dicom.elements import NO_DELIMITERS
from .rules import TextRule

_SINGLE_VALUED = frozenset(("ST", "LT", "UT"))

CleanAll = Callable[[Sequence[str]], tuple[list[str], tuple[TextRule, ...]]]
"""Returns what is kept of the values of an element, and why something went."""


def clean_stored_text(
    vr: str, value: bytes, encodings: Sequence[str], clean: CleanAll
) -> tuple[bytes | None, tuple[TextRule, ...]]:
    """Return a stored text cleaned.

    Parameters
    ----------
    vr : str
        LO, LT, SH, ST, UC, UT or CS.
    value : bytes
        Stored value with its padding.
    encodings : sequence of str
        Python names of the character sets of the data set, as `pydicom.charset.convert_encodings` returns them.
    clean : callable
        Cleans the values.

    Returns
    -------
    bytes or None
        The same object if nothing had to go; None if nothing remains, or if what remains cannot be stored in
        these character sets. A value among several that became empty stays as an empty one, so that the
        others keep their places.
    tuple of TextRule
        Why something went.
    """
    text = decode_bytes(value, list(encodings), set(NO_DELIMITERS))
    parts = [text] if vr in _SINGLE_VALUED else text.split("\\")
    parts = [part.strip(" \0") if vr not in _SINGLE_VALUED else part.rstrip(" \0") for part in parts]
    cleaned, rules = clean(parts)
    if cleaned == parts:
        return value, ()
    if not any(cleaned):
        return None, rules
    kept = "\\".join(cleaned)
    stored = encode_string(kept, list(encodings))
    return (stored, rules) if decode_bytes(stored, list(encodings), set(NO_DELIMITERS)) == kept else (None, rules)
