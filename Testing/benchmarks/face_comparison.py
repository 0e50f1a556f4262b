"""Time and truth of other tools on the same heads: niimath -deface (PyPI) and quickshear (PyPI).

``python Testing/benchmarks/face_comparison.py --cache FOLDER``. niimath gets the template and mask of pydeface's wheel;
quickshear gets our brain truth as its brain mask (better than what it gets in practice).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
from DeidentifyLib import face  # noqa: E402
from face_evaluation import against_truth  # noqa: E402
from face_heads import HEADS, load, present  # noqa: E402


def ours(head, folder: Path) -> sitk.Image:
    """Return our mask."""
    return face.face_mask(head.image, face.locate(head.image, head.modality))


def niimath(head, folder: Path, cache: Path) -> sitk.Image:
    """Return the voxels that niimath changed."""
    sitk.WriteImage(head.image, str(folder / "in.nii.gz"))
    template, mask = cache / "pydeface.nii.gz", cache / "pydeface_mask.nii.gz"
    subprocess.run(
        ["niimath", folder / "in.nii.gz", "-deface", template, mask, folder / "out.nii.gz"],
        check=True,
        capture_output=True,
    )
    return _changed(head.image, folder / "out.nii.gz")


def quickshear(head, folder: Path) -> sitk.Image:
    """Return the voxels that quickshear changed."""
    sitk.WriteImage(head.image, str(folder / "in.nii.gz"))
    sitk.WriteImage(head.brain, str(folder / "brain.nii.gz"))
    subprocess.run(
        ["quickshear", folder / "in.nii.gz", folder / "brain.nii.gz", folder / "out.nii.gz"],
        check=True,
        capture_output=True,
    )
    return _changed(head.image, folder / "out.nii.gz")


def _changed(before: sitk.Image, path: Path) -> sitk.Image:
    after = sitk.GetArrayFromImage(sitk.ReadImage(str(path))).astype(np.float32)
    changed = np.abs(after - sitk.GetArrayFromImage(before).astype(np.float32)) > 0.5
    label = sitk.GetImageFromArray(changed.astype(np.uint8))
    label.CopyInformation(before)
    return label


def large_ct() -> None:
    """Time and memory for a CT of 512 x 512 x 800 (0.5 x 0.5 x 1 mm... a body with the synthetic head on top)."""
    from DeidentifyLib.face import phantom

    small = phantom.head("CT", 3.0)
    grid = sitk.Image([512, 512, 800], sitk.sitkInt16)
    grid.SetSpacing([0.9, 0.9, 1.2])
    grid.SetOrigin([-230, -230, -860])
    image = sitk.Resample(small, grid, sitk.Transform(), sitk.sitkLinear, -1000, sitk.sitkInt16)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    location = face.locate(image, "CT")
    between = time.process_time()
    mask = face.face_mask(image, location)
    located, masked = between - cpu, time.process_time() - between
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"CT 512x512x800: {face.verdict(location, 'CT').outcome.value}, "
        f"verdict {located:.1f} s and mask {masked:.1f} s of CPU, "
        f"{time.perf_counter() - wall:.1f} s wall, peak memory {peak:.0f} MiB (with image and its making: {base:.0f})"
    )
    defaced = face.remove_face(image, mask, -1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  after the removal {peak:.0f} MiB, {defaced.GetNumberOfPixels() / 1e6:.0f} million voxels")


def main(arguments: list[str]) -> int:
    """Print one line for each tool and head."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    options = parser.parse_args(arguments)
    for name in present(options.cache):
        head = load(options.cache, name)
        for tool in (ours, lambda h, f: niimath(h, f, options.cache), quickshear):
            title = {ours: "ours", quickshear: "quickshear"}.get(tool, "niimath")
            if tool is quickshear and head.brain is None:
                continue
            with tempfile.TemporaryDirectory() as folder:
                wall = time.perf_counter()
                try:
                    mask = tool(head, Path(folder))
                except subprocess.CalledProcessError:
                    print(f"{name:10} {title:10} failed")
                    continue
                wall = time.perf_counter() - wall
            truth = against_truth(mask, head)
            values = sitk.GetArrayViewFromImage(head.image)
            tissue = values > HEADS[name].skin
            ml = float(
                (tissue & (sitk.GetArrayViewFromImage(mask) > 0)).sum() * np.prod(head.image.GetSpacing()) / 1000
            )
            lost = "-" if truth["brain_lost_ml"] is None else f"{truth['brain_lost_ml']:.2f}"
            print(
                f"{name:10} {title:10} {wall:5.1f} s  face skin {truth['coverage'] or 0:.3f}  brain lost {lost} ml  "
                f"tissue removed {ml:.0f} ml"
            )
    large_ct()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
