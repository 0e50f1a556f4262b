"""Odd input by construction: attributes of Table E.1-1 and of each VR in many forms, for both engines and the audit.

Every file holds all attributes once at the top level and once in an item, each with the value of one form. The audit
reads the tables and the bytes by itself, so a finding means that one of the two is wrong about what is right.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from annex_e.table import rows
from audit.odd_values import FORMS, NUMBER_OF_FORMS, OTHER_VRS, value_of
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.checks import WholeSet
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.batch.process import AUTO, REFERENCE, Settings, process
from DeidentifyLib.options import Dates, Options
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.records.tasks import Task, TaskItem
from DeidentifyLib.scan.scan_inputs import scan_inputs
from DeidentifyLib.standard.unlisted import class_of
from pydicom.datadict import DicomDictionary
from stream.generated_files import IMPLICIT, Element, File, sequence, text

KEY = Key(bytes(range(32)))
KEPT = {
    "keep_subject_characteristics": True,
    "keep_safe_private": True,
    "retain_uids": True,
    "retain_device_identity": True,
    "retain_institution_identity": True,
}
CLEANED = {"clean_descriptors": True, "clean_structured_content": True, "clean_graphics": True}
OPTION_SETS = {
    "default": Options(),
    "dates removed": Options(dates=Dates.REMOVE),
    "all, dates kept": Options(dates=Dates.KEEP, **KEPT, **CLEANED),
    "all kept, dates shifted": Options(**KEPT),
    "cleaned": Options(keep_subject_characteristics=True, keep_safe_private=True, **CLEANED),
}
SHARED_GROUPS = 0x52009229
OF_THE_FILE = frozenset(
    (0x00080005, 0x00080016, 0x00080018, 0x0020000D, 0x0020000E, 0x00100010, 0x00100020, 0x00280103, 0x00080060)
)
"""Attributes that make the file what it is; each is tried alone, in files of its own."""
OF_ONE_CLASS = 3
AS_OTHER = 32
"""Added to the number of a form where it is written in another VR, for other words."""
PATIENT = "Quorraby^Lenisa"
PATIENT_ID = "PID-880431"


@dataclass(frozen=True)
class Disagreement:
    """One finding on an output of the engine.

    Attributes
    ----------
    options : str
    form : str
        Name of the file.
    check, severity, place, text : str
    """

    options: str
    form: str
    check: str
    severity: str
    place: str
    text: str

    @property
    def tag(self) -> int | None:
        """Tag of the attribute, None where the finding has no place in the data set."""
        digits = self.place.rpartition("(")[2].rstrip(")").replace(",", "")
        return int(digits, 16) if len(digits) == 8 else None


@cache
def attributes() -> dict[int, str]:
    """Return the VR by tag of all listed attributes, and of a few for each VR and class of the unlisted ones."""
    found = {tag: row.vr for row in rows() if row.tag != "private" and "x" not in row.tag for tag in row.numbers}
    seen: dict[tuple[str, str], int] = {}
    for tag in sorted(DicomDictionary):
        vr = DicomDictionary[tag][0].split(" ")[0]
        if tag in found or tag >> 16 < 8 or not vr or DicomDictionary[tag][3]:
            continue
        kind = (vr, class_of(tag, vr))
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= OF_ONE_CLASS:
            found[tag] = vr
    return {tag: vr for tag, vr in found.items() if tag >> 16 >= 8 and tag not in OF_THE_FILE and tag < 0x50000000}


def base_file(name: str, *more: Element, syntax: str | None = None) -> File:
    """Return a plain file with some more elements."""
    number = zlib.crc32(name.encode())
    plain = {
        one.tag: one
        for one in (
            text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
            text(0x00080018, "UI", f"1.2.826.0.1.3680043.8.498.70.{number}"),
            text(0x00080060, "CS", "OT"),
            text(0x00100010, "PN", PATIENT),
            text(0x00100020, "LO", PATIENT_ID),
            text(0x0020000D, "UI", "1.2.826.0.1.3680043.8.498.71.1"),
            text(0x0020000E, "UI", "1.2.826.0.1.3680043.8.498.71.2"),
        )
    }
    plain |= {one.tag: one for one in more}
    elements = tuple(plain[tag] for tag in sorted(plain))
    return File(elements) if syntax is None else File(elements, syntax)


def matrix() -> dict[str, File]:
    """Return the files by name: all attributes in one form each."""
    files = {}
    for number in range(NUMBER_OF_FORMS):
        files[f"form {number}"] = base_file(f"form {number}", *_both_depths(number, {}))
    files["implicit VR"] = base_file("implicit VR", *_both_depths(0, {}), syntax=IMPLICIT)
    for number, other in enumerate(OTHER_VRS):
        vrs = {tag: other for tag, vr in attributes().items() if vr not in (other, "SQ")}
        files[f"as {other}"] = base_file(f"as {other}", *_both_depths(number + AS_OTHER, vrs))
    return files


def _both_depths(number: int, written_as: dict[int, str]) -> Iterable[Element]:
    at_top = _elements(number, written_as, 0)
    return (*at_top, sequence(SHARED_GROUPS, _elements(number, written_as, 1)))


def _elements(number: int, written_as: dict[int, str], depth: int) -> list[Element]:
    found = []
    for tag, vr in sorted(attributes().items()):
        if vr == "SQ":
            found.append(sequence(tag, [text(0x00100010, "PN", PATIENT), text(0x00280010, "US", b"\7\0")]))
        else:
            value = value_of(vr, number, tag, depth)
            found.append(Element(tag, written_as.get(tag, vr), value + b" " * (len(value) % 2)))
    return found


def alone() -> dict[str, File]:
    """Return files in which one attribute that makes the file what it is has each form."""
    vrs = {0x00080018: "UI", 0x0020000D: "UI", 0x0020000E: "UI", 0x00100010: "PN", 0x00100020: "LO", 0x00080060: "CS"}
    files = {}
    for tag, vr in vrs.items():
        for number in range(len(FORMS[vr])):
            name = f"{tag:08X} {number}"
            value = value_of(vr, number, tag, 0)
            files[name] = base_file(name, Element(tag, vr, value + b" " * (len(value) % 2)))
        if vr != "UI":
            files[f"{tag:08X} absent"] = base_file(f"{tag:08X} absent").without(tag)
    return files


def disagreements(files: dict[str, File], name: str) -> list[Disagreement]:
    """Return what the audit says of the engines' outputs, and where the two engines differ.

    Parameters
    ----------
    files : dict of str to File
    name : str
        One of `OPTION_SETS`.
    """
    options = OPTION_SETS[name]
    encoded = {form: file.encode() for form, file in files.items()}
    found, outputs = _through_both_engines(encoded, options, name)
    audit = _Audit(options, name)
    for data in encoded.values():
        audit.learn(data)
    for form, output in outputs.items():
        audit.look_at(form, encoded[form], output)
    return found + audit.findings()


@dataclass(frozen=True)
class Unseen:
    """A value that the engine takes away, and of whose presence the audit would say nothing."""

    form: str
    tag: int
    value: bytes

    @property
    def says_something(self) -> bool:
        """Whether it is more than a dummy, a date that begins an epoch, or a byte or two."""
        text = self.value.strip(b" ^\\")
        return len(set(text)) > 2 and not text.startswith((b"1900", b"0000"))


def unseen(files: dict[str, File], name: str) -> list[Unseen]:
    """Return the values that the engine takes away and of whose presence the audit says nothing.

    Every source is given to the audit as if it were its own output.
    """
    options = OPTION_SETS[name]
    encoded = {form: file.encode() for form, file in files.items()}
    _, outputs = _through_both_engines(encoded, options, name)
    silent = []
    audit = _Audit(options, name)
    for form, data in encoded.items():
        audit.learn(data)
        audit.look_at(form, data, data)
    told = {(one.form, one.place) for one in audit.findings()}
    for form, output in outputs.items():
        old, new = Document(encoded[form]), Document(output)
        for element in old.elements:
            path, tag, vr, _, length = element
            partner = new.index.get((path, tag))
            value = old.value(element).strip(b" \0")
            kept = partner is not None and new.value(partner).strip(b" \0") == value
            place = " > ".join([*(f"{_show(t)}[{n + 1}]" for t, n in path), _show(tag)])
            inside = any((form, " > ".join(place.split(" > ")[:n])) in told for n in range(1, 4))
            if vr != "SQ" and length and value and not kept and (form, place) not in told and not inside:
                silent.append(Unseen(form, tag, value))
    return silent


def _show(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


class _Audit:
    def __init__(self, options: Options, name: str) -> None:
        self._expectation = Expectation.from_options(options.to_dict())
        self._auditor = Auditor(self._expectation)
        self._auditor.findings.keep = 1_000_000
        self._name = name

    def learn(self, source: bytes) -> None:
        self._auditor.learn(Document(source, tolerant=True))

    def look_at(self, form: str, source: bytes, output: bytes) -> None:
        self._auditor.audit(form, Document(source, tolerant=True), output)

    def findings(self) -> list[Disagreement]:
        whole = WholeSet(Path("/nonexistent"), (), 0, None, self._auditor.audited, None, self._expectation, None)
        for check in self._auditor.checks:
            if check.id.startswith(("uid", "pseudonym")):
                for file, found in check.finish(whole):
                    self._auditor._add(file, found, found.place)
        return [
            Disagreement(self._name, one.file, one.check, one.severity.value, one.place, one.text)
            for one in self._auditor.findings.items
        ]


def _through_both_engines(
    files: dict[str, bytes], options: Options, name: str
) -> tuple[list[Disagreement], dict[str, bytes]]:
    """Return the outputs by form; differences of the engines and files that were not written as disagreements."""
    found: list[Disagreement] = []
    outputs: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "in"
        sources.mkdir()
        for form, data in files.items():
            (sources / form).write_bytes(data)
        scanned = scan_inputs([sources])
        for one in scanned.rejected:
            found.append(Disagreement(name, Path(one.source.path).name, "status", "error", "", one.reason))
        for number, series in enumerate(scanned.series):
            forms = [Path(one.source.path).name for one in series.instances]
            items = tuple(TaskItem(one.source, form) for one, form in zip(series.instances, forms, strict=True))
            task = Task(number, Pseudonyms(KEY).subject(series.subject), items)
            for engine in (REFERENCE, AUTO):
                out = Path(folder) / engine
                result = process(task, Settings(options, KEY, str(out), engine))
                for form, done in zip(forms, result.instances, strict=True):
                    if done.status != "written":
                        found.append(Disagreement(name, form, "status", "error", "", f"{done.status}: {done.reason}"))
                        continue
                    written = (out / form).read_bytes()
                    if outputs.setdefault(form, written) != written:
                        found.append(Disagreement(name, form, "engines", "error", "", "the engines differ"))
    return found, outputs
