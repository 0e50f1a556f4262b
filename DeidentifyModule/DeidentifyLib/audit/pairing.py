"""Which output belongs to which input: by the run's journal, by its maps, or by content for any other tool."""

from __future__ import annotations

import csv
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import overload

from ..files.input_paths import input_paths
from .archives import members_of, read_member
from .elements import LEVEL_ROOT, Document, WalkError
from .large_files import Bytes, pieces, read_bytes
from .tags import (
    ACQUISITION_NUMBER,
    IMAGE_POSITION_PATIENT,
    INSTANCE_NUMBER,
    MEDIA_STORAGE_SOP_CLASS_UID,
    NUMBER_OF_FRAMES,
    PIXEL_DATA,
    SERIES_NUMBER,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
)

_NUMERIC = frozenset("US SS UL SL FL FD DS IS AT".split())
_IDENTIFYING_NUMBERS = {SERIES_NUMBER, ACQUISITION_NUMBER}


@dataclass(frozen=True)
class Pair:
    """An output and the input that it was made from.

    Attributes
    ----------
    source : Path
        File, or archive when `member` is set.
    member : str or None
        Name inside the archive.
    output : str
        Path relative to the output folder, with ``/``.
    """

    source: Path
    member: str | None
    output: str

    def read_source(self) -> Bytes:
        """Return all bytes of the input.

        Raises
        ------
        OSError, KeyError
            If it cannot be read or is gone.
        """
        return read_bytes(self.source) if self.member is None else read_member(self.source, self.member)


class Pairs(Sequence[Pair]):
    """Pairs that need not be in memory."""

    @abstractmethod
    def take(self, numbers: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of some numbers."""

    @overload
    def __getitem__(self, index: int) -> Pair: ...

    @overload
    def __getitem__(self, index: slice) -> list[Pair]: ...

    def __getitem__(self, index: int | slice) -> Pair | list[Pair]:
        if isinstance(index, slice):
            return list(self.take(range(*index.indices(len(self)))))
        if not -len(self) <= index < len(self):
            raise IndexError("no such pair")
        return next(self.take((index % len(self),)))

    def __iter__(self) -> Iterator[Pair]:
        return self.take(range(len(self)))


class PairList(Pairs):
    """Pairs in memory."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs = list(pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def take(self, numbers: Iterable[int]) -> Iterator[Pair]:
        """Yield the pairs of some numbers."""
        return (self._pairs[number] for number in numbers)


def source_files(inputs: Iterable[Path], apart: Iterable[Path] = ()) -> Iterator[tuple[Path, str | None]]:
    """Yield the files below some folders, and the members of archives, in a stable order.

    Parameters
    ----------
    inputs : iterable of Path
        Canonical.
    apart : iterable of Path
        Output and private folder: links into them are not followed.
    """
    for found in input_paths(inputs, apart):
        if found.left_out:
            continue
        path = Path(found.path)
        members = members_of(path)
        if members is None:
            yield path, None
        else:
            yield from ((path, member) for member in members)


class ContentMatcher:
    """Pairs files by content: same place in the folders, same instance UID, mapped UID, pixels, or numbers.

    Parameters
    ----------
    uid_map : dict
        Old instance UID to new one, when the tool wrote one; may be empty.
    """

    def __init__(self, uid_map: dict[str, str]) -> None:
        self.uid_map = uid_map
        self._by: dict[str, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._sources: list[tuple[Path, str | None]] = []
        self._taken: set[int] = set()
        self._keys: list[set[tuple[str, object]]] = []

    def add_source(self, path: Path, member: str | None, relative: str, document: Document) -> None:
        """Take up one input."""
        number = len(self._sources)
        self._sources.append((path, member))
        for kind, key in content_keys(document, relative, self.uid_map):
            self._by[kind][key].append(number)

    def match(self, outputs: Iterable[tuple[str, Document]]) -> tuple[list[Pair], list[str]]:
        """Return the pairs, and the outputs for which no input was found."""
        keyed = [(name, dict(content_keys(document, name, {}))) for name, document in outputs]
        pairs: list[Pair] = []
        for kind in ("uid", "path", "pixels and place", "numbers", "pixels"):
            rest = []
            for name, keys in keyed:
                key = keys.get(kind)
                free = [n for n in self._by[kind].get(key, ()) if n not in self._taken] if key is not None else []
                certain = len(free) == 1 or (free and kind in ("pixels and place", "numbers"))
                if certain:
                    self._taken.add(free[0])
                    path, member = self._sources[free[0]]
                    pairs.append(Pair(path, member, name))
                else:
                    rest.append((name, keys))
            keyed = rest
        return pairs, [name for name, _ in keyed]

    def unmatched_sources(self) -> int:
        """Return how many inputs have no output."""
        return len(self._sources) - len(self._taken)


def content_keys(document: Document, relative: str, uid_map: dict[str, str]) -> Iterator[tuple[str, object]]:
    """Yield (kind, key) by which an input and its output can be told to be the same."""
    sop_class = document.text(SOP_CLASS_UID) or document.meta_text(MEDIA_STORAGE_SOP_CLASS_UID) or ""
    instance = document.text(SOP_INSTANCE_UID)
    if instance:
        yield "uid", uid_map.get(instance, instance)
    pixels = document.index.get((LEVEL_ROOT, PIXEL_DATA))
    place = tuple(document.text(tag) for tag in (INSTANCE_NUMBER, IMAGE_POSITION_PATIENT, NUMBER_OF_FRAMES))
    if pixels is not None and pixels[4]:
        native = [(pixels[3], pixels[4] - (pixels[4] & 1))]
        state = blake2b(digest_size=12)
        for at, size in document.fragments[1:] if document.fragments else native:
            for begin, end in pieces(at, size):
                state.update(document.body[begin:end])
        key = (sop_class, state.digest())
        yield "pixels", key
        yield "pixels and place", (*key, place)
    state = blake2b(digest_size=12)
    for _, tag, vr, start, length in document.elements:
        if (
            vr in _NUMERIC
            and not tag >> 16 & 1
            and tag not in _IDENTIFYING_NUMBERS
            and tag < PIXEL_DATA
            and tag >> 16 > 0x0010
        ):
            state.update(tag.to_bytes(4, "big") + document.body[start : start + length].strip(b" \0"))
    yield "numbers", state.digest()
    yield "path", relative.removesuffix(".dcm")


def read_uid_map(path: Path) -> dict[str, str]:
    """Return old to new of a CSV file with the columns ``id_old`` and ``id_new``."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id_old"]: row["id_new"] for row in csv.DictReader(stream)}


def read_map(path: Path) -> list[dict[str, str]]:
    """Return the rows of a ``deident.map``."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return [dict(zip(header, map(_unescape, line.split("\t")), strict=False)) for line in lines[1:]]


def _unescape(text: str) -> str:
    out, characters = [], iter(text)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            character = {"t": "\t", "n": "\n", "r": "\r"}.get(following, following)
        out.append(character)
    return "".join(out)


def document_or_none(data: Bytes, tolerant: bool = False) -> Document | None:
    """Return the walked file, None when it is not DICOM."""
    try:
        return Document(data, tolerant)
    except WalkError:
        return None
