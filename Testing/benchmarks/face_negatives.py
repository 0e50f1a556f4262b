"""Volumes whose face must not be claimed to be removed: no head, no skin, no face, or a head labelled wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from face_heads import load


def negatives(cache: Path) -> Iterator[tuple[str, sitk.Image, str, tuple[str, ...]]]:
    """Yield (name, image, modality, outcomes that are right)."""
    none, doubt, either = (
        ("no head in the field of view",),
        ("uncertain",),
        ("no head in the field of view", "uncertain"),
    )
    stripped = sitk.ReadImage(str(cache / "ch2bet.nii.gz"))
    yield "skull-stripped T1", sitk.ReadImage(str(cache / "papaya_t1.nii.gz")), "MR", none
    yield "skull-stripped ch2", stripped, "MR", none
    for name in ("cranium", "sub01", "pycortex", "ch2"):
        head = load(cache, name)
        for label, turn in (("upside down", (-1, -1, 1)), ("prone", (1, -1, -1)), ("face up the z axis", None)):
            yield f"{name} labelled {label}", _labelled(head.image, turn), head.modality, doubt
        upright = sitk.DICOMOrient(head.image, "LPS")
        top = int(upright.GetSize()[2] * 0.72)
        yield f"{name} only the vertex", upright[:, :, top:], head.modality, either
        low = int(upright.GetSize()[2] * 0.3)
        yield f"{name} only the lowest third", upright[:, :, :low], head.modality, either
        if head.brain is not None:
            yield f"{name} PET-like", _pet(head), "PT", doubt
    for name, image, modality in phantoms():
        yield name, image, modality, either


def _labelled(image: sitk.Image, turn: tuple[int, int, int] | None) -> sitk.Image:
    copy = sitk.Image(image)
    matrix = np.diag(turn) if turn else np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    copy.SetDirection((matrix @ np.array(image.GetDirection()).reshape(3, 3)).ravel().tolist())
    copy.SetOrigin((matrix @ np.array(image.GetOrigin())).tolist())
    return copy


def _pet(head) -> sitk.Image:
    random = np.random.default_rng(5)
    brain = sitk.GetArrayFromImage(head.brain).astype(np.float32)
    values = sitk.GetArrayFromImage(sitk.Cast(head.image, sitk.sitkFloat32))
    tissue = values > (-300 if head.modality == "CT" else np.percentile(values, 70))
    uptake = sitk.GetImageFromArray(brain * 8000 + tissue * 600)
    uptake.CopyInformation(head.image)
    smooth = sitk.SmoothingRecursiveGaussian(sitk.Cast(uptake, sitk.sitkFloat32), 3.0)
    small = sitk.Shrink(smooth, [2, 2, 2])
    noisy = sitk.GetArrayFromImage(small)
    noisy = np.maximum(0, noisy + random.normal(0, 1, noisy.shape) * np.sqrt(np.maximum(noisy, 0) + 1) * 4).astype(
        np.float32
    )
    result = sitk.GetImageFromArray(noisy)
    result.CopyInformation(small)
    return result


def phantoms() -> Iterator[tuple[str, sitk.Image, str]]:
    """Yield (name, image, modality) of made-up objects, CT in HU."""
    z, y, x = np.meshgrid(*(np.arange(-n, n, 2.0) for n in (150, 180, 180)), indexing="ij", sparse=True)
    random = np.random.default_rng(3)
    round_ = np.hypot(x, y)
    cylinder = np.where(round_ + 0 * z < 100, 10.0, -1000)
    yield "cylinder (CT)", _volume(cylinder + random.normal(0, 8, cylinder.shape)), "CT"
    rods = cylinder + 900 * (np.hypot(x - 50, y) < 12) - 800 * (np.hypot(x + 50, y) < 12) + 0 * z
    yield "cylinder with rods (CT)", _volume(rods + random.normal(0, 8, rods.shape)), "CT"
    ball = (np.sqrt(x**2 + y**2 + z**2) < 90).astype(float)
    yield "ball (MR)", _volume(np.abs(800 * ball + random.normal(0, 20, ball.shape))), "MR"
    egg = np.sqrt((x / 75) ** 2 + (y / 95) ** 2 + (z / 90) ** 2)
    yield "filled egg (MR)", _volume(np.abs(800 * (egg < 1) + random.normal(0, 20, egg.shape))), "MR"
    shell = 900 * ((egg < 1) & (egg > 0.92)) + 600 * (egg < 0.85)
    yield "egg with a shell (MR)", _volume(np.abs(shell + random.normal(0, 20, egg.shape))), "MR"
    yield "noise (MR)", _volume(np.abs(random.normal(0, 100, (150, 180, 180)))), "MR"
    yield "chest (CT)", _volume(_chest(x, y, z) + random.normal(0, 12, (150, 180, 180))), "CT"
    legs = np.where((np.hypot(x - 75, y) < 60) | (np.hypot(x + 75, y) < 60), 40.0, -1000) + 0 * z
    legs = np.where((np.hypot(x - 75, y) < 16) | (np.hypot(x + 75, y) < 16), 900.0 + 0 * z, legs)
    yield "legs (CT)", _volume(legs + random.normal(0, 10, legs.shape)), "CT"
    knee = np.hypot(x, y) < 62 + 8 * np.cos(z / 40)
    bone = (np.hypot(x, y + 5) < 28 + 8 * np.cos(z / 30)) & (abs(z - 5) > 4)
    yield "knee (MR)", _volume(np.abs(500.0 * knee + 300 * bone + random.normal(0, 20, (150, 180, 180)))), "MR"


def _chest(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    body = (x / 165) ** 2 + (y / 110) ** 2 < 1
    lungs = ((abs(x) - 75) / 55) ** 2 + (y / 80) ** 2 + (z / 120) ** 2 < 1
    heart = ((x - 20) / 50) ** 2 + ((y + 20) / 45) ** 2 + ((z + 30) / 55) ** 2 < 1
    spine = np.hypot(x, y - 75) < 22
    values = np.where(body & (abs(z) < 200), 40.0, -1000)
    values = np.where(lungs & ~heart, -850.0, values)
    return np.where(spine + 0 * z > 0, 350.0, values)


def _volume(values: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(np.round(values).astype(np.int16))
    image.SetSpacing([2.0, 2.0, 2.0])
    image.SetOrigin([-180, -180, -150])
    return image
