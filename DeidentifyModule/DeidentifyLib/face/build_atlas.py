"""Rebuild the head atlas of face removal from the mean head that the PyPI wheel of pydeface 2.1.0 carries (MIT).

Run ``python -m DeidentifyLib.face.build_atlas pydeface-2.1.0-py3-none-any.whl [FOLDER]``; the wheel is available with
``pip download --no-deps pydeface==2.1.0``. ``--picture FILE.png`` instead draws the atlas that is there.

Only the mean of many heads is used, never the head of a person. The steps:

1. the mid-sagittal plane is found by registering the mean head to its mirror image;
2. the head is put upright about that plane and averaged with its mirror image, so the atlas is exactly symmetric;
3. the haze in front of the face (ghosts of single subjects) is cleared and the head smoothed (sigma 2 mm), 3 mm grid;
4. the brain is the solid spanned by contours drawn by hand on the mean head (``drawing.json``); its signed distance
   is stored in half millimetres;
5. the cut surface and the ears stay formulas over the numbers of ``drawing.json`` (see `atlas.face_field`).
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from . import atlas

DATA = Path(__file__).parent / "data"
MEMBER = "pydeface/data/mean_reg2mean.nii.gz"
ORIGIN = (-96.0, -129.0, -126.0)
SIZE = (65, 81, 76)
SPACING = 3.0
SMOOTHING_MM = 2.0


def main(arguments: list[str]) -> int:
    """Build the atlas from a wheel into a folder (default: the package's own data folder), or draw it."""
    if arguments[:1] == ["--picture"]:
        sitk.WriteImage(sitk.GetImageFromArray(atlas_picture(), isVector=True), arguments[1])
        return 0
    folder = Path(arguments[1]) if len(arguments) > 1 else DATA
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(arguments[0]) as wheel:
        mean = sitk.ReadImage(wheel.extract(MEMBER, scratch), sitk.sitkFloat32)
    drawing = json.loads((DATA / "drawing.json").read_text())
    head = _symmetric_head(mean)
    sitk.WriteImage(_cleared(head), str(folder / "head.nrrd"), useCompression=True)
    sitk.WriteImage(
        _brain_distance(drawing["brain_contours"]), str(folder / "brain_distance.nrrd"), useCompression=True
    )
    return 0


def atlas_picture() -> np.ndarray:
    """Return sagittal planes 0, 30, 60 and 78 mm off the middle: brain green, face region red, ears blue."""
    grid = sitk.Image([193, 331, 281], sitk.sitkFloat32)
    grid.SetOrigin([-96, -200, -170])

    def sampled(image: sitk.Image, outside: float) -> np.ndarray:
        values: np.ndarray = sitk.GetArrayFromImage(
            sitk.Resample(image, grid, sitk.Transform(), sitk.sitkLinear, outside)
        )
        return values

    template = atlas.load()
    head, brain = sampled(template.head, 0), sampled(template.brain_distance, 99) < 0
    face, ears = sampled(atlas.face_field(), 99) < 0, sampled(atlas.face_field(ears=True), 99) < 0
    tiles = []
    for x in (96, 126, 156, 174):
        tile = np.repeat(head[::-1, :, x, None] * 0.8, 3, 2)
        tile[face[::-1, :, x], 0] += 50
        for label, colour in ((brain, (0, 255, 0)), (ears, (90, 140, 255)), (face, (255, 60, 60))):
            plane = label[::-1, :, x]
            edge = (plane ^ np.roll(plane, 1, 0)) | (plane ^ np.roll(plane, 1, 1))
            tile[edge] = colour
        tiles.append(tile)
    return np.clip(np.concatenate(tiles, 1), 0, 255).astype(np.uint8)


def _symmetric_head(mean: sitk.Image) -> sitk.Image:
    """Return the mean head on a 1 mm atlas grid, equal to its mirror image."""
    centre = np.array(mean.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in mean.GetSize()]))
    grid = sitk.Image([240, 280, 280], sitk.sitkFloat32)
    grid.SetOrigin((centre - [119.5, 139.5, 139.5]).tolist())
    upright = sitk.Resample(mean, grid)
    mirror = sitk.AffineTransform(3)
    mirror.SetMatrix([-1, 0, 0, 0, 1, 0, 0, 0, 1])
    mirror.SetCenter(centre.tolist())
    rigid = _register(upright, sitk.Resample(upright, grid, mirror), centre)
    # rigid after mirror is a reflection: its plane holds the midpoints of every pair of points
    points = centre + 60 * np.random.default_rng(0).normal(size=(500, 3))
    images = np.array([mirror.TransformPoint(rigid.TransformPoint(p.tolist())) for p in points])
    normal = ((points - images) * np.sign((points - images)[:, :1])).sum(0)
    normal /= np.linalg.norm(normal)
    middle = centre + normal * (((points + images) / 2 @ normal).mean() - centre @ normal)
    back = np.array([0, 1, 0]) - normal * normal[1]
    back /= np.linalg.norm(back)
    to_subject = sitk.AffineTransform(3)
    to_subject.SetMatrix(np.stack([normal, back, np.cross(normal, back)], 1).ravel().tolist())
    to_subject.SetTranslation(middle.tolist())
    fine = sitk.Image([193, 261, 261], sitk.sitkFloat32)
    fine.SetOrigin([-96, -130, -130])
    values = sitk.GetArrayFromImage(sitk.Resample(upright, fine, to_subject))
    symmetric = sitk.GetImageFromArray((values + values[:, :, ::-1]) / 2)
    symmetric.CopyInformation(fine)
    return symmetric


