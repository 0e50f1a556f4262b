"""Which voxels of an output were changed: kept in the private folder for the audit."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

MASKS = "masks"


def write_mask(private: Path, output: str, mask: np.ndarray) -> str:
    """Write the changed voxels of one output and return the name of the file in the private folder.

    Parameters
    ----------
    private : Path
        Private folder.
    output : str
        Path of the output below the output folder.
    mask : numpy.ndarray
        bool (frame, row, column).
    """
    folder = private / MASKS
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{MASKS}/{output.replace('/', '_')}.npz"
    descriptor = os.open(private / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        np.savez_compressed(file, mask=mask)
    return name
