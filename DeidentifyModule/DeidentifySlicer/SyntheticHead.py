"""A synthetic head that has a face, made from the mean head of the face atlas: it belongs to nobody.

The mean of many heads is bent, given tissue values of a modality, and noise. No download.
"""

import numpy as np

SIZE_MM = (196.0, 244.0, 232.0)  # x to the left, y to the back, z up (LPS)
CENTRE = (0.0, -6.0, -18.0)
BEND = np.array([[1.03, 0.02, 0.0], [-0.02, 0.97, 0.06], [0.0, -0.05, 1.02]])
"""From the patient to the atlas: this patient's head is a little narrower, longer and tilted."""


def corner(spacing):
    """Return the centre of the first voxel (x, y, z; LPS, mm)."""
    return [CENTRE[axis] - (round(SIZE_MM[axis] / spacing) - 1) / 2 * spacing for axis in range(3)]


def sampled(name, spacing, outside):
    """Return a map of the atlas (``head`` or ``brain_distance``) on the patient's grid as floats (z, y, x)."""
    import SimpleITK as sitk
    from DeidentifyLib.face import atlas

    transform = sitk.AffineTransform(3)
    transform.SetMatrix(BEND.ravel().tolist())
    size = [round(size / spacing) for size in SIZE_MM]
    image = sitk.Resample(
        sitk.Cast(getattr(atlas.load(), name), sitk.sitkFloat32),
        size,
        transform,
        sitk.sitkBSpline,
        corner(spacing),
        [spacing] * 3,
        np.eye(3).ravel().tolist(),
        outside,
    )
    return sitk.GetArrayFromImage(image)


def ctHead(spacing=2.0, seed=0):
    """Return int16 Hounsfield units (z, y, x)."""
    head, brain = sampled("head", spacing, 0.0), sampled("brain_distance", spacing, 60.0)
    tissue = _edge(head, 30, 6)
    values = -1000 + 1040 * tissue
    values += tissue * (_edge(brain, 2.5, 0.8) - _edge(brain, 8.0, 0.8)) * _edge(170 - head, 0, 12) * 900
    values += tissue * _edge(head, 190, 8) * -110  # fat under the skin
    values -= tissue * (1 - _edge(head, 52, 5)) * _edge(brain, 10, 1) * 500  # cells of the sinuses
    return _noisy(values, 8.0, seed, -1024)


def mrHead(spacing=2.0, seed=1):
    """Return int16 T1-like values (z, y, x)."""
    head = sampled("head", spacing, 0.0)
    return _noisy(10 + np.maximum(head, 45) * 3.0 * _edge(head, 28, 4), 9.0, seed, 0)


def petHead(spacing=4.0, seed=2):
    """Return uptake (float, Bq/ml; z, y, x): brain high, skin low."""
    head, brain = sampled("head", spacing, 0.0), sampled("brain_distance", spacing, 60.0)
    values = 30 + 1200 * _edge(head, 30, 6) + 7000 * (1 - _edge(brain, 0, 2.5)) * np.clip(head / 140, 0.3, 1.2)
    return np.clip(values + np.random.default_rng(seed).normal(0, 120, values.shape), 0, None)


def _edge(values, at, width):
    """Return a smooth step: 0 below, 1 above a value."""
    return 1 / (1 + np.exp(np.clip((at - values) / width, -50, 50)))


def _noisy(values, sigma, seed, least):
    noise = np.random.default_rng(seed).normal(0, sigma, values.shape)
    return np.clip(np.rint(values + noise), least, 4000).astype(np.int16)
