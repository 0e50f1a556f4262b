"""Plants identity into texts and counts what Clean Descriptors leaves.

``python Testing/benchmarks/planted_texts.py [--texts N] [--seed S] [--names FILE]`` makes data sets whose header says
who the subject is, plants a name, a date, an age, a phone number or a record number into the text of an attribute, in
many forms and character sets, and runs the reference engine. Every text is searched for what was planted, without
regard to case, accents and separators. Half of the names and numbers that are planted are in the header, the others
are not. FILE holds names, one a line, ``family<TAB>given``, in any script; without it the lists below are used, which
are not the lists by which the vocabulary was made.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "DeidentifyModule"), str(ROOT / "Testing")]

from DeidentifyLib.dicom.dicom_file import read, silence  # noqa: E402
from DeidentifyLib.header.engine import HeaderEngine  # noqa: E402
from DeidentifyLib.header.identity import identity_of  # noqa: E402
from DeidentifyLib.options import Options  # noqa: E402
from DeidentifyLib.profile.resolver import Profile  # noqa: E402
from DeidentifyLib.pseudonyms import Key, Pseudonyms  # noqa: E402
from pydicom.dataset import Dataset, FileMetaDataset  # noqa: E402
from pydicom.uid import ExplicitVRLittleEndian  # noqa: E402

NAMES = {
    "ISO_IR 100": (
        "Weatherby Ingrid, Oberhauser Lorenz, Jørgensen Åse, Peñalver Íñigo, Lefèvre Anaïs, Quaglia Ettore, "
        "Sigurðsson Björk, Vandervelde Maartje, Figueiró Conceição, Castañeda Ximena, Trautwein Käthe, Okonkwo Chidi, "
        "Long Grace, Young Hope, Stone Rose, Gray Ray, White April, Green Iris, Page Mark, Black May, Park Art, "
        "Hall Carina, Ward Beth, Marsh Dale, Page Bill, Price Will, Banks Penny, Brown June, Frank Jay, Wu Li"
    ),
    "ISO_IR 101": "Wójcik Łucja, Dvořáková Zdeňka, Szűcs Gyöngyi, Čermák Květa, Błaszczyk Żaneta, Lővey Tűnde",
    "ISO_IR 144": "Кузнецова Людмила, Лонг Макс, Шевчук Оксана, Журавлёв Фёдор, Стоун Роза",
    "ISO_IR 126": "Παπαγεωργίου Ελένη, Καραγιάννης Σωτήρης, Λονγκ Μαξ",
    "ISO_IR 192": "山田 太郎, 王 小东, やまだ たろう, 김 희중, نجيب ليلى, כהן רות, "
    "Nguyễn Thị, Đặng Hương, Şahin Gülşah",
}
WORDS = "brain thorax axial T1 5mm contrast knee flair CT head routine recon 3D spine abdomen".split()
SEPARATORS = (" ", "_", "-", ", ", "^", ".", " / ", ": ")
TAGS = {
    "StudyDescription": 64,
    "SeriesDescription": 64,
    "ProtocolName": 64,
    "ImageComments": 400,
    "RequestedProcedureDescription": 64,
    "PerformedProcedureStepDescription": 64,
    "DerivationDescription": 400,
    "ContrastBolusAgent": 64,
    "StudyComments": 400,
    "SoftwareVersions": 64,
    "ManufacturerModelName": 64,
    "ReceiveCoilName": 16,
    "ConvolutionKernel": 16,
    "SequenceName": 16,
}
TECHNICAL = frozenset(
    ("SoftwareVersions", "ManufacturerModelName", "ReceiveCoilName", "ConvolutionKernel", "SequenceName")
)
IN_THE_HEADER = frozenset(("name", "id"))


@dataclass(frozen=True)
class Planted:
    """A text with what was planted, in the forms in which it must not be left."""

    tag: str
    charset: str
    text: str
    kind: str
    in_header: bool
    secrets: tuple[str, ...]
    name: str
    number: str
    birth: str


def plain(text: str) -> str:
    """Return letters and digits in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())


