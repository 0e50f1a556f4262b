"""The atoms of a text: words, numbers and mixtures of both, with what lies between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .folding import fold

_ATOM = re.compile(
    r"""
    [(\[]\s*(?=[^)\]]{0,300}\d\.\d)[+-]?\d{1,4}(?:\.\d{1,8})?              # a vector; see VECTOR
        (?:\s*[,;\s]\s*[+-]?\d{1,4}(?:\.\d{1,8})?){1,15}\s*[)\]]
    | (?<![^\W_])[wW](?:/[oO](?:[uU][tT])?(?![^\W_])|/(?=[\s\w]))   # w/o, w/out, w/
    | (?<![^\W_])[+-]?\d+(?:[.,]\d+)*(?![^\W_]|[.,]\d)           # 5, -0.895, 12.4.2
    | (?<![^\W_])\d+(?:[.,]\d+)+[^\W\d_]{1,5}\d?(?![^\W_])        # 0.9mm, 3.0T
    | (?<![^\W_])(?=[^\W_]*\d)[^\W_]{1,16}(?:\.\d{1,4}){1,3}(?![^\W_])  # VB17.1, Hr38.5
    | (?:[^\W_]|[\u0300-\u036f])+
    """,
    re.VERBOSE,
)
VECTOR = re.compile(
    r"[(\[]\s*(?=[^)\]]{0,300}\d\.\d)[+-]?\d{1,4}(?:\.\d{1,8})?(?:\s*[,;\s]\s*[+-]?\d{1,4}(?:\.\d{1,8})?){1,15}\s*[)\]]"
)
"""Numbers in brackets of which one has decimals: a direction, a position, a matrix."""
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_MEASURE = re.compile(r"([+-]?\d+(?:[.,]\d+)*)([^\W\d_]{1,5}\d?)")
_PHRASE_END = re.compile(r"[,;|\r\n\f\t]|\.(?=\s|$)|:(?=\s)|\s-{1,2}\s|(?<!\^)\^|[()\[\]{}<>\"]")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Atom:
    """One word, number or mixture.

    Attributes
    ----------
    start, end : int
        Where it is in the text.
    raw, folded : str
        As written, and folded.
    is_number : bool
        Whether it is a number, with sign and decimals.
    """

    start: int
    end: int
    raw: str
    folded: str
    is_number: bool


def atoms_of(text: str) -> tuple[Atom, ...]:
    """Return the atoms of a text in their order."""
    return tuple(
        Atom(*match.span(), match[0], fold(match[0]), _NUMBER.fullmatch(match[0]) is not None)
        for match in _ATOM.finditer(text)
    )


def measure_of(atom: Atom) -> tuple[str, str] | None:
    """Return number and unit of an atom such as ``5mm``, None if it has not that form."""
    match = _MEASURE.fullmatch(atom.folded)
    return (match[1], match[2]) if match else None


def ends_phrase(between: str) -> bool:
    """Return whether what lies between two atoms ends a phrase."""
    return _PHRASE_END.search(between) is not None


def joins_compound(between: str) -> bool:
    """Return whether two atoms are written as one name, such as ``OpticNrv_L``."""
    return len(between) <= 3 and "/" not in between and not _SPACE.search(between) and not ends_phrase(between)
