"""Forms of codes: what is none of its scheme is treated as text (PS3.16 section 8)."""

from __future__ import annotations

import re
from functools import lru_cache

from pydicom.datadict import tag_for_keyword

from .lexicon import WordClass, lexicon, lines_of

CODING_SCHEME_VERSION = 0x00080103
_REGISTRY = 0x00080112
_EXTERNAL_ID = 0x00080114
_MIME_TYPES = frozenset((0x00420012, 0x00420014))
_KEYWORD = 0x00820019
_MEDIA_PROFILE = 0x2200000C
_MIME_TYPE = re.compile(r"(?:application|audio|image|model|multipart|text|video)/[a-z0-9.+\-]{1,40}", re.IGNORECASE)
_PROFILE_NAME = re.compile(r"(?:STD|AUG|PRI)(?:-[A-Z0-9]{2,8}){1,5}")
_ANNOTATION = re.compile(r"\{([^}]*)\}")
_ANNOTATION_WORDS = frozenset(("suv", "lbm", "ibw", "bsa", "james", "janma", "ratio", "wet"))
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_:() 0-9]+|(?<=SUV)(?=[a-z])")
_ABSENT = frozenset(("UNKNOWN", "NONE", "OTHER", "N/A"))
"""What writers put in the place of a code that they do not know."""
_OID = re.compile(r"[0-2](?:\.[0-9]{1,10}){2,12}")
_PRIVATE_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9._\-]{0,11}")
_IDENTIFIER_PARTS = re.compile(r"[A-Za-z]{3,}|\d{6,}")


@lru_cache(maxsize=1)
def _forms() -> dict[str, re.Pattern[str]]:
    forms = {}
    for line in lines_of("code_forms.txt"):
        schemes, pattern = line.split("\t")
        for scheme in schemes.split():
            forms[scheme.upper()] = re.compile(pattern)
    return forms


@lru_cache(maxsize=1)
def _codes_of_dcm() -> frozenset[str]:
    return frozenset(lines_of("codes_of_dcm.txt"))


@lru_cache(maxsize=1)
def _versions() -> re.Pattern[str]:
    return re.compile(
        r"(?:v|V|R|r|ver\.?|Version|rev\.?)?\s?\d{1,4}(?:[._\-]\d{1,4}){0,3}[a-z]?|(?:19|20)\d{2}(?:0[1-9]|1[0-2])?(?:[0-3]\d)?[a-z]?|V[A-Z]\d{2}[A-Z]?"
    )


def is_code_of(value: str, scheme: str) -> bool:
    """Return whether a value has the form of a code of a scheme.

    Parameters
    ----------
    value : str
        Code Value, Long Code Value or URN Code Value, without padding.
    scheme : str
        Coding Scheme Designator, empty if there is none. One that is not known has private codes: short, in capitals
        and with a digit.
    """
    name = scheme.strip().upper()
    if value in _ABSENT or (name == "DCM" and value in _codes_of_dcm()):
        return True
    if name == "UCUM" and not _are_technical(_ANNOTATION.findall(value)):
        return False
    return _forms().get(name, _PRIVATE_CODE).fullmatch(value) is not None


def _are_technical(annotations: list[str]) -> bool:
    """Return whether the annotations of a unit, such as ``{counts}``, say nothing but how it was measured."""
    return all(
        word.lower() in _ANNOTATION_WORDS or lexicon().word(word.lower()) in (WordClass.TECHNICAL, WordClass.UNIT)
        for text in annotations
        for word in re.findall(r"[A-Za-z]{3,}", _CAMEL.sub(" ", text))
    )


def is_code_version(value: str) -> bool:
    """Return whether a value has the form of the version of a coding scheme, a context group or a mapping resource."""
    return _versions().fullmatch(value) is not None


def is_short_code(value: str) -> bool:
    """Return whether a value can be a code of no stated scheme, such as ``1``, ``A2`` or ``OP-01``, and no word."""
    return len(value) <= 16 and not _IDENTIFIER_PARTS.search(value) and not re.search(r"\s", value)


def has_form_of_code(tag: int, value: str) -> bool:
    """Return whether the value of a code-like attribute can be what its tag says.

    Parameters
    ----------
    tag : int
        Tag of an attribute that ``unlisted.csv`` classes as code, but not of a code value or scheme.
    value : str
        One value without padding.
    """
    if tag == CODING_SCHEME_VERSION:
        return is_code_version(value)
    if tag == _REGISTRY:
        return value == "HL7"
    if tag == _EXTERNAL_ID:
        return is_short_code(value) or _OID.fullmatch(value) is not None
    if tag in _MIME_TYPES:
        return _MIME_TYPE.fullmatch(value) is not None
    if tag == _KEYWORD:
        return tag_for_keyword(value) is not None
    if tag == _MEDIA_PROFILE:
        return _PROFILE_NAME.fullmatch(value) is not None
    return is_short_code(value)
