"""Pixel Representation says whether pixels are signed: it stays, whatever sequences are entered before it is judged."""

from __future__ import annotations

import io

import pytest
from DeidentifyLib.dicom.dicom_file import read, write
from DeidentifyLib.header.engine import HeaderEngine
from DeidentifyLib.options import Options
from DeidentifyLib.profile.actions import Action
from DeidentifyLib.profile.resolver import Profile
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.pseudonyms.subject_identity import SubjectIdentity
from stream.base_series import code, slice_of
from stream.generated_files import Element, sequence, text

PIXEL_REPRESENTATION = 0x00280103
SIGNED = Element(PIXEL_REPRESENTATION, "US", b"\1\0")
ENTERED_EARLY = {
    "a sequence without value and VR": (Element(0x00081041, "UN"), Options()),
    "graphics to clean": (sequence(0x00700001, (text(0x00700002, "CS", "L1"),)), Options(clean_graphics=True)),
    "content to clean": (
        sequence(0x0040A730, (text(0x0040A040, "CS", "TEXT"),)),
        Options(clean_structured_content=True),
    ),
    "declared private attributes": (
        sequence(0x00080300, (text(0x00080301, "US", b"\x09\0"), text(0x00080302, "LO", "ACME"))),
        Options(keep_safe_private=True),
    ),
}


@pytest.mark.parametrize("name", ENTERED_EARLY)
def test_signed_pixels_stay_signed(name: str) -> None:
    element, options = ENTERED_EARLY[name]
    pseudonyms = Pseudonyms(Key(bytes(range(32))))
    dataset = read(io.BytesIO(slice_of(1, (SIGNED, element)).encode()))
    context = HeaderEngine(Profile(options), pseudonyms).deidentify(dataset, pseudonyms.subject(SubjectIdentity("P")))
    assert {action for tag, action, _ in context.counts if tag == PIXEL_REPRESENTATION} == {Action.KEEP}
    file = io.BytesIO()
    write(file, dataset)
    assert SIGNED.encode(False) in file.getvalue()
    assert dataset.PixelRepresentation == 1


def test_it_stays_in_an_item_that_holds_a_sequence_too() -> None:
    item = sequence(0x00081140, (code(0x00082218, "T-D1100", "SRT", "Head"), SIGNED))
    graphics = ENTERED_EARLY["graphics to clean"][0]
    pseudonyms = Pseudonyms(Key(bytes(range(32))))
    dataset = read(io.BytesIO(slice_of(1, (item, graphics)).encode()))
    engine = HeaderEngine(Profile(Options(clean_graphics=True, retain_uids=True)), pseudonyms)
    engine.deidentify(dataset, pseudonyms.subject(SubjectIdentity("P")))
    assert dataset.ReferencedImageSequence[0].PixelRepresentation == 1
