"""Scores an output folder by the published rules of the MIDI-B challenge, on patients whose answers we know.

``python Testing/benchmarks/midi_b_score.py [--subjects N]`` makes the patients, de-identifies them with the options
nearest to the challenge's (modified dates, patient characteristics, safe private, clean descriptors and structured
content), and prints the score: correct actions / required actions. The rules are those that the challenge's validation
script applies:

- ``text_removed``: no token of the answer is in the new value; partial credit by token; a missing element passes.
- ``text_retained``: all tokens of the answer are in the new value, numbers compared as numbers; partial credit.
- ``text_notnull``: the element has a value. ``tag_retained``: the element is there.
- ``date_shifted``, ``uid_changed``: the old value is not contained in the new one; a missing file passes.
- ``uid_consistent``, ``patid_consistent``: the new value is the one that the tool's own map gives for the old one.
- ``pixels_retained``: the stored pixels are equal; a missing file fails.

``pixels_hidden`` needs text in pixels and is scored with the burned-in text benchmark. These patients are ours, not the
challenge's: the score is no entry in its table.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "DeidentifyModule"), str(ROOT / "Testing")]

from pydicom import dcmread  # noqa: E402
from pydicom.dataset import Dataset  # noqa: E402

from benchmarks.midi_b_patients import Answer, make_patients  # noqa: E402

OPTIONS = {
    "dates": "shift",
    "keep_subject_characteristics": True,
    "keep_safe_private": True,
    "clean_descriptors": True,
    "clean_structured_content": True,
    "mapping_file": True,
}
STOP_WORDS = frozenset("a an and at by for from in is of on or the to was with".split())


def tokens(text: str) -> list[str]:
    """Return the words and numbers of a text that count, in lower case."""
    found = re.findall(r"[^\W_]+(?:[.'-][^\W_]+)*", text.casefold())
    return [token for token in found if token not in STOP_WORDS]


def same(one: str, two: str) -> bool:
    """Return whether two tokens are equal; numbers are compared as numbers."""
    try:
        return float(one) == float(two)
    except ValueError:
        return one == two


def value_of(data: Dataset, element: str) -> str | None:
    """Return the text of an element named by tags and item numbers; None when it is absent."""
    parts = element.split(".")
    for tag, number in zip(parts[:-1:2], parts[1::2], strict=True):
        items = data.get(int(tag, 16))
        if items is None or len(items.value) <= int(number):
            return None
        data = items.value[int(number)]
    found = data.get(int(parts[-1], 16))
    if found is None:
        return None
    value = found.value
    return "\\".join(map(str, value)) if found.VM > 1 and not isinstance(value, bytes) else str(value or "")


def score_of(
    answer: Answer, source: Dataset, output: Dataset | None, uids: dict[str, str], ids: dict[str, str]
) -> float:
    """Return the score of one action, from 0 to 1."""
    if output is None:
        return float(answer.action in ("date_shifted", "uid_changed", "text_removed"))
    new = value_of(output, answer.element) if answer.action != "pixels_retained" else None
    have = tokens(new or "")
    asked = tokens(answer.value)
    if answer.action == "text_removed":
        return 1 - sum(any(same(token, other) for other in have) for token in asked) / max(1, len(asked))
    if answer.action == "text_retained":
        return sum(any(same(token, other) for other in have) for token in asked) / max(1, len(asked))
    rules = {
        "text_notnull": bool(new),
        "tag_retained": new is not None,
        "date_shifted": answer.value not in (new or ""),
        "uid_changed": answer.value not in (new or ""),
        "uid_consistent": new is not None and uids.get(answer.value) == new,
        "patid_consistent": new is not None and ids.get(answer.value) == new,
        "pixels_retained": output.get("PixelData") == source.get("PixelData"),
    }
    return float(rules[answer.action])


def score(answers: Iterable[Answer], source: Path, output: Path, private: Path) -> dict[str, object]:
    """Return the score of all actions together and of each kind.

    Parameters
    ----------
    answers : iterable of Answer
    source, output : Path
    private : Path
        Holds ``uids.csv`` and ``patient_ids.csv`` with the columns ``id_old`` and ``id_new``.
    """
    uids, ids = read_map(private / "uids.csv"), read_map(private / "patient_ids.csv")
    outputs = {str(data.SOPInstanceUID): data for data in map(dcmread, sorted(output.rglob("*.dcm")))}
    sources = {str(data.SOPInstanceUID): data for data in map(dcmread, sorted(source.rglob("*.dcm")))}
    points: dict[str, list[float]] = defaultdict(list)
    lost: dict[str, int] = defaultdict(int)
    for answer in answers:
        given = score_of(answer, sources[answer.instance], outputs.get(uids.get(answer.instance, "")), uids, ids)
        points[answer.action].append(given)
        if given < 1:
            lost[f"{answer.action} {answer.element}"] += 1
    total = sum(map(len, points.values()))
    return {
        "instances": len(sources),
        "actions": total,
        "score": round(100 * sum(map(sum, points.values())) / total, 3),
        "by_action": {name: round(100 * sum(found) / len(found), 3) for name, found in sorted(points.items())},
        "lost": dict(sorted(lost.items(), key=lambda item: -item[1])),
    }


def read_map(path: Path) -> dict[str, str]:
    """Return old to new."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id_old"]: row["id_new"] for row in csv.DictReader(stream)}


def deidentify(source: Path, output: Path) -> None:
    """Run the command line with the options of the challenge."""
    options = output.with_suffix(".json")
    options.write_text(json.dumps(OPTIONS), encoding="utf-8")
    words = ["run", str(source), "--output", str(output), "--options", str(options), "--progress", "none"]
    subprocess.run(
        [sys.executable, "-m", "DeidentifyLib", *words], check=True, cwd=ROOT / "DeidentifyModule", capture_output=True
    )


def main() -> int:
    """Make, de-identify, score, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "in", Path(folder) / "out"
        answers = make_patients(source, arguments.subjects, arguments.seed)
        deidentify(source, output)
        print(json.dumps(score(answers, source, output, Path(f"{output}.private")), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
