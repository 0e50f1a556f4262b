"""Every file that pydicom and pydicom-data bring, broken ones included, goes through and is accounted for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import runs
from pydicom.dataset import Dataset
from pydicom.uid import UID
from validators import new_errors

pytestmark = pytest.mark.timeout(600)
OPTIONS = {"keep_subject_characteristics": True, "keep_safe_private": True}


def bundled_folders() -> dict[str, Path]:
    """Return the folders of test files that are installed."""
    import pydicom

    folders = {"pydicom": Path(pydicom.__file__).parent / "data"}
    try:
        import data_store
    except ImportError:
        return folders
    return {**folders, "pydicom-data": Path(data_store.__file__).parent / "data"}


def hashes(folder: Path) -> dict[str, str]:
    """Return {path: SHA-256} of every file."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module", params=["pydicom", "pydicom-data"])
def finished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, key_file: Path
) -> tuple[runs.Run, dict[str, str]]:
    folders = bundled_folders()
    if request.param not in folders:
        pytest.skip(f"{request.param} is not installed")
    source = tmp_path_factory.mktemp("bundled") / "in"
    source.symlink_to(folders[request.param])
    before = hashes(source)
    return runs.run(source, output=source.parent / "out", key=key_file, extra=("--jobs", 2), **OPTIONS), before


def test_the_run_ends_and_every_file_is_accounted_for(finished: tuple[runs.Run, dict[str, str]]) -> None:
    done, before = finished
    assert done.code in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    missing = {str(Path(path).resolve()) for path in before} - set(done.status)
    assert not {path for path in missing if "__pycache__" not in path}
    assert {status for status, _ in done.status.values()} <= {"written", "withheld", "rejected", "not_dicom"}
    unexplained = [path for path, (status, reason) in done.status.items() if status != "written" and not reason.strip()]
    assert not unexplained
    assert len(done.files) == sum(status == "written" for status, _ in done.status.values())


def test_nearly_everything_is_written(finished: tuple[runs.Run, dict[str, str]]) -> None:
    done, _ = finished
    lost = {
        Path(path).name: why
        for path, why in done.status.items()
        if why[0] in ("withheld", "rejected")
        and path.endswith(".dcm")
        and not why[1].startswith(("duplicate", "no SOP Class UID"))
    }
    written = sum(status == "written" for status, _ in done.status.values())
    assert written >= 9 * len(lost), "\n".join(f"{name}: {why}" for name, why in lost.items())


def test_the_inputs_are_not_touched(finished: tuple[runs.Run, dict[str, str]]) -> None:
    done, before = finished
    assert hashes(done.output.parent / "in") == before


def test_no_name_or_id_of_the_input_is_in_the_output(finished: tuple[runs.Run, dict[str, str]]) -> None:
    done, _ = finished
    for source, written in done.pairs():
        before, after = runs.read(source), written.read_bytes().lower()
        for keyword in ("PatientID", "PatientName", "AccessionNumber", "SOPInstanceUID", "StudyInstanceUID"):
            value = str(before.get(keyword) or "").strip()
            registered = UID(value).name != value  # such as the palettes of the standard itself
            if len(value) >= 8 and "anonym" not in value.lower() and not registered:
                assert value.lower().encode("utf-8", "replace") not in after, (source.name, keyword)


def test_pixel_bytes_are_identical(finished: tuple[runs.Run, dict[str, str]]) -> None:
    done, _ = finished
    for source, written in done.pairs():
        before, after = runs.read(source), runs.read(written)
        if "PixelData" in before:
            assert after.file_meta.get("TransferSyntaxUID") == before.file_meta.get(
                "TransferSyntaxUID", after.file_meta.get("TransferSyntaxUID")
            ), source.name
            old, new = before.get_item("PixelData").value, after.get_item("PixelData").value
            length = _image_length(before)
            assert (
                new.rstrip(b"\0") == old.rstrip(b"\0") or new[:length] == old[:length] or _only_markers_differ(old, new)
            ), source.name


def _image_length(dataset: Dataset) -> int | None:
    """Return how many bytes of native Pixel Data belong to the image; None where that is not said."""
    if dataset["PixelData"].is_undefined_length:
        return None
    if not str(dataset.get("NumberOfFrames") or 1).isdigit():
        return None
    samples = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * int(dataset.get("NumberOfFrames") or 1)
    return samples * dataset.BitsAllocated // 8


def _only_markers_differ(old: bytes, new: bytes) -> bool:
    """Whether comments were blanked in place; that the pixels are the same is a test of its own."""
    has_segments = any(marker in old for marker in (b"\xff\xfe", b"\xff\xe0", b"\xff\xe1", b"\xff\x64"))
    blanked = all(after in b" \0" for before, after in zip(old, new, strict=True) if before != after)
    return has_segments and blanked


def test_dciodvfy_finds_no_new_error(finished: tuple[runs.Run, dict[str, str]]) -> None:
    found = new_errors(finished[0].pairs())
    assert not found, "\n".join(found)


def test_outputs_can_be_read_by_gdcm(finished: tuple[runs.Run, dict[str, str]]) -> None:
    gdcm = pytest.importorskip("gdcm")

    def readable(path: Path) -> bool:
        reader = gdcm.Reader()
        reader.SetFileName(str(path))
        return bool(reader.Read())

    lost = [source.name for source, written in finished[0].pairs() if readable(source) and not readable(written)]
    assert not lost


def test_images_have_the_same_pixels_in_gdcm(finished: tuple[runs.Run, dict[str, str]]) -> None:
    gdcm = pytest.importorskip("gdcm")

    def pixels(path: Path) -> bytes | None:
        reader = gdcm.ImageReader()
        reader.SetFileName(str(path))
        if not reader.Read():
            return None
        image = reader.GetImage()
        if image.GetBufferLength() > 4_000_000:
            return None
        buffer = image.GetBuffer()
        return None if buffer is None else buffer.encode("utf-8", "surrogateescape")

    changed = []
    for source, written in finished[0].pairs():
        if source.stat().st_size < 2_000_000 and UID(runs.read(source).file_meta.get("TransferSyntaxUID", "")):
            before = pixels(source)
            if before is not None and pixels(written) != before:
                changed.append(source.name)
    assert not changed
