"""Type (PS3.5 7.4) of an attribute in the IOD of an object: it decides X/Z, X/D, Z/D, X/Z/D and X/Z/U*."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pydicom.datadict import tag_for_keyword

from .confidentiality_profile import table
from .data_files import rows

Path = tuple[int, ...]
OPTIONAL = 3


@cache
def iod_of(sop_class_uid: str) -> str:
    """Return the name of the IOD of a SOP Class, empty if it is unknown."""
    return _iods().get(sop_class_uid, "")


@cache
def _iods() -> Mapping[str, str]:
    return MappingProxyType({row["sop_class_uid"]: row["iod"] for row in rows("iod_of_sop_class.csv")})


@cache
def _tags() -> Mapping[str, int]:
    plain = {key: row for key, row in table().items() if len(key) == 8 and "x" not in key}
    return MappingProxyType({row.keyword: int(key, 16) for key, row in plain.items()})


def _tag(keyword: str) -> int | None:
    number = _tags().get(keyword)
    return number if number is not None else tag_for_keyword(keyword)


@cache
def _types() -> tuple[Mapping[tuple[str, Path], int], Mapping[Path, int]]:
    exact: dict[tuple[str, Path], int] = {}
    by_parent: dict[Path, int] = {}
    for row in rows("iod_types.csv.gz"):
        tags = tuple(_tag(keyword) for keyword in row["path"].split("."))
        if None in tags:
            continue
        path: Path = tuple(tag for tag in tags if tag is not None)
        exact[row["iod"], path] = int(row["type"])
        if len(path) > 1:
            by_parent[path[-2:]] = min(by_parent.get(path[-2:], OPTIONAL), int(row["type"]))
    return MappingProxyType(exact), MappingProxyType(by_parent)


def type_of(iod: str, path: Path) -> int:
    """Return 1, 2 or 3: the strongest Type of an attribute of Table E.1-1 at its place in an object.

    Parameters
    ----------
    iod : str
        From `iod_of`; with an unknown IOD only the enclosing sequence decides.
    path : tuple of int
        Tag numbers of the enclosing sequences, outermost first, and of the attribute.

    Notes
    -----
    The conditional Types 1C and 2C count as 1 and 2: an attribute that is present may be required.
    Sequences occur in macros at many places, so below the top level an entry for the same pair of
    enclosing sequence and attribute in any IOD counts as well.
    """
    exact, by_parent = _types()
    found = exact.get((iod, path))
    if found is not None or len(path) == 1:
        return found or OPTIONAL
    return by_parent.get(path[-2:], OPTIONAL)


@cache
def _unlisted_types() -> Mapping[int, int]:
    return MappingProxyType({int(row["tag"], 16): int(row["type"]) for row in rows("attribute_types.csv")})


def unlisted_type_of(tag: int) -> int:
    """Return 1, 2 or 3: the strongest Type anywhere of an attribute that Table E.1-1 does not list."""
    return _unlisted_types().get(tag, OPTIONAL)
