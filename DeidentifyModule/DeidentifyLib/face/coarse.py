"""Look for the head in all poses: a fast mutual information of atlas points and a coarse volume, in numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations, product

import numpy as np
import SimpleITK as sitk

from .prepare import CoarseVolume

BINS = 24
CENTRE = np.array([0.0, 0.0, -15.0])
"""Centre of rotation in atlas coordinates (mm)."""

PITCH, YAW, ROLL = (-40, -20, 0, 20, 40), (-30, 0, 30), (-25, 0, 25)


@dataclass(frozen=True)
class Pose:
    """A similarity from atlas to patient: turn by a base, rotate (degrees, about x, y, z), scale, shift the centre."""

    pitch: float
    roll: float
    yaw: float
    centre: tuple[float, float, float]
    scale: float = 1.0
    base: tuple[int, ...] = (1, 0, 0, 0, 1, 0, 0, 0, 1)

    def matrix(self) -> np.ndarray:
        """Return the 3x3 rotation times scale."""
        a, b, c = np.radians([self.pitch, self.roll, self.yaw])
        rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        turned: np.ndarray = rz @ ry @ rx @ np.reshape(self.base, (3, 3)) * self.scale
        return turned


class Matcher:
    """Scores transforms of the atlas into one coarse volume."""

    def __init__(self, head: sitk.Image, volume: CoarseVolume, stride: int) -> None:
        self.points, bins = atlas_points(head, stride)
        self._atlas_bins = bins * (BINS + 1)
        values = sitk.GetArrayViewFromImage(volume.values)
        inside = sitk.GetArrayViewFromImage(volume.inside)
        binned = np.minimum((values * BINS).astype(np.uint8), BINS - 1)
        # one spare bin and a border of it: points outside the image fall there without a test
        self._bins = np.pad(np.where(inside > 0, binned, BINS), 1, constant_values=BINS).astype(np.uint8)
        self._shape = np.array(self._bins.shape[::-1])
        self._origin = np.array(volume.values.GetOrigin())
        self._spacing = volume.values.GetSpacing()[0]

    def histogram(self, matrix: np.ndarray, centre: np.ndarray) -> np.ndarray:
        """Return the joint histogram (atlas bins x image bins + 1; the last column is outside of the image)."""
        index = (self.points - CENTRE) @ (matrix.T / self._spacing) + ((centre - self._origin) / self._spacing + 1.5)
        index = np.clip(index, 0, self._shape - 1).astype(np.intp)
        flat = (index[:, 2] * self._shape[1] + index[:, 1]) * self._shape[0] + index[:, 0]
        joint = np.bincount(self._atlas_bins + self._bins.ravel()[flat], minlength=BINS * (BINS + 1))
        return joint.reshape(BINS, BINS + 1)

    def score(self, pose: Pose) -> float:
        """Return how well a pose fits: entropy correlation weighted by the share of the atlas inside the image."""
        joint = self.histogram(pose.matrix(), np.array(pose.centre))
        total = joint.sum()
        joint = joint[:, :BINS]
        share = joint.sum() / total
        if share < 0.25:
            return 0.0
        return entropy_correlation(joint) * float(np.sqrt(share))


def atlas_points(head: sitk.Image, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 3) in mm of the head and the air close about it, and their intensity bins (n)."""
    values = sitk.GetArrayViewFromImage(head)
    near = sitk.GetArrayFromImage(sitk.BinaryDilate(head > 25, [4] * 3))
    z, y, x = (
        np.arange(n) * head.GetSpacing()[0] + o for n, o in zip(values.shape, head.GetOrigin()[::-1], strict=True)
    )
    near = near * (z > -115)[:, None, None]
    picked = np.zeros(values.shape, bool)
    picked[stride // 2 :: stride, stride // 2 :: stride, stride // 2 :: stride] = True
    k, j, i = np.nonzero(picked & (near > 0))
    points = np.stack([x[i], y[j], z[k]], 1)
    return points, np.minimum(values[k, j, i] * (BINS / 256), BINS - 1).astype(np.intp)


def entropy_correlation(joint: np.ndarray) -> float:
    """Return 2 I(A;B) / (H(A) + H(B)) of a joint histogram, between 0 and 1."""
    p = joint / max(joint.sum(), 1)
    a, b = _entropy(p.sum(1)), _entropy(p.sum(0))
    return 2 * (a + b - _entropy(p.ravel())) / (a + b) if a + b > 0 else 0.0


def _entropy(p: np.ndarray) -> float:
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())


