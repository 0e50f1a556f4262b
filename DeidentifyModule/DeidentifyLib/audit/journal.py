"""The journal of a run as the audit reads it: places in the file, not its lines, so that millions stay small."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..files.canonical_paths import Canonical
from .packed_sets import NumberMap, number_of
from .pairing import Pair, Pairs
from .relocation import Relocation, relocation_of


class JournalReader:
    """The last line of each input in a run's ``journal.jsonl``.

    Parameters
    ----------
    path : Path
    output : Path, optional
        Only lines of runs that wrote to this folder; a private folder may serve several.
    sources : sequence of Path
        Where inputs are looked for that are not where the journal says, canonical.

    Attributes
    ----------
    series : frozenset of str or None
        SeriesInstanceUIDs that the last of the runs was asked for; None: all.
    damaged : int
        How many lines cannot be read, without a last one that was cut off.
    """

    def __init__(self, path: Path, output: Path | None = None, sources: Sequence[Path] = ()) -> None:
        self.damaged = 0
        self._moved = Relocation()
        self._path = path
        self._canonical = Canonical()
        self._places = array("Q")
        self._numbers = NumberMap()
        folder = None if output is None else output.resolve()
        concerned = True
        self._moved = relocation_of(self._named(folder), sources) if sources else Relocation()
        self.damaged = 0  # lines are counted once
        self.series: frozenset[str] | None = None
        for place, entry in self._entries():
            if "run" in entry:
                named = entry["run"].get("output_folder")
                concerned = folder is None or named is None or Path(named) == folder
                if concerned:
                    selected = entry["run"].get("series")
                    self.series = None if selected is None else frozenset(selected)
            elif "status" in entry and "input" in entry and concerned:
                self._note(place, entry)

    def _named(self, folder: Path | None) -> Iterator[str]:
        """Yield the names of the inputs that runs into a folder have written."""
        concerned = True
        for _, entry in self._entries():
            if "run" in entry:
                named = entry["run"].get("output_folder")
                concerned = folder is None or named is None or Path(named) == folder
            elif entry.get("status") == "written" and "input" in entry and concerned:
                yield self._canonical.inside(entry["input"])

    def _entries(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (place, entry); damaged lines are counted, a last line that was cut off is not."""
        place = 0
        with self._path.open("rb") as file:
            for text in file:
                entry = _object(text)
                if entry is not None:
                    yield place, entry
                elif text.endswith(b"\n"):
                    self.damaged += 1
                place += len(text)

    def _note(self, place: int, entry: dict[str, Any]) -> None:
        key = _key(self._moved(self._canonical.inside(entry["input"])), entry.get("member"))
        number = self._numbers.setdefault(key, len(self._places))
        if number == len(self._places):
            self._places.append(place)
        else:
            self._places[number] = place

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the last line of each input, in the order in which the inputs came first."""
        return _lines_at(self._path, self._places)

    def knows(self, source: Path, member: str | None) -> bool:
        """Return whether an input has a line."""
        return _key(str(source), member) in self._numbers

    def pairs(self) -> Pairs:
        """Return the inputs that were written, with their outputs."""
        return JournalPairs(self._path, self._written(), self._moved)

    def _written(self) -> array[int]:
        """Return the places of the lines of inputs that were written."""
        places = array("Q")
        for place, line in zip(self._places, self.lines(), strict=True):
            if line.get("status") == "written" and line.get("output"):
                places.append(place)
        return places


class JournalPairs(Pairs):
    """The pairs of a journal, read from the file when they are asked for.

    Parameters
    ----------
    path : Path
        The journal.
    places : array of int
        Where the lines of the pairs are.
    moved : Relocation
        Where the inputs are now.
    """

    def __init__(self, path: Path, places: array[int], moved: Relocation) -> None:
        self._path = path
        self._places = places
        self._moved = moved

    def __len__(self) -> int:
        return len(self._places)

    def take(self, numbers: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of some numbers."""
        for line in _lines_at(self._path, (self._places[number] for number in numbers)):
            yield Pair(Path(self._moved(line["input"])), line.get("member"), line["output"])

    def part(self, numbers: Iterable[int]) -> JournalPairs:
        """Return the pairs of some numbers; they can be sent to another process."""
        return JournalPairs(self._path, array("Q", (self._places[number] for number in numbers)), self._moved)


def _object(text: bytes) -> dict[str, Any] | None:
    """Return the JSON object of a line, None where it is none."""
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _lines_at(path: Path, places: Iterable[int]) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for place in places:
            file.seek(place)
            yield json.loads(file.readline())


def _key(source: Any, member: str | None) -> int:
    return number_of(f"{source}\0{'' if member is None else 'in'}\0{member}")
