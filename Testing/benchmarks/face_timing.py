"""CPU seconds and memory of face removal for one image in a process of its own: least of several runs.

``python Testing/benchmarks/face_timing.py IMAGE [MODALITY]``
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule")]
from DeidentifyLib import face  # noqa: E402


def least(call, times: int = 5) -> tuple[float, float]:
    """Return the least CPU and wall seconds of a call."""
    cpu, wall = [], []
    for _ in range(times):
        start = time.process_time(), time.perf_counter()
        call()
        cpu.append(time.process_time() - start[0])
        wall.append(time.perf_counter() - start[1])
    return min(cpu), min(wall)


def main(arguments: list[str]) -> int:
    """Print the figures of one image."""
    modality = arguments[1] if len(arguments) > 1 else "MR"
    image = sitk.ReadImage(arguments[0])
    read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    location = face.locate(image, modality)
    mask_cpu, mask_wall = least(lambda: face.face_mask(image, face.locate(image, modality, check=False)))
    all_cpu, all_wall = least(lambda: face.face_mask(image, face.locate(image, modality)))
    face.remove_face(image, face.face_mask(image, location), face.air_value(image, modality))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{image.GetSize()}: mask {mask_cpu:.2f} s CPU, {mask_wall:.2f} s wall; with verdict {all_cpu:.2f} s CPU, "
        f"{all_wall:.2f} s wall; peak {peak:.0f} MiB (image read: {read:.0f})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