def names_of(lists: dict[str, list[tuple[str, str]]], chance: random.Random) -> tuple[str, str, str]:
    """Return a character set, a family name and a given name."""
    charset = chance.choice(list(lists))
    return charset, *chance.choice(lists[charset])


def plants(number: int, seed: int, lists: dict[str, list[tuple[str, str]]]) -> Iterator[Planted]:
    """Yield texts."""
    chance = random.Random(seed)
    for _ in range(number):
        charset, family, given = names_of(lists, chance)
        record = f"{chance.randint(10**6, 10**8)}"
        birth = (chance.randint(1925, 2019), chance.randint(1, 12), chance.randint(1, 28))
        kind = chance.choice(("name", "name", "id", "date", "age", "phone"))
        in_header = kind in IN_THE_HEADER and chance.random() < 0.5
        tag = chance.choice([t for t in TAGS if kind != "age" or t not in TECHNICAL])
        if kind in ("date", "phone") and tag in TECHNICAL:
            tag = "SeriesDescription"
        written, secrets = form_of(kind, family, given, record, birth, in_header, chance)
        words = chance.choices(WORDS, k=chance.randint(0, 3))
        separator = chance.choice(SEPARATORS) if kind == "name" else chance.choice((" ", "_", ", "))
        parts = [*words]
        parts.insert(chance.randint(0, len(words)), written)
        text = separator.join(parts)
        if len(text.encode("utf-8")) > TAGS[tag]:
            text, tag = separator.join(parts), "ImageComments"
        name = f"{family}^{given}" if in_header or kind != "name" else "Nobody^Known"
        header_number = record if in_header else "QX-1"
        birth_date = "{:04}{:02}{:02}".format(*birth)
        yield Planted(tag, charset, text, kind, in_header, secrets, name, header_number, birth_date)


def form_of(
    kind: str, family: str, given: str, record: str, birth: tuple[int, int, int], in_header: bool, chance: random.Random
) -> tuple[str, tuple[str, ...]]:
    """Return a form of what is planted, and what must not be left of it."""
    year, month, day = birth
    if kind == "name":
        return _name_form(family, given, chance)
    if kind == "id":
        cut = chance.randint(2, len(record) - 2)
        forms = [f"pt {record[:cut]} no {record[cut:]}", f"MRN {record}", f"#{record}", f"ID: {record}", record]
        forms += [record[:cut] + chance.choice("_-") + record[cut:]]
        return chance.choice(forms), (record, record[:cut] + record[cut:])
    if kind == "date":
        roman = "I II III IV V VI VII VIII IX X XI XII".split()[month - 1]
        english = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[month - 1]
        two = f"{year % 100:02}"
        forms = [
            f"{year}{month:02}{day:02}",
            f"{day:02}.{month:02}.{year}",
            f"{month:02}/{day:02}/{two}",
            f"dob {day:02} {month:02} {two}",
            f"{day:02}_{month:02}_{two}",
            f"{day}.{roman}.{two}",
            f"{english} {day}, {year}",
            f"{day}-{english}-{two}",
            f"{day:02}{english}{year}",
            f"{year}-{month:02}-{day:02}",
            f"{day} {english} {year}",
            f"{year}年{month}月{day}日",
            f"born {day}/{month}/{year}",
        ]
        form = chance.choice(forms)
        return form, (form,)
    if kind == "age":
        age = chance.randint(20, 99)
        forms = [f"F {age}", f"{age}M", f"{age} yo", f"0{age}Y", f"{age} Jahre", f"M/{age}", f"{age} ans",
                 f"{age} años", f"age {age}", f"{age}-year-old", f"female {age}",
                 f"{age} anos", f"{age}歳", f"{age} лет"]  # fmt: skip
        form = chance.choice(forms)
        return form, (form,)
    number = f"({chance.randint(201, 989)}) {chance.randint(200, 999)}-{chance.randint(1000, 9999)}"
    forms = [
        number,
        f"tel {number}",
        number.replace("(", "").replace(") ", "-"),
        "+41 44 " + number[-8:].replace("-", " "),
    ]
    form = chance.choice(forms)
    return form, (form,)


