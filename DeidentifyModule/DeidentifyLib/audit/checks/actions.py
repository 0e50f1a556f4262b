"""The action of each attribute by the audit's own reading of PS3.15 Table E.1-1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..expectation import CLEAN, KEEP
from ..identifiers import TEXT_VRS
from ..tables import required_types, vr_in_tables, word_list
from ..tags import DIRECTORY_RECORD_TYPE
from .base import ERROR, NOTICE, WARNING, Check, Entry, Found, View, in_content, inside_replaced, stripped
from .faithful import says_nothing
from .forms import may_be_kept
from .times import is_date_attribute

_DATE_VRS = frozenset(("DA", "DT", "TM"))


class Actions(Check):
    """What the table says to remove, empty or replace is; what an option keeps is kept."""

    id = "action"
    title = "Each attribute was removed, emptied, replaced or kept as PS3.15 Table E.1-1 and the options say"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Judge one standard element at any depth."""
        if entry.tag >> 16 & 1 or entry.tag & 0xFFFF == 0 or entry.tag in view.expectation.site_tags:
            return
        if entry.tag >> 16 == 0x0004:
            yield from self._directory(entry)
            return
        action, row = view.expectation.action(entry.tag)
        old, new = stripped(entry.source), stripped(entry.output)
        if entry.source is None:
            return  # the check of what was added looks at it
        if action == KEEP:
            if may_be_kept(entry, view):
                yield from self._kept(entry, old, new)
        elif action == "-":
            yield from self._unlisted(entry, view, old, new)
        elif action != CLEAN and row is not None:
            yield from self._acted(entry, view, action, old, new)

    def _acted(self, entry: Entry, view: View, action: str, old: bytes, new: bytes) -> Iterator[Found]:
        strict = view.expectation.strict
        if entry.vr == "SQ" or entry.source_vr == "SQ":
            if action in ("X", "X/Z") and new:
                yield Found("action.kept", ERROR, "", "a sequence is left that the table removes")
        elif old and new == old and not _is_uid(entry) and not is_placeholder(old):
            yield Found("action.kept", ERROR, "", "a value of the source is left that the table removes or replaces")
        elif action == "X" and new and entry.vr != "UI" and new != old:
            severity = NOTICE if says_nothing(new, entry.vr) or not strict else ERROR
            yield Found("action.not-removed", severity, "", "a value is left where the table removes the attribute")
        elif action in ("D", "Z", "Z/D") and entry.output is None and strict and not _goes(entry, view):
            yield Found("action.removed", WARNING, "", "an attribute is gone that the table empties or replaces")
        elif action == "D" and old and not entry.output and strict and entry.output is not None:
            yield Found("action.empty", WARNING, "", "an attribute is empty that the table replaces")

    def _kept(self, entry: Entry, old: bytes, new: bytes) -> Iterator[Found]:
        if entry.vr in ("SQ", "UI") or entry.source_vr in ("SQ", "UI"):
            return
        if old and old != new and entry.vr not in _DATE_VRS:
            text = "an attribute is gone that an option keeps" if not new else "a value changed that an option keeps"
            yield Found("action.not-kept", WARNING, "", text)

    def _unlisted(self, entry: Entry, view: View, old: bytes, new: bytes) -> Iterator[Found]:
        if not old or entry.output is None or entry.vr in ("UI", "SQ"):
            return
        if new == old and not is_placeholder(old):
            if entry.vr in TEXT_VRS - {"CS"} and inside_replaced(entry, view):
                yield Found(
                    "action.kept", ERROR, "", "text is left inside a sequence that the table removes or replaces"
                )
            elif entry.vr == "PN" and not is_date_attribute(entry.tag) and re.search(rb"[A-Za-z\x80-\xff]", new):
                yield Found("action.person", ERROR, "", "a person's name is left in an attribute that no table lists")
            elif entry.vr in ("DA", "DT") and view.expectation.dates not in ("keep", "shift"):
                yield Found("action.date", WARNING, "", "a date is left in an attribute that no table lists")
            elif entry.vr in TEXT_VRS - {"CS", "AE"} and f"{entry.tag:08x}" not in word_list("technical.txt"):
                yield Found("action.text", NOTICE, "", "free text is kept in an attribute that no table lists")

    def _directory(self, entry: Entry) -> Iterator[Found]:
        same = stripped(entry.source) == stripped(entry.output) and len(stripped(entry.output)) > 2
        if entry.vr in TEXT_VRS and same and entry.tag != DIRECTORY_RECORD_TYPE:
            yield Found("action.directory", WARNING, "", "text of the source's directory is kept")


class Required(Check):
    """Attributes of Type 1 have a value and those of Type 2 are there, where the source had them so (PS3.3)."""

    id = "type"
    title = "No attribute that its object requires was removed or emptied"

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Judge one top-level element by the Type in its object."""
        if entry.path or entry.source is None:
            return
        kind = required_types().get(view.sop_class, {}).get(entry.tag)
        severity = ERROR if view.expectation.strict else WARNING
        if kind == "1" and stripped(entry.source) and not stripped(entry.output):
            yield Found("type.1", severity, "", "a Type 1 attribute has no value any more")
        elif kind == "2" and entry.output is None:
            yield Found("type.2", severity, "", "a Type 2 attribute was removed")


def _is_uid(entry: Entry) -> bool:
    """Return whether the check of UIDs judges a value: a UI in the place of another value is none."""
    return entry.vr == "UI" and vr_in_tables(entry.tag) in ("UI", "")


def _goes(entry: Entry, view: View) -> bool:
    """Return whether an element may go because what holds it was replaced as a whole."""
    return in_content(entry) or inside_replaced(entry, view)


def is_placeholder(value: bytes) -> bool:
    """Return whether a value says nothing: a usual dummy, zeros, or a date that begins an epoch."""
    text = value.decode("latin-1").strip(" \0^").casefold()
    if not text or text in word_list("common_words.txt") or len(set(text) - set(" ._-:^")) <= 1:
        return True
    words = [word for word in re.split(r"[\s^_]+", text) if word]
    if all(word in word_list("common_words.txt") for word in words):
        return True
    return bool(re.fullmatch(r"(0001|1900|1970|2000)0101|0*\.?0*|000[dwmy]|000000(\.0+)?", text))
