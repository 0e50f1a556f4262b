"""Unique identifiers: replaced everywhere, alike, and still telling the same story."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from .. import tags
from ..elements import show
from ..expectation import KEEP
from ..identifiers import TEXT_VRS
from ..packed_sets import NumberMap, NumberSet, number_of
from ..subject import UID_PADDING, is_registered
from ..tables import row_of
from .base import ERROR, NOTICE, WARNING, Check, Entry, Found, View, WholeSet, in_content, inside_replaced, stripped

_LEFT = "a UID of the source is left in another place"
_IN_NAME = 0
_IN_TEXT = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+){3,}(?![0-9])")
_LONGEST_TEXT = 1 << 16
_FORM = re.compile(rb"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+")
_SOP_INSTANCE, _REFERENCED = tags.SOP_INSTANCE_UID, tags.REFERENCED_SOP_INSTANCE_UID
_STUDY, _SERIES = tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID
_CLASS_UIDS = frozenset(
    (
        tags.SOP_CLASS_UID,
        tags.RELATED_GENERAL_SOP_CLASS_UID,
        tags.ORIGINAL_SPECIALIZED_SOP_CLASS_UID,
        tags.SOP_CLASSES_IN_STUDY,
        tags.REFERENCED_SOP_CLASS_UID,
        tags.SOP_CLASSES_SUPPORTED,
        tags.PERTINENT_SOP_CLASSES_IN_STUDY,
        tags.PERTINENT_SOP_CLASSES_IN_SERIES,
        tags.TRANSFER_SYNTAX_UID,
        tags.STORED_INSTANCE_TRANSFER_SYNTAX_UID,
        tags.AVAILABLE_TRANSFER_SYNTAX_UID,
        tags.FLOW_TRANSFER_SYNTAX_UID,
        tags.MAC_CALCULATION_TRANSFER_SYNTAX_UID,
        tags.ENCRYPTED_CONTENT_TRANSFER_SYNTAX_UID,
        tags.CODING_SCHEME_UID,
        tags.CONTEXT_UID,
        tags.MAPPING_RESOURCE_UID,
    )
)
"""SOP classes; transfer syntaxes; coding schemes, context groups and mapping resources: none names an instance."""


class UidMapping(Check):
    """Every UID of an instance, frame of reference and the like is replaced, one for one, in the whole set."""

    id = "uid"
    title = "No UID of the source is left; each one has one replacement in the whole set and no two share one"

    def __init__(self) -> None:
        self.new_of = NumberMap()
        self.old_of = NumberMap()
        self.kept = Sightings()
        self.instance_uids = NumberSet()
        self._left = NumberSet()
        self._merged = NumberSet()

    def file(self, view: View) -> Iterator[Found]:
        """Note the UIDs in the name of the file."""
        for uid in _IN_TEXT.findall(view.name.removesuffix(".dcm")):
            self.kept.add(number_of(uid), number_of(uid), view.number, _IN_NAME)
        return iter(())

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Compare the UIDs of one element."""
        if entry.vr in TEXT_VRS and entry.output and b"." in entry.output and len(entry.output) <= _LONGEST_TEXT:
            for uid in _IN_TEXT.findall(entry.output.decode("latin-1")):
                self.kept.add(number_of(uid), number_of(uid), view.number, entry.tag)
        if entry.vr != "UI" and entry.source_vr != "UI":
            return
        old, new = stripped(entry.source), stripped(entry.output)
        row = row_of(entry.tag)
        action, _ = view.expectation.action(entry.tag)
        replaced = (row is not None and row.basic in ("U", "X", "D") and row.kind != "unlisted") or (
            row is not None and row.basic == "U"
        )
        if entry.tag == tags.UID and in_content(entry) and view.expectation.letters >= {"U", "S"}:
            return  # the concept of the item decides (PS3.15 Table E.3.4-1)
        inside_report = in_content(entry) or inside_replaced(entry, view)
        foreign = entry.tag >> 16 < 8  # commands and directory records have no place in a data set
        required = row is not None and row.basic == "U" and action != KEEP and not inside_report and not foreign
        if required and not new and _FORM.fullmatch(old):
            yield Found("uid.missing", ERROR if view.expectation.strict else WARNING, "", "a required UID is missing")
        for uid in new.split(b"\\") if new else ():
            if (len(uid) > 64 or not _FORM.fullmatch(uid)) and uid not in old.split(b"\\"):
                yield Found("uid.form", ERROR, "", "a UID is not well formed")
        known = set(old.split(b"\\"))
        for uid in new.split(b"\\") if new and "U" not in view.expectation.letters else ():
            text = uid.decode("ascii", "replace")
            if uid in known or is_registered(text):
                continue
            number = number_of(text)
            if number in view.subject.uids:
                yield Found("uid.source", ERROR, "", "a UID of the source is left in another place")
            else:
                self.kept.add(number, number, view.number, entry.tag)
        pairs = list(zip(old.split(b"\\"), new.split(b"\\"), strict=False)) if old and new else []
        for before, after in pairs:
            yield from self._pair(
                before.decode("ascii", "replace"), after.decode("ascii", "replace"), action, replaced, entry, view
            )

    def _pair(self, before: str, after: str, action: str, replaced: bool, entry: Entry, view: View) -> Iterator[Found]:
        before, after = before.strip(UID_PADDING), after.strip(UID_PADDING)
        is_valid = _is_valid(before)
        if not before:
            return
        if is_registered(before) or (entry.tag in _CLASS_UIDS and is_valid):
            if before != after:
                yield Found("uid.well-known", ERROR, "", "a UID of the standard or a class was changed")
            return
        old, new = number_of(before), number_of(after)
        if action == KEEP and replaced and (is_valid or before == after):
            if before != after and entry.source_vr == "UI":
                yield Found("uid.not-kept", WARNING, "", "the options keep UIDs, and this one was changed")
            return
        if replaced:
            self.instance_uids.add(old)
        if before == after:
            if replaced:
                yield Found("uid.source", ERROR, "", "a UID of the source is left")
            else:
                self.kept.add(old, old, view.number, entry.tag)
            return
        if self.new_of.setdefault(old, new) != new:
            yield Found("uid.inconsistent", ERROR, "", "one UID of the source has two replacements in the set")
        elif self.old_of.setdefault(new, old) != old:
            self._merged.add(new)
            yield Found("uid.merged", ERROR, "", "two UIDs of the source became one")

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """No UID of any output, wherever it stands, may be one that was to be replaced in any source."""
        for uid, _, file, tag in self.kept:
            if uid in self.instance_uids and "U" not in whole.expectation.letters:
                self._left.add(uid)
                place = "file name" if tag == _IN_NAME else show(tag)
                yield whole.audited[file], Found("uid.source", ERROR, place, _LEFT)

    def condemns(self) -> bool:
        """Return whether other files may have a UID that was found in one."""
        return len(self._left) + len(self._merged) > 0

    def again(self, view: View) -> Iterator[Found]:
        """Look for the UIDs that were found."""
        output = view.output
        for path, tag, vr, start, length in output.elements:
            if not length or length > _LONGEST_TEXT or (vr != "UI" and vr not in TEXT_VRS):
                continue
            text = output.body[start : start + length].decode("latin-1").strip(" \0")
            for uid in text.split("\\") if vr == "UI" else _IN_TEXT.findall(text):
                number = number_of(uid)
                partner = view.source.index.get((path, tag))
                if number in self._left and not (vr == "UI" and partner is not None and tag in _CLASS_UIDS):
                    yield Found("uid.source", ERROR, show(tag), _LEFT)
                elif vr == "UI" and number in self._merged:
                    yield Found("uid.merged", ERROR, show(tag), "two UIDs of the source became one")

    def agrees_with(self, other: Self) -> bool:
        """Return whether no UID was replaced otherwise there, and no two became one."""
        return self.new_of.agrees_with(other.new_of) and self.old_of.agrees_with(other.old_of)

    def take_over(self, other: Self, first: int) -> None:
        """Take up UIDs of other subjects."""
        self.new_of.update(other.new_of)
        self.old_of.update(other.old_of)
        self.kept.take_over(other.kept, first)
        self.instance_uids.update(other.instance_uids)


