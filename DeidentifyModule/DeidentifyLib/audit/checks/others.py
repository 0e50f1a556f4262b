"""Another subject's identity: a mix-up of two patients, or a name that a neighbour's text holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from ...files.system_paths import walk
from ..elements import TagPath, show
from ..expectation import KEEP
from ..identifiers import TEXT_VRS, declared_codecs, decode
from ..identity_tokens import IdentityTokens, name_tokens, number_tokens, text_tokens
from ..packed_sets import NumberSet, number_of
from ..tables import word_list
from ..tags import (
    ACCESSION_NUMBER,
    ADMISSION_ID,
    DEIDENTIFICATION_METHOD,
    DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    OTHER_PATIENT_IDS,
    OTHER_PATIENT_NAMES,
    PATIENT_BIRTH_NAME,
    PATIENT_ID,
    PATIENT_MOTHER_BIRTH_NAME,
    PATIENT_NAME,
)
from .base import ERROR, WARNING, Check, Entry, Found, View, WholeSet
from .uids import Sightings
from .whole import patient_of

_NAMES = frozenset((PATIENT_NAME, OTHER_PATIENT_NAMES, PATIENT_BIRTH_NAME, PATIENT_MOTHER_BIRTH_NAME))
_NUMBERS = frozenset((PATIENT_ID, OTHER_PATIENT_IDS, ACCESSION_NUMBER, ADMISSION_ID))
_METHOD = frozenset((DEIDENTIFICATION_METHOD, DEIDENTIFICATION_METHOD_CODE_SEQUENCE))
_LONGEST = 1 << 16
_IN_NAME = 0
_TEXT = "a name or number of another subject"
_REPORT_SUFFIXES = (".html", ".json", ".csv")


class OthersIdentity(Check):
    """No output holds a name, an ID or an accession number of another subject of the run.

    Tokens are looked up in one hash set of all subjects: whole names, parts of five letters that are not common words,
    numbers of seven characters and more. Dates are not: among many subjects every shifted date is somebody's birthday.
    A word that the source has at the same place is a warning (the source names a neighbour), others are errors.
    """

    id = "leak.other"
    title = "No name or number of another subject of the run is in a text, a name of a file, or the report"

    def __init__(self) -> None:
        self.tokens = IdentityTokens()
        self._strong, self._weak = Sightings(), Sightings()
        self._condemned = NumberSet()

    def entry(self, entry: Entry, view: View) -> Iterator[Found]:
        """Note the subject's own tokens, and those of a text of the output."""
        owner = number_of(patient_of(view.source))
        if entry.source and entry.tag in _NAMES | _NUMBERS and len(entry.source) < _LONGEST:
            text = decode(entry.source, declared_codecs(view.source, entry.path))
            for token in name_tokens(text) if entry.tag in _NAMES else number_tokens(text):
                self.tokens.learn(token, owner)
        if entry.output and _is_text(entry.tag, entry.vr, entry.path) and len(entry.output) < _LONGEST:
            self._note(entry, view, owner)
        return iter(())

    def _note(self, entry: Entry, view: View, owner: int) -> None:
        found = text_tokens(decode(entry.output or b"", declared_codecs(view.output, entry.path)))
        if not found:
            return
        known = text_tokens(decode(entry.source, declared_codecs(view.source, entry.path))) if entry.source else set()
        for token in found - known:
            self._strong.add(number_of(token), owner, view.number, entry.tag)
        if not _is_technical(entry, view):
            for token in found & known:
                self._weak.add(number_of(token), owner, view.number, entry.tag)

    def file(self, view: View) -> Iterator[Found]:
        """Note the tokens of the file's name."""
        owner = number_of(patient_of(view.source))
        for token in text_tokens(view.name.removesuffix(".dcm").replace("/", " ")):
            self._strong.add(number_of(token), owner, view.number, _IN_NAME)
        return iter(())

    def finish(self, whole: WholeSet) -> Iterator[tuple[str, Found]]:
        """Look up what was seen, now that all subjects are known; then names of folders and the report."""
        for sightings, severity in ((self._strong, ERROR), (self._weak, WARNING)):
            for token, owner, file, tag in sightings:
                if self.tokens.is_foreign(token, owner):
                    if severity is ERROR:
                        self._condemned.add(number_of(f"{token}>{owner}"))
                    yield whole.audited[file], Found(self.id, severity, _place(tag), _TEXT)
        if not whole.expectation.keep_id_name:
            yield from self._folders(whole.output)
            for name in self.in_report(whole.output / "report"):
                yield "", Found("leak.report", ERROR, name, "a name or number of a subject is in the report")

    def _folders(self, output: Path) -> Iterator[tuple[str, Found]]:
        for directory, _, _ in walk(output):
            relative = Path(directory).relative_to(output).as_posix()
            if any(map(self.tokens.knows, text_tokens(relative.replace("/", " ")))):
                yield "", Found("leak.path", ERROR, "folder name", "a name or number of a subject")

    def in_report(self, folder: Path) -> list[str]:
        """Return the names of the report's files that hold a token of a subject, beside the report's own words."""
        own = word_list("report_words.txt")
        found = []
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path.suffix in _REPORT_SUFFIXES and path.is_file():
                with path.open(encoding="utf-8", errors="replace") as file:
                    tokens = (token for line in file for token in text_tokens(line))
                    if any(self.tokens.knows(token) and not own.issuperset(token.split()) for token in tokens):
                        found.append(path.name)
        return found

    def condemns(self) -> bool:
        """Return whether other files than the first may hold what was found."""
        return len(self._condemned) > 0

    def again(self, view: View) -> Iterator[Found]:
        """Look for what was found in one file."""
        owner = number_of(patient_of(view.source))
        for path, tag, vr, start, length in view.output.elements:
            if not length or length >= _LONGEST or not _is_text(tag, vr, path):
                continue
            text = decode(view.output.body[start : start + length], declared_codecs(view.output, path))
            if any(number_of(f"{number_of(token)}>{owner}") in self._condemned for token in text_tokens(text)):
                yield Found(self.id, ERROR, _place(tag), _TEXT)

    def take_over(self, other: Self, first: int) -> None:
        """Take up tokens and sightings of other subjects."""
        self.tokens.update(other.tokens)
        self._strong.take_over(other._strong, first)
        self._weak.take_over(other._weak, first)


def _is_text(tag: int, vr: str, path: TagPath) -> bool:
    own = tag in _METHOD or (path and path[0][0] in _METHOD)
    return (vr in TEXT_VRS or vr == "PN") and not own


def _is_technical(entry: Entry, view: View) -> bool:
    """Return whether a text is of a kind that shares its words with names: codes, makers, models, what is kept."""
    code = f"{entry.tag:08x}"
    listed = code in word_list("technical.txt") or code in word_list("equipment.txt")
    return entry.vr == "CS" or listed or view.expectation.action(entry.tag)[0] == KEEP


def _place(tag: int) -> str:
    return "file name" if tag == _IN_NAME else show(tag)
