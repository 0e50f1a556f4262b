"""``deident.map``: original names and IDs with their replacements, a text file for the data's owner only.

UTF-8, tab-separated, one header comment (lines that start with ``#``), then a line of column names and
one line per spelling of a name and ID, sorted. Tab, line feed, carriage return and backslash in a value
are written ``\\t``, ``\\n``, ``\\r`` and ``\\\\``; what was not decodable is written as U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_UNESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


class MapError(ValueError):
    """The map is damaged, or contradicts the replacements of this run."""


@dataclass(frozen=True, order=True)
class MapRow:
    """One spelling of a subject and its replacements."""

    original_name: str
    original_id: str
    new_name: str
    new_id: str
    shift_days: str


_COLUMNS = tuple(field.name for field in fields(MapRow))


def escape(text: str) -> str:
    """Return text without tabs and line breaks, from which `unescape` makes the original."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(_ESCAPES.get(character, character) for character in text)


def unescape(text: str) -> str:
    """Return the original of an escaped text."""
    result, characters = [], iter(text)
    for character in characters:
        result.append(_UNESCAPES.get(next(characters, ""), "") if character == "\\" else character)
    return "".join(result)


def read_map(path: Path) -> tuple[dict[str, str], set[MapRow]]:
    """Read a map.

    Returns
    -------
    header : dict of str to str
        ``key: value`` lines of the header comment.
    rows : set of MapRow

    Raises
    ------
    MapError
        If the file is no map.
    """
    header: dict[str, str] = {}
    rows: set[MapRow] = set()
    columns_seen = False
    for line in _lines(path):
        if line.startswith("#") and not columns_seen:
            name, _, value = line[1:].partition(":")
            header[name.strip()] = value.strip()
        elif not columns_seen:
            if tuple(line.split("\t")) != _COLUMNS:
                raise MapError("the map has not the columns of a deident.map")
            columns_seen = True
        elif line:
            cells = line.split("\t")
            if len(cells) != len(_COLUMNS):
                raise MapError("a line of the map is damaged")
            rows.add(MapRow(*map(unescape, cells)))
    return header, rows


def _lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise MapError("the map is not UTF-8") from None


def map_text(header: dict[str, str], rows: Iterable[MapRow]) -> str:
    """Return the text of a map."""
    lines = [f"# {name}: {value}" for name, value in header.items()]
    lines.append("\t".join(_COLUMNS))
    lines += ["\t".join(map(escape, astuple(row))) for row in sorted(rows)]
    return "\n".join(lines) + "\n"


def check_consistent(rows: Iterable[MapRow]) -> None:
    """Refuse a map in which one original ID has two replacements.

    Rows without an original ID are left out: their subjects are told apart by birth date or study.

    Raises
    ------
    MapError
        If it has.
    """
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.original_id.strip() and seen.setdefault((row.original_name, row.original_id), row.new_id) != row.new_id:
            raise MapError("the map gives one original two replacements: was another key used?")
