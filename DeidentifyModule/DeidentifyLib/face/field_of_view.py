"""Find where the field of view ends inside an image: padding, rotated wedges, what a resampler filled, the CT circle.

What lies beyond a flat cut through the body is not air, though it looks like air: nothing was measured there. Taken for
air, a head that is cut at the neck seems to float, and no figure of a fit can be trusted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import SimpleITK as sitk

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

LEAST_BORDER_SHARE = 0.25
"""A value is the border's if it holds so much of the six faces of the array."""
LEAST_AREA_MM2 = 12_000.0
"""A flat face: so much of the surface within `DEPTH_MM` of a supporting plane; a round vertex has 1500 to 2500."""
DEPTH_MM = 4.5
BLURRED_MM = 3.0
"""So much before a flat face is outside, too: there the body is mixed with what lies beyond."""
WIDEST_DEGREES, STEP_DEGREES = 32, 4
MOST_POINTS = 6000
GRID_MM, MOST_VOXELS = 3.9, 1_500_000


def border_value(image: sitk.Image) -> float | None:
    """Return the value that fills the border of an image, or None if no value holds a quarter of it."""
    values = sitk.GetArrayViewFromImage(image)
    faces = [values[k] for k in (0, -1)] + [values[:, k] for k in (0, -1)] + [values[:, :, k] for k in (0, -1)]
    border = np.concatenate([face.ravel() for face in faces])
    found, counts = np.unique(border[np.isfinite(border)] if border.dtype.kind == "f" else border, return_counts=True)
    if not found.size or counts.max() < LEAST_BORDER_SHARE * border.size:
        return None
    return float(found[counts.argmax()])


