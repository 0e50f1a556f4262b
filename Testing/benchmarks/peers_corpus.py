"""The corpus of the comparison with other tools: synthetic patients in one flat folder of numbered files.

Names of files and folders say nothing here, because what a tool makes of them depends on how it is called.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset
from synthetic import make_patients, one_patient_two_studies_180_days_apart, pet_ct_patient
from synthetic.files import write_file
from synthetic.images import ct
from synthetic.patient import Patient, item
from synthetic.planted import Planted, Planter

SAFE_PRIVATE = {
    "Philips PET factor": 0.000531,
    "Philips PET factor in block 11": 1.25,
    "GE table speed": 26.5,
    "block that the object declares safe": 12.75,
    "element that the object declares safe": 7.625,
}
"""Private values of Table E.3.10-1, or declared safe in (0008,0300), that may stay."""
BESIDE_SAFE = "private beside safe: "


@dataclass(frozen=True)
class Corpus:
    """What the tools are given.

    Attributes
    ----------
    folder : pathlib.Path
        Flat folder of ``0001.dcm`` and so on.
    kinds : dict[str, str]
        {name of a file: kind of object}.
    planted : list[Planted]
        Every secret in the files.
    """

    folder: Path
    kinds: dict[str, str]
    planted: list[Planted]

    def files(self, *kinds: str) -> list[Path]:
        """Return the files, or those of some kinds."""
        return [self.folder / name for name, kind in self.kinds.items() if not kinds or kind in kinds]


def make_corpus(folder: Path) -> Corpus:
    """Write the corpus into `folder`; the same files each time."""
    raw, flat = folder / "raw", folder / "in"
    planted = make_patients(raw / "patients")
    planted += one_patient_two_studies_180_days_apart(raw / "two studies")
    planted += pet_ct_patient(raw / "pet-ct")
    planted += _private(raw / "safe private")
    flat.mkdir(parents=True)
    kinds = {}
    sources = [path for path in sorted(raw.rglob("*")) if path.is_file() and path.suffix != ".txt"]
    for number, path in enumerate(sources, start=1):
        name = f"{number:04}.dcm"
        shutil.copyfile(path, flat / name)
        part = path.relative_to(raw).parts[0]
        kinds[name] = path.stem.partition("_")[0] if part == "patients" else part
    shutil.rmtree(raw)
    return Corpus(flat, kinds, [secret for secret in planted if not _is_name(secret.place)])


def _is_name(place: str) -> bool:
    return place.startswith("folder: ") or "file names: " in place


def _block(dataset: Dataset, group: int, block: int, creator: str, *elements: tuple[int, str, object]) -> None:
    dataset.add_new((group << 16) + block, "LO", creator)
    for low, vr, value in elements:
        dataset.add_new((group << 16) + (block << 8) + low, vr, value)


def _private(folder: Path) -> list[Planted]:
    planter = Planter(6)
    patient = Patient.new(planter, "one more patient")
    known, declared = ct(patient), ct(patient, 2.0)
    planter.context = BESIDE_SAFE
    safe = {name: str(value) for name, value in SAFE_PRIVATE.items()}
    _block(known, 0x0019, 0x10, "GEMS_ACQU_01", (0x23, "DS", safe["GE table speed"]))
    _block(known, 0x0019, 0x11, "GEMS_ACQU_01X", (0x23, "LO", planter.text("creator that resembles a known one")))
    _block(
        known,
        0x7053,
        0x10,
        "Philips PET Private Group",
        (0x00, "DS", safe["Philips PET factor"]),
        (0x20, "LO", planter.text("unlisted element of a known creator")),
    )
    _block(declared, 0x7053, 0x10, "ACME 1.0", (0x01, "LO", planter.text("unknown creator")))
    _block(declared, 0x7053, 0x11, "Philips PET Private Group", (0x09, "DS", safe["Philips PET factor in block 11"]))
    _declared(declared, planter, safe)
    for number, dataset in enumerate((known, declared)):
        write_file(folder / f"{number}.dcm", dataset)
    return planter.planted


def _declared(dataset: Dataset, planter: Planter, safe: dict[str, str]) -> None:
    _block(dataset, 0x0029, 0x10, "ACME SAFE", (0x01, "DS", safe["block that the object declares safe"]))
    _block(
        dataset,
        0x0029,
        0x11,
        "ACME MIXED",
        (0x01, "DS", safe["element that the object declares safe"]),
        (0x02, "LO", planter.text("element that the object does not declare safe")),
    )
    _block(dataset, 0x0029, 0x12, "ACME UNSAFE", (0x01, "LO", planter.text("block that the object declares unsafe")))
    dataset.PrivateDataElementCharacteristicsSequence = [
        item(
            PrivateGroupReference=0x0029, PrivateCreatorReference="ACME SAFE", BlockIdentifyingInformationStatus="SAFE"
        ),
        item(
            PrivateGroupReference=0x0029,
            PrivateCreatorReference="ACME MIXED",
            BlockIdentifyingInformationStatus="MIXED",
            NonidentifyingPrivateElements=[0x01],
        ),
        item(
            PrivateGroupReference=0x0029,
            PrivateCreatorReference="ACME UNSAFE",
            BlockIdentifyingInformationStatus="UNSAFE",
        ),
    ]
