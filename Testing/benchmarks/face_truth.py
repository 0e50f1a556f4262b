"""Truth for the evaluation of face removal: the skin of the face from landmarks, the brain from BET or the skull."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from face_heads import Marks


def face_skin(image: sitk.Image, marks: Marks) -> sitk.Image:
    """Return the outer 5 mm of tissue from the glabella's height to the chin, before the outer canthi.

    Nothing is taken that lies more than 14 mm behind the first tissue seen from the front (the back wall of a frontal
    sinus, which is as dark as air). Lateral bound: 70 mm from the mid-plane; back: 8 mm behind the outer canthi's skin.
    """
    smooth = sitk.SmoothingRecursiveGaussian(sitk.Cast(image, sitk.sitkFloat32), 0.7)
    tissue = smooth > marks.skin
    if max(image.GetSpacing()) < 3:
        tissue = sitk.BinaryMorphologicalOpening(tissue, [1, 1, 1])
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(tissue), sortByObjectSize=True)
    closing = [max(1, round(4 / s)) for s in image.GetSpacing()]
    solid = sitk.BinaryMorphologicalClosing(parts == 1, closing)
    air = sitk.RelabelComponent(sitk.ConnectedComponent(solid == 0), sortByObjectSize=True)
    depth = sitk.SignedMaurerDistanceMap(air != 1, insideIsPositive=True, squaredDistance=False, useImageSpacing=True)
    shell = sitk.And(sitk.And(depth > 0, depth <= 5), solid)
    x, y, z = coordinates(image)
    body = sitk.GetArrayFromImage(solid) > 0
    back = 8 + np.nanmean([_skin_depth(body, x, y, z, spot) for spot in marks.canthi])
    behind = y - _front(body, x, y, z)
    low = -np.inf if marks.chin_z is None else marks.chin_z - 3
    zone = (behind < 14) & (z > low) & (z < marks.glabella_z) & (y < back) & (abs(x - marks.nasion_x) < 70)
    label = sitk.GetImageFromArray((sitk.GetArrayFromImage(shell) > 0).astype(np.uint8) * zone)
    label.CopyInformation(image)
    return label


def inside_of_skull(image: sitk.Image, seed: tuple[float, float, float]) -> sitk.Image:
    """Return the soft tissue enclosed by bone in a head CT (brain with its CSF: more than the brain).

    The opening of 8 mm keeps out what lies in a gap of the skull (one head has a gap above the right orbit).
    """
    steps = [max(1, round(8 / s)) for s in image.GetSpacing()]
    bone = sitk.BinaryMorphologicalClosing(image > 250, [max(1, s // 2) for s in steps])
    soft = sitk.And(sitk.And(image > -10, image < 110), bone == 0)
    core = sitk.BinaryErode(soft, steps)
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(core), sortByObjectSize=True)
    middle = image.TransformPhysicalPointToIndex(seed)
    return sitk.Cast(sitk.And(sitk.BinaryDilate(parts == parts[middle], steps), soft), sitk.sitkUInt8)


def ready_for_bet(image: sitk.Image, marks: Marks) -> sitk.Image:
    """Return a copy of 1.5 mm for BET: upright, the neck cut off, freed of bias."""
    upright = sitk.DICOMOrient(sitk.Cast(image, sitk.sitkFloat32), "RAS")
    corners = np.array(
        [upright.TransformIndexToPhysicalPoint([int(c * (n - 1)) for c, n in zip(k, upright.GetSize(), strict=True)])
         for k in np.ndindex(2, 2, 2)]
    )  # fmt: skip
    low, high = corners.min(0), corners.max(0)
    low[2] = max(low[2], marks.glabella_z - 70)
    grid = sitk.Image([int(n) for n in (high - low) / 1.5], sitk.sitkFloat32)
    grid.SetSpacing([1.5] * 3)
    grid.SetOrigin(low.tolist())
    copy = sitk.Resample(upright, grid, sitk.Transform(), sitk.sitkLinear, 0.0)
    small = sitk.Shrink(copy, [3] * 3)
    bias = sitk.N4BiasFieldCorrectionImageFilter()
    bias.SetMaximumNumberOfIterations([30, 20])
    bias.Execute(small, sitk.OtsuThreshold(small, 0, 1))
    copy = copy / sitk.Exp(bias.GetLogBiasFieldAsImage(copy))
    top = float(np.percentile(sitk.GetArrayViewFromImage(copy), 99.7))
    return sitk.Cast(sitk.Clamp(copy * (1000 / top), sitk.sitkFloat32, 0, 1500), sitk.sitkInt16)


def brain_of_bet(mask: sitk.Image, before: sitk.Image, image: sitk.Image, marks: Marks) -> sitk.Image:
    """Return what of BET's mask is brain, on the grid of the image.

    BET leaks into orbits, pharynx and muscle. Before the middle of the brain nothing is kept below the skull's base
    (20 mm below the glabella, 38 mm at the sides) nor, within 45 mm of the front of BET's mask, below the roof of the
    orbits (12 mm above the outer canthi); what hangs on the rest by less than 9 mm is dropped.
    """
    values, label = sitk.GetArrayViewFromImage(before), sitk.GetArrayFromImage(mask) > 0
    typical = float(np.median(values[label]))
    label &= (values > 0.5 * typical) & (values < 2.0 * typical)
    x, y, z = coordinates(before)
    deep = np.broadcast_to(y, label.shape)[label]
    middle, front = float(deep.mean()), float(np.percentile(deep, 0.1))
    side = abs(x - marks.nasion_x)
    floor = marks.glabella_z - np.where(side > 22, 38.0, 20.0)
    label &= ~((y < middle) & (z < floor))
    roof = marks.orbit_roof_z or np.mean([place[1] for place in marks.canthi]) + 12
    label &= ~((y < front + 45) & (z < roof) & (side > 12))
    whole = sitk.GetImageFromArray(label.astype(np.uint8))
    whole.CopyInformation(before)
    core = sitk.BinaryErode(whole, [3, 3, 3])
    largest = sitk.RelabelComponent(sitk.ConnectedComponent(core), sortByObjectSize=True) == 1
    largest = sitk.And(sitk.BinaryDilate(largest, [3, 3, 3]), whole)
    return sitk.Cast(sitk.Resample(largest, image, sitk.Transform(), sitk.sitkNearestNeighbor), sitk.sitkUInt8)


def coordinates(image: sitk.Image) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y and z of every voxel in patient LPS mm."""
    grids = np.meshgrid(*(np.arange(n) for n in image.GetSize()[::-1]), indexing="ij", sparse=True)
    matrix = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    k, j, i = grids
    x, y, z = (
        (o + m[0] * i + m[1] * j + m[2] * k).astype(np.float32) for o, m in zip(image.GetOrigin(), matrix, strict=True)
    )
    return x, y, z


def _front(body: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return for every voxel the y of the foremost tissue at its x and z (in cells of 2 mm by 7 mm)."""
    shape = body.shape
    i = np.broadcast_to(((x - x.min()) / 2).astype(int), shape)
    k = np.broadcast_to(((z - z.min()) / 7).astype(int), shape)
    first = np.full((i.max() + 1, k.max() + 1), np.inf, np.float32)
    np.minimum.at(first, (i[body], k[body]), np.broadcast_to(y, shape)[body])
    return first[i, k]


def _skin_depth(body: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray, spot: tuple[float, float]) -> float:
    column = body & (abs(x - spot[0]) < 3) & (abs(z - spot[1]) < 5)
    return float(np.percentile(np.broadcast_to(y, body.shape)[column], 0.5)) if column.any() else float("nan")
