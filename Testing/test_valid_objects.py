"""Objects of every kind stay as valid as they were: no validator finds anything new."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import runs
from pydicom.dataset import Dataset
from synthetic import make_patients, pet_ct_patient
from validators import entity_errors, new_errors

CHOICES: dict[str, dict[str, Any]] = {
    "shifted dates": {},
    "removed dates": {"dates": "remove"},
    "kept dates and devices": {"dates": "keep", "retain_device_identity": True, "retain_institution_identity": True},
    "kept UIDs and characteristics": {
        "retain_uids": True,
        "keep_subject_characteristics": True,
        "keep_safe_private": True,
    },
    "everything cleaned": {
        "keep_subject_characteristics": True,
        "keep_safe_private": True,
        "clean_descriptors": True,
        "clean_structured_content": True,
        "clean_graphics": True,
    },
}


@pytest.mark.parametrize("choice", CHOICES)
def test_dciodvfy_finds_no_new_error_in_any_kind_of_object(choice: str, tmp_path: Path, key_file: Path) -> None:
    make_patients(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file, **CHOICES[choice])
    found = new_errors(done.pairs())
    assert not found, "\n".join(found)


def test_dcentvfy_finds_no_new_contradiction_within_a_study(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    sources, written = zip(*done.pairs(), strict=True)
    assert entity_errors(written) <= entity_errors(sources)


def test_a_second_de_identification_adds_to_what_the_first_said(tmp_path: Path, key_file: Path) -> None:
    pet_ct_patient(tmp_path / "in")
    first = runs.run(tmp_path / "in", output=tmp_path / "one", key=key_file)
    second = runs.run(*first.files, output=tmp_path / "two", key=key_file, dates="remove")
    assert second.code == 0, second.stderr
    once, twice = runs.read(first.files[0]), runs.read(second.files[0])

    def codes(dataset: Dataset) -> list[str]:
        return [item.CodeValue for item in dataset.DeidentificationMethodCodeSequence]

    assert codes(once) == ["113100", "113107"]
    assert codes(twice) == ["113100", "113107"]
    assert twice.PatientIdentityRemoved == "YES"
    assert twice.LongitudinalTemporalInformationModified == "REMOVED"


def test_claims_about_pixels_are_only_made_where_they_were_carried_out(tmp_path: Path, key_file: Path) -> None:
    make_patients(tmp_path / "in")
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    for source, written in done.pairs():
        before, after = runs.read(source), runs.read(written)
        for keyword in ("BurnedInAnnotation", "RecognizableVisualFeatures"):
            if after.get(keyword) == "NO":
                assert before.get(keyword) == "NO", (source.name, keyword)
