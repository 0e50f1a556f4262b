"""The set as a whole: nothing lost, nothing added, nothing open to others."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from ...files.system_paths import walk
from ..elements import Document, show
from ..identifiers import declared_codecs, decode
from ..journal import JournalReader
from ..packed_sets import NumberSet, number_of
from ..tags import PATIENT_BIRTH_DATE, PATIENT_ID, PATIENT_NAME, STUDY_INSTANCE_UID
from .base import ERROR, NOTICE, UNCHECKED, WARNING, Check, Found, View, WholeSet

_STATUSES = ("written", "withheld", "rejected", "not_dicom", "skipped")
_PRIVATE_FILES = ("deident.map", "patient_ids.csv", "uids.csv", "key", "journal.jsonl")


class Accounting(Check):
    """in = out + withheld + rejected + not DICOM + skipped (not selected); every output is one of the written."""

    id = "set"
    title = "Every input is accounted for once, and the output folder holds nothing that is not listed"

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Compare journal, folder and audited files."""
        if whole.journal is not None:
            yield from self._journal(whole.journal, whole)
        present, unlisted = NumberSet(), []
        for name in output_files(whole.output):
            present.add(number_of(name))
            if (whole.output / name).is_symlink():
                yield name, Found("set.link", ERROR, "", "a link is in the output")
            elif not (whole.output / name).is_file():
                yield name, Found("set.special", ERROR, "", "a pipe, socket or device is in the output")
            if name not in whole.audited:
                unlisted.append(name)
        # a damaged journal may have named their inputs
        severity = UNCHECKED if whole.journal is not None and whole.journal.damaged else ERROR
        for name in sorted(unlisted):
            yield name, Found("set.unlisted", severity, "", "a file of the output is not paired with any input")
        for name in sorted(name for name in whole.audited if number_of(name) not in present):
            yield name, Found("set.missing", ERROR, "", "a file that was written is not there")
        if whole.journal is None and whole.unmatched_sources:
            yield "", Found("set.input", NOTICE, "", f"{whole.unmatched_sources} inputs have no output")

    def _journal(self, journal: JournalReader, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        outputs, several = NumberSet(), {}
        for line in journal.lines():
            status = line.get("status")
            if status not in _STATUSES:
                yield "", Found("set.journal", ERROR, "", "the journal has a line of unknown status")
            if status == "written" and line.get("output"):
                if not outputs.add(number_of(line["output"])):
                    several[line["output"]] = True
            elif status == "written":
                yield "", Found("set.journal", ERROR, "", "an input counts as written but has no output")
            elif not line.get("reason"):
                yield "", Found("set.reason", WARNING, "", f"an input is {status} without a reason")
            if _contradicts(line, journal.series):
                text = "an input is skipped or written against the selection of series"
                yield line.get("output") or "", Found("set.selection", ERROR, "", text)
        for name in several:
            yield name, Found("set.twice", ERROR, "", "one output stands for several inputs")
        missing = sum(not journal.knows(path, member) for path, member in whole.sources)
        if missing:
            text = "inputs are not in the journal: they came after the run, or were lost; --resume takes them up"
            yield "", Found("set.input", UNCHECKED, "", f"{missing} {text}")
        if journal.damaged:
            yield "", Found("set.journal", UNCHECKED, "", f"{journal.damaged} lines of the journal cannot be read")


def _contradicts(line: dict[str, Any], selected: frozenset[str] | None) -> bool:
    """Return whether an input of a known series was skipped although it was selected, or written although not."""
    series = line.get("series_uid")
    is_selected = selected is None or series in selected
    return bool(series) and (is_selected if line["status"] == "skipped" else not is_selected)


class Secrets(Check):
    """Key, map and journal are for the owner alone, and outside the output."""

    id = "secret"
    title = "Key, map and journal are readable by their owner only and lie outside the output"

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Look at places and permissions."""
        names = set(_PRIVATE_FILES)
        for relative in output_files(whole.output, with_report=True):
            if relative.rpartition("/")[2] in names:
                yield relative, Found("secret.inside", ERROR, "", "a secret file lies in the output")
        private = whole.private
        if private is None or not private.is_dir():
            return
        if private.resolve().is_relative_to(whole.output.resolve()):
            yield "", Found("secret.inside", ERROR, "", "the private folder lies in the output")
        if os.name == "posix":
            if private.stat().st_mode & 0o077:
                yield "", Found("secret.open", ERROR, "", "the private folder is open to others")
            for name in _PRIVATE_FILES:
                if (private / name).exists() and (private / name).stat().st_mode & 0o077:
                    yield "", Found("secret.open", ERROR, "", f"{name} is open to others")


class SubjectPseudonyms(Check):
    """One new identity for each old one, as the map says."""

    id = "pseudonym"
    title = "Each subject has one new ID and name that no other has, equal to the map's"

    def __init__(self) -> None:
        self.new_of: dict[str, str] = {}
        self.old_of: dict[str, str] = {}
        self._doubtful: set[str] = set()

    def file(self, view: View) -> Iterator[Found]:
        """Compare the file's new ID with that of the subject's other files."""
        if view.expectation.keep_id_name:
            return
        old, new = patient_of(view.source), view.output.text(PATIENT_ID)
        if not new:
            if view.expectation.strict and ((), PATIENT_ID) in view.source.index:
                yield Found("pseudonym.missing", ERROR, show(PATIENT_ID), "there is no new patient ID")
            return
        if self.new_of.setdefault(old, new) != new:
            yield Found("pseudonym.two", ERROR, show(PATIENT_ID), "one subject has two new IDs")
        elif self.old_of.setdefault(new, old) != old and view.expectation.strict:
            self._doubtful.add(new)
            yield Found("pseudonym.shared", ERROR, show(PATIENT_ID), "two subjects have one new ID")
        if len(new) > 64:
            yield Found("pseudonym.form", WARNING, show(PATIENT_ID), "the new ID is longer than 64 characters")

    def agrees_with(self, other: Self) -> bool:
        """Return whether no subject has another new ID there, and no new ID another subject."""
        return all(self.new_of.get(old, new) == new for old, new in other.new_of.items()) and all(
            self.old_of.get(new, old) == old for new, old in other.old_of.items()
        )

    def take_over(self, other: Self, first: int) -> None:
        """Take up the IDs of other subjects."""
        self.new_of.update(other.new_of)
        self.old_of.update(other.old_of)

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Compare with deident.map or patient_ids.csv."""
        if whole.map_rows is None:
            return
        listed = {row["new_id"] for row in whole.map_rows}
        by_old: dict[str, set[str]] = {}
        for row in whole.map_rows:
            by_old.setdefault(same_spelling(row["original_id"]), set()).add(row["new_id"])
        for old, new in self.new_of.items():
            if new not in listed:
                self._doubtful.add(new)
                yield "", Found("pseudonym.map", ERROR, "", "a new ID of the output is not in the map")
            elif old.startswith("id:") and old[3:] in by_old and new not in by_old[old[3:]]:
                self._doubtful.add(new)
                yield "", Found("pseudonym.map", ERROR, "", "the map gives a subject another new ID than the output")

    def condemns(self) -> bool:
        """Return whether a new ID cannot be relied on."""
        return bool(self._doubtful)

    def again(self, view: View) -> Iterator[Found]:
        """Look for a new ID that two subjects have, or that the map does not give."""
        if view.output.text(PATIENT_ID) in self._doubtful:
            text = "the new ID of this file is another subject's, or not that of the map"
            yield Found("pseudonym.file", ERROR, show(PATIENT_ID), text)


def patient_of(document: Document) -> str:
    """Return what tells the subjects of a source apart: ID, else name and birth date, else the study.

    Letter case, full-width letters and spaces make no other subject: see `same_spelling`.
    """
    number = same_spelling(_decoded(document, PATIENT_ID))
    if number:
        return "id:" + number
    name = same_spelling(_decoded(document, PATIENT_NAME).split("=")[0]).rstrip("^ ")
    name = re.sub(r" *\^ *", "^", name)
    return f"name:{name}|{document.text(PATIENT_BIRTH_DATE)}" if name else "study:" + document.text(STUDY_INSTANCE_UID)


def _decoded(document: Document, tag: int) -> str:
    element = document.index.get(((), tag))
    return "" if element is None else decode(document.value(element), declared_codecs(document))


def same_spelling(text: str) -> str:
    """Return a text without what does not make it another one: letter case, width of letters, repeated spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\0", " ").split()).casefold()


def output_files(folder: Path, with_report: bool = False) -> Iterator[str]:
    """Yield the relative paths of all files of an output folder, those of its report only when asked."""
    for directory, folders, names in walk(folder):
        relative = Path(directory).relative_to(folder)
        if relative == Path(".") and not with_report:
            folders[:] = [name for name in folders if name != "report"]
        for name in names:
            yield (relative / name).as_posix()