def _register(fixed: sitk.Image, moving: sitk.Image, centre: np.ndarray) -> sitk.Transform:
    registration = sitk.ImageRegistrationMethod()
    registration.SetMetricAsCorrelation()
    registration.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-4, 200)
    registration.SetOptimizerScalesFromPhysicalShift()
    registration.SetShrinkFactorsPerLevel([4, 2])
    registration.SetSmoothingSigmasPerLevel([4, 2])
    start = sitk.Euler3DTransform()
    start.SetCenter(centre.tolist())
    registration.SetInitialTransform(start)
    return registration.Execute(fixed, moving)


def _cleared(head: sitk.Image) -> sitk.Image:
    """Clear the haze around the head and sample it on the atlas grid, 0..255."""
    smooth = sitk.SmoothingRecursiveGaussian(head, SMOOTHING_MM)
    tissue = sitk.BinaryMorphologicalOpening(smooth > 45, [8] * 3)
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(tissue))
    nearby = sitk.BinaryDilate(parts == 1, [9] * 3)
    nearby = sitk.SmoothingRecursiveGaussian(sitk.Cast(nearby, sitk.sitkFloat32), 2.0)
    values = sitk.GetArrayFromImage(smooth * nearby)
    values = (values + values[:, :, ::-1]) / 2
    top = np.percentile(values[values > 45], 99)
    scaled = sitk.GetImageFromArray(np.clip(values / top * 255, 0, 255).astype(np.float32))
    scaled.CopyInformation(smooth)
    sampled = sitk.Resample(scaled, _grid())
    return sitk.Cast(sitk.Round(sampled), sitk.sitkUInt8)


def _brain_distance(contours: dict[str, list[list[float]]]) -> sitk.Image:
    """Return the signed distance to the brain's surface, positive outside, in half millimetres (int8, clipped)."""
    fine = sitk.Image([193, 261, 261], sitk.sitkFloat32)
    fine.SetOrigin([-96, -130, -130])
    y, z = np.meshgrid(np.arange(-130, 131), np.arange(-130, 131))
    at = sorted(int(x) for x in contours)
    planes = [_plane_distance(np.array(contours[str(x)], float), y, z) for x in at]
    solid = np.zeros((261, 261, 193), np.uint8)
    for i, x in enumerate(range(-96, 97)):
        if abs(x) > at[-1] + 2:
            continue
        k = min(max(int(np.searchsorted(at, abs(x))), 1), len(at) - 1)
        t = (abs(x) - at[k - 1]) / (at[k] - at[k - 1])
        solid[:, :, i] = (1 - t) * planes[k - 1] + t * planes[k] < 0
    image = sitk.GetImageFromArray(solid)
    image.CopyInformation(fine)
    image = sitk.BinaryMorphologicalClosing(image, [4] * 3)
    distance = sitk.SignedMaurerDistanceMap(image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True)
    distance = sitk.SmoothingRecursiveGaussian(distance, 1.5)
    return sitk.Cast(
        sitk.Round(sitk.Clamp(sitk.Resample(distance, _grid()) * 2, sitk.sitkFloat32, -60, 120)), sitk.sitkInt8
    )


def _plane_distance(polygon: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the signed distance of grid points to a closed polygon (k, 2) of (y, z), negative inside."""
    inside = np.zeros(y.shape, bool)
    nearest = np.full(y.shape, np.inf)
    for (y0, z0), (y1, z1) in zip(polygon, np.roll(polygon, -1, 0), strict=True):
        if z0 != z1:
            inside ^= ((z0 > z) != (z1 > z)) & (y < (y1 - y0) * (z - z0) / (z1 - z0) + y0)
        length = (y1 - y0) ** 2 + (z1 - z0) ** 2
        t = np.clip(((y - y0) * (y1 - y0) + (z - z0) * (z1 - z0)) / length, 0, 1)
        nearest = np.minimum(nearest, np.hypot(y - y0 - t * (y1 - y0), z - z0 - t * (z1 - z0)))
    return np.where(inside, -nearest, nearest)


def _grid() -> sitk.Image:
    grid = sitk.Image(list(SIZE), sitk.sitkFloat32)
    grid.SetOrigin(ORIGIN)
    grid.SetSpacing([SPACING] * 3)
    return grid


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
