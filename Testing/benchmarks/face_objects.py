"""Made-up objects that are no heads: chest, abdomen, spine, knee, thighs, melon, cylinders, balls, noise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import SimpleITK as sitk


def made_up() -> Iterator[tuple[str, sitk.Image, str]]:
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
    yield from _more(x, y, z, random)


def _more(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, random: np.random.Generator
) -> Iterator[tuple[str, sitk.Image, str]]:
    shape = (150, 180, 180)
    dents = np.cos(x / 9) * np.cos(y / 11) * np.cos(z / 8)
    away = np.sqrt((x / 85) ** 2 + (y / 85) ** 2 + (z / 100) ** 2)
    melon = np.where(away < 1, 500.0, 0) + 350 * (away < 0.86) - 250 * (away < 0.4) + 120 * (away < 0.9) * dents
    yield "melon (MR)", _volume(np.abs(melon + random.normal(0, 20, shape))), "MR"
    pepper = np.where((away < 0.8) & (away > 0.66), 700.0, 0) + 500.0 * (np.hypot(x, y) + abs(z - 30) < 30)
    yield "pepper (MR)", _volume(np.abs(pepper + random.normal(0, 15, shape))), "MR"
    body = (x / 165) ** 2 + (y / 110) ** 2 + 0 * z < 1
    inner = (x / 140) ** 2 + (y / 88) ** 2 + 0 * z < 1
    liver = ((x + 60) / 75) ** 2 + ((y + 10) / 70) ** 2 + ((z - 40) / 90) ** 2 < 1
    kidneys = ((abs(x) - 60) / 28) ** 2 + ((y - 45) / 25) ** 2 + ((z + 10) / 55) ** 2 < 1
    spine = np.hypot(x, y - 70) + 0 * z < 20
    abdomen = np.where(body, -100.0, -1000) + 140 * inner + 25 * liver + 15 * kidneys + 250 * spine
    yield "abdomen (CT)", _volume(abdomen + random.normal(0, 12, shape)), "CT"
    fat = 700.0 * body - 350 * inner + 120 * liver + 250 * kidneys - 150 * spine
    yield "abdomen (MR)", _volume(np.abs(fat + random.normal(0, 20, shape))), "MR"
    discs = (np.hypot(x, y - 40) < 22) & (np.cos(z / 5.5) > -0.6)
    cord = np.hypot(x, y - 68) + 0 * z < 8
    back = ((abs(x) < 90) & (y > -60) & (y < 120)) + 0 * z > 0
    column = 250.0 * back + 300 * discs + 400 * cord
    yield "lumbar spine (MR)", _volume(np.abs(column + random.normal(0, 20, shape))), "MR"
    thigh = np.where(np.hypot(x, y) + 0 * z < 80, 650.0, 0) - 350 * (np.hypot(x, y) + 0 * z < 68)
    thigh = thigh - 250 * ((np.hypot(x, y) < 16) & (np.hypot(x, y) > 9) & (z < 300))
    yield "thigh (MR)", _volume(np.abs(thigh + random.normal(0, 20, shape))), "MR"
    pair = np.where((np.hypot(x - 80, y) < 70) | (np.hypot(x + 80, y) < 70), 600.0 + 0 * z, 0)
    pair = pair - 300 * ((np.hypot(x - 80, y) < 58) | (np.hypot(x + 80, y) < 58))
    yield "thighs (MR)", _volume(np.abs(pair + random.normal(0, 20, shape))), "MR"
    shin = np.hypot(x, y) < 62 + 12 * np.sin(z / 60)
    bones = (np.hypot(x - 10, y) < 26 + 10 * np.cos(z / 35)) & (abs(z - 5) > 4)
    yield "knee (CT)", _volume(np.where(bones, 450.0, np.where(shin, 40.0, -1000)) + random.normal(0, 10, shape)), "CT"
    foot = (abs(x) < 45) & (y > -120) & (y < 110) & (z < -40 + 60 * np.exp(-(((y - 60) / 40) ** 2)))
    yield "foot (CT)", _volume(np.where(foot, 60.0, -1000) + random.normal(0, 10, shape)), "CT"
    catphan = np.where(np.hypot(x, y) < 100, 90.0 + 0 * z, -1000.0)
    for k, hu in enumerate((-1000, -200, -100, 120, 340, 990)):
        spot = np.hypot(x - 58 * np.cos(k), y - 58 * np.sin(k)) + 0 * z < 7
        catphan = np.where(spot & (abs(z) < 30), float(hu), catphan)
    yield "image quality phantom (CT)", _volume(catphan + random.normal(0, 8, shape)), "CT"
    pelvis = ((x / 170) ** 2 + (y / 105) ** 2 + 0 * z < 1) * 1040.0 - 1000
    hips = (np.hypot(abs(x) - 85, np.hypot(y, z)) < 26) | ((abs(x) < 95) & (abs(y - 40) < 25) & (abs(z - 60) < 45))
    yield "pelvis (CT)", _volume(np.where(hips & (pelvis > 0), 400.0, pelvis) + random.normal(0, 12, shape)), "CT"


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