def find_poses(head: sitk.Image, volume: CoarseVolume, keep: int) -> list[tuple[float, Pose]]:
    """Return the best distinct poses of the atlas in a volume, best first, each with its score.

    All rotations of a grid (pitch, yaw, roll) are tried at places 24 mm apart along the body; the best are climbed.
    """
    rough = Matcher(head, volume, 4)
    scored = [
        (rough.score(pose), pose)
        for centre in _places(volume)
        for pose in (Pose(p, r, y, centre) for p in PITCH for y in YAW for r in ROLL)
    ]
    scored.sort(key=lambda item: -item[0])
    climbed = [_climb(rough, score, pose, (20.0, 16.0, 0.1), 2) for score, pose in _distinct(scored, 10)]
    climbed.sort(key=lambda item: -item[0])
    fine = Matcher(head, volume, 3)
    climbed = [_climb(fine, fine.score(pose), pose, (6.0, 6.0, 0.06), 2) for _, pose in _distinct(climbed, keep + 1)]
    climbed.sort(key=lambda item: -item[0])
    return _distinct(climbed, keep)


def find_turned_poses(head: sitk.Image, volume: CoarseVolume, keep: int) -> list[tuple[float, Pose]]:
    """Return the best poses with the atlas lying in one of the 23 other orientations (axes swapped or reversed)."""
    rough = Matcher(head, volume, 4)
    scored = [
        (rough.score(pose), pose)
        for centre in _places(volume)
        for pose in (
            Pose(p, 0, y, centre, s, b) for b in _turns() for p in (-20, 20) for y in (-20, 20) for s in (0.9, 1.1)
        )
    ]
    scored.sort(key=lambda item: -item[0])
    climbed = [_climb(rough, score, pose, (20.0, 16.0, 0.1), 2) for score, pose in _distinct(scored, 24)]
    climbed.sort(key=lambda item: -item[0])
    return _distinct(climbed, keep)


def _turns() -> list[tuple[int, ...]]:
    turns = []
    for order in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            matrix = np.zeros((3, 3), int)
            matrix[range(3), order] = signs
            if round(np.linalg.det(matrix)) == 1 and not np.array_equal(matrix, np.eye(3)):
                turns.append(tuple(matrix.ravel().tolist()))
    return turns


def _places(volume: CoarseVolume) -> list[tuple[float, float, float]]:
    """Return points along the body where the head's centre may be: mid of the tissue in slabs of 130 mm."""
    tissue = (sitk.GetArrayViewFromImage(volume.values) > volume.air).astype(np.float32)
    origin, step = np.array(volume.values.GetOrigin()), volume.values.GetSpacing()[0]
    depth, slab = tissue.shape[0], round(65 / step)
    places = []
    for k in np.arange(depth / 2 % 6 - 6, depth + 12, 6):
        part = tissue[max(0, int(k) - slab) : max(1, int(k) + slab)]
        rows, columns = part.sum((0, 2)), part.sum((0, 1))
        if rows.sum() < 50:
            continue
        y = (np.arange(rows.size) * rows).sum() / rows.sum()
        x = (np.arange(columns.size) * columns).sum() / columns.sum()
        places.append(tuple((origin + step * np.array([x, y, k])).tolist()))
    return places


def _distinct(scored: list[tuple[float, Pose]], keep: int) -> list[tuple[float, Pose]]:
    kept: list[tuple[float, Pose]] = []
    for score, pose in scored:
        if len(kept) == keep:
            break
        if all(_apart(pose, other) for _, other in kept):
            kept.append((score, pose))
    return kept


def _apart(a: Pose, b: Pose) -> bool:
    turned = np.linalg.norm(a.matrix() / a.scale - b.matrix() / b.scale)
    return bool(turned > 0.15 or np.linalg.norm(np.subtract(a.centre, b.centre)) > 10)


def _climb(
    matcher: Matcher, score: float, pose: Pose, steps: tuple[float, float, float], halvings: int
) -> tuple[float, Pose]:
    """Climb by coordinate search: degrees, mm, scale; each step tried both ways until none helps, then halved."""
    turn, shift, grow = steps
    for _ in range(halvings + 1):
        improved = True
        rounds = 0
        while improved and rounds < 6:
            improved = False
            rounds += 1
            for other in _neighbours(pose, turn, shift, grow):
                better = matcher.score(other)
                if better > score + 1e-6:
                    score, pose, improved = better, other, True
        turn, shift, grow = turn / 2, shift / 2, grow / 2
    return score, pose


def _neighbours(pose: Pose, turn: float, shift: float, grow: float) -> Iterator[Pose]:
    x, y, z = pose.centre
    for sign in (1, -1):
        yield replace(pose, pitch=pose.pitch + sign * turn)
        yield replace(pose, centre=(x, y, z + sign * shift))
        yield replace(pose, centre=(x, y + sign * shift, z))
        yield replace(pose, centre=(x + sign * shift, y, z))
        yield replace(pose, roll=pose.roll + sign * turn)
        yield replace(pose, yaw=pose.yaw + sign * turn)
        yield replace(pose, scale=float(np.clip(pose.scale + sign * grow, 0.6, 1.3)))
