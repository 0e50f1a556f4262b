"""What the audit learns of one subject of the source while it goes through the files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from pydicom.uid import UID

from .elements import Document, Element
from .expectation import Expectation
from .identifiers import Identifier, byte_forms, identifiers_of
from .packed_sets import NumberSet, number_of
from .search import SHORTEST, ByteSearch
from .tables import row_of

WELL_KNOWN = "1.2.840.10008."
UID_PADDING = " \0\t\r\n"
_LEAST_SEARCHED_UID = 8
"""Shorter UIDs occur in other numbers by chance and are not searched in text."""
_SEEN = 5000
"""How many values are remembered as known; most values of a slice are those of the slice before it."""


class AuditSubject:
    """Identifiers, UIDs and date shift of one subject of the source.

    Attributes
    ----------
    number : int
        Ordinal of the subject; the only way in which findings name it.
    shift : int or None
        Days by which the first pair of dates differs.
    words : dict of str to Identifier
        Identifiers too short for a search in raw bytes.
    uids : NumberSet
        UIDs that the source says of instances and the like.
    generation : int
        Grows with every identifier, and when all are forgotten.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.shift: int | None = None
        self.generation = 0
        self.forget()

    def forget(self) -> None:
        """Forget all but number and shift: no more files of the subject are expected."""
        self.identifiers: set[Identifier] = set()
        self.words: dict[str, Identifier] = {}
        self.uids = NumberSet()
        self.uid_roots: set[str] = set()
        self.by_form: dict[bytes, set[Identifier]] = defaultdict(set)
        self.wide: dict[bytes, set[Identifier]] = defaultdict(set)
        self.generation += 1
        self.rest()

    def rest(self) -> None:
        """Give back the memory of what can be made again."""
        self._seen_values: set[tuple[int, bytes]] = set()
        self._search: ByteSearch | None = None

    def learn(self, source: Document, expectation: Expectation) -> None:
        """Take up what a source file says."""
        for element in source.elements:
            self.learn_element(source, element, expectation)

    def learn_element(self, source: Document, element: Element, expectation: Expectation) -> None:
        """Take up what one element of a source says."""
        _, tag, vr, start, length = element
        if not length or tag >> 16 & 1 or vr == "SQ":
            return
        key = (tag, source.body[start : start + min(length, 256)])
        if key in self._seen_values:
            return
        if len(self._seen_values) > _SEEN:
            self._seen_values.clear()
        self._seen_values.add(key)
        found = self._uids_of(source, element) if vr == "UI" else identifiers_of(source, element, expectation)
        if vr == "UI" and "U" in expectation.letters:
            return
        for identifier in found:
            if identifier not in self.identifiers:
                self.add(identifier)

    def _uids_of(self, source: Document, element: Element) -> Iterator[Identifier]:
        row = row_of(element[1])
        if row is None or row.basic not in ("U", "X", "D"):
            return
        for uid in source.value(element).decode("ascii", "replace").strip(" \0").split("\\"):
            uid = uid.strip(UID_PADDING)
            if not uid or is_registered(uid):
                continue
            self.uids.add(number_of(uid))  # compared with whole UIDs only, so a short one counts too
            root = uid_root(uid) if len(uid) >= _LEAST_SEARCHED_UID else None
            if root and root not in self.uid_roots:
                self.uid_roots.add(root)
                yield Identifier(root, "uid", False, element[1], "ascii")

    def add(self, identifier: Identifier) -> None:
        """Take up one identifier."""
        self.identifiers.add(identifier)
        self._search = None
        self.generation += 1
        forms = byte_forms(identifier) if identifier.kind != "uid" else {identifier.text.encode("ascii")}
        for form in forms:
            self.by_form[form].add(identifier)
        if len(identifier.text) < SHORTEST:
            self.words[identifier.text] = identifier
        elif identifier.text.isascii() and identifier.kind != "uid":
            self.wide[identifier.text.encode("ascii")].add(identifier)

    @property
    def search(self) -> ByteSearch:
        """The compiled search for all identifiers that are known so far."""
        if self._search is None:
            self._search = ByteSearch(self.by_form, [word.decode("ascii") for word in self.wide])
        return self._search


def uid_root(uid: str) -> str | None:
    """Return the part of a UID that its neighbours share, long enough to search for; None when there is none."""
    parts = uid.split(".")
    if not re.fullmatch(r"[0-9.]+", uid) or len(parts) < 3:
        return None
    root = ".".join(parts[:-2]) if len(parts) > 4 else ".".join(parts[:2])
    root = root if len(root) >= 8 else uid[:12]
    is_everywhere = WELL_KNOWN.startswith(root) or root.startswith(WELL_KNOWN) or root == "2.25."
    return None if is_everywhere else root[:24]


@lru_cache(maxsize=4096)
def is_registered(uid: str) -> bool:
    """Return whether PS3.6 Annex A gives a UID a name; another one below the same root may be an instance's."""
    return uid.startswith(WELL_KNOWN) and UID(uid).name != uid
