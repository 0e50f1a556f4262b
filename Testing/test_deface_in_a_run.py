"""Face removal as part of a run: head, chest, capture and a mask made by a person in one study."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
import runs
import SimpleITK as sitk
from demo_head import make_head_series
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

SPACING = 3.0


@pytest.fixture(scope="module")
def defaced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """De-identify a head series and a secondary capture of the same study with Deface; return input and output."""
    folder = tmp_path_factory.mktemp("deface")
    make_head_series(folder / "in" / "head", SPACING)
    _capture(folder / "in" / "head" / "000.dcm", folder / "in" / "capture.dcm")
    done = runs.command("run", folder / "in", "--output", folder / "out", "--deface", "--progress", "none")
    assert done.returncode == 3, done.stderr
    return folder / "in", folder / "out"


def _capture(like: Path, path: Path) -> None:
    dataset = pydicom.dcmread(like)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["capture"])
    dataset.SeriesInstanceUID = generate_uid(entropy_srcs=["capture series"])
    dataset.ImageType, dataset.ConversionType = ["DERIVED", "SECONDARY", "SCREEN SAVE"], "WSD"
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID"):
        delattr(dataset, keyword)
    dataset.save_as(path)


def _volume(folder: Path) -> np.ndarray:
    planes = [pydicom.dcmread(path) for path in folder.rglob("*.dcm")]
    planes = [plane for plane in planes if "ImagePositionPatient" in plane]
    return np.stack([plane.pixel_array for plane in sorted(planes, key=lambda p: float(p.ImagePositionPatient[2]))])


def test_the_face_goes_and_nothing_else_changes(defaced: tuple[Path, Path]) -> None:
    source, output = defaced
    before, after = _volume(source), _volume(output)
    changed = before != after
    assert changed.any()
    assert (after[changed] == 0).all()
    back = before.shape[1] * 3 // 4
    assert (before[:, back:] > 0).any()
    assert not changed[:, back:].any(), "the back of the head is not the face"


def test_what_was_defaced_says_so_and_what_may_show_a_face_is_withheld(defaced: tuple[Path, Path]) -> None:
    _, output = defaced
    written = [pydicom.dcmread(path) for path in output.rglob("*.dcm")]
    assert {dataset.RecognizableVisualFeatures for dataset in written} == {"NO"}
    assert all("113102" in [c.CodeValue for c in d.DeidentificationMethodCodeSequence] for d in written)
    assert {dataset.SOPClassUID for dataset in written} == {"1.2.840.10008.5.1.4.1.1.4"}
    report = json.loads((output / "report" / "report.json").read_text())
    assert [(i["status"], i["count"]) for i in report["issues"]] == [("withheld", 1)]
    assert report["audit"]["verdict"] == "passed"


def test_a_changed_image_is_derived_an_unchanged_one_is_not(defaced: tuple[Path, Path]) -> None:
    source, output = defaced
    before = {
        float(d.ImagePositionPatient[2]): d.pixel_array for d in map(pydicom.dcmread, (source / "head").glob("*"))
    }
    types = set()
    for dataset in map(pydicom.dcmread, output.rglob("*.dcm")):
        changed = bool((dataset.pixel_array != before[float(dataset.ImagePositionPatient[2])]).any())
        types.add((changed, dataset.ImageType[0]))
    assert types == {(True, "DERIVED"), (False, "ORIGINAL")}


def test_a_correct_removal_raises_no_warning(defaced: tuple[Path, Path]) -> None:
    _, output = defaced
    audit = json.loads((output / "report" / "report.json").read_text())["audit"]
    assert (audit["errors"], audit["warnings"]) == (0, 0)


def test_the_surface_of_the_face_is_drawn_in_the_private_folder_only(defaced: tuple[Path, Path]) -> None:
    _, output = defaced
    private = output.with_name("out.private")
    public = sitk.GetArrayFromImage(sitk.ReadImage(str(next((output / "report" / "faces").glob("*.png")))))
    secret = sitk.GetArrayFromImage(sitk.ReadImage(str(next((private / "faces").glob("*.png")))))
    assert public.shape == secret.shape
    assert (public != secret).any()


def test_a_mask_made_by_a_person_is_used_as_it_is(tmp_path: Path) -> None:
    make_head_series(tmp_path / "in", SPACING)
    first = pydicom.dcmread(tmp_path / "in" / "000.dcm")
    mask = sitk.Image([40, 30, 20], sitk.sitkUInt8) + 1
    mask.SetSpacing([2.0, 2.0, 2.0])
    mask.SetOrigin([-40.0, -110.0, -40.0])
    sitk.WriteImage(mask, str(tmp_path / "mask.nrrd"))
    words = ["--face-mask", f"{first.FrameOfReferenceUID}={tmp_path / 'mask.nrrd'}"]
    done = runs.command("run", tmp_path / "in", "--output", tmp_path / "out", "--deface", "--progress", "none", *words)
    assert done.returncode == 0, done.stderr
    changed = _volume(tmp_path / "in") != _volume(tmp_path / "out")
    box = np.argwhere(changed)
    assert len(box)
    extent = (box.max(0) - box.min(0) + 1) * SPACING
    assert (extent <= np.array([40.0, 60.0, 80.0]) + SPACING).all()


def test_a_study_without_a_head_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    dataset.BodyPartExamined = "KNEE"
    dataset.save_as(tmp_path / "in" / "knee.dcm")
    done = runs.command("run", tmp_path / "in", "--output", tmp_path / "out", "--deface", "--progress", "none")
    assert done.returncode == 0, done.stdout
    (path,) = (tmp_path / "out").rglob("*.dcm")
    after = pydicom.dcmread(path)
    assert after.PixelData == dataset.PixelData
    assert "RecognizableVisualFeatures" not in after
