"""Measure face removal on real heads and their variants; prints figures, writes one JSON line a case.

``python Testing/benchmarks/face_evaluation.py --cache FOLDER [--half set|report|all | --quick | --case HEAD/KIND/SEED]
[--out FILE] [--jobs N] [--pictures FOLDER]``

`face_sources.py` fills the cache folder. Three outcomes are counted apart: accepted, refused (uncertain), and "no head"
although the face is in view, which is a failure: such a series is exported with the face. With ``--out`` a run that was
interrupted goes on where it stopped; ``--summary FILE`` only prints the figures of a file.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
from DeidentifyLib import face  # noqa: E402
from DeidentifyLib.face.picture import picture, write_picture  # noqa: E402
from face_augmentations import ORDINARY, make  # noqa: E402
from face_cases import HALVES, CaseName, cases, named, quick  # noqa: E402
from face_dicom_route import headers_of, write_series  # noqa: E402
from face_heads import HEADS, Head, load, present  # noqa: E402

IN_VIEW_ML = 1.0
"""With less of the face's skin than this in the field of view there is no face to lose."""
LEAST_COVERAGE, MOST_BRAIN_ML = 0.90, 0.1
Row = dict[str, Any]


def measure(name: CaseName, cache: Path, pictures: Path | None = None) -> Row:
    """Make and run one case, and compare its mask with the truth."""
    marks = HEADS[name.head]
    row: Row = {
        "head": name.head,
        "kind": name.kind,
        "seed": name.seed,
        "half": name.half,
        "contrast": marks.contrast,
        "ordinary": name.kind in ORDINARY,
    }
    head = make(load(cache, name.head), name.kind, name.seed).head
    wall, cpu = time.perf_counter(), time.process_time()
    judged, region, location = _look(head)
    row.update(judged.to_dict(), cpu_s=time.process_time() - cpu, wall_s=time.perf_counter() - wall)
    mask = None if region is None else region.on_grid(head.image)
    row.update(against_truth(mask, head))
    if pictures and mask is not None:
        defaced = face.remove_face(head.image, mask, face.air_value(head.image, head.modality))
        pictures.mkdir(parents=True, exist_ok=True)
        target = pictures / f"{name.text.replace('/', '-').replace(' ', '_')}.png"
        write_picture(picture(head.image, mask, defaced, head.modality, location), target)
    return row


def _look(head: Head) -> tuple[face.Verdict, face.Region | None, face.Location | None]:
    """Return the verdict and the region, by the way of `deidentify face` or of a run with DICOM files."""
    if head.route == "dicom":
        with tempfile.TemporaryDirectory() as folder:
            plan = face.plan_study([headers_of(write_series(head, Path(folder)))])
        decision = plan.decisions["1"]
        return decision.verdict, decision.region, None
    try:
        location = face.locate(head.image, head.modality)
    except face.NotAVolume as error:
        return face.Verdict(face.FaceOutcome.UNCERTAIN, str(error)), None, None
    return face.verdict(location, head.modality), face.FaceRegion(location), location


def against_truth(mask: sitk.Image | None, head: Head) -> Row:
    """Return coverage of the face's skin, brain lost (ml), and how much of that skin is in the field of view."""
    skin = sitk.GetArrayViewFromImage(head.skin) > 0
    voxel = float(np.prod(head.image.GetSpacing())) / 1000
    total = float(skin.sum() * voxel)
    row: Row = {"skin_ml": total, "coverage": None, "brain_lost_ml": None}
    if mask is None:
        return row
    label = sitk.GetArrayViewFromImage(mask) > 0
    if head.brain is not None:
        row["brain_lost_ml"] = float((label & (sitk.GetArrayViewFromImage(head.brain) > 0)).sum()) * voxel
    if total > IN_VIEW_ML:
        row["coverage"] = float((label & skin).sum() * voxel / total)
    return row


def is_missed(row: Row) -> bool:
    """Tell whether a face in view was called "no head": it would be exported as it is."""
    return row["verdict"] == face.FaceOutcome.NO_HEAD.value and row["skin_ml"] > IN_VIEW_ML


def is_failure(row: Row) -> bool:
    """Tell whether a mask that was accepted should not have been: skin left or brain lost."""
    bare = row.get("coverage") is not None and row["coverage"] < LEAST_COVERAGE
    return bare or (row.get("brain_lost_ml") or 0) > MOST_BRAIN_ML


