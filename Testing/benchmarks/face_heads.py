"""Real heads for the evaluation of face removal, with landmarks picked by eye on the originals (``face_heads.json``).

`face_sources.py` fetches them and writes them into the cache folder; here they are read. The heads of the half "set"
are for setting thresholds, those of "report" are only reported; the child, of which there is one, is in both (with
other seeds). A person is never in both halves otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import SimpleITK as sitk


@dataclass(frozen=True)
class Marks:
    """What is known of a head.

    Attributes
    ----------
    file : str
        In the cache folder, or in the folder of public repositories.
    half : str
        ``set``, ``report`` or ``both``.
    nasion_x, glabella_z, canthi, chin_z, skin
        Landmarks in patient LPS mm (x and z; the depth is looked for in the image), and the least value of skin.
        ``chin_z`` is None where the image ends above the chin.
    whole : bool
        Whether the image holds the head down to the neck, so that it may be moved inside a larger field.
    brain : str
        Where the truth about the brain comes from; ``orbit_roof_z`` where BET leaks into the orbits higher than 12 mm
        above the outer canthi.
    """

    file: str
    person: str
    contrast: str
    half: str
    nasion_x: float
    glabella_z: float
    canthi: tuple[tuple[float, float], tuple[float, float]]
    skin: float
    chin_z: float | None = None
    modality: str = "MR"
    whole: bool = False
    brain: str = ""
    brain_seed: tuple[float, float, float] = (0.0, 0.0, 0.0)
    orbit_roof_z: float | None = None


@dataclass
class Head:
    """One head with its truth; `route` is ``dicom`` where the case is to go through a DICOM series."""

    name: str
    image: sitk.Image
    modality: str
    skin: sitk.Image
    brain: sitk.Image | None
    route: str = "volume"
    dicom: dict[str, Any] = field(default_factory=dict)


def _marks(values: dict[str, Any]) -> Marks:
    canthi = tuple((float(x), float(z)) for x, z in values["canthi"])
    seed = tuple(float(v) for v in values.get("brain_seed", (0, 0, 0)))
    return Marks(**{**values, "canthi": canthi, "brain_seed": seed})


HEADS: dict[str, Marks] = {
    name: _marks(values)
    for name, values in json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8")).items()
}


def load(cache: Path, name: str) -> Head:
    """Return a head with its truth from the cache folder."""
    brain = cache / f"{name}_brain.nrrd"
    return Head(
        name,
        sitk.ReadImage(str(cache / f"{name}.nrrd")),
        HEADS[name].modality,
        sitk.ReadImage(str(cache / f"{name}_skin.nrrd"), sitk.sitkUInt8),
        sitk.ReadImage(str(brain), sitk.sitkUInt8) if brain.exists() else None,
    )


def present(cache: Path) -> list[str]:
    """Return the names of the heads that are in the cache folder."""
    return [name for name in HEADS if (cache / f"{name}.nrrd").exists()]
