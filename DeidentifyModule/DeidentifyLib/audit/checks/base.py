"""What a check is, and what it is given to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from ..elements import Document, TagPath
from ..expectation import Expectation
from ..findings import Severity
from ..journal import JournalReader
from ..packed_sets import Texts
from ..subject import AuditSubject
from ..tags import CONCEPT_NAME_CODE_SEQUENCE, CONTENT_SEQUENCE, CONTENT_TEMPLATE_SEQUENCE

ERROR, UNCHECKED, WARNING, NOTICE = Severity.ERROR, Severity.UNCHECKED, Severity.WARNING, Severity.NOTICE

_CONCEPTS = {CONCEPT_NAME_CODE_SEQUENCE, CONTENT_TEMPLATE_SEQUENCE}
"""Concept names and templates: what a content item is about, from a coding scheme."""


class Found(NamedTuple):
    """What a check yields; the auditor adds the file. `place` is '' for the element that was looked at."""

    check: str
    severity: Severity
    place: str
    text: str


class Entry(NamedTuple):
    """One element of the source with its counterpart at the same path of the output.

    `source` and `output` are raw values, None where the element is absent; of a sequence b'' or b'items'.
    `vr` is the output's, or the source's when the output has none.
    """

    path: TagPath
    tag: int
    vr: str
    creator: str | None
    source: bytes | None
    output: bytes | None
    source_vr: str | None = None


@dataclass
class View:
    """One output file with its source and all that the checks may ask of it.

    Attributes
    ----------
    name : str
        Path of the output relative to the output folder, with ``/``.
    output, source : Document
    subject : AuditSubject
        What was learnt of the source's subject.
    expectation : Expectation
    sop_class : str
    pixel_record : dict or None
        What the run recorded of changed pixels: ``boxes`` and ``mask`` (see docs/audit.md).
    number : int
        Number of the file among the audited.
    """

    name: str
    output: Document
    source: Document
    subject: AuditSubject
    expectation: Expectation
    sop_class: str
    pixel_record: dict[str, Any] | None = None
    paths: frozenset[TagPath] = field(default_factory=frozenset)
    number: int = 0
    _values: dict[tuple[tuple[int, ...], int], set[bytes]] | None = None

    def source_values(self, parents: tuple[int, ...], tag: int) -> set[bytes]:
        """Return all values that the source has for a tag inside these sequences, whatever the items."""
        if self._values is None:
            self._values = defaultdict(set)
            for element in self.source.elements:
                if element[0] and element[2] != "SQ":
                    place = tuple(parent for parent, _ in element[0]), element[1]
                    self._values[place].add(stripped(self.source.value(element)))
        return self._values.get((parents, tag), set())


@dataclass
class WholeSet:
    """What the checks of the whole set look at, after the last file.

    Attributes
    ----------
    output : Path
    sources : iterable of (Path, str or None)
        The inputs: files, or members of zip files.
    unmatched_sources : int
        How many inputs have no output, where there is no journal.
    journal : JournalReader or None
    audited : Texts
        The outputs that were audited, in their order.
    private : Path or None
    expectation : Expectation
    map_rows : list of dict or None
    """

    output: Path
    sources: Iterable[tuple[Path, str | None]]
    unmatched_sources: int
    journal: JournalReader | None
    audited: Texts
    private: Path | None
    expectation: Expectation
    map_rows: list[dict[str, str]] | None


class Check:
    """One check. A subclass overrides the methods that it needs.

    Attributes
    ----------
    id : str
        Stable name, such as ``uid``; findings add a part, such as ``uid.inconsistent``.
    title : str
        What it makes sure of, in plain words, for the report.
    """

    id = ""
    title = ""

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Look at one element; the result must depend on nothing but the entry, the subject and the expectation."""
        return iter(())

    def file(self, view: View) -> Iterator[Found]:
        """Look at one file as a whole."""
        return iter(())

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Look at the whole set; yield (file or '', found)."""
        return iter(())

    def condemns(self) -> bool:
        """Return whether what was found may be in more files than those that were named; `again` then finds them."""
        return False

    def again(self, view: View) -> Iterator[Found]:
        """Look in one file for what was found in the set."""
        return iter(())

    def agrees_with(self, other: Self) -> bool:
        """Return whether what the same check learnt of other subjects has nothing to do with what this one knows.

        If not, these subjects are looked at again by this one.
        """
        return True

    def take_over(self, other: Self, first: int) -> None:
        """Take up what the same check learnt of other subjects, whose files get numbers from `first` on."""


def stripped(value: bytes | None) -> bytes:
    """Return a value without padding."""
    return b"" if value is None else value.strip(b" \0")


def in_content(entry: Entry) -> bool:
    """Return whether an element is in a structured report, whose items are replaced as a whole (PS3.15 E.3.4)."""
    return any(tag == CONTENT_SEQUENCE for tag, _ in entry.path)


def inside_replaced(entry: Entry, view: View) -> bool:
    """Return whether a sequence around an element is one that the table removes, empties or replaces."""
    if in_content(entry) and any(tag in _CONCEPTS for tag, _ in entry.path):
        return False
    return any(
        view.expectation.action(tag)[0] in ("X", "X/Z", "D", "Z", "Z/D", "X/D", "X/Z/D") for tag, _ in entry.path
    )
