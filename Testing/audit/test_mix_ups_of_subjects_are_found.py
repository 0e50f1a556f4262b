"""Two subjects in one run: nothing of one is in the other's output, and every file that has it is condemned."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
import runs
from audit.reference import SOURCE_ROOT, deidentify, encode, make_slice
from DeidentifyLib.audit import AuditRequest, run_audit
from DeidentifyLib.audit.editing import element, item, with_element
from DeidentifyLib.batch.request import RunRequest
from DeidentifyLib.job import deidentify as deidentify_inputs
from DeidentifyLib.records import summary

OPTIONS = {"dates": "shift", "keep_subject_characteristics": True, "keep_safe_private": True}
HANS, EWA = 1, 2


class Folders:
    """A correct run of two subjects with three slices each."""

    def __init__(self, root: Path, **names: str) -> None:
        self.source, self.output, self.private = root / "in", root / "out", root / "out.private"
        self.private.mkdir(mode=0o700)
        lines = []
        for patient in (HANS, EWA):
            for number in (1, 2, 3):
                source = make_slice(number, "CT", patient)
                if patient == EWA:
                    for name, value in names.items():
                        setattr(source, name, value)
                old, new = self.source / f"p{patient}" / str(number), self.path(patient, number)
                for path, content in ((old, encode(source)), (self.output / new, encode(deidentify(source, OPTIONS)))):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                lines.append({"input": str(old), "member": None, "output": new, "status": "written", "reason": ""})
        (self.private / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (self.private / "journal.jsonl").chmod(0o600)

    @staticmethod
    def path(patient: int, number: int) -> str:
        return f"S{patient}/T/U/{number}.dcm"

    def edit(self, change: Callable[[bytes], bytes], *numbers: int, patient: int = HANS) -> None:
        for number in numbers:
            path = self.output / self.path(patient, number)
            path.write_bytes(change(path.read_bytes()))

    def audit(self, **more: Any) -> dict[str, Any]:
        return run_audit(AuditRequest([], self.output, self.private, options=OPTIONS, conformance=0, **more))


def put(tag: int, vr: str, value: bytes) -> Callable[[bytes], bytes]:
    """Return an edit that sets a top-level element."""
    return lambda data: with_element(data, tag, vr, value)


def errors(result: dict[str, Any]) -> set[str]:
    """Return the checks that found an error."""
    return {row["check"] for row in result["findings"] if row["severity"] == "error"}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_two_subjects_that_are_not_mixed_up_pass(folders: Folders) -> None:
    result = folders.audit()
    assert (result["verdict"], errors(result)) == ("passed", set())
    assert not [row for row in result["findings"] if row["check"] == "leak.other"]


@pytest.mark.parametrize(
    "change",
    [
        put(0x0008103E, "LO", b"Thorax Kowalczyk"),
        put(0x00181210, "SH", b"KOWALCZYK"),
        put(0x00181030, "LO", b"Ewa Kowalczyk"),
        put(0x00081030, "LO", b"MRN-4077129"),
        put(0x00080050, "SH", b"ACC992817"),
        put(0x00104000, "LT", b"compare with acc992817."),
        put(0x00400275, "SQ", item(element(0x00321060, "LO", b"Kowalczyk"))),
        put(0x00101001, "PN", b"Kowalczyk^Ewa"),
        put(0x00324000, "LT", f"see {SOURCE_ROOT}.200002.20240315".encode()),
        put(0x00081115, "SQ", item(element(0x00081155, "UI", f"{SOURCE_ROOT}.200002.20240315".encode()))),
    ],
    ids=lambda change: "",
)
def test_identity_of_the_other_subject_condemns_every_file_that_has_it(
    folders: Folders, change: Callable[[bytes], bytes]
) -> None:
    folders.edit(change, 1, 3)
    result = folders.audit(quarantine=False)
    assert errors(result) & {"leak.other", "uid.source"}
    assert result["failed_files"] == [folders.path(HANS, 1), folders.path(HANS, 3)]
    assert "kowalczyk" not in json.dumps(result).casefold()


def test_after_one_audit_no_file_with_the_name_is_left(folders: Folders) -> None:
    folders.edit(put(0x00324000, "LT", b"for Kowalczyk"), 1, 2, 3)
    assert len(folders.audit()["quarantined"]) == 3
    assert folders.audit()["verdict"] == "passed"


@pytest.mark.parametrize("name", ["Lee^Bo", "山田^太郎=ヤマダ^タロウ"])
def test_short_and_ideographic_whole_names_of_another_are_found(name: str, tmp_path: Path) -> None:
    folders = Folders(tmp_path, SpecificCharacterSet="ISO_IR 192", PatientName=name)
    text = b"Bo Lee" if name.isascii() else "太郎".encode()
    folders.edit(put(0x00080005, "CS", b"ISO_IR 192"), 2)
    folders.edit(put(0x00324000, "LT", b"for " + text), 2)
    result = folders.audit(quarantine=False)
    assert "leak.other" in errors(result)


@pytest.mark.parametrize("name", ["Spectra^Acme", "Thorax^Kernel", "Chest^Axial"])
def test_a_subject_called_like_a_model_or_a_technical_word_condemns_nobody(name: str, tmp_path: Path) -> None:
    result = Folders(tmp_path, PatientName=name).audit()
    assert not [file for file in result["failed_files"] if file.startswith("S1")]


def test_a_neighbour_whom_the_source_itself_names_is_told_where_the_text_is_kept(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    for path in (folders.source / "p1" / "1", folders.output / folders.path(HANS, 1)):
        path.write_bytes(put(0x00204000, "LT", b"next to Kowalczyk")(path.read_bytes()))
    result = folders.audit(quarantine=False)
    assert any(row["check"] == "leak.other" for row in result["findings"])


def test_a_file_or_folder_called_like_another_subject_is_found(folders: Folders) -> None:
    (folders.output / "S1/T/Kowalczyk").mkdir()
    assert "leak.path" in errors(folders.audit(quarantine=False))


def test_a_uid_of_another_subject_as_file_name_is_found(folders: Folders) -> None:
    name = f"S1/T/U/{SOURCE_ROOT}.300002.20240315.1.1.dcm"
    (folders.output / folders.path(HANS, 1)).rename(folders.output / name)
    journal = folders.private / "journal.jsonl"
    journal.write_text(journal.read_text().replace(folders.path(HANS, 1), name))
    assert "uid.source" in errors(folders.audit(quarantine=False))


@pytest.mark.parametrize("name", ["report.html", "report.json", "manifest.csv", "series.csv"])
def test_a_name_in_the_report_is_found(folders: Folders, name: str) -> None:
    (folders.output / "report").mkdir()
    (folders.output / "report" / name).write_text('{"modality": "KOWALCZYK"}')
    assert "leak.report" in errors(folders.audit(quarantine=False))


def test_a_report_that_would_hold_a_name_is_taken_back_and_the_run_fails(
    key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = Folders(tmp_path)
    shutil.rmtree(folders.output)
    shutil.rmtree(folders.private)
    monkeypatch.setattr(summary, "defined_modality", lambda value: "Kowalczyk")
    outcome = deidentify_inputs(RunRequest((folders.source,), folders.output, key_file=key_file))
    assert (outcome.exit_code, outcome.audit["verdict"]) == (4, "failed")
    assert not (folders.output / "report").exists()
    assert outcome.report.is_relative_to(folders.private) and outcome.report.is_file()


@pytest.mark.parametrize("modality", ["QUARRENDON", "Kowalczyk", "MR1", "X Y"])
def test_a_modality_that_is_no_defined_term_is_not_repeated_in_the_report(
    modality: str, key_file: Path, tmp_path: Path
) -> None:
    folders = Folders(tmp_path, Modality=modality)
    done = runs.run(folders.source, output=tmp_path / "done", key=key_file)
    texts = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "done" / "report").glob("*.*"))
    assert done.report["subjects"] and f'"{modality}"' not in texts and f",{modality}," not in texts


def test_a_link_in_the_output_is_found(folders: Folders) -> None:
    (folders.output / "S1/T/U/link.dcm").symlink_to(folders.source / "p1" / "1")
    assert "set.link" in errors(folders.audit(quarantine=False))


def test_outputs_of_two_subjects_that_changed_places_are_found(folders: Folders) -> None:
    one, two = (folders.output / folders.path(patient, 1) for patient in (HANS, EWA))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    result = folders.audit(quarantine=False)
    assert {folders.path(HANS, 1), folders.path(EWA, 1)} <= set(result["failed_files"])


def test_a_new_id_that_two_subjects_have_condemns_the_files_of_both(folders: Folders) -> None:
    folders.edit(put(0x00100020, "LO", b"SAME01"), 1, 2, 3)
    folders.edit(put(0x00100020, "LO", b"SAME01"), 1, 2, 3, patient=EWA)
    assert len(folders.audit(quarantine=False)["failed_files"]) == 6


def test_a_map_that_gives_another_id_condemns_the_files_of_the_subject(folders: Folders) -> None:
    head = "# v\noriginal_name\toriginal_id\tnew_name\tnew_id\tshift_days\n"
    rows = "A^B\tMRN-4077119\tX\tSOMEONE\t-3\nC^D\tMRN-4077129\tY\t{}\t-3\n"
    ewa = str(pydicom.dcmread(folders.output / folders.path(EWA, 1)).PatientID)
    (folders.private / "deident.map").write_text(head + rows.format(ewa))
    (folders.private / "deident.map").chmod(0o600)
    result = folders.audit(quarantine=False)
    failed = result["failed_files"]
    assert "pseudonym.file" in errors(result)
    assert failed == [folders.path(HANS, number) for number in (1, 2, 3)]
