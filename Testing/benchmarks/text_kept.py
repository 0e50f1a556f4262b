"""Measures what of the texts of real files is kept, attribute by attribute.

``python Testing/benchmarks/text_kept.py FOLDER... [--json FILE]`` de-identifies the header of every DICOM file of the
folders with Clean Descriptors and Clean Structured Content, and prints for every attribute whose text is kept how many
of its tokens stay. Tokens that the header itself calls identifying (names, IDs, dates, places) are not counted, nor are
forms of dates and long numbers. It also counts changed values of Manufacturer, and texts that say something after the
cut that they did not say before (see text_statements.py).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "DeidentifyModule"), str(ROOT / "Testing")]

from DeidentifyLib.dicom.dicom_file import NotDicom, read, silence  # noqa: E402
from DeidentifyLib.dicom.errors import CannotDeidentify  # noqa: E402
from DeidentifyLib.header.context import Change  # noqa: E402
from DeidentifyLib.header.engine import HeaderEngine  # noqa: E402
from DeidentifyLib.header.identity import identity_of  # noqa: E402
from DeidentifyLib.options import Options  # noqa: E402
from DeidentifyLib.profile.actions import Action  # noqa: E402
from DeidentifyLib.profile.resolver import Profile  # noqa: E402
from DeidentifyLib.pseudonyms import Key, Pseudonyms  # noqa: E402
from DeidentifyLib.standard.dictionary import name_of, vr_of  # noqa: E402
from DeidentifyLib.standard.unlisted import is_equipment  # noqa: E402
from pydicom.charset import decode_bytes  # noqa: E402

from benchmarks.text_statements import says_nothing_new  # noqa: E402

MANUFACTURER = 0x00080070
CODES = frozenset((0x00080100, 0x00080101, 0x00080102, 0x00080103, 0x00080119, 0x00080120))
"""Codes of private schemes are replaced by keyed ones: they are no text."""
TEXTS = frozenset("LO LT SH ST UC UT CS".split())
TOKEN = re.compile(r"[^\W_]+(?:[.'][^\W_]+)*")
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
DATE_OR_NUMBER = re.compile(r"\d{5,}|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
IDENTIFYING = re.compile(r"Name$|ID$|IDs$|Number$|Address|Institution|Physician|Station|Location|Operator|Date$")
NOT_IDENTIFYING = re.compile(r"Protocol|Coil|Sequence|Model|Manufacturer|Private|Series|Instance|Algorithm|Frame")


class Tally:
    """What was counted.

    Attributes
    ----------
    before, after : Counter
        Tokens by attribute.
    makers : Counter
        Changed values of Manufacturer.
    changed_meaning : set of (str, str)
        Texts that say something new, before and after.
    """

    def __init__(self) -> None:
        self.files = 0
        self.before: Counter[int] = Counter()
        self.after: Counter[int] = Counter()
        self.makers: Counter[tuple[str, str]] = Counter()
        self.changed_meaning: set[tuple[str, str]] = set()
        self.lost: dict[int, set[tuple[str, str]]] = defaultdict(set)
        self._seen: set[tuple[int, str, frozenset[str]]] = set()

    def take(self, change: Change, identifying: frozenset[str]) -> None:
        """Count one attribute; the same text of an attribute counts once per identity."""
        tag = change.path[-1]
        if tag in CODES:
            return
        if change.vr not in TEXTS or tag >> 16 & 1 or change.original is None:
            return
        if change.action not in (Action.CLEAN, Action.KEEP, Action.CODE, Action.DUMMY, Action.REMOVE, Action.EMPTY):
            return
        before, after = _text(change, change.original), _text(change, change.result)
        if change.action in (Action.DUMMY, Action.REMOVE, Action.EMPTY):
            if "text: " not in change.reason:
                return
            after = ""
        key = (tag, before, identifying)
        if key in self._seen:
            return
        self._seen.add(key)
        if tag == MANUFACTURER and before != after:
            self.makers[before, after] += 1
        counted = [t for t in TOKEN.findall(before) if not _is_identifying(t, identifying)]
        kept = Counter(TOKEN.findall(after))
        stayed = sum(min(number, kept[token]) for token, number in Counter(counted).items())
        self.before[tag] += len(counted)
        self.after[tag] += stayed
        if stayed < len(counted):
            self.lost[tag].add((before, after))
        if after and after != before and not is_coded(tag, change.vr) and not says_nothing_new(before, after):
            self.changed_meaning.add((before, after))


def is_coded(tag: int, vr: str) -> bool:
    """Return whether a text is a code, an enumeration or the name of equipment, which has no sentences."""
    return vr == "CS" or is_equipment(tag)


def _text(change: Change, value: bytes | None) -> str:
    if value is None:
        return ""
    return decode_bytes(value, list(change.encodings), {"\\", "^", "="}).strip(" \0")


def _is_identifying(token: str, identifying: frozenset[str]) -> bool:
    parts = [token, *(part for part in CAMEL.findall(token) if len(part) > 2)]
    return any(part.casefold() in identifying for part in parts) or DATE_OR_NUMBER.search(token) is not None


def identifying_words(dataset: object) -> frozenset[str]:
    """Return the words that attributes with an identifying name hold, at the top of a data set."""
    words: set[str] = set()
    for element in dataset:  # type: ignore[attr-defined]  # a pydicom data set, read anew
        if element.tag.is_private or element.VR not in ("PN", "LO", "SH", "ST", "DA"):
            continue
        name = element.keyword
        if element.VR == "PN" or (IDENTIFYING.search(name) and not NOT_IDENTIFYING.search(name)):
            words.update(w.casefold() for w in re.findall(r"[^\W_]+", str(element.value)) if len(w) > 2)
    return frozenset(words)


def measure(files: Iterable[Path], persons: frozenset[str] = frozenset()) -> Tally:
    """Return the tally of the DICOM files among some files; `persons` are names that their headers do not tell."""
    tally = Tally()
    pseudonyms = Pseudonyms(Key(b"text" * 8))
    options = Options(clean_descriptors=True, clean_structured_content=True, keep_subject_characteristics=True)
    engine = HeaderEngine(Profile(options), pseudonyms)
    for path in files:
        try:
            with silence(), warnings.catch_warnings(), open(path, "rb") as file:
                warnings.simplefilter("ignore")
                dataset = read(file)
                file.seek(0)
                again = read(file)
                words = identifying_words(again) | persons
                changes: list[Change] = []
                engine.deidentify(dataset, pseudonyms.subject(identity_of(dataset)), changes.append)
        except (
            NotDicom,
            CannotDeidentify,
            OSError,
            ValueError,
            TypeError,
            AttributeError,
            KeyError,
            LookupError,
            NotImplementedError,
        ):
            continue
        tally.files += 1
        for change in changes:
            tally.take(change, words)
    return tally


def files_of(folders: Iterable[Path], most: int) -> Iterator[Path]:
    """Yield files that begin like DICOM: of a folder the first ones, as slices of a series have the same texts."""
    for folder in folders:
        for root, _, names in os.walk(folder):
            found = 0
            for name in sorted(names):
                if found >= most:
                    break
                path = Path(root) / name
                try:
                    with open(path, "rb") as file:
                        start = file.read(132)
                except OSError:
                    continue
                if start[128:] == b"DICM" or name.lower().endswith((".dcm", ".ima")):
                    found += 1
                    yield path


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--json", type=Path, help="also write everything, lost texts too (may be PHI), to a file")
    parser.add_argument("--most", type=int, default=1000, help="files of one folder that are read (default: 1000)")
    parser.add_argument("--persons", type=Path, help="a file of names in the texts that the headers do not tell")
    arguments = parser.parse_args()
    persons = (
        frozenset(arguments.persons.read_text(encoding="utf-8").casefold().split())
        if arguments.persons
        else frozenset()
    )
    tally = measure(files_of(arguments.folders, arguments.most), persons)
    print(f"{tally.files} files")
    for equipment in (True, False):
        tags = [tag for tag in tally.before if (is_coded(tag, vr_of(tag)) or tag == MANUFACTURER) is equipment]
        before, after = sum(tally.before[t] for t in tags), sum(tally.after[t] for t in tags)
        title = "technical attributes" if equipment else "descriptors"
        print(f"\n{title}: {after} of {before} tokens, {100 * after / max(1, before):.1f} %")
        for tag in sorted(tags, key=lambda t: -tally.before[t])[:40]:
            share = 100 * tally.after[tag] / max(1, tally.before[tag])
            print(f"  {name_of(tag):42} {tally.after[tag]:6} of {tally.before[tag]:6}  {share:5.1f} %")
    print(f"\nchanged values of Manufacturer: {sum(tally.makers.values())} {dict(tally.makers)}")
    print(f"texts that say something new: {len(tally.changed_meaning)}")
    if arguments.json:
        lost = {name_of(tag): sorted(texts) for tag, texts in tally.lost.items()}
        arguments.json.write_text(
            json.dumps({"lost": lost, "new": sorted(tally.changed_meaning)}, ensure_ascii=False, indent=1)
        )


if __name__ == "__main__":
    main()
