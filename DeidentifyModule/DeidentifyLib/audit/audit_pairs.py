"""The audit of all pairs, subject by subject, in flat memory."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .auditor import Auditor
from .checks import View
from .elements import Document, WalkError
from .findings import Finding, Severity
from .large_files import read_bytes
from .pairing import Pair
from .subject import AuditSubject
from .subject_groups import SubjectGroup, groups_of, samples_of
from .tags import PATIENT_ID

SOURCE_UNREADABLE = "the source cannot be read any more, so this output is not checked"
TOO_LARGE = "the file does not fit into memory, so it is not checked"


def audit_pairs(
    auditor: Auditor,
    pairs: Iterable[Pair],
    output: Path,
    pixel_records: Callable[[str], dict[str, Any] | None] = lambda name: None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Audit pairs, the ones of a subject together.

    A few files of each series are read first to learn the subject's identifiers. Should a later file bring a new one,
    the files searched before are searched again at the end of the subject.
    """
    done = 0

    def on_more(more: int) -> None:
        on_progress(done + more)

    for group in groups_of(pairs):
        audit_group(auditor, group, output, pixel_records, on_more)
        done += len(group)


def audit_group(
    auditor: Auditor,
    group: SubjectGroup,
    output: Path,
    pixel_records: Callable[[str], dict[str, Any] | None],
    on_progress: Callable[[int], None] = lambda done: None,
) -> bool:
    """Audit the pairs of a group; return whether no other group can hold its subjects, which are forgotten then."""
    _learn(auditor, group, output)
    searched = _Searched()
    for number, pair in enumerate(group):
        view = _audit(auditor, pair, output, pixel_records)
        if view is not None:
            searched.add(number, view)
        on_progress(number + 1)
    for pair in group.take(searched.too_early()):
        _search_again(auditor, pair, output)
    return _leave(group, searched)


def look_again(auditor: Auditor, pairs: Iterable[Pair], output: Path) -> None:
    """Find all files that hold what the checks of the set found in one of them."""
    if not auditor.condemns():
        return
    for pair in pairs:
        try:
            source, data = Document(pair.read_source(), tolerant=True), read_bytes(output / pair.output)
            auditor.look_again(pair.output, source, data)
        except (OSError, WalkError, KeyError, MemoryError):
            continue  # told before


def _search_again(auditor: Auditor, pair: Pair, output: Path) -> None:
    source = _source_of(auditor, pair)
    if source is None:
        return
    try:
        auditor.search_again(pair.output, source, read_bytes(output / pair.output))
    except (OSError, WalkError):
        _not_checked(auditor, pair, "file.source", SOURCE_UNREADABLE)
    except MemoryError:
        _not_checked(auditor, pair, "file.memory", TOO_LARGE)


class _Searched:
    """Which files of a group were searched, when, and for whom."""

    def __init__(self) -> None:
        self._numbers, self._generations = array("L"), array("L")
        self._subjects = array("L")
        self.subjects: dict[int, AuditSubject] = {}
        self.ids: set[str] = set()

    def add(self, number: int, view: View) -> None:
        """Note that a file was searched."""
        subject = view.subject
        self.subjects[subject.number] = subject
        self.ids.add(view.output.text(PATIENT_ID))
        self._numbers.append(number)
        self._subjects.append(subject.number)
        self._generations.append(subject.generation)

    def too_early(self) -> list[int]:
        """Return the numbers of the files that were searched before all was known."""
        found = zip(self._numbers, self._subjects, self._generations, strict=True)
        return [number for number, subject, known in found if known < self.subjects[subject].generation]


def _learn(auditor: Auditor, group: SubjectGroup, output: Path) -> None:
    for pair in samples_of(group):
        source, data = _source_of(auditor, pair), None
        if source is not None and auditor.expectation is None:
            data = _walked(output / pair.output)
        if source is not None:
            try:
                auditor.learn(source, data)
            except OSError:
                _not_checked(auditor, pair, "file.source", SOURCE_UNREADABLE)
            except MemoryError:
                _not_checked(auditor, pair, "file.memory", TOO_LARGE)


def _audit(
    auditor: Auditor, pair: Pair, output: Path, pixel_records: Callable[[str], dict[str, Any] | None]
) -> View | None:
    source = _source_of(auditor, pair)
    if source is None:
        return None
    try:
        data = read_bytes(output / pair.output)
    except MemoryError:
        _not_checked(auditor, pair, "file.memory", TOO_LARGE)
        return None
    except OSError:
        auditor.audited.add(pair.output)  # the check of the set says that it is missing
        return None
    try:
        return auditor.audit(pair.output, source, data, pixel_records(pair.output))
    except OSError:  # of a large file, pieces are read on the way
        _not_checked(auditor, pair, "file.source", SOURCE_UNREADABLE)
    except MemoryError:
        _not_checked(auditor, pair, "file.memory", TOO_LARGE)
    except Exception as error:  # one file that no check foresaw is told, and does not end the audit of the others
        _not_checked(
            auditor, pair, "file.unforeseen", f"a check ended with an unforeseen error ({type(error).__name__})"
        )
    return None


def _leave(group: SubjectGroup, searched: _Searched) -> bool:
    """Give memory back: in a run's own output, where each subject has a folder, no other group holds these subjects."""
    alone = searched.ids == {group.folder}
    for subject in searched.subjects.values():
        if alone:
            subject.forget()
        else:
            subject.rest()
    return alone


def _walked(path: Path) -> Document | None:
    try:
        return Document(read_bytes(path))
    except (OSError, WalkError, MemoryError):
        return None


def _source_of(auditor: Auditor, pair: Pair) -> Document | None:
    try:
        return Document(pair.read_source(), tolerant=True)
    except (OSError, WalkError, KeyError):
        _not_checked(auditor, pair, "file.source", SOURCE_UNREADABLE)
    except MemoryError:
        _not_checked(auditor, pair, "file.memory", TOO_LARGE)
    return None


def _not_checked(auditor: Auditor, pair: Pair, check: str, text: str) -> None:
    if pair.output not in auditor.not_checked:
        auditor.audited.add(pair.output)
        auditor.not_checked.add(pair.output)
        auditor.findings.add(Finding(check, Severity.UNCHECKED, pair.output, "", text))
