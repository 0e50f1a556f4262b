"""``deidentify face``: files and folders in and out, and exit codes that say what happened."""

from __future__ import annotations

import argparse
import json

import numpy as np
import pytest
import SimpleITK as sitk
from DeidentifyLib import face
from DeidentifyLib.command_line import face as command
from DeidentifyLib.face import study
from face.synthetic_head import datasets_of, head, write_series


@pytest.fixture(autouse=True)
def located(monkeypatch, mr_location):
    monkeypatch.setattr(face, "locate", lambda image, modality: mr_location)
    monkeypatch.setattr(study, "locate", lambda image, modality: mr_location)


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.main(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def nifti(tmp_path, mr_head):
    sitk.WriteImage(mr_head, str(tmp_path / "in.nii.gz"))
    return tmp_path / "in.nii.gz"


def test_a_file_is_written_with_mask_and_picture(nifti, tmp_path, capsys, mr_head, mr_mask):
    out, mask, picture = tmp_path / "out.nii.gz", tmp_path / "mask.nrrd", tmp_path / "p.png"
    assert run(nifti, "--image-out", out, "--mask-out", mask, "--picture", picture, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "removed" and said["written"] and not said["forced"] and said["figures"]["match"] > 0.2
    label = sitk.GetArrayFromImage(sitk.ReadImage(str(mask))) > 0
    before, after = (sitk.GetArrayFromImage(image) for image in (mr_head, sitk.ReadImage(str(out))))
    assert np.array_equal(label, sitk.GetArrayFromImage(mr_mask) > 0)
    assert np.array_equal(after[~label], before[~label]) and not np.array_equal(after, before)
    assert sitk.ReadImage(str(picture)).GetNumberOfComponentsPerPixel() == 3


def test_an_edited_mask_is_used_and_one_from_elsewhere_refused(nifti, tmp_path, mr_mask):
    sitk.WriteImage(mr_mask, str(tmp_path / "mask.nrrd"))
    moved = sitk.Image(mr_mask)
    moved.SetOrigin([0, 0, 0])
    sitk.WriteImage(moved, str(tmp_path / "moved.nrrd"))
    assert run(nifti, "--mask-in", tmp_path / "mask.nrrd", "--image-out", tmp_path / "out.mha") == 0
    assert run(nifti, "--mask-in", tmp_path / "moved.nrrd", "--image-out", tmp_path / "no.mha") == 2
    assert (tmp_path / "out.mha").exists() and not (tmp_path / "no.mha").exists()


def test_what_is_uncertain_is_not_written_unless_forced(nifti, tmp_path, monkeypatch, mr_location, capsys):
    doubtful = face.Location(mr_location.matrix, mr_location.shift, {**mr_location.figures, "match": 0.17})
    monkeypatch.setattr(face, "locate", lambda image, modality: doubtful)
    assert run(nifti, "--image-out", tmp_path / "out.nii.gz", "--mask-out", tmp_path / "mask.nrrd") == 3
    assert not (tmp_path / "out.nii.gz").exists() and not (tmp_path / "mask.nrrd").exists()
    assert run(nifti, "--image-out", tmp_path / "out.nii.gz", "--force", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["forced"] is True


def test_without_an_image_to_write_nothing_is_said_to_be_removed(nifti, tmp_path, capsys):
    write_series(datasets_of(head("MR", 3.0), "MR"), tmp_path / "series")
    for words in ((nifti,), (tmp_path / "series",), (nifti, "--mask-out", tmp_path / "mask.nrrd")):
        assert run(*words) == 0
        said = capsys.readouterr().out
        assert said.startswith("would remove: ") and "no image was written" in said and "removed" not in said
        assert run(*words, "--json") == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["verdict"], said["written"]) == ("would remove", False)
    assert not list(tmp_path.glob("*.nii")) and len(list(tmp_path.iterdir())) == 3
    assert run(nifti, "--image-out", tmp_path / "out.mha") == 0
    assert capsys.readouterr().out.startswith("removed: ")


def test_force_without_an_image_to_write_does_not_say_written(nifti, monkeypatch, mr_location, capsys):
    doubtful = face.Location(mr_location.matrix, mr_location.shift, {**mr_location.figures, "match": 0.17})
    monkeypatch.setattr(face, "locate", lambda image, modality: doubtful)
    assert run(nifti, "--force") == 0
    said = capsys.readouterr().out
    assert "would be written all the same" in said and "no image was written" in said


def test_a_dicom_series_goes_in_and_comes_out(tmp_path, capsys, mr_mask):
    datasets = datasets_of(head("MR", 3.0), "MR")
    write_series(datasets, tmp_path / "Miller")
    assert run(tmp_path / "Miller", "--image-out", tmp_path / "out", "--mask-out", tmp_path / "mask.nrrd") == 0
    reader = sitk.ImageSeriesReader()
    names = reader.GetGDCMSeriesFileNames(str(tmp_path / "out"))
    assert len(names) == len(datasets) and not any("Miller" in name for name in names)
    reader.SetFileNames(names)
    after, label = sitk.GetArrayFromImage(reader.Execute()), sitk.GetArrayFromImage(mr_mask) > 0
    before = sitk.GetArrayFromImage(head("MR", 3.0))
    assert np.array_equal(after[~label], before[~label]) and not after[label].any()
    assert np.array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "mask.nrrd"))) > 0, label)


def test_wrong_use_and_damaged_files_have_their_own_exit_codes(nifti, tmp_path, capsys):
    (tmp_path / "Smith.nii.gz").write_bytes(b"nothing")
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "absent.nii.gz") == 2
    assert run(tmp_path / "empty") == 2
    assert run(nifti, "--image-out", nifti) == 2
    assert run(tmp_path / "empty", "--image-out", tmp_path / "empty" / "out") == 2
    assert run(nifti, "--dilate", 50) == 2
    assert run(nifti, "--image-out", tmp_path / "out.xyz") == 2
    assert run(tmp_path / "Smith.nii.gz") == 1
    assert "Smith" not in capsys.readouterr().err
