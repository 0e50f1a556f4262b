"""The canary plants by structure: it neither breaks a file nor misses its own plant, whatever the outputs are like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import runs
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib.audit import AuditRequest, canary, run_audit
from DeidentifyLib.audit.editing import can_edit
from DeidentifyLib.audit.elements import Document
from DeidentifyLib.audit.expectation import Expectation
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

OPTIONS = {"dates": "shift"}
EVERYTHING = Expectation.from_options(OPTIONS)


def compressed(frames: int, size: int, *, has_offset_table: bool) -> Dataset:
    """Return a multi-frame object whose frames are one fragment each."""
    data = make_slice()
    data.Rows = data.Columns = size
    values = np.random.default_rng([frames, size]).integers(0, 2500, (size, size)).astype("<u2")
    one = Dataset()
    for name in ("SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit"):
        setattr(one, name, getattr(data, name))
    one.Rows, one.Columns, one.PixelRepresentation, one.SOPClassUID = size, size, 0, data.SOPClassUID
    one.PixelData, one.file_meta = values.tobytes(), pydicom.dataset.FileMetaDataset()
    one.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    one["PixelData"].VR = "OW"
    one.compress(RLELossless, generate_instance_uid=False)
    frame = next(pydicom.encaps.generate_frames(one.PixelData, number_of_frames=1))
    data.NumberOfFrames = frames
    data.PixelData = encapsulate([frame] * frames, has_bot=has_offset_table)
    data["PixelData"].VR, data["PixelData"].is_undefined_length = "OB", True
    return data


def audit_of(folder: Path, *sources: Dataset, **meta: Any) -> dict[str, Any]:
    """Return the audit of correct outputs of some sources."""
    lines = []
    for number, source in enumerate(sources):
        old, new = folder / "in" / str(number), f"S/T/U/{number}.dcm"
        for path, content in (
            (old, encode(source, **meta)),
            (folder / "out" / new, encode(deidentify(source, OPTIONS), **meta)),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        lines.append({"input": str(old), "member": None, "output": new, "status": "written", "reason": ""})
    private = folder / "private"
    private.mkdir(mode=0o700)
    (private / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (private / "journal.jsonl").chmod(0o600)
    return run_audit(AuditRequest([], folder / "out", private, options=OPTIONS, conformance=0))


@pytest.mark.parametrize("has_offset_table", [True, False])
@pytest.mark.parametrize(("frames", "size"), [(1, 4), (5, 8), (20, 8), (22, 16), (24, 16), (26, 16), (27, 16), (60, 4)])
def test_compressed_frames_of_any_number_and_size_are_audited(
    frames: int, size: int, has_offset_table: bool, tmp_path: Path
) -> None:
    source = compressed(frames, size, has_offset_table=has_offset_table)
    result = audit_of(tmp_path, source, TransferSyntaxUID=RLELossless)
    assert (result["verdict"], result["canary"]["missed"]) == ("passed", 0), result["findings"]
    assert result["canary"]["planted"] >= 10


@pytest.mark.parametrize("uid", ["1.2", "1.2.3", "1.2.3.4", "2.25.1", "0.0", "9.8.7.6.5"])
def test_short_uids_do_not_make_the_canary_miss(uid: str, tmp_path: Path) -> None:
    source = make_slice()
    source.StudyInstanceUID = uid
    result = audit_of(tmp_path, source)
    rows = {row["planted"]: row for row in result["canary"]["rows"]}
    assert rows["a study UID of the source in a reference"]["found"] == 1
    assert (result["verdict"], result["canary"]["missed"]) == ("passed", 0)


def test_every_plant_in_every_public_file_leaves_a_data_set() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    planted = 0
    for path in sorted(folder.glob("*.dcm")):
        try:
            document = Document(path.read_bytes())
        except ValueError:
            continue
        if not can_edit(document):
            continue
        for title, plant, _ in canary.PLANTS:
            changed = plant(document.data[:], document, document)
            if changed is not None:
                again = Document(changed)
                assert len(again.fragments) == len(document.fragments), (path.name, title)
                planted += 1
    assert planted > 300


def test_a_leak_that_the_first_outputs_cannot_take_is_planted_in_another(tmp_path: Path) -> None:
    sources = [make_slice(number) for number in range(1, 8)]
    for source in (sources[0], sources[3], sources[6]):
        del source.PixelData
    result = audit_of(tmp_path, *sources)
    rows = {row["planted"]: row for row in result["canary"]["rows"]}
    assert rows["one changed pixel"]["times"] >= 1
    assert rows["one changed pixel"]["found"] == rows["one changed pixel"]["times"]


def test_an_output_that_cannot_be_walked_stops_neither_audit_nor_canary(tmp_path: Path) -> None:
    audit_of(tmp_path, make_slice(1), make_slice(2))
    broken = tmp_path / "out" / "S/T/U/0.dcm"
    broken.write_bytes(broken.read_bytes()[:900])
    result = run_audit(AuditRequest([], tmp_path / "out", tmp_path / "private", options=OPTIONS, conformance=0))
    assert result["quarantined"] == ["S/T/U/0.dcm"]
    assert result["canary"]["planted"] >= 10 and result["canary"]["missed"] == 0


def test_a_run_over_multi_frame_files_ends_with_report_and_audit(key_file: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for frames in (22, 24, 26):
        source = compressed(frames, 16, has_offset_table=True)
        source.SOPInstanceUID += f".{frames}"
        (tmp_path / "in" / f"{frames}.dcm").write_bytes(encode(source, TransferSyntaxUID=RLELossless))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0, done.stderr
    assert done.report["audit"]["verdict"] == "passed"
