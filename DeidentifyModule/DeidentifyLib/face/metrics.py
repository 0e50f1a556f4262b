"""The figures behind a verdict: how the image looks when it is seen through the atlas."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from . import atlas
from .coarse import BINS, entropy_correlation
from .prepare import CoarseVolume

FACE_MARKS = np.array([[0, -90, -5], [0, -112, -60], [0, -90, -115], [60, -60, -40], [-60, -60, -40]], float)
"""Points of the face in atlas coordinates: brow, nose, chin, cheeks."""


class Probe:
    """Samples one coarse volume at the points of the atlas (6 mm apart) under a transform."""

    def __init__(self, volume: CoarseVolume) -> None:
        template = atlas.load()
        head, brain = sitk.GetArrayViewFromImage(template.head), sitk.GetArrayViewFromImage(template.brain_distance)
        depth = sitk.GetArrayViewFromImage(atlas.head_depth())
        # odd stride positions so that x = 0 and both sides are sampled alike
        pick = tuple(slice(0, None, 2) for _ in range(3))
        z, y, x = (np.arange(n) * 3.0 + o for n, o in zip(head.shape, template.head.GetOrigin()[::-1], strict=True))
        z, y, x = np.meshgrid(z[pick[0]], y[pick[1]], x[pick[2]], indexing="ij")
        near = (depth[pick] > -14) & (z > -115)
        self._shape = near.shape
        self._points = np.stack([x[near], y[near], z[near]], 1)
        self._near = near
        self._bins = np.minimum(head[pick][near] * (BINS / 256), BINS - 1).astype(np.intp)
        self._depth, self._brain = depth[pick][near], brain[pick][near]
        field = sitk.Resample(atlas.face_field(), template.head, sitk.Transform(), sitk.sitkLinear, 60.0)
        self._face = sitk.GetArrayViewFromImage(field)[pick][near] < 0
        self._volume = volume
        self._values = sitk.GetArrayViewFromImage(volume.values)
        self._inside = sitk.GetArrayViewFromImage(volume.inside)

    def _sample(self, matrix: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return values (n) and whether each point is inside of the image (n); linear in between."""
        origin, step = np.array(self._volume.values.GetOrigin()), self._volume.values.GetSpacing()[0]
        index = (self._points @ matrix.T + shift - origin) / step
        low = np.floor(index).astype(np.intp)
        t = index - low
        top = np.array(self._values.shape[::-1]) - 1
        total = np.zeros(len(index), np.float32)
        inside = np.ones(len(index), bool)
        for corner in np.ndindex(2, 2, 2):
            at = low + corner
            kept = np.clip(at, 0, top)
            inside &= ((at >= -1) & (at <= top + 1)).all(1) & (self._inside[kept[:, 2], kept[:, 1], kept[:, 0]] > 0)
            total += np.where(corner, t, 1 - t).prod(1) * self._values[kept[:, 2], kept[:, 1], kept[:, 0]]
        return total, inside

    def match(self, matrix: np.ndarray, shift: np.ndarray) -> float:
        """Return the entropy correlation of atlas and image over the head and the air about it (0..1)."""
        values, inside = self._sample(matrix, shift)
        return self._match(values, inside)

    def _match(self, values: np.ndarray, kept: np.ndarray) -> float:
        bins = np.minimum((values[kept] * BINS).astype(np.intp), BINS - 1)
        joint = np.bincount(self._bins[kept] * BINS + bins, minlength=BINS * BINS)
        return entropy_correlation(joint.reshape(BINS, BINS))

    def figures(self, matrix: np.ndarray, shift: np.ndarray) -> dict[str, float]:
        """Return the figures of a transform.

        match
            Entropy correlation over head and air about it.
        interior
            The same over points at least 6 mm inside the head.
        symmetry
            Correlation of the image with its mirror image about the atlas's mid-plane, inside the head.
        outline
            Dice of tissue in the atlas and in the image, within the image's bounds.
        inside, face_inside, brain_inside
            Share of the head, of the face region's tissue, and of the brain that lies within the image.
        face_seen
            Share of the face region's tissue where the array holds tissue, within the field of view or beyond it.
        brain_tissue, scalp_tissue
            Share of the brain, and of the outer 8 mm of the head (without the face), where the image is not air.
        scalp_empty
            Share of the outer 8 mm of the head (without the face) where the image is at its very least.
        face_tissue
            Share of the atlas's face tissue where the image is not air.
        scale, anisotropy
            Cube root of the determinant; largest over smallest singular value.
        spill
            Share of the air 6 to 14 mm off the head (above the jaw, not before the face) where the image is not air.
        turn_deg
            By how many degrees the head is turned against the patient's axes.
        """
        values, inside = self._sample(matrix, shift)
        head, brain = self._depth > 0, self._brain < -3
        skin = (self._depth > 1) & (self._depth < 9) & (self._points[:, 2] > -60) & ~self._face
        face = head & self._face
        stretch = np.linalg.svd(matrix)[1]
        tissue = values > self._volume.air
        both = (tissue & head & inside).sum()
        return {
            "match": self._match(values, inside),
            "interior": self._match(values, inside & (self._depth > 6)),
            "symmetry": self._symmetry(values, inside & head),
            "outline": float(2 * both / max(1, (tissue & inside).sum() + (head & inside).sum())),
            "inside": _share(inside, head),
            "face_inside": _share(inside, face),
            "face_seen": _share(tissue & self._in_array(matrix, shift), face),
            "brain_inside": _share(inside, brain),
            "brain_tissue": _share(tissue, brain & inside),
            "scalp_tissue": _share(tissue, skin & inside),
            "scalp_empty": _share(values < 0.004, skin & inside),
            "face_tissue": _share(tissue, face & inside),
            "scale": float(stretch.prod() ** (1 / 3)),
            "anisotropy": float(stretch[0] / max(stretch[2], 1e-6)),
            "turn_deg": turned_by(matrix),
            "spill": _share(tissue, inside & (self._depth < -6) & (self._points[:, 2] > -40) & ~self._face),
        }

    def _in_array(self, matrix: np.ndarray, shift: np.ndarray) -> np.ndarray:
        """Return which points lie within the array, padding included."""
        origin, step = np.array(self._volume.values.GetOrigin()), self._volume.values.GetSpacing()[0]
        index = (self._points @ matrix.T + shift - origin) / step
        inside: np.ndarray = np.all((index > -0.5) & (index < np.array(self._values.shape[::-1]) - 0.5), axis=1)
        return inside

    def _symmetry(self, values: np.ndarray, kept: np.ndarray) -> float:
        full, mask = np.zeros(self._shape, np.float32), np.zeros(self._shape, bool)
        full[self._near], mask[self._near] = values, kept
        both = mask & mask[:, :, ::-1]
        a, b = full[both], full[:, :, ::-1][both]
        return float(np.corrcoef(a, b)[0, 1]) if a.size > 50 and a.std() > 0 and b.std() > 0 else 0.0


def turned_by(matrix: np.ndarray) -> float:
    """Return the angle of the rotation in an affine, in degrees."""
    left, _, right = np.linalg.svd(matrix)
    return float(np.degrees(np.arccos(np.clip((np.trace(left @ right) - 1) / 2, -1, 1))))


def _share(what: np.ndarray, of: np.ndarray) -> float:
    return float((what & of).sum() / max(1, of.sum()))
