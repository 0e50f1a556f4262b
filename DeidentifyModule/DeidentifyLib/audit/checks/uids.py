"""Unique identifiers: replaced everywhere, alike, and still telling the same story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..elements import show
from ..expectation import KEEP
from ..subject import WELL_KNOWN, digest
from ..tables import row_of
from .base import ERROR, NOTICE, WARNING, Check, Entry, Found, View, WholeSet, stripped

_FORM = re.compile(rb"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")
_SOP_INSTANCE, _REFERENCED = 0x00080018, 0x00081155
_STUDY, _SERIES = 0x0020000D, 0x0020000E
_CLASS_UIDS = {0x00080016, 0x00081150, 0x0008010C, 0x0008010D, 0x00080118, 0x00020010, 0x0008001A, 0x0008001B}


class UidMapping(Check):
    """Every UID of an instance, frame of reference and the like is replaced, one for one, in the whole set."""

    id = "uid"
    title = "No UID of the source is left; each one has one replacement in the whole set and no two share one"

    def __init__(self) -> None:
        self.new_of: dict[bytes, bytes] = {}
        self.old_of: dict[bytes, bytes] = {}
        self.kept: dict[bytes, tuple[str, str]] = {}
        self.instance_uids: set[bytes] = set()

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Compare the UIDs of one element."""
        if entry.vr != "UI" and entry.source_vr != "UI":
            return
        old, new = stripped(entry.source), stripped(entry.output)
        row = row_of(entry.tag)
        action, _ = view.expectation.action(entry.tag)
        replaced = (row is not None and row.basic in ("U", "X", "D") and row.kind != "unlisted") or (
            row is not None and row.basic == "U"
        )
        inside_report = any(tag == 0x0040A730 for tag, _ in entry.path)
        foreign = entry.tag >> 16 < 8  # commands and directory records have no place in a data set
        required = row is not None and row.basic == "U" and action != KEEP and not inside_report and not foreign
        if required and not new and _FORM.fullmatch(old):
            yield Found("uid.missing", ERROR if view.expectation.strict else WARNING, "", "a required UID is missing")
        for uid in new.split(b"\\") if new else ():
            if (len(uid) > 64 or not _FORM.fullmatch(uid)) and uid not in old.split(b"\\"):
                yield Found("uid.form", ERROR, "", "a UID is not well formed")
        known = set(old.split(b"\\"))
        for uid in new.split(b"\\") if new and "U" not in view.expectation.letters else ():
            if uid in known or uid.startswith(WELL_KNOWN.encode()):
                continue
            if digest(uid.decode("ascii", "replace")) in view.subject.uids:
                yield Found("uid.source", ERROR, "", "a UID of the source is left in another place")
            else:
                self.kept.setdefault(digest(uid.decode("ascii", "replace")), (view.name, show(entry.tag)))
        pairs = list(zip(old.split(b"\\"), new.split(b"\\"), strict=False)) if old and new else []
        for before, after in pairs:
            yield from self._pair(
                before.decode("ascii", "replace"), after.decode("ascii", "replace"), action, replaced, entry, view
            )

    def _pair(self, before: str, after: str, action: str, replaced: bool, entry: Entry, view: View) -> Iterator[Found]:
        if not before:
            return
        if before.startswith(WELL_KNOWN) or entry.tag in _CLASS_UIDS:
            if before != after:
                yield Found("uid.well-known", ERROR, "", "a UID of the standard or a class was changed")
            return
        old, new = digest(before), digest(after)
        if action == KEEP and replaced:
            if before != after:
                yield Found("uid.not-kept", WARNING, "", "the options keep UIDs, and this one was changed")
            return
        if replaced:
            self.instance_uids.add(old)
        if before == after:
            if replaced:
                yield Found("uid.source", ERROR, "", "a UID of the source is left")
            else:
                self.kept.setdefault(old, (view.name, show(entry.tag)))
            return
        if self.new_of.setdefault(old, new) != new:
            yield Found("uid.inconsistent", ERROR, "", "one UID of the source has two replacements in the set")
        elif self.old_of.setdefault(new, old) != old:
            yield Found("uid.merged", ERROR, "", "two UIDs of the source became one")

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """No UID of any output, wherever it stands, may be one that was to be replaced in any source."""
        for uid, (name, place) in self.kept.items():
            if uid in self.instance_uids and "U" not in whole.expectation.letters:
                yield name, Found("uid.source", ERROR, place, "a UID of the source is left in another place")


class UidTree(Check):
    """Files belong together in the output as they did in the source."""

    id = "uid.tree"
    title = "Patients, studies, series and references form the same tree as in the source"

    def __init__(self) -> None:
        self.parents: dict[tuple[str, bytes], tuple[bytes, bytes]] = {}
        self.instances: dict[bytes, bytes] = {}
        self.sources: dict[bytes, bytes] = {}
        self.references: dict[tuple[bytes, bytes], str] = {}

    def file(self, view: View) -> Iterator[Found]:
        """Record the file's place in the tree and see whether it fits."""
        old, new = view.source, view.output
        levels = [(tag, digest(old.text(tag)), digest(new.text(tag))) for tag in (0x00100020, _STUDY, _SERIES)]
        for (_, old_parent, new_parent), (tag, old_child, new_child) in pairwise(levels):
            if not new.text(tag):
                continue
            before = self.parents.setdefault((f"old{tag}", old_child), (old_parent, b""))
            after = self.parents.setdefault((f"new{tag}", new_child), (new_parent, old_child))
            if after[0] != new_parent and before[0] == old_parent:
                yield Found(self.id, ERROR, show(tag), "a study or series belongs to two parents that had one before")
            if after[1] != old_child:
                yield Found(self.id, ERROR, show(tag), "two studies or series of the source became one")
        instance, source = digest(new.text(_SOP_INSTANCE)), digest(old.text(_SOP_INSTANCE))
        if not new.text(_SOP_INSTANCE):
            yield Found("uid.missing", ERROR, show(_SOP_INSTANCE), "the instance has no UID")
        elif instance in self.instances and self.instances[instance] != source:
            yield Found("uid.twice", ERROR, show(_SOP_INSTANCE), "two outputs have the same instance UID")
        elif instance in self.instances:
            yield Found(
                "uid.twice", NOTICE, show(_SOP_INSTANCE), "the source held this instance twice, and so does the output"
            )
        self.instances[instance] = source
        self.sources[source] = instance

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Collect references to other instances."""
        if entry.tag == _REFERENCED and entry.source and entry.output:
            old, new = (
                stripped(entry.source).decode("ascii", "replace"),
                stripped(entry.output).decode("ascii", "replace"),
            )
            self.references.setdefault((digest(old), digest(new)), view.name)
        return iter(())

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Every reference that pointed to an instance of the set still does."""
        for (old, new), name in self.references.items():
            target = self.sources.get(old)
            if target is not None and target != new:
                yield (
                    name,
                    Found("uid.reference", ERROR, show(_REFERENCED), "a reference no longer points to its instance"),
                )
