"""Runs the checks over pairs of files, in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .checks import Check, Entry, Found, View, WholeSet, default_checks
from .checks.additions import method_codes_of
from .checks.containers import Preamble
from .checks.leaks import LeakedValues, LeakInNames
from .checks.whole import patient_of
from .elements import PIXEL_DATA, Document, WalkError, show_path
from .expectation import Expectation
from .findings import Finding, Findings, Severity
from .pairing import Pair
from .subject import Subject

_MEMO_LIMIT = 20000
_LARGE = 4096


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
        self.subjects: dict[str, Subject] = {}
        self.audited: set[str] = set()
        self.bytes_read = 0
        self._entry_checks = [check for check in self.checks if type(check).entry is not Check.entry]
        self._file_checks = [check for check in self.checks if type(check).file is not Check.file]
        self._memo: dict = {}
        self._memo_owner: object = None

    # ---- one file

    def subject_of(self, source: Document) -> Subject:
        """Return what is known of the subject of a source."""
        key = patient_of(source)
        subject = self.subjects.get(key)
        if subject is None:
            subject = self.subjects[key] = Subject(len(self.subjects) + 1)
        return subject

    def learn(self, source: Document, output: Document | None = None) -> None:
        """Take up all that a source file says of its subject."""
        self.subject_of(source).learn(source, self._expected(output))

    def audit(self, name: str, source: Document, output_data: bytes, pixel_record: dict | None = None) -> View | None:
        """Send one output through all checks.

        Parameters
        ----------
        name : str
            Relative path of the output.
        source : Document
        output_data : bytes
            All bytes of the output.
        pixel_record : dict, optional
            See `View`.
        """
        self.audited.add(name)
        self.bytes_read += len(output_data)
        try:
            output = Document(output_data)
        except WalkError as error:
            self.findings.add(Finding("file.unreadable", Severity.ERROR, name, "", f"not readable as DICOM: {error}"))
            return None
        expectation = self._expected(output)
        subject = self.subject_of(source)
        paths = frozenset(element[0] for element in output.elements)
        view = View(
            name, output, source, subject, expectation, output.text(0x00080016), pixel_record=pixel_record, paths=paths
        )
        for found, place in self._entries(view):
            self._add(view.name, found, place)
        for check in self._file_checks:
            for found in check.file(view):
                self._add(view.name, found, found.place)
        return view

    def audit_orphan(self, name: str, output_data: bytes, everyone: Subject) -> None:
        """Search an output without known source for the identifiers of all subjects.

        Parameters
        ----------
        everyone : Subject
            Has learnt from every source.
        """
        self.bytes_read += len(output_data)
        try:
            output = Document(output_data)
        except WalkError as error:
            self.findings.add(Finding("file.unreadable", Severity.ERROR, name, "", f"not readable as DICOM: {error}"))
            return
        nothing = Document.empty()
        view = View(name, output, nothing, everyone, self._expected(output), output.text(0x00080016))
        for check in self._file_checks:
            if isinstance(check, LeakedValues | LeakInNames | Preamble):
                for found in check.file(view):
                    self._add(name, found, found.place)

    def search_again(self, name: str, source: Document, output_data: bytes) -> None:
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

    # ---- elements

    def _entries(self, view: View) -> Iterator[tuple[Found, str]]:
        owner = (view.subject.number, view.subject.generation, view.sop_class, view.expectation)
        if owner != self._memo_owner or len(self._memo) > _MEMO_LIMIT:
            self._memo, self._memo_owner = {}, owner
        memo = self._memo
        old_body, new_body = view.source.body, view.output.body
        old_index, new_index = view.source.index, view.output.index
        get = old_index.get
        for path, tag, vr, start, length in view.output.elements:
            if tag == PIXEL_DATA and not path:
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
                if length < _LARGE:
                    memo[key] = found
            if found:
                for one in found:
                    yield one, one.place or show_path(path, tag)
        yield from self._removed(view, memo, new_index, old_body)

    def _removed(self, view: View, memo: dict, new_index: dict, old_body: bytes) -> Iterator[tuple[Found, str]]:
        paths = view.paths
        for element in view.source.elements:
            path, tag, vr, start, length = element
            if (path, tag) in new_index or (tag == PIXEL_DATA and not path):
                continue
            old = old_body[start : start + length] if vr != "SQ" else b"items"[: length * 5]
            key = (path, tag, vr, old)
            found = memo.get(key)
            if found is None:
                view.subject.learn_element(view.source, element, view.expectation)
                here = not path or path in paths
                found = self._judge(Entry(path, tag, vr, None, old, None, vr), view) if here else ()
                if length < _LARGE:
                    memo[key] = found
            if found:
                for one in found:
                    yield one, one.place or show_path(path, tag)

    def _judge(self, entry: Entry, view: View) -> tuple[Found, ...]:
        return tuple(found for check in self._entry_checks for found in check.entry(entry, view))

    # ---- helpers

    def _expected(self, output: Document | None) -> Expectation:
        if self.expectation is not None:
            return self.expectation
        return Expectation.from_codes(method_codes_of(output) if output is not None else ())

    def _add(self, name: str, found: Found, place: str) -> None:
        self.findings.add(Finding(found.check, found.severity, name, place, found.text))


def audit_pairs(
    auditor: Auditor,
    pairs: Iterable[Pair],
    output: Path,
    pixel_records: Callable[[str], dict | None] = lambda name: None,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Audit pairs, the ones of a subject together.

    A few files of each series are read first to learn the subject's identifiers. Should a later file bring a new one,
    the files searched before are searched again at the end of the subject.
    """
    done = 0
    for group in groups_of(pairs):
        for pair in samples_of(group):
            source, data = _source_of(auditor, pair), None
            if source is not None and auditor.expectation is None:
                data = _walked((output / pair.output).read_bytes()) if (output / pair.output).is_file() else None
            if source is not None:
                auditor.learn(source, data)
        searched: list[tuple[Pair, Subject, int]] = []
        for pair in group:
            source = _source_of(auditor, pair)
            target = output / pair.output
            if source is not None and target.is_file():
                view = auditor.audit(pair.output, source, target.read_bytes(), pixel_records(pair.output))
                if view is not None:
                    searched.append((pair, view.subject, view.subject.generation))
            elif not target.is_file():
                auditor.audited.add(pair.output)
            done += 1
            progress(done)
        for pair, subject, generation in searched:
            if generation < subject.generation:
                source = _source_of(auditor, pair)
                if source is not None:
                    auditor.search_again(pair.output, source, (output / pair.output).read_bytes())


def groups_of(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    """Yield the pairs by the first folder of the output, which is the subject in a run's own output."""
    ordered: dict[str, list[Pair]] = {}
    for pair in pairs:
        ordered.setdefault(pair.output.split("/")[0] if "/" in pair.output else "", []).append(pair)
    yield from ordered.values()


def samples_of(group: list[Pair]) -> list[Pair]:
    """Return the first and last pair of each folder of the output, which is a series in a run's own output."""
    folders: dict[str, list[Pair]] = {}
    for pair in group:
        folders.setdefault(pair.output.rpartition("/")[0], []).append(pair)
    return [pair for found in folders.values() for pair in (found[0], found[-1])]


def _walked(data: bytes) -> Document | None:
    try:
        return Document(data)
    except WalkError:
        return None


def _source_of(auditor: Auditor, pair: Pair) -> Document | None:
    try:
        return Document(pair.read_source(), tolerant=True)
    except (OSError, WalkError, KeyError):
        place = "" if not pair.output else pair.output
        auditor.audited.add(pair.output)
        auditor.findings.add(
            Finding(
                "file.source", Severity.WARNING, place, "", "the source cannot be read, so this output is not proved"
            )
        )
        return None
