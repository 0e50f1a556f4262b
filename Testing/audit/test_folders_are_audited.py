"""Whole folders: with a journal, without one, canary, quarantine, review, manifest, exit codes."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import pydicom
import pytest
import runs
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib.audit import AuditRequest, canary, run_audit
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.editing import with_element
from DeidentifyLib.audit.manifest import sha256_of, verify_manifest
from DeidentifyLib.command_line import audit, review
from DeidentifyLib.records.journal import Journal as RunJournal
from DeidentifyLib.report.tables import write_manifest
from pydicom import uid

OPTIONS = {"dates": "shift", "keep_subject_characteristics": True, "keep_safe_private": True}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return source, output and private folder of a small correct run."""
    source, output, private = tmp_path / "in", tmp_path / "out", tmp_path / "out.private"
    private.mkdir(mode=0o700)
    lines = []
    for patient in (1, 2):
        for modality in ("CT", "PT"):
            for number in (1, 2):
                slice_ = make_slice(number, modality, patient)
                old = source / f"p{patient}" / f"{modality}{number}"
                new = f"S{patient}/T/{modality}/{number}.dcm"
                write(old, encode(slice_))
                write(output / new, encode(deidentify(slice_, OPTIONS)))
                lines.append({"input": str(old), "member": None, "output": new, "status": "written", "reason": ""})
    write(private / "journal.jsonl", "".join(json.dumps(line) + "\n" for line in lines).encode())
    (private / "journal.jsonl").chmod(0o600)
    write(output / "report" / "report.json", json.dumps({"options": OPTIONS}).encode())
    return source, output, private


