"""A recorded voice identifies who speaks; no option of PS3.15 cleans it, so the object is withheld."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
import runs
from pydicom.data import get_testdata_file


@pytest.mark.parametrize("sop_class", ["1.2.840.10008.5.1.4.1.1.9.4.1", "1.2.840.10008.5.1.4.1.1.9.4.2"])
def test_a_voice_recording_is_withheld_with_a_reason(sop_class: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    dataset = pydicom.dcmread(get_testdata_file("waveform_ecg.dcm", download=False))
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.save_as(tmp_path / "in" / "voice.dcm")
    done = runs.command("run", tmp_path / "in", "--output", tmp_path / "out", "--progress", "none")
    assert done.returncode == 3
    assert "withheld: a voice recording" in done.stdout
    assert list((tmp_path / "out").rglob("*.dcm")) == []
