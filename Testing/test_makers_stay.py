"""Stations and institutions that are called like a maker, a model or a program take no word from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import runs
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid
from synthetic.files import write_file
from synthetic.images import secondary_capture
from synthetic.patient import Patient
from synthetic.planted import Planter

PLACES = [
    ("Philips", "PHILIPS-D5K1Q7", ""),
    ("Philips", "Philips", "Philips Clinic"),
    ("Philips Medical Systems", "PHILIPS-64BD02A", "General Medical Center"),
    ("SIEMENS", "SIEMENS-AWP4511", ""),
    ("Siemens Healthineers", "SIEMENS", "Healthineers Campus"),
    ("TOSHIBA", "TOSHIBA_CT2", "Toshiba General Hospital"),
    ("TOSHIBA_MEC", "TOSHIBA", ""),
    ("Canon Medical Systems", "CANON1", "St. Anna Medical Center"),
    ("FUJIFILM Corporation", "FUJIFILM", ""),
    ("Agfa", "AGFA-CR35", ""),
    ("GE MEDICAL SYSTEMS", "GEMS 3", "Riverside Medical Center"),
    ("GE MEDICAL SYSTEMS", "GE MEDICAL", "GE MEDICAL SYSTEMS"),
    ("General Electric", "SIGNA", "Anytown General Hospital"),
    ("GE Healthcare", "REVOLUTION", "United Healthcare Systems"),
    ("Hitachi Medical Corporation", "HITACHI", "Hitachi General Hospital"),
    ("Varian Medical Systems", "VARIAN", "Medical Systems Institute"),
]
"""Maker, station, institution."""
MODELS = [
    ("Ingenia", "5.1.7", "INGENIA-2", "STANDARD"),
    ("Biograph 64", "syngo CT 2012B", "BIOGRAPH64", "B30f"),
    ("SOMATOM Definition Flash", "syngo MR B17", "SOMATOM", "SHARP"),
    ("SIGNA Premier", "DV26", "SIGNA PREMIER", "GENERAL"),
]
"""Model, software, station, kernel."""
TAGS = (
    "Manufacturer ManufacturerModelName SoftwareVersions ConvolutionKernel SecondaryCaptureDeviceManufacturer".split()
)


def image(number: int, **values: object) -> Dataset:
    dataset = secondary_capture(Patient.new(Planter(700 + number), "patient"))
    dataset.StudyInstanceUID = generate_uid(entropy_srcs=[f"maker {number}"])
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def item(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def images() -> list[Dataset]:
    """Return one image for each combination, with the maker at the top, in an item and in an item of an item."""
    found = []
    for maker, station, institution in PLACES:
        equipment = item(
            Manufacturer=maker, ManufacturerModelName="Achieva", StationName=station, InstitutionName=institution
        )
        source = item(
            Manufacturer=maker,
            ContributingSOPInstancesReferenceSequence=Sequence([equipment]),
            InstitutionName=institution,
        )
        values = {
            "Manufacturer": maker,
            "SecondaryCaptureDeviceManufacturer": maker,
            "StationName": station,
            "InstitutionName": institution,
            "InstitutionalDepartmentName": institution,
            "StationAETitle": station[:16],
            "ContributingSourcesSequence": Sequence([source]),
            "ContributingEquipmentSequence": Sequence([equipment]),
        }
        dataset = image(len(found), **values)
        dataset.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x03, "FL", 1000.0)  # b-value
        found.append(dataset)
    for model, software, station, kernel in MODELS:
        found.append(
            image(
                len(found),
                Manufacturer="SIEMENS",
                ManufacturerModelName=model,
                SoftwareVersions=software,
                ConvolutionKernel=kernel,
                StationName=station,
                InstitutionName="Sharp General Hospital",
                PatientID=f"SIEMENS {station[:2]}",
                StudyDate="20210105",
                PatientName=f"Vera^Bergner{len(found)}",
            )
        )
    return found


def makers(dataset: Dataset) -> list[str]:
    """Return makers and models in the items of the sequences that stay."""
    found = []
    for source in dataset.get("ContributingSourcesSequence", []):
        (inner,) = source.ContributingSOPInstancesReferenceSequence
        found += [source.Manufacturer, inner.Manufacturer, inner.ManufacturerModelName]
        first = dataset.ContributingEquipmentSequence[0]  # the de-identification adds another
        found += [first.Manufacturer, first.ManufacturerModelName]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("makers") / "in"
    for number, dataset in enumerate(images()):
        write_file(folder / f"{number:02}.dcm", dataset)
    return folder


OPTIONS = [
    {},
    {"keep_safe_private": True},
    {"clean_descriptors": True},
    {"clean_graphics": True, "clean_structured_content": True, "retain_institution_identity": True},
    {"retain_device_identity": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=["basic", "private", "descriptors", "more", "devices"])
def test_makers_models_and_programs_stay_in_both_engines_and_the_audit_agrees(
    options: dict[str, bool], folder: Path, tmp_path: Path, key_file: Path
) -> None:
    written = {}
    for engine in ("reference", "auto"):
        done = runs.run(folder, output=tmp_path / engine, key=key_file, engine=engine, **options)
        assert done.code == 0, (done.stderr, done.report["audit"])
        assert done.report["audit"]["verdict"] == "passed"
        written[engine] = {source.name: path for source, path in done.pairs()}
    for name, path in written["reference"].items():
        assert path.read_bytes() == written["auto"][name].read_bytes()
        before, after = runs.read(folder / name), runs.read(path)
        assert [after.get(keyword) for keyword in TAGS] == [before.get(keyword) for keyword in TAGS]
        assert makers(after) == makers(before)
    blocks = [(0x2001, 0x1003) in runs.read(path) for path in written["auto"].values()]
    assert blocks.count(True) == (len(PLACES) if "keep_safe_private" in options else 0)
    assert len([path for path in written["auto"].values() if makers(runs.read(path))]) == len(PLACES)
    assert len(written["reference"]) == len(PLACES) + len(MODELS)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"PatientName": "Signa^Anna", "ManufacturerModelName": "SIGNA Premier"}, "Premier"),
        ({"PatientID": "CT4711", "ManufacturerModelName": "CT4711 Spectra"}, "Spectra"),
        ({"StationName": "CT4711", "ManufacturerModelName": "CT4711 Spectra"}, "Spectra"),
        ({"InstitutionName": "Qxvyr Clinic", "ManufacturerModelName": "Spectra Qxvyr"}, "Spectra"),
        ({"OperatorsName": "Prisma^Eva", "ManufacturerModelName": "Prisma fit"}, "fit"),
    ],
    ids=["a patient", "an ID", "a station's serial number", "a word of an institution", "an operator"],
)
def test_persons_ids_and_serial_numbers_go_from_models(
    values: dict[str, str], expected: str, tmp_path: Path, key_file: Path
) -> None:
    write_file(tmp_path / "in" / "a.dcm", image(50, **values))
    done = runs.run(tmp_path / "in", output=tmp_path / "out", key=key_file)
    assert done.code == 0, done.stderr
    assert runs.read(done.files[0]).ManufacturerModelName == expected