def _name_form(family: str, given: str, chance: random.Random) -> tuple[str, tuple[str, ...]]:
    forms = [
        f"{family} {given}", f"{given} {family}", f"{family}^{given}", f"{family}_{given}", f"{given}.{family}",
        f"{family}, {given}", family, given, family.upper(), given.lower(), family + given, f"Dr. {family}",
        f"{given[0]}. {family}", f"{family} {given[0]}", " ".join(family.upper()), f"{family.upper()} {given.upper()}",
        unicodedata.normalize("NFD", f"{given} {family}"),
    ]  # fmt: skip
    form = chance.choice(forms)
    used = [part for part in (family, given) if plain(part) in plain(form)]
    return form, tuple(used)


def dataset_of(planted: Planted) -> bytes | None:
    """Return a file with the text, None if it cannot be stored in its character set."""
    data = Dataset()
    data.SpecificCharacterSet = planted.charset
    data.SOPClassUID, data.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.2.3.4.5"
    data.StudyDate, data.Modality, data.Manufacturer = "20200304", "MR", "SIEMENS"
    data.PatientName, data.PatientID, data.PatientBirthDate = planted.name, planted.number, planted.birth
    setattr(data, planted.tag, planted.text)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    try:
        data.save_as(buffer, enforce_file_format=True)
    except (UnicodeError, ValueError):
        return None
    return buffer.getvalue()


def is_left(planted: Planted, kept: str) -> bool:
    """Return whether anything of what was planted is left."""
    if planted.kind == "name":
        words = {plain(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", kept))}
        return any(
            plain(secret) in words or (len(plain(secret)) > 3 and plain(secret) in plain(kept))
            for secret in planted.secrets
        )
    return any(plain(secret) in plain(kept) for secret in planted.secrets)


def run(
    number: int, seed: int, lists: dict[str, list[tuple[str, str]]]
) -> tuple[Counter[str], list[tuple[Planted, str]]]:
    """Return how many texts of each kind were made, and those in which something is left."""
    pseudonyms = Pseudonyms(Key(b"text" * 8))
    engine = HeaderEngine(Profile(Options(clean_descriptors=True)), pseudonyms)
    made: Counter[str] = Counter()
    left: list[tuple[Planted, str]] = []
    with silence():
        for planted in plants(number, seed, lists):
            raw = dataset_of(planted)
            if raw is None:
                made["cannot be stored"] += 1
                continue
            data = read(BytesIO(raw))
            engine.deidentify(data, pseudonyms.subject(identity_of(data)))
            kept = data.get(planted.tag, "")
            kept = kept if isinstance(kept, str) else "\\".join(map(str, kept)) if kept else ""
            made[f"{planted.kind}, {'in the header' if planted.in_header else 'not in the header'}"] += 1
            if is_left(planted, kept):
                left.append((planted, kept))
    return made, left


def lists_of(path: Path | None) -> dict[str, list[tuple[str, str]]]:
    """Return the names by character set."""
    if path is None:
        return {
            charset: [tuple(pair.split(" ", 1)) for pair in text.split(", ")]  # type: ignore[misc]  # pairs, by hand
            for charset, text in NAMES.items()
        }
    pairs = [tuple(line.split("\t")) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return {"ISO_IR 192": pairs}  # type: ignore[dict-item]  # two columns


def main() -> None:
    """Print how many texts were made, and what is left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", type=Path)
    arguments = parser.parse_args()
    made, left = run(arguments.texts, arguments.seed, lists_of(arguments.names))
    for kind, number in sorted(made.items()):
        print(f"{number:6} {kind}")
    print(f"{len(left):6} left")
    for planted, kept in left[:40]:
        print(f"       {planted.kind} {planted.in_header} {planted.tag}: {planted.text!r} -> {kept!r}")


if __name__ == "__main__":
    main()
