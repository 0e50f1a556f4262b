"""The same leak is found in every transfer syntax, and pixels may change only inside what a run recorded."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from audit.reference import deidentify, encode, make_slice
from DeidentifyLib.audit.auditor import Auditor
from DeidentifyLib.audit.elements import Document, WalkError
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.audit.tags import PIXEL_DATA
from pydicom import uid
from pydicom.dataset import Dataset

OPTIONS = {"dates": "shift"}
NATIVE = (
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
)


def audited(source: bytes, output: bytes, record: dict | None = None) -> set[str]:
    """Return the checks that found an error."""
    auditor = Auditor(Expectation.from_options(OPTIONS))
    auditor.audit("S/1.dcm", Document(source), output, record)
    return {row["check"] for row in auditor.findings.grouped() if row["severity"] == "error"}


def file_of(data: Dataset, syntax: str) -> bytes:
    """Return a file in a native transfer syntax."""
    data = deepcopy(data)
    if syntax == uid.ExplicitVRBigEndian:
        data.PixelData = np.frombuffer(data.PixelData, "<u2").astype(">u2").tobytes()
    return encode(data, TransferSyntaxUID=syntax)


@pytest.mark.parametrize("syntax", NATIVE, ids=[syntax.name for syntax in map(uid.UID, NATIVE)])
def test_a_leak_is_found_and_a_correct_output_is_not_blamed(syntax: str) -> None:
    source = make_slice()
    good = deidentify(source, OPTIONS)
    assert audited(file_of(source, syntax), file_of(good, syntax)) == set()
    bad = deepcopy(good)
    bad.ManufacturerModelName = "Model Hanspeter"
    assert "leak.value" in audited(file_of(source, syntax), file_of(bad, syntax))
    private = deepcopy(good)
    private.add_new(0x00290010, "LO", "ACME")
    private.add_new(0x00291001, "UN", "Hanspeter".encode("utf-16-le"))
    assert {"leak.value", "private.left"} <= audited(file_of(source, syntax), file_of(private, syntax))
    late = deepcopy(good)
    late.StudyDate = source.StudyDate
    assert "time.not-shifted" in audited(file_of(source, syntax), file_of(late, syntax))


def test_the_output_may_have_another_native_transfer_syntax() -> None:
    source = make_slice()
    good = deidentify(source, OPTIONS)
    assert audited(file_of(source, uid.ExplicitVRBigEndian), file_of(good, uid.ExplicitVRLittleEndian)) == set()


def test_pixels_may_change_inside_a_recorded_box_only() -> None:
    source = make_slice()
    good = deidentify(source, OPTIONS)
    image = np.frombuffer(good.PixelData, "<u2").reshape(64, 64).copy()
    image[10:20, 5:30] = 0
    good.PixelData = image.tobytes()
    old, new = encode(source), encode(good)
    assert "pixel.changed" in audited(old, new)
    assert audited(old, new, {"boxes": [[None, 5, 10, 25, 10]]}) == set()
    assert audited(old, new, {"boxes": [[0, 5, 10, 25, 10]]}) == set()
    assert "pixel.outside" in audited(old, new, {"boxes": [[None, 5, 10, 24, 10]]})


def test_pixels_may_change_inside_a_recorded_mask_only() -> None:
    source = make_slice()
    good = deidentify(source, OPTIONS)
    image = np.frombuffer(good.PixelData, "<u2").reshape(64, 64).copy()
    mask = np.zeros((64, 64), bool)
    mask[::7, 3:50] = True
    image[mask] = 7
    good.PixelData = image.tobytes()
    old, new = encode(source), encode(good)
    assert audited(old, new, {"mask": mask}) == set()
    mask[0, 10] = False
    assert "pixel.outside" in audited(old, new, {"mask": mask})


@pytest.mark.parametrize("cut", [1, 7, 100, 3000])
def test_a_cut_output_is_an_error_and_a_cut_source_is_read_as_far_as_it_goes(cut: int) -> None:
    source = make_slice()
    old, new = encode(source), encode(deidentify(source, OPTIONS))
    assert audited(old, new[:-cut]) & {"file.unreadable", "pixel.length"}
    tolerant = Document(old[:-cut], tolerant=True)
    assert tolerant.text(0x00100020) == source.PatientID
    with pytest.raises(WalkError):
        Document(old[:-cut])


def test_the_walk_sees_every_element_of_a_nested_data_set() -> None:
    source = make_slice(modality="PT")
    document = Document(encode(source))
    count = 0

    def walk(data: Dataset) -> None:
        nonlocal count
        for element in data:
            count += 1
            for item in element.value if element.VR == "SQ" else ():
                walk(item)

    walk(source)
    assert len(document.elements) == count
    assert document.elements[-1][1] == PIXEL_DATA
