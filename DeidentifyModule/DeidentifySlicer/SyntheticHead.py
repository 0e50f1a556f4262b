"""A synthetic head that has a face, drawn from ellipsoids; belongs to nobody and needs no download."""

import numpy as np

FACE_SIZE_MM = (210.0, 250.0, 240.0)  # x to the left, y to the back, z up (LPS)
CENTRE_Z = -30.0


def grid(spacing):
    """Return x, y, z (mm, LPS, z = 0 above the eyes) of a box around the head, broadcastable to (z, y, x)."""
    counts = [round(size / spacing) for size in FACE_SIZE_MM]
    x, y, z = ((np.arange(n) - (n - 1) / 2) * spacing for n in counts)
    return x[None, None, :], y[None, :, None], z[:, None, None] + CENTRE_Z


def ellipsoid(where, centre, radii):
    """Return a signed measure of an ellipsoid: below 1 inside."""
    return sum(((where[axis] - centre[axis]) / radii[axis]) ** 2 for axis in range(3))


def inside(where, *shapes):
    """Return where at least one ellipsoid, given as (centre, radii), is."""
    found = ellipsoid(where, *shapes[0]) < 1
    for shape in shapes[1:]:
        found = found | (ellipsoid(where, *shape) < 1)
    return found


def outer(at, shrink=0.0):
    """Return where the head is, its surface moved inwards by some mm."""
    both = (np.abs(at[0]), at[1], at[2])  # left and right alike

    def less(centre, radii):
        return centre, tuple(r - shrink for r in radii)

    neck = inside(at, ((0, 16, -110), (66 - shrink, 56 - shrink, 130 - shrink))) & (at[2] < -30)
    shapes = (
        ((0, 4, 2), (76, 94, 79)),  # skull
        ((0, -30, -62), (62, 66, 62)),  # face
        ((0, -98, -52), (13, 20, 20)),  # tip of the nose
        ((0, -90, -38), (9, 14, 24)),  # bridge of the nose
        ((0, -92, -84), (22, 9, 7)),  # lips
        ((0, -84, -108), (22, 16, 14)),  # chin
        ((0, 14, -40), (74, 78, 52)),  # base of the skull
        ((0, -8, -78), (68, 58, 52)),  # branches of the jaw
    )
    paired = (((34, -72, -60), (20, 18, 20)), ((76, 12, -40), (7, 16, 28)))  # cheeks, ears
    skin = neck
    for shape in (less(*shape) for shape in shapes):
        skin = skin | (inside(at, shape) if min(shape[1]) > 0 else False)
    for shape in (less(*shape) for shape in paired):
        skin = skin | (inside(both, shape) if min(shape[1]) > 0 else False)
    return skin & ~inside(both, ((31, -96, -32), (17 + shrink, 10 + shrink, 10 + shrink)))


def regions(spacing):
    """Return boolean arrays (z, y, x) of the parts of a head on a grid of isotropic spacing (mm)."""
    at = grid(spacing)
    both = (np.abs(at[0]), at[1], at[2])
    skin, deep = outer(at), outer(at, 6.0)
    eyes = inside(both, ((31, -74, -32), (12, 13, 12)))
    brain = inside(at, ((0, 4, 5), (64, 80, 65)), ((0, 46, -38), (48, 38, 30)), ((0, 16, -50), (14, 14, 50)))
    white = inside(both, ((26, 6, 10), (26, 62, 44)), ((0, 46, -38), (36, 26, 18)), ((0, 16, -50), (12, 12, 50)))
    vault = inside(at, ((0, 4, 4), (71, 88, 73)), ((0, 44, -38), (54, 46, 36)))
    jaw = inside(at, ((0, -32, -92), (48, 48, 22))) & ~inside(at, ((0, -24, -90), (38, 44, 24)))
    sinus = inside(at, ((0, -62, -52), (16, 26, 22)), ((0, -50, -30), (12, 20, 10)), ((0, -12, -84), (9, 8, 34)))
    return {
        "skin": skin,
        "scalp": skin & ~deep,
        "bone": ((vault & ~inside(at, ((0, 4, 5), (66, 82, 67)))) | (jaw & skin)) & ~eyes,
        "brain": brain & vault,
        "white": white & brain & vault,
        "ventricles": inside(both, ((11, 2, 8), (7, 30, 11))),
        "eyes": eyes & skin,
        "airway": sinus & skin & ~brain,
    }


def ctHead(spacing=2.0, seed=0):
    """Return int16 Hounsfield units (z, y, x)."""
    paint = {"skin": 45, "scalp": 20, "airway": -1000, "bone": 1000, "brain": 38, "white": 28, "ventricles": 5}
    values = _paint(regions(spacing), -1000, paint)
    return _noisy(values, 8.0, seed, np.int16, -1024)


def mrHead(spacing=2.0, seed=1):
    """Return int16 T1-like values (z, y, x)."""
    paint = {"skin": 230, "scalp": 520, "airway": 5, "bone": 70, "brain": 290, "white": 400, "ventricles": 110}
    values = _paint(regions(spacing), 5, paint)
    return _noisy(values, 12.0, seed, np.int16, 0)


def petHead(spacing=4.0, seed=2):
    """Return uptake (float, Bq/ml; z, y, x): brain high, skin low."""
    values = _paint(regions(spacing), 30, {"skin": 1500, "airway": 200, "bone": 900, "brain": 9000, "ventricles": 2500})
    return np.clip(values + np.random.default_rng(seed).normal(0, 150, values.shape), 0, None)


def _paint(parts, background, paint):
    values = np.full(parts["skin"].shape, background, np.float32)
    for name, value in paint.items():
        values[parts[name]] = value
    values[parts["eyes"]] = 20 if background < 0 else paint["ventricles"]
    return values


def _noisy(values, sigma, seed, dtype, least):
    noise = np.random.default_rng(seed).normal(0, sigma, values.shape)
    return np.clip(np.rint(values + noise), least, 4000).astype(dtype)
