"""Runs the checks over pairs of files, in flat memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from .checks import Check, Entry, Found, View, WholeSet, default_checks
from .checks.additions import method_codes_of
from .checks.containers import Preamble
from .checks.leaks import LeakedValues, LeakInNames
from .checks.whole import patient_of
from .elements import Document, Element, TagPath, WalkError, show_path
from .expectation import Expectation
from .findings import Finding, Findings, Severity
from .large_files import Bytes
from .packed_sets import Texts
from .subject import AuditSubject
from .tags import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA, SOP_CLASS_UID

_MEMO_BYTES = 4 << 20
_MEMO_ENTRY = 400
"""About what the memo costs for each element, besides its values."""
_LONG = 4096
_BULK = frozenset((PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA))
"""Pixels: a check of their own compares them, piece by piece."""


Memo = dict[Hashable, tuple[Found, ...]]
"""What the checks said of an element, by its place and values."""

Index = dict[tuple[TagPath, int], Element]
"""Elements by path and tag."""


class Auditor:
    """Holds what the checks know, and sends each file through them.

    Parameters
    ----------
    expectation : Expectation or None
        What the outputs are held to; None reads it from each output's own method codes (another tool's output).
    checks : list of Check, optional
        Default: all.

    Notes
    -----
    Nearly all elements of a slice are those of the slice before it. What the checks said of an element with equal
    bytes in source and output is remembered, so a slice costs two walks and a search, not a hundred judgements.
    """

    def __init__(self, expectation: Expectation | None, checks: list[Check] | None = None) -> None:
        self.expectation = expectation
        self.checks = default_checks() if checks is None else checks
        self.findings = Findings()
        self.subjects: dict[str, AuditSubject] = {}
        self.audited = Texts()
        self.not_checked: set[str] = set()
        self.bytes_read = 0
        self._entry_checks = [check for check in self.checks if type(check).entry is not Check.entry]
        self._file_checks = [check for check in self.checks if type(check).file is not Check.file]
        self._memo: Memo = {}
        self._memo_bytes = 0
        self._memo_owner: object = None

    # ---- one file

    def subject_of(self, source: Document) -> AuditSubject:
        """Return what is known of the subject of a source."""
        key = patient_of(source)
        subject = self.subjects.get(key)
        if subject is None:
            subject = self.subjects[key] = AuditSubject(len(self.subjects) + 1)
        return subject

    def learn(self, source: Document, output: Document | None = None) -> None:
        """Take up all that a source file says of its subject."""
        self.subject_of(source).learn(source, self._expected(output))

    def audit(
        self, name: str, source: Document, output_data: Bytes, pixel_record: dict[str, Any] | None = None
    ) -> View | None:
        """Send one output through all checks.

        Parameters
        ----------
        name : str
            Relative path of the output.
        source : Document
        output_data : bytes or LargeBytes
            All bytes of the output.
        pixel_record : dict, optional
            See `View`.
        """
        number = self.audited.add(name)
        self.bytes_read += len(output_data)
        try:
            output = Document(output_data)
        except WalkError as error:
            self.findings.add(Finding("file.unreadable", Severity.ERROR, name, "", f"not readable as DICOM: {error}"))
            return None
        expectation = self._expected(output)
        subject = self.subject_of(source)
        paths = frozenset(element[0] for element in output.elements)
        sop_class = output.text(SOP_CLASS_UID)
        view = View(name, output, source, subject, expectation, sop_class, pixel_record, paths, number)
        for found, place in self._entries(view):
            self._add(view.name, found, place)
        for check in self._file_checks:
            for found in check.file(view):
                self._add(view.name, found, found.place)
        return view

    def audit_orphan(self, name: str, output_data: Bytes, everyone: AuditSubject) -> None:
        """Search an output without known source for the identifiers of all subjects.

        Parameters
        ----------
        everyone : AuditSubject
            Has learnt from every source.
        """
        self.bytes_read += len(output_data)
        try:
            output = Document(output_data)
        except WalkError as error:
            self.findings.add(Finding("file.unreadable", Severity.ERROR, name, "", f"not readable as DICOM: {error}"))
            return
        nothing = Document.empty()
        view = View(name, output, nothing, everyone, self._expected(output), output.text(SOP_CLASS_UID))
        for check in self._file_checks:
            if isinstance(check, LeakedValues | LeakInNames | Preamble):
                for found in check.file(view):
                    self._add(name, found, found.place)

    def search_again(self, name: str, source: Document, output_data: Bytes) -> None:
        """Search one output for identifiers that were learnt after it was audited."""
        output = Document(output_data)
        view = View(name, output, source, self.subject_of(source), self._expected(output), "")
        for check in self._file_checks:
            if isinstance(check, LeakedValues):
                for found in check.file(view):
                    self._add(name, found, found.place)

    def finish(self, whole: WholeSet) -> None:
        """Run the checks of the whole set."""
        for check in self.checks:
            for name, found in check.finish(whole):
                self._add(name, found, found.place)

    def condemns(self) -> bool:
        """Return whether a finding of the set may concern more files than it names."""
        return any(check.condemns() for check in self.checks)

    def look_again(self, name: str, source: Document, output_data: Bytes) -> None:
        """Look in one output for what the checks of the set found, so that each file that has it fails."""
        if name in self.findings.failed_files:
            return
        output = Document(output_data)
        view = View(name, output, source, self.subject_of(source), self._expected(output), output.text(SOP_CLASS_UID))
        for check in self.checks:
            if check.condemns():
                for found in check.again(view):
                    self._add(name, found, found.place)

    # ---- parts of the set that another auditor looked at

    def rest(self) -> None:
        """Give back the memory of what can be made again."""
        self._memo, self._memo_owner, self._memo_bytes = {}, None, 0

    def take_over(self, other: Auditor) -> bool:
        """Take up what another auditor found of other subjects, as if it had been found here, and return True.

        Where the subjects share an instance, an ID or a UID in a way that only one auditor can judge, return False.
        """
        checks = list(zip(self.checks, other.checks, strict=True))
        has_same = any(subject in self.subjects for subject in other.subjects)
        has_same |= any(name in self.audited for name in other.audited)
        if has_same or not all(check.agrees_with(theirs) for check, theirs in checks):
            return False
        for check, theirs in checks:
            check.take_over(theirs, len(self.audited))
        for name in other.audited:
            self.audited.add(name)
        self.findings.take_over(other.findings)
        self.not_checked |= other.not_checked
        self.subjects.update(other.subjects)
        self.bytes_read += other.bytes_read
        return True

    # ---- elements

    def _entries(self, view: View) -> Iterator[tuple[Found, str]]:
        owner = (view.subject.number, view.subject.generation, view.sop_class, view.expectation)
        if owner != self._memo_owner or self._memo_bytes > _MEMO_BYTES:
            self._memo, self._memo_owner, self._memo_bytes = {}, owner, 0
        memo = self._memo
        old_body, new_body = view.source.body, view.output.body
        old_index, new_index = view.source.index, view.output.index
        get = old_index.get
        for path, tag, vr, start, length in view.output.elements:
            if tag in _BULK and not path:
                continue
            partner = get((path, tag))
            new = new_body[start : start + length] if vr != "SQ" else b"items"[: length * 5]
            if partner is None:
                old = old_vr = None
            else:
                old_vr = partner[2]
                old = old_body[partner[3] : partner[3] + partner[4]] if old_vr != "SQ" else b"items"[: partner[4] * 5]
            key = (path, tag, vr, old, new)
            found = memo.get(key)
            if found is None:
                if partner is not None:
                    view.subject.learn_element(view.source, partner, view.expectation)
                creator = view.output.creator(path, tag) if tag >> 16 & 1 else None
                found = self._judge(Entry(path, tag, vr, creator, old, new, old_vr), view)
                self._remember(key, found, length + len(old or b""))
            if found:
                for one in found:
                    yield one, one.place or show_path(path, tag)
        yield from self._removed(view, memo, new_index, old_body)

    def _removed(self, view: View, memo: Memo, new_index: Index, old_body: Bytes) -> Iterator[tuple[Found, str]]:
        paths = view.paths
        for element in view.source.elements:
            path, tag, vr, start, length = element
            if (path, tag) in new_index or (tag in _BULK and not path):
                continue
            old = old_body[start : start + length] if vr != "SQ" else b"items"[: length * 5]
            key = (path, tag, vr, old)
            found = memo.get(key)
            if found is None:
                view.subject.learn_element(view.source, element, view.expectation)
                here = not path or path in paths
                found = self._judge(Entry(path, tag, vr, None, old, None, vr), view) if here else ()
                self._remember(key, found, length)
            if found:
                for one in found:
                    yield one, one.place or show_path(path, tag)

    def _remember(self, key: Hashable, found: tuple[Found, ...], size: int) -> None:
        if size < 2 * _LONG:
            self._memo[key] = found
            self._memo_bytes += size + _MEMO_ENTRY

    def _judge(self, entry: Entry, view: View) -> tuple[Found, ...]:
        return tuple(found for check in self._entry_checks for found in check.entry(entry, view))

    # ---- helpers

    def _expected(self, output: Document | None) -> Expectation:
        if self.expectation is not None:
            return self.expectation
        return Expectation.from_codes(method_codes_of(output) if output is not None else ())

    def _add(self, name: str, found: Found, place: str) -> None:
        self.findings.add(Finding(found.check, found.severity, name, place, found.text))