def _is_valid(uid: str) -> bool:
    return len(uid) <= 64 and _FORM.fullmatch(uid.encode("ascii", "replace")) is not None


class Sightings:
    """Pairs of UIDs with the file and the tag where each pair was seen first."""

    def __init__(self) -> None:
        self._seen = NumberSet()
        self._uids = array("Q")
        self._places = array("L")

    def add(self, old: int, new: int, file: int, tag: int) -> None:
        """Note a pair unless it is known."""
        if self._seen.add(number_of(f"{old}>{new}")):
            self._uids.extend((old, new))
            self._places.extend((file, tag))

    def take_over(self, other: Sightings, first: int) -> None:
        """Note the pairs of other files, which get numbers from `first` on."""
        for old, new, file, tag in other:
            self.add(old, new, first + file, tag)

    def __iter__(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (old, new, file, tag)."""
        uids, places = iter(self._uids), iter(self._places)
        return zip(uids, uids, places, places, strict=True)


class UidTree(Check):
    """Files belong together in the output as they did in the source."""

    id = "uid.tree"
    title = "Patients, studies, series and references form the same tree as in the source"

    def __init__(self) -> None:
        self.old_parents = NumberMap()
        self.new_parents = NumberMap()
        self.old_children = NumberMap()
        self.instances = NumberMap()
        self.sources = NumberMap()
        self.references = Sightings()
        self._twice = NumberSet()

    def file(self, view: View) -> Iterator[Found]:
        """Record the file's place in the tree and see whether it fits."""
        old, new = view.source, view.output
        levels = [(tag, _at(tag, old.text(tag)), _at(tag, new.text(tag))) for tag in (tags.PATIENT_ID, _STUDY, _SERIES)]
        for (_, old_parent, new_parent), (tag, old_child, new_child) in pairwise(levels):
            if not new.text(tag):
                continue
            had_one = self.old_parents.setdefault(old_child, old_parent) == old_parent
            if self.new_parents.setdefault(new_child, new_parent) != new_parent and had_one:
                yield Found(self.id, ERROR, show(tag), "a study or series belongs to two parents that had one before")
            if self.old_children.setdefault(new_child, old_child) != old_child:
                yield Found(self.id, ERROR, show(tag), "two studies or series of the source became one")
        instance, source = number_of(new.text(_SOP_INSTANCE)), number_of(old.text(_SOP_INSTANCE))
        if not new.text(_SOP_INSTANCE):
            yield Found("uid.missing", ERROR, show(_SOP_INSTANCE), "the instance has no UID")
        elif self.instances.get(instance) not in (None, source):
            self._twice.add(instance)
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
            self.references.add(number_of(old), number_of(new), view.number, entry.tag)
        return iter(())

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Every reference that pointed to an instance of the set still does."""
        for old, new, file, tag in self.references:
            if self.sources.get(old) not in (None, new):
                yield (
                    whole.audited[file],
                    Found("uid.reference", ERROR, show(tag), "a reference no longer points to its instance"),
                )

    def condemns(self) -> bool:
        """Return whether an instance UID was found twice: then no file that has it is right for sure."""
        return len(self._twice) > 0

    def again(self, view: View) -> Iterator[Found]:
        """Look for an instance UID that two outputs have."""
        if number_of(view.output.text(_SOP_INSTANCE)) in self._twice:
            yield Found("uid.twice", ERROR, show(_SOP_INSTANCE), "two outputs have the same instance UID")

    def agrees_with(self, other: Self) -> bool:
        """Return whether the trees share no instance, and no study or series that lies elsewhere."""
        return (
            self.old_parents.agrees_with(other.old_parents)
            and self.new_parents.agrees_with(other.new_parents)
            and self.old_children.agrees_with(other.old_children)
            and self.sources.agrees_with(other.sources)
            and not any(instance in self.instances for instance, _ in other.instances.items())
        )

    def take_over(self, other: Self, first: int) -> None:
        """Take up the trees of other subjects."""
        self.old_parents.update(other.old_parents)
        self.new_parents.update(other.new_parents)
        self.old_children.update(other.old_children)
        self.instances.update(other.instances)
        self.sources.update(other.sources)
        self.references.take_over(other.references, first)


def _at(tag: int, uid: str) -> int:
    """Return the number of a UID or ID at one level of the tree."""
    return number_of(f"{tag:08x} {uid.strip(UID_PADDING)}")