class FieldOfView:
    """Tells which points of space lie outside of the field of view of one image."""

    def __init__(self, image: sitk.Image, smooth: sitk.Image, air: float, border: float | None) -> None:
        """Look for the flat faces and, in the stored planes, for the circle.

        Parameters
        ----------
        image : SimpleITK.Image
            A small copy of the image with its own values.
        smooth : SimpleITK.Image
            The same, smoothed and windowed to 0..1.
        air : float
            Value of ``smooth`` above which a voxel is tissue.
        border : float or None
            From `border_value`.
        """
        step = _stride(image)
        self._axes = np.array(image.GetDirection()).reshape(3, 3)
        self._spacing: Floats = np.array(image.GetSpacing()) * step.astype(float)
        self._origin = np.array(image.GetOrigin())
        part = (slice(None, None, step[2]), slice(None, None, step[1]), slice(None, None, step[0]))
        values = sitk.GetArrayViewFromImage(image)[part]
        self.planes: list[tuple[Floats, float]] = []
        contents = [largest_part(sitk.GetArrayViewFromImage(smooth)[part] > air)]
        self.circle: tuple[float, float, float] | None = None
        if border is not None:
            content = largest_part(abs(values - border) > 1e-3)
            contents.append(content)
            self.circle = _circle(content, abs(values - border) <= 1e-3, self._spacing)
        for content in contents:
            for axis in range(3):
                for sign in (1, -1):
                    plane = self._flat_face(content, axis, sign)
                    if plane is not None:
                        self.planes.append(plane)

    def outside(self, grid: sitk.Image) -> Mask:
        """Return which voxels (z, y, x) of an axis-aligned grid lie outside."""
        geometry = zip(grid.GetOrigin(), grid.GetSpacing(), grid.GetSize(), strict=True)
        x, y, z = (low + step * np.arange(count) for low, step, count in geometry)
        result = np.zeros((z.size, y.size, x.size), bool)
        for normal, end in self.planes:
            along = normal[2] * z[:, None, None] + normal[1] * y[None, :, None] + normal[0] * x[None, None, :]
            result |= along > end - BLURRED_MM
        if self.circle is not None:
            u, v, radius = self.circle
            to_index = np.linalg.inv(self._axes)
            i, j = (
                row[2] * (z - self._origin[2])[:, None, None]
                + row[1] * (y - self._origin[1])[None, :, None]
                + row[0] * (x - self._origin[0])[None, None, :]
                for row in to_index[:2]
            )
            result |= np.hypot(i - u, j - v) > radius - BLURRED_MM
        return result

    def _flat_face(self, content: Mask, axis: int, sign: int) -> tuple[Floats, float] | None:
        """Return normal and place of the plane that cuts the content flat on one side, or None."""
        at = 2 - axis
        exposed = content & ~np.roll(content, -sign, at)
        end = content.shape[at] - 1 if sign > 0 else 0
        edge: list[slice | int] = [slice(None)] * 3
        edge[at] = end
        exposed[tuple(edge)] = content[tuple(edge)]
        index = np.argwhere(exposed)[:, ::-1]
        index_area = self._spacing.prod() / self._spacing[axis]
        if len(index) * index_area < LEAST_AREA_MM2:
            return None
        every = -(-len(index) // MOST_POINTS)
        index, index_area = index[::every], index_area * every
        half = np.zeros(3)
        half[axis] = sign * 0.5
        points = self._origin + ((index + half) * self._spacing) @ self._axes.T
        depth = max(DEPTH_MM, 1.2 * self._spacing[axis])
        base = sign * self._axes[:, axis]
        others = [self._axes[:, k] for k in range(3) if k != axis]
        angles = [float(a) for a in range(-WIDEST_DEGREES, WIDEST_DEGREES + 1, STEP_DEGREES)]
        tilts = [(a, b) for a in angles for b in angles if np.hypot(a, b) <= WIDEST_DEGREES]
        area, best = _best(points, base, others, tilts, depth, index_area)
        for step in (2.0, 1.0, 0.5):
            near = [(best[0] + a, best[1] + b) for a in (-step, 0, step) for b in (-step, 0, step)]
            area, best = _best(points, base, others, near, depth, index_area)
        if area < LEAST_AREA_MM2:
            return None
        normal = _normal(base, others, best)
        along = points @ normal
        in_slab = along > along.max() - depth
        if (index[in_slab, axis] == end).mean() > 0.8:
            return None  # the end of the array itself: nothing lies beyond
        return normal, float(along.max())


def largest_part(mask: Mask) -> Mask:
    """Return the largest connected part of a mask."""
    label = sitk.GetArrayFromImage(sitk.ConnectedComponent(sitk.GetImageFromArray(mask.astype(np.uint8))))
    counts = np.bincount(label.ravel())
    counts[0] = 0
    return np.asarray(label == counts.argmax()) & mask if counts.max() > 0 else mask


def _stride(image: sitk.Image) -> npt.NDArray[np.intp]:
    spacing, size = np.array(image.GetSpacing()), np.array(image.GetSize())
    step = np.maximum(1, np.floor(GRID_MM / spacing)).astype(np.intp)
    while (size // step).prod() > MOST_VOXELS:
        step[(spacing * step).argmin()] += 1
    return step


def _normal(base: Floats, others: list[Floats], tilt: tuple[float, float]) -> Floats:
    normal = base + np.tan(np.radians(tilt[0])) * others[0] + np.tan(np.radians(tilt[1])) * others[1]
    unit: Floats = normal / np.linalg.norm(normal)
    return unit


def _best(
    points: Floats, base: Floats, others: list[Floats], tilts: list[tuple[float, float]], depth: float, area: float
) -> tuple[float, tuple[float, float]]:
    normals = np.stack([_normal(base, others, tilt) for tilt in tilts], 1)
    along = points.astype(np.float32) @ normals.astype(np.float32)
    counts = (along > along.max(0) - depth).sum(0) * area / (base @ normals)
    return float(counts.max()), tilts[int(counts.argmax())]


def _circle(content: Mask, border: Mask, spacing: Floats) -> tuple[float, float, float] | None:
    """Return centre and radius (mm from the first voxel, stored columns and rows) of a round field, or None."""
    flat: Mask = np.any(content, axis=(0,))
    rows, columns = np.flatnonzero(flat.any(axis=1)), np.flatnonzero(flat.any(axis=0))
    if not rows.size or not columns.size:
        return None
    u, v = (columns[0] + columns[-1]) / 2 * spacing[0], (rows[0] + rows[-1]) / 2 * spacing[1]
    width, height = (np.ptp(columns) + 1) * spacing[0], (np.ptp(rows) + 1) * spacing[1]
    radius = max(width, height) / 2
    i = np.arange(flat.shape[1]) * spacing[0] - u
    j = np.arange(flat.shape[0]) * spacing[1] - v
    away = np.hypot(i[None, :], j[:, None])
    within, beyond = away < radius - 2 * spacing[0], away > radius + spacing[0]
    if beyond.sum() < 0.02 * flat.size or radius < 60:
        return None
    filled, empty = border[:, within].mean(), border[:, beyond].mean()
    return (float(u), float(v), float(radius)) if filled < 0.03 and empty > 0.99 else None
