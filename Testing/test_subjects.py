"""Who is who after a run: patients, studies, runs, keys, and the map that only the owner holds."""

from __future__ import annotations

import re
import stat
from datetime import date
from pathlib import Path

import pytest
import runs
from pydicom.dataset import Dataset
from synthetic import (
    make_patients,
    one_patient_spelled_differently_by_two_scanners,
    one_patient_two_studies_180_days_apart,
    pet_ct_patient,
    two_patients,
)
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient
from synthetic.planted import Planter


def subjects(done: runs.Run) -> set[tuple[str, str]]:
    """Return the (PatientID, PatientName) pairs that were written."""
    return {(str(item.PatientID), str(item.PatientName)) for item in map(runs.read, done.files)}


def one_patient(folder: Path, seed: int = 11, **attributes: object) -> list[Dataset]:
    """Write one CT slice with some attributes set."""
    dataset = ct(Patient.new(Planter(seed), "patient"))
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    write_file(folder / f"{seed}.dcm", dataset)
    return [dataset]


def test_two_patients_stay_two_patients(tmp_path: Path, key_file: Path) -> None:
    two_patients(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0
    found = subjects(done)
    assert len(found) == len({patient_id for patient_id, _ in found}) == 2
    shifts = {}
    for source, written in done.pairs():
        before, after = runs.read(source), runs.read(written)
        gap = date.fromisoformat(after.StudyDate) - date.fromisoformat(before.StudyDate)
        shifts.setdefault(str(after.PatientID), set()).add(gap.days)
    assert all(len(days) == 1 for days in shifts.values())
    assert len({days.copy().pop() for days in shifts.values()}) == 2


@pytest.mark.parametrize("spelled", ["qx-77AB", "QX-77ab ", " Qx-77aB", "\uff31X-77AB"])
def test_letter_case_padding_and_width_of_a_patient_id_make_no_other_subject(
    spelled: str, tmp_path: Path, key_file: Path
) -> None:
    one_patient(tmp_path / "in", 11, PatientID="QX-77AB", PatientName="One^Same")
    one_patient(tmp_path / "in", 12, PatientID=spelled, PatientName="One^Same", SpecificCharacterSet="ISO_IR 192")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--no-audit",))
    assert len(done.files) == 2 and len({patient_id for patient_id, _ in subjects(done)}) == 1


@pytest.mark.parametrize("spelled", ["QX-77A", "QX77AB", "QX-077AB", "QX 77AB", "QX-77AB-"])
def test_any_other_difference_of_a_patient_id_makes_another_subject(
    spelled: str, tmp_path: Path, key_file: Path
) -> None:
    one_patient(tmp_path / "in", 11, PatientID="QX-77AB", PatientName="One^Same")
    one_patient(tmp_path / "in", 12, PatientID=spelled, PatientName="One^Same")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, extra=("--no-audit",))
    assert len(done.files) == 2 and len({patient_id for patient_id, _ in subjects(done)}) == 2