def write(path: Path, content: bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def command(module: Any, *words: object) -> int:
    """Run a command as the command line does."""
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return module.main(parser.parse_args([str(word) for word in words]))


def leak(path: Path) -> None:
    """Put a name of the source into an output, in place."""
    data = path.read_bytes()
    assert b"Spectra 64" in data
    path.write_bytes(data.replace(b"Spectra 64", b"Hanspeter "))


def checks(result: dict[str, Any], severity: str = "error") -> set[str]:
    """Return the checks that found something."""
    return {row["check"] for row in result["findings"] if row["severity"] == severity}


def test_a_correct_run_passes_and_the_canary_is_found(folders: tuple[Path, Path, Path]) -> None:
    source, output, private = folders
    result = run_audit(AuditRequest([source], output, private))
    assert (result["verdict"], result["files"], result["subjects"]) == ("passed", 8, 2)
    assert result["canary"]["planted"] >= 30
    assert result["canary"]["missed"] == 0


def test_without_journal_the_files_are_paired_by_content(folders: tuple[Path, Path, Path]) -> None:
    source, output, _ = folders
    for number, path in enumerate(sorted(output.glob("S*/**/*.dcm"))):
        os.replace(path, output / f"{number}.bin")
    result = run_audit(AuditRequest([source], output))
    assert (result["verdict"], result["files"]) == ("passed", 8)


def test_the_audit_is_incomplete_and_says_why_when_it_cannot_find_the_canary(
    folders: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, output, private = folders
    unseen = (
        "a change that no check looks at",
        lambda data, old, new: with_element(data, 0x00280004, "CS", b"MONOCHROME1"),
        "x",
    )
    monkeypatch.setattr(canary, "PLANTS", (unseen,))
    result = run_audit(AuditRequest([source], output, private))
    assert result["errors"] == 0
    assert result["canary"]["missed"] > 0
    assert (result["verdict"], result["quarantined"]) == ("incomplete", [])
    assert command(audit, "--output", output) == 5
    assert "did not see what it planted itself: a change that no check looks at" in capsys.readouterr().out


@pytest.mark.parametrize("syntax", [uid.ExplicitVRBigEndian, uid.DeflatedExplicitVRLittleEndian])
def test_a_folder_without_an_output_that_can_be_edited_still_has_a_canary(syntax: str, tmp_path: Path) -> None:
    good, data = deidentify(make_slice(), OPTIONS), make_slice()
    write(tmp_path / "in" / "1", encode(data, TransferSyntaxUID=syntax))
    write(tmp_path / "out" / "1.dcm", encode(good, TransferSyntaxUID=syntax))
    result = run_audit(AuditRequest([tmp_path / "in"], tmp_path / "out", options=OPTIONS, conformance=0))
    assert (result["verdict"], result["canary"]["missed"]) == ("passed", 0)
    assert result["canary"]["planted"] >= 2


def test_a_failed_file_goes_to_quarantine_and_the_exit_code_is_4(folders: tuple[Path, Path, Path]) -> None:
    source, output, private = folders
    leak(output / "S1/T/CT/1.dcm")
    assert command(audit, "--output", output, "--source", source) == 4
    assert not (output / "S1/T/CT/1.dcm").exists()
    held = private / "quarantine/S1/T/CT/1.dcm"
    assert held.stat().st_mode & 0o077 == 0
    last = json.loads((private / "journal.jsonl").read_text().splitlines()[-1])
    assert (last["status"], last["output"]) == ("withheld", None)
    assert command(audit, "--output", output, "--source", source) == 0, "what is left passes"


def test_failed_files_stay_when_asked(folders: tuple[Path, Path, Path]) -> None:
    source, output, _ = folders
    leak(output / "S1/T/CT/1.dcm")
    assert command(audit, "--output", output, "--source", source, "--no-quarantine") == 4
    assert (output / "S1/T/CT/1.dcm").exists()


def test_a_reviewer_releases_and_withholds(
    folders: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _, output, private = folders
    leak(output / "S1/T/CT/1.dcm")
    command(audit, "--output", output)
    assert command(review, "--output", output, "--accept", "S1/T/CT/1.dcm") == 0
    assert (output / "S1/T/CT/1.dcm").exists()
    assert command(review, "--output", output, "--withhold", "S2/T/PT") == 0
    assert not list((output / "S2/T/PT").glob("*"))
    assert len(list((private / "quarantine/S2/T/PT").glob("*"))) == 2
    assert command(review, "--output", output, "--accept", "../out.private/key") == 2
    assert command(review, "--output", output, "--accept", "no/such/file") == 2
    decisions = [json.loads(line) for line in (private / "review/decisions.jsonl").read_text().splitlines()]
    assert [entry["decision"] for entry in decisions] == ["accepted", "withheld", "withheld"]
    assert "Hanspeter" not in capsys.readouterr().out


def extra_file(source: Path, output: Path, private: Path) -> None:
    write(output / "S1/T/CT/extra.dcm", (output / "S1/T/CT/1.dcm").read_bytes())


def text_file(source: Path, output: Path, private: Path) -> None:
    write(output / "notes.txt", b"hello")


def missing_file(source: Path, output: Path, private: Path) -> None:
    (output / "S1/T/CT/1.dcm").unlink()


def forgotten_input(source: Path, output: Path, private: Path) -> None:
    write(source / "p3" / "new", encode(make_slice(9)))


def no_reason(source: Path, output: Path, private: Path) -> None:
    path = private / "journal.jsonl"
    entry = {"input": str(source / "x"), "member": None, "output": None, "status": "rejected", "reason": ""}
    path.write_text(path.read_text() + json.dumps(entry) + "\n")


def test_a_rejection_without_a_reason_is_told(folders: tuple[Path, Path, Path]) -> None:
    no_reason(*folders)
    _, output, private = folders
    assert "set.reason" in checks(run_audit(AuditRequest([], output, private)), "warning")


def map_in_output(source: Path, output: Path, private: Path) -> None:
    write(output / "deident.map", b"#\n")


def open_key(source: Path, output: Path, private: Path) -> None:
    write(private / "key", b"k")
    (private / "key").chmod(0o644)


def open_folder(source: Path, output: Path, private: Path) -> None:
    private.chmod(0o755)


def wrong_map(source: Path, output: Path, private: Path) -> None:
    text = "# v\noriginal_name\toriginal_id\tnew_name\tnew_id\tshift_days\nA^B\tMRN-4077119\tX\tSOMEONE\t-3\n"
    write(private / "deident.map", text.encode())
    (private / "deident.map").chmod(0o600)


def one_output_twice(source: Path, output: Path, private: Path) -> None:
    path = private / "journal.jsonl"
    entry = json.loads(path.read_text().splitlines()[0])
    other = {**entry, "input": str(source / "p1" / "CT2x")}
    path.write_text(path.read_text() + json.dumps(other) + "\n")


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (extra_file, "set.unlisted"),
        (text_file, "set.unlisted"),
        (missing_file, "set.missing"),
        (map_in_output, "secret.inside"),
        (open_key, "secret.open"),
        (open_folder, "secret.open"),
        (wrong_map, "pseudonym.map"),
        (one_output_twice, "set.twice"),
    ],
)
def test_a_fault_of_the_whole_set_is_found(folders: tuple[Path, Path, Path], change: Any, check: str) -> None:
    change(*folders)
    source, output, private = folders
    result = run_audit(AuditRequest([source], output, private, quarantine=False))
    assert check in checks(result)
    assert result["verdict"] == "failed"


def moved_source(source: Path, output: Path, private: Path) -> None:
    source.rename(source.with_name("elsewhere"))


def one_source_gone(source: Path, output: Path, private: Path) -> None:
    (source / "p1" / "CT1").unlink()


def unreadable_source(source: Path, output: Path, private: Path) -> None:
    (source / "p1" / "CT1").write_bytes(b"")


def damaged_journal(source: Path, output: Path, private: Path) -> None:
    path = private / "journal.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0][:40], *lines[1:]]) + "\n")


def no_json_objects(source: Path, output: Path, private: Path) -> None:
    path = private / "journal.jsonl"
    path.write_text("3\nnull\n[]\n" + path.read_text())


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (forgotten_input, "set.input"),
        (moved_source, "file.source"),
        (one_source_gone, "file.source"),
        (unreadable_source, "file.source"),
        (damaged_journal, "set.journal"),
        (no_json_objects, "set.journal"),
    ],
)
def test_what_could_not_be_checked_is_incomplete_and_nothing_is_quarantined(
    folders: tuple[Path, Path, Path], change: Any, check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(*folders)
    source, output, private = folders
    before = sorted(path for path in output.rglob("*") if path.is_file())
    sources = [source] if source.exists() else []
    result = run_audit(AuditRequest(sources, output, private))
    assert checks(result) == set()
    assert check in checks(result, "unchecked")
    assert (result["verdict"], result["quarantined"]) == ("incomplete", [])
    assert sorted(path for path in output.rglob("*") if path.is_file()) == before
    assert command(audit, "--output", output, *(["--source", source] if sources else [])) == 5
    assert "audit incomplete" in capsys.readouterr().out


def test_identity_that_is_found_outweighs_what_could_not_be_checked(folders: tuple[Path, Path, Path]) -> None:
    source, output, private = folders
    one_source_gone(*folders)
    leak(output / "S1/T/CT/2.dcm")
    result = run_audit(AuditRequest([source], output, private))
    assert (result["verdict"], result["quarantined"]) == ("failed", ["S1/T/CT/2.dcm"])
    assert "file.source" in checks(result, "unchecked")


@pytest.mark.parametrize(
    ("error", "check"), [(MemoryError(), "file.memory"), (RecursionError("Hanspeter"), "file.unforeseen")]
)
def test_one_file_that_a_check_cannot_hold_is_told_and_the_others_are_audited(
    folders: tuple[Path, Path, Path], error: BaseException, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, output, private = folders
    whole = Auditor.audit

    def failing(auditor: Auditor, name: str, *rest: Any) -> Any:
        if name == "S1/T/CT/1.dcm":
            raise error
        return whole(auditor, name, *rest)

    monkeypatch.setattr(Auditor, "audit", failing)
    leak(output / "S1/T/CT/2.dcm")
    result = run_audit(AuditRequest([], output, private))
    assert result["files_not_checked"] == 1 and check in checks(result, "unchecked")
    assert result["quarantined"] == ["S1/T/CT/2.dcm"]
    assert "Hanspeter" not in json.dumps(result)


def test_a_journal_whose_last_line_was_cut_goes_on_with_a_whole_line(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    path = private / "journal.jsonl"
    path.write_text('{"run": {}}\n{"input": "a", "stat')
    RunJournal.start(private, tmp_path / "out", {"version": "x"})
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first == {"run": {}} and second["run"]["version"] == "x"


def test_a_changed_lost_or_added_file_differs_from_the_manifest(folders: tuple[Path, Path, Path]) -> None:
    _, output, _ = folders
    names = [path.relative_to(output).as_posix() for path in sorted(output.glob("S*/**/*.dcm"))]
    entries = [
        {"path": name, "sha256": sha256_of(output / name), "bytes": (output / name).stat().st_size} for name in names
    ]
    manifest = output / "report" / "manifest.csv"
    write_manifest(manifest, entries)
    assert command(audit, "--output", output, "--manifest", manifest) == 0
    leak(output / names[0])
    (output / names[1]).unlink()
    write(output / "more", b"x")
    assert verify_manifest(manifest, output) == sorted(
        ((names[0], "changed"), (names[1], "missing"), ("more", "not listed"))
    )
    assert command(audit, "--output", output, "--manifest", manifest) == 4


def test_wrong_use_is_told_apart_from_a_failed_audit(tmp_path: Path) -> None:
    assert command(audit, "--output", tmp_path / "none") == 2
    assert command(audit, "--output", tmp_path) == 2
    (tmp_path / "out").mkdir()
    (tmp_path / "in").mkdir()
    assert command(audit, "--output", tmp_path / "out", "--source", tmp_path / "in") == 1


def test_the_result_holds_no_value_of_the_source(folders: tuple[Path, Path, Path]) -> None:
    source, output, private = folders
    leak(output / "S1/T/CT/1.dcm")
    text = json.dumps(run_audit(AuditRequest([source], output, private, quarantine=False))).casefold()
    assert not [
        word for word in ("hanspeter", "llerstein", "kowalczyk", "okonkwo", str(source).casefold()) if word in text
    ]


@pytest.mark.parametrize("options", [{}, {"dates": "remove"}, OPTIONS])
def test_the_engine_on_real_files_gives_no_error(options: dict[str, Any], key_file: Path, tmp_path: Path) -> None:
    source = Path(pydicom.__file__).parent / "data" / "test_files"
    done = runs.run(source, output=tmp_path / "out", key=key_file, **options)
    result = run_audit(AuditRequest([source], done.output, done.private, options={"dates": "shift", **options}))
    assert result["files"] > 100
    assert [row for row in result["findings"] if row["severity"] == "error"] == []
    assert result["verdict"] == "passed"
