"""A made-up head with a face, for tests and sample data: the mean head of the atlas with nose, lips, brow and eyes.

Nobody's face: the atlas is the mean of many heads, and the features are ellipsoids.
"""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from . import atlas

LOW, HIGH = np.array([-96.0, -132.0, -126.0]), np.array([96.0, 114.0, 96.0])
NOSE = [
    (0, -92, -34, 6),
    (0, -97, -42, 7),
    (0, -102, -50, 8.5),
    (0, -107, -57, 9.5),
    (9, -101, -60, 7),
    (-9, -101, -60, 7),
]
Triple = tuple[float, float, float]

LIPS = [((0, -96, -79), (23, 8, 4.5)), ((0, -95, -88), (20, 8, 5))]
CHIN = ((0, -82, -108), (24, 15, 14))
BROWS = [((s * 27, -85, -12), (19, 8, 5)) for s in (-1, 1)]
SOCKETS = [((s * 32, -90, -31), (17, 13, 10)) for s in (-1, 1)]
EYES = [((s * 31, -75, -31), (12.5, 12.5, 12.5)) for s in (-1, 1)]


def head(modality: str = "MR", spacing: float = 2.0, *, seed: int = 0, noise: float = 0.02) -> sitk.Image:
    """Return a synthetic head.

    Parameters
    ----------
    modality : {"MR", "CT", "PT"}
        MR: T1-like, 0..1000; CT: Hounsfield units; PT: uptake in brain and, faintly, in tissue. All int16.
    spacing : float
        Isotropic, in mm.
    seed : int
        Another seed, another nose and another noise.
    noise : float
        Standard deviation as a share of the range of tissue.

    Returns
    -------
    SimpleITK.Image
        LPS, axis-aligned, in atlas coordinates.
    """
    random = np.random.default_rng(seed)
    grid = _grid(spacing)
    skin = _skin_depth(grid, random)
    brain = sitk.GetArrayFromImage(
        sitk.Resample(atlas.load().brain_distance, grid, sitk.Transform(), sitk.sitkLinear, 60.0)
    )
    mean = sitk.GetArrayFromImage(sitk.Resample(atlas.load().head, grid))
    make = {"MR": _magnetic, "CT": _computed, "PT": _emission}[modality.upper()]
    values = make(skin, brain, mean)
    values += random.normal(0, noise * (200 if modality.upper() == "CT" else 600), values.shape)
    if modality.upper() != "CT":
        values = abs(values)
    image = sitk.GetImageFromArray(np.round(values).astype(np.int16))
    image.CopyInformation(grid)
    return image


def face_skin(spacing: float = 2.0, *, seed: int = 0) -> sitk.Image:
    """Return the outer 5 mm of the synthetic face from brow to chin as a label image: what must be removed."""
    grid = _grid(spacing)
    skin = _skin_depth(grid, np.random.default_rng(seed))
    z, y, x = _coordinates(grid)
    label = (skin > 0) & (skin <= 5) & (z > -118) & (z < -8) & (y < -62) & (abs(x) < 60)
    image = sitk.GetImageFromArray(label.astype(np.uint8))
    image.CopyInformation(grid)
    return image


def brain(spacing: float = 2.0) -> sitk.Image:
    """Return the brain of the synthetic head as a label image: what must stay."""
    grid = _grid(spacing)
    distance = sitk.Resample(atlas.load().brain_distance, grid, sitk.Transform(), sitk.sitkLinear, 60.0)
    return sitk.Cast(distance < 0, sitk.sitkUInt8)


def _grid(spacing: float) -> sitk.Image:
    grid = sitk.Image([round(n / spacing) for n in HIGH - LOW], sitk.sitkFloat32)
    grid.SetSpacing([spacing] * 3)
    grid.SetOrigin(LOW.tolist())
    return grid


def _coordinates(grid: sitk.Image) -> tuple[np.ndarray, ...]:
    axes = [o + s * np.arange(n) for o, s, n in zip(grid.GetOrigin(), grid.GetSpacing(), grid.GetSize(), strict=True)]
    return np.meshgrid(*axes[::-1], indexing="ij", sparse=True)


def _skin_depth(grid: sitk.Image, random: np.random.Generator) -> np.ndarray:
    """Return the depth under the skin in mm (z, y, x), negative in air."""
    mean = atlas.load().head
    solid = sitk.BinaryFillhole(sitk.BinaryMorphologicalClosing(mean > 50, [3] * 3))
    depth = sitk.SignedMaurerDistanceMap(solid, insideIsPositive=True, squaredDistance=False, useImageSpacing=True)
    depth = sitk.SmoothingRecursiveGaussian(sitk.Cast(depth, sitk.sitkFloat32), 2.0)
    field: np.ndarray = sitk.GetArrayFromImage(sitk.Resample(depth, grid, sitk.Transform(), sitk.sitkLinear, -20.0))
    z, y, x = _coordinates(grid)

    def ball(centre: Triple, radii: Triple) -> np.ndarray:
        squares = [((a - c) / r) ** 2 for a, c, r in zip((x, y, z), centre, radii, strict=True)]
        inside: np.ndarray = (1 - np.sqrt(squares[0] + squares[1] + squares[2])) * min(radii)
        return inside

    size, length = random.uniform(0.85, 1.15, 2)
    for centre, radii in SOCKETS:
        field = np.minimum(field, -ball(centre, radii))
    for cx, cy, cz, r in NOSE:
        field = np.maximum(field, ball((cx * size, -92 + (cy + 92) * length, cz), (r * size,) * 3))
    bumps: list[tuple[Triple, Triple]] = [*LIPS, CHIN, *BROWS, *EYES]
    for middle, extent in bumps:
        field = np.maximum(field, ball(middle, extent))
    return field


def _soft(field: np.ndarray, width: float = 1.0) -> np.ndarray:
    return np.clip(0.5 + field / (2 * width), 0, 1)


def _magnetic(skin: np.ndarray, brain: np.ndarray, mean: np.ndarray) -> np.ndarray:
    tissue = np.where(brain > 4, np.where(skin < 6, 750.0, np.maximum(mean * 3.2, 120)), mean * 3.2)
    skull = (brain > 2) & (brain < 9) & (skin > 5)
    tissue = np.where(skull, np.minimum(tissue, 160), tissue)
    values: np.ndarray = tissue * _soft(skin)
    return values


def _computed(skin: np.ndarray, brain: np.ndarray, mean: np.ndarray) -> np.ndarray:
    # what is bright in T1 is fat, what is dark is bone or air
    deep = np.interp(mean, [40, 80, 110, 150, 190, 230], [-700.0, 500, 300, 50, 40, -90])
    tissue = np.where(brain < 1, 25 + mean * 0.08, np.where(skin < 5, -20.0, deep))
    skull = (brain >= 1) & (brain < 7) & (skin > 4)
    values: np.ndarray = -1000 + (np.where(skull, 900.0, tissue) + 1000) * _soft(skin)
    return values


def _emission(skin: np.ndarray, brain: np.ndarray, mean: np.ndarray) -> np.ndarray:
    image = sitk.GetImageFromArray((700 * _soft(-brain, 3) + 80 * _soft(skin, 3)).astype(np.float32))
    smooth: np.ndarray = sitk.GetArrayFromImage(sitk.SmoothingRecursiveGaussian(image, 2.0)).astype(float)
    return smooth