def test_one_patient_with_two_studies_180_days_apart_keeps_the_interval(tmp_path: Path, key_file: Path) -> None:
    one_patient_two_studies_180_days_apart(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    written = [runs.read(path) for path in done.files]
    days = sorted(date.fromisoformat(item.StudyDate) for item in written)
    assert (days[1] - days[0]).days == 180
    assert len(subjects(done)) == 1
    assert len({item.StudyInstanceUID for item in written}) == 2
    assert len({path.parts[-3] for path in done.files}) == 2


def test_one_patient_in_two_runs_with_one_key_gets_the_same_identity(tmp_path: Path, key_file: Path) -> None:
    one_patient_two_studies_180_days_apart(tmp_path / "in")
    first, second = sorted((tmp_path / "in").iterdir())
    one = runs.run(first, output=tmp_path / "one", key=key_file)
    two = runs.run(second, output=tmp_path / "two", key=key_file)
    assert one.code == two.code == 0
    assert subjects(one) == subjects(two)
    days = sorted(date.fromisoformat(runs.read(run.files[0]).StudyDate) for run in (one, two))
    assert (days[1] - days[0]).days == 180


def test_the_same_input_and_key_give_the_same_bytes(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    one = runs.run(tmp_path / "in", output=tmp_path / "one", key=key_file)
    two = runs.run(tmp_path / "in", output=tmp_path / "two", key=key_file)
    assert [path.relative_to(one.output) for path in one.files] == [path.relative_to(two.output) for path in two.files]
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in two.files]


def test_two_keys_give_two_identities(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    other = tmp_path / "other.key"
    assert runs.command("key", "new", other).returncode == 0
    one = runs.run(tmp_path / "in", output=tmp_path / "one", key=key_file)
    two = runs.run(tmp_path / "in", output=tmp_path / "two", key=other)
    assert not subjects(one) & subjects(two)
    uids = [{runs.read(path).SOPInstanceUID for path in run.files} for run in (one, two)]
    assert not uids[0] & uids[1]


def test_without_a_key_file_a_run_makes_its_own_and_two_runs_differ(tmp_path: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    one = runs.run(tmp_path / "in", output=tmp_path / "one")
    two = runs.run(tmp_path / "in", output=tmp_path / "two")
    assert (one.private / "key").exists()
    assert not subjects(one) & subjects(two)


def test_one_patient_spelled_differently_by_two_scanners_is_one_patient(tmp_path: Path, key_file: Path) -> None:
    one_patient_spelled_differently_by_two_scanners(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert len({patient_id for patient_id, _ in subjects(done)}) == 1
    assert len({path.relative_to(done.output).parts[0] for path in done.files}) == 1


def test_a_missing_patient_id_is_never_merged_with_another_patient(tmp_path: Path, key_file: Path) -> None:
    one_patient(tmp_path / "in", 21, PatientID="", PatientName="Alpha^One")
    one_patient(tmp_path / "in", 22, PatientID="", PatientName="Beta^Two")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code in (0, 3)
    written = [runs.read(path) for path in done.files]
    assert len(done.journal) == 2
    assert len({str(item.PatientID) for item in written}) == len(written)
    assert all(item.PatientID for item in written)


def test_the_date_shift_is_never_zero_and_not_the_same_for_everyone(tmp_path: Path, key_file: Path) -> None:
    for seed in range(31, 43):
        one_patient(tmp_path / "in", seed)
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    shifts = [date.fromisoformat(runs.read(new).StudyDate) - date.fromisoformat(runs.read(old).StudyDate)
              for old, new in done.pairs()]
    assert len(set(shifts)) > 8
    assert all(shift.days for shift in shifts)


def test_times_of_day_are_kept_when_dates_are_shifted(tmp_path: Path, key_file: Path) -> None:
    before = one_patient(tmp_path / "in")[0]
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    after = runs.read(done.files[0])
    for keyword in ("StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime"):
        assert str(after[keyword].value) == str(before[keyword].value)
    assert after.LongitudinalTemporalInformationModified == "MODIFIED"


def test_the_map_leads_back_to_the_original_names(tmp_path: Path, key_file: Path) -> None:
    two_patients(tmp_path / "in")
    originals = {(str(item.PatientID), str(item.PatientName)) for item in map(runs.read, (tmp_path / "in").iterdir())}
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, mapping_file=True)
    rows = done.map_rows
    assert {(row["original_id"], row["original_name"]) for row in rows} == originals
    assert {(row["new_id"], row["new_name"]) for row in rows} == subjects(done)
    assert (done.private / "deident.map").read_text(encoding="utf-8").startswith("#")
    for name in ("patient_ids.csv", "uids.csv"):
        assert (done.private / name).read_text(encoding="utf-8").splitlines()[0] == "id_old,id_new"
    uids = dict(line.split(",") for line in (done.private / "uids.csv").read_text().splitlines()[1:])
    for source, written in done.pairs():
        assert uids[runs.read(source).SOPInstanceUID] == runs.read(written).SOPInstanceUID


@pytest.mark.parametrize("name", ["Müller^Jürgen", "Yamada^Tarou=山田^太郎=やまだ^たろう", "Comma,Quote\"^Semi;"])
def test_the_map_round_trips_every_character_of_a_name(name: str, tmp_path: Path, key_file: Path) -> None:
    one_patient(tmp_path / "in", PatientName=name, SpecificCharacterSet="ISO_IR 192")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, mapping_file=True)
    assert [row["original_name"] for row in done.map_rows] == [name]


def test_the_map_round_trips_tabs_newlines_and_backslashes(tmp_path: Path, key_file: Path) -> None:
    dataset = one_patient(tmp_path / "in")[0]
    data = (tmp_path / "in" / "11.dcm").read_bytes()
    old, new = dataset.PatientID.encode(), b"A\tB\nC # = "
    assert len(old) == 12
    (tmp_path / "in" / "11.dcm").write_bytes(data.replace(old, new.ljust(12)))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, mapping_file=True)
    assert [row["original_id"].strip() for row in done.map_rows] == [new.decode().strip()]


def test_a_second_run_adds_to_the_map(tmp_path: Path, key_file: Path) -> None:
    two_patients(tmp_path / "in")
    files = sorted((tmp_path / "in").iterdir(), key=lambda path: str(runs.read(path).PatientID))
    private = tmp_path / "private"
    runs.run(*files[:2], output=tmp_path / "one", key=key_file, private=private, mapping_file=True)
    done = runs.run(*files[2:], output=tmp_path / "two", key=key_file, private=private, mapping_file=True)
    assert done.code == 0, done.stderr
    assert len(done.map_rows) == 2


def test_private_files_are_for_the_owner_only_and_not_in_the_output(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", mapping_file=True)
    assert done.private.parent == tmp_path
    assert stat.S_IMODE(done.private.stat().st_mode) == 0o700
    files = [path for path in done.private.rglob("*") if path.is_file()]
    assert {"deident.map", "key", "patient_ids.csv", "uids.csv", "journal.jsonl"} <= {path.name for path in files}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_the_key_is_neither_in_the_report_nor_on_the_screen(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    secrets = [word for word in re.findall(rb"[0-9A-Za-z+/=_-]{32,}", key_file.read_bytes()) if not word.isalpha()]
    texts = [done.stdout.encode(), done.stderr.encode(), *(path.read_bytes() for path in done.output.rglob("*")
                                                           if path.is_file())]
    assert secrets
    assert not [word for word in secrets for text in texts if word in text]


@pytest.mark.parametrize("place", ["out/private", "in/private"])
def test_a_private_folder_in_the_output_or_in_the_input_is_refused(place: str, tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, private=tmp_path / place)
    assert done.code == 2
    assert not (tmp_path / place).exists()


def test_kept_id_and_name_are_kept_and_not_called_de_identified(tmp_path: Path, key_file: Path) -> None:
    before = one_patient(tmp_path / "in")[0]
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, keep_id_name=True)
    after = runs.read(done.files[0])
    assert (after.PatientID, after.PatientName) == (before.PatientID, before.PatientName)
    assert after.get("PatientIdentityRemoved") != "YES"
    codes = [item.CodeValue for item in after.get("DeidentificationMethodCodeSequence") or ()]
    assert "113100" not in codes
    assert before.PatientID not in str(done.files[0].relative_to(done.output))


def test_every_file_says_what_was_done(tmp_path: Path, key_file: Path) -> None:
    make_patients(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, keep_subject_characteristics=True,
                    keep_safe_private=True)
    for path in done.files:
        after = runs.read(path)
        assert after.PatientIdentityRemoved == "YES"
        codes = {item.CodeValue for item in after.DeidentificationMethodCodeSequence}
        assert codes == {"113100", "113107", "113108", "113111"}, path.name
        assert after.LongitudinalTemporalInformationModified == "MODIFIED"