def summarise(rows: list[Row]) -> list[str]:
    """Return lines of figures: for each half, ordinary and hard, then the refusals by contrast."""
    lines = []
    for half in HALVES:
        of = [r for r in rows if r["half"] == half]
        for title, part in (
            ("ordinary", [r for r in of if r["ordinary"]]),
            ("hard", [r for r in of if not r["ordinary"]]),
        ):
            lines += _figures(f"{half}, {title}", part) if part else []
        for contrast in sorted({r["contrast"] for r in of}):
            part = [r for r in of if r["contrast"] == contrast and r["ordinary"]]
            refused = sum(r["verdict"] != face.FaceOutcome.REMOVED.value for r in part)
            lines.append(f"  {half}, ordinary {contrast}: {refused} of {len(part)} not accepted")
    return lines


def _figures(title: str, of: list[Row]) -> Iterator[str]:
    accepted = [r for r in of if r["verdict"] == face.FaceOutcome.REMOVED.value]
    refused = sum(r["verdict"] == face.FaceOutcome.UNCERTAIN.value for r in of)
    coverage = np.array([r["coverage"] for r in accepted if r["coverage"] is not None])
    lost = np.array([r["brain_lost_ml"] for r in accepted if r["brain_lost_ml"] is not None])
    yield (
        f"{title}: {len(of)} cases, {len(accepted)} accepted, {refused} refused ({refused / len(of):.1%}), "
        f'{sum(map(is_missed, of))} "no head" with a face in view, '
        f"{sum(map(is_failure, accepted))} failures among the accepted"
    )
    if coverage.size:
        yield (
            f"  skin of face covered: median {np.median(coverage):.3f}, 5th percentile "
            f"{np.percentile(coverage, 5):.3f}, least {coverage.min():.3f} (n = {coverage.size})"
        )
    if lost.size:
        yield f"  brain lost: 0 in {np.mean(lost == 0):.1%} of {lost.size}, most {lost.max():.3f} ml"
    cpu = [r["cpu_s"] for r in of]
    yield f"  seconds of CPU with verdict: median {np.median(cpu):.1f}, 95th percentile {np.percentile(cpu, 95):.1f}"


def _wanted(options: argparse.Namespace) -> list[CaseName]:
    if options.case:
        return [named(text) for text in options.case]
    if options.quick:
        return quick()
    halves = HALVES if options.half == "all" else (options.half,)
    heads, kinds = (tuple(values) if values else None for values in (options.heads, options.kinds))
    return [one for half in halves for one in cases(half, heads, kinds)]


def _read(path: Path | None) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path and path.exists() else []


def _run(names: list[CaseName], options: argparse.Namespace) -> Iterator[Row]:
    if options.jobs < 2:
        yield from (measure(name, options.cache, options.pictures) for name in names)
        return
    with ProcessPoolExecutor(options.jobs) as pool:
        count = len(names)
        yield from pool.map(measure, names, [options.cache] * count, [options.pictures] * count)


def main(arguments: list[str]) -> int:
    """Run the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--half", default="set", choices=["set", "report", "all"])
    parser.add_argument("--quick", action="store_true", help="40 cases of the half for setting thresholds")
    parser.add_argument("--case", nargs="*", metavar="HEAD/KIND/SEED")
    parser.add_argument("--heads", nargs="*")
    parser.add_argument("--kinds", nargs="*")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--pictures", type=Path, help="folder for pictures of every case that has a mask")
    parser.add_argument("--summary", type=Path, help="print the figures of a file and end")
    options = parser.parse_args(arguments)
    if options.summary:
        rows = _read(options.summary)
    else:
        here = set(present(options.cache))
        rows = _read(options.out)
        done = {(r["head"], r["kind"], r["seed"]) for r in rows}
        names = [n for n in _wanted(options) if n.head in here and (n.head, n.kind, n.seed) not in done]
        for row in _run(names, options):
            rows.append(row)
            if options.out:
                with options.out.open("a") as lines:
                    lines.write(json.dumps(row) + "\n")
            if options.case or options.jobs == 1:
                print(_line(row), flush=True)
    print("\n".join(summarise(rows)))
    for row in rows:
        if is_missed(row) or (row["verdict"] == face.FaceOutcome.REMOVED.value and is_failure(row)):
            print("FAILURE", _line(row))
    return 0


def _line(row: Row) -> str:
    coverage = "-" if row["coverage"] is None else f"{row['coverage']:.3f}"
    lost = "-" if row["brain_lost_ml"] is None else f"{row['brain_lost_ml']:.2f}"
    name = f"{row['head']}/{row['kind']}/{row['seed']}"
    return f"{name:32} {row['verdict'][:9]:9} skin {coverage} brain {lost} {row['cpu_s']:.1f} s  {row['reason'][:110]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
