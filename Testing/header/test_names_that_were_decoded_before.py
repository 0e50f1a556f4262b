"""A caller may have looked at a name before: pydicom then holds it decoded, and it is de-identified all the same."""

from __future__ import annotations

import io

import pydicom
from DeidentifyLib.dicom.dicom_file import read, write
from DeidentifyLib.dicom.elements import stored_bytes
from DeidentifyLib.header.engine import HeaderEngine
from DeidentifyLib.options import Options
from DeidentifyLib.profile.resolver import Profile
from DeidentifyLib.pseudonyms.key import Key
from DeidentifyLib.pseudonyms.pseudonymizer import Pseudonyms
from DeidentifyLib.pseudonyms.subject_identity import SubjectIdentity
from stream.base_series import slice_of

NAME = "Müller^Jürgen"


def source() -> bytes:
    dataset = read(io.BytesIO(slice_of(1).encode()))
    dataset.SpecificCharacterSet, dataset.PatientName = "ISO_IR 100", NAME
    dataset.StudyDescription = "Kopf von Müller"
    file = io.BytesIO()
    write(file, dataset)
    return file.getvalue()


def deidentified(dataset: pydicom.Dataset) -> bytes:
    pseudonyms = Pseudonyms(Key(bytes(range(32))))
    HeaderEngine(Profile(Options(clean_descriptors=True)), pseudonyms).deidentify(
        dataset, pseudonyms.subject(SubjectIdentity("P"))
    )
    file = io.BytesIO()
    write(file, dataset)
    return file.getvalue()


def test_the_stored_bytes_of_a_decoded_name_are_those_of_the_file() -> None:
    dataset = read(io.BytesIO(source()))
    assert str(dataset.PatientName) == NAME
    assert stored_bytes(dataset["PatientName"]).strip() == NAME.encode("latin-1")


def test_a_data_set_is_de_identified_the_same_whether_or_not_its_name_was_looked_at() -> None:
    plain, decoded = read(io.BytesIO(source())), read(io.BytesIO(source()))
    assert str(decoded.PatientName)
    output = deidentified(decoded)
    assert output == deidentified(plain)
    assert "Müller".encode("latin-1") not in output


def test_a_text_with_a_name_that_was_looked_at_before_is_not_kept_in_pieces() -> None:
    decoded = read(io.BytesIO(source()))
    assert decoded.StudyDescription == "Kopf von Müller"
    output = deidentified(decoded)
    assert b"ller" not in output.replace(b"Controller", b"")
