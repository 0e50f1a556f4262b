"""Measure face removal on real heads and their variants; prints figures, writes one JSON line a case.

``python Testing/benchmarks/face_evaluation.py --cache FOLDER [--set tuning|held-out|all] [--seeds N] [--out FILE]``

Tuning: the heads sub01, ch2 and cranium with even seeds. Held out: the heads pycortex and papaya_pd with all seeds, and
the tuning heads with odd seeds. Thresholds of the verdict were set on the tuning half only.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
from DeidentifyLib import face  # noqa: E402
from face_augmentations import HARD, ORDINARY, Case, make  # noqa: E402
from face_heads import HELD_OUT, TUNING, fetch, load  # noqa: E402


def measure(case: Case) -> dict:
    """Run one case and compare its mask with the truth."""
    head = case.head
    wall, cpu = time.perf_counter(), time.process_time()
    row = {"head": head.name, "kind": case.kind, "seed": case.seed, "ordinary": case.kind in ORDINARY}
    try:
        location = face.locate(head.image, head.modality)
    except face.NotAVolume as error:
        return {**row, "verdict": face.FaceOutcome.UNCERTAIN.value, "reason": str(error), "figures": {}}
    judged = face.verdict(location, head.modality)
    row.update(judged.to_dict())
    checked = time.process_time() - cpu
    mask = face.face_mask(head.image, location)
    row.update(cpu_verdict_s=checked, cpu_s=time.process_time() - cpu, wall_s=time.perf_counter() - wall)
    return {**row, **against_truth(mask, head)}


def against_truth(mask: sitk.Image, head) -> dict:
    """Return coverage of the face's skin, brain lost (ml) and tissue removed (ml)."""
    label, skin = sitk.GetArrayViewFromImage(mask) > 0, sitk.GetArrayViewFromImage(head.skin) > 0
    voxel = float(np.prod(head.image.GetSpacing())) / 1000
    lost = None
    if head.brain is not None:
        lost = float((label & (sitk.GetArrayViewFromImage(head.brain) > 0)).sum()) * voxel
    total = skin.sum()
    return {
        "skin_ml": float(total * voxel),
        "coverage": float((label & skin).sum() / total) if total * voxel > 1 else None,
        "brain_lost_ml": lost,
    }


def is_failure(row: dict) -> bool:
    """Tell whether a mask that was accepted should not have been: skin left or brain lost."""
    bare = row.get("coverage") is not None and row["coverage"] < 0.90
    return bare or (row.get("brain_lost_ml") or 0) > 0.1


def summarise(rows: list[dict]) -> list[str]:
    """Return lines of figures."""
    lines = []
    for name, of in (
        ("all", rows),
        ("ordinary", [r for r in rows if r["ordinary"]]),
        ("hard", [r for r in rows if not r["ordinary"]]),
    ):
        if not of:
            continue
        accepted = [r for r in of if r["verdict"] == face.FaceOutcome.REMOVED.value]
        coverage = np.array([r["coverage"] for r in accepted if r["coverage"] is not None])
        lost = np.array([r["brain_lost_ml"] for r in accepted if r["brain_lost_ml"] is not None])
        refused = len(of) - len(accepted)
        lines.append(
            f"{name}: {len(of)} cases, {refused} refused ({refused / len(of):.1%}), "
            f"{sum(map(is_failure, accepted))} failures among {len(accepted)} accepted, "
            f"{sum(map(is_failure, of))} failures without a verdict"
        )
        if coverage.size:
            lines.append(
                f"  skin of face covered: median {np.median(coverage):.3f}, "
                f"5th percentile {np.percentile(coverage, 5):.3f}, "
                f"least {coverage.min():.3f}"
            )
        if lost.size:
            lines.append(f"  brain lost: 0 in {np.mean(lost == 0):.1%} of {lost.size}, most {lost.max():.3f} ml")
        cpu = [r["cpu_verdict_s"] for r in of if "cpu_verdict_s" in r]
        lines.append(f"  CPU seconds to the verdict: median {np.median(cpu):.2f}, most {max(cpu):.2f}")
    return lines


def cases(which: str, seeds: int, kinds: tuple[str, ...], first: int = 0):
    """Yield (head's name, kind, seed) of a half."""
    for name in (*TUNING, *HELD_OUT):
        for kind in kinds:
            for seed in range(2 * seeds):
                tuning = name in TUNING and seed % 2 == 0
                if which != "all" and tuning != (which == "tuning"):
                    continue
                if kind == "as it is" and seed > 1:
                    continue
                if name in HELD_OUT and seed >= 2 * seeds - (seeds // 2):
                    continue
                yield name, kind, first + seed


def main(arguments: list[str]) -> int:
    """Run the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--set", default="all", choices=["tuning", "held-out", "all"])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=0, help="even; other seeds than before")
    parser.add_argument("--kinds", nargs="*", default=[*ORDINARY, *HARD])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    fetch(options.cache)
    rows, loaded = [], {}
    for name, kind, seed in cases(options.set, options.seeds, tuple(options.kinds), options.first_seed):
        if name not in loaded:
            loaded = {name: load(options.cache, name)}
        row = measure(make(loaded[name], kind, seed))
        rows.append(row)
        if options.out:
            with options.out.open("a") as lines:
                lines.write(json.dumps(row) + "\n")
    print("\n".join(summarise(rows)))
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB (with the heads and labels)"
    )
    for row in sorted(filter(is_failure, rows), key=lambda r: r["verdict"]):
        print({k: v for k, v in row.items() if k != "figures"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
