"""Search everything that a run leaves for planted secrets; shares nothing with the engine."""

from __future__ import annotations

import html
import json
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydicom import config
from pydicom.dataset import Dataset
from pydicom.filereader import dcmread
from pydicom.multival import MultiValue
from pydicom.uid import DeflatedExplicitVRLittleEndian

from synthetic.planted import Planted

ENCODINGS = (
    "utf-8",
    "latin-1",
    "utf-16-le",
    "utf-16-be",
    "iso8859_5",
    "shift_jis",
    "euc_kr",
    "gb18030",
    "gbk",
    "iso2022_jp",
)
FREE_TEXT_VRS = ("LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
_ESCAPES = (b"\x1b$B", b"\x1b(B", b"\x1b(J", b"\x1b$)C")


@dataclass(frozen=True)
class Leak:
    """A secret that was found, in which file and where in it."""

    planted: Planted
    file: str
    where: str

    def __str__(self) -> str:
        return f"{self.planted.place}: {self.planted.secret!r} found in {self.file} ({self.where})"


@cache
def _needles(planted: Planted) -> tuple[bytes, ...]:
    found: set[bytes] = set()
    for form in planted.all_forms:
        if isinstance(form, bytes):
            found.add(form.lower())
            continue
        for encoding in ENCODINGS:
            try:
                encoded = form.casefold().encode(encoding) if form.isascii() else form.encode(encoding)
            except UnicodeEncodeError:
                continue
            for escape in _ESCAPES:
                encoded = encoded.replace(escape, b"")
            found.add(encoded.lower())
    return tuple(sorted(needle for needle in found if len(needle) >= 4))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def find_leaks(
    folder: Path, planted: Iterable[Planted], options: Mapping[str, Any], *, skip: Iterable[str] = ()
) -> list[Leak]:
    """Return every planted secret that may not be in `folder` but is.

    Parameters
    ----------
    folder : pathlib.Path
        Everything in it is searched: DICOM, reports, any other file, and all names.
    planted : iterable of Planted
        What to look for.
    options : mapping
        Options of the run (names as in ``Options``); they decide which secrets may stay.
    skip : iterable of str
        Names of sub folders of `folder` that are private.
    """
    secrets = [secret for secret in planted if secret.must_go(options)]
    leaks: list[Leak] = []
    for path in sorted(Path(folder).rglob("*")):
        relative = path.relative_to(folder)
        if set(relative.parts) & set(skip):
            continue
        leaks += find_leaks_in_text(str(relative), secrets, "name of the file or folder", str(relative))
        if path.is_file():
            leaks += _in_file(path, str(relative), secrets)
    return leaks


def find_leaks_in_text(text: str, planted: Iterable[Planted], where: str = "text", file: str = "-") -> list[Leak]:
    """Return every planted secret that a text holds; single dates are not judged in a text."""
    folded = _folded(text)
    leaks = []
    for secret in planted:
        forms = secret.forms if secret.only_tag else secret.all_forms
        if any(isinstance(form, str) and _folded(form) in folded for form in forms):
            leaks.append(Leak(secret, file, where))
    return leaks


def _in_file(path: Path, name: str, secrets: list[Planted]) -> list[Leak]:
    data = path.read_bytes()
    leaks = _in_bytes(data, name, secrets, "bytes")
    if path.suffix in (".html", ".json", ".jsonl", ".csv", ".txt", ".map"):
        text = html.unescape(data.decode("utf-8", "replace"))
        if path.suffix == ".json":
            text += json.dumps(json.loads(data), ensure_ascii=False)
        return leaks + find_leaks_in_text(text, secrets, "text", name)
    dataset = _read(path)
    if dataset is None:
        return leaks
    if dataset.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        leaks += _in_bytes(_inflated(data), name, secrets, "inflated bytes")
    return leaks + _in_elements(dataset, name, secrets)


def _in_bytes(data: bytes, name: str, secrets: list[Planted], where: str) -> list[Leak]:
    folded = data.lower()
    return [
        Leak(secret, name, where)
        for secret in secrets
        if not secret.only_tag and any(needle in folded for needle in _needles(secret))
    ]


def _inflated(data: bytes) -> bytes:
    start = data.find(b"1.2.840.10008.1.2.1.99")
    length = int.from_bytes(data[140:144], "little")
    for begin in (144 + length, start):
        try:
            return zlib.decompressobj(wbits=-15).decompress(data[begin:])
        except zlib.error:
            continue
    return data


def _read(path: Path) -> Dataset | None:
    try:
        dataset = dcmread(path, force=True)
    except Exception:  # not DICOM, or broken: its bytes were searched
        return None
    return dataset if len(dataset) else None


def walk(dataset: Dataset, path: str = "") -> Iterator[tuple[str, int, str, Any]]:
    """Yield (path, tag number, VR, value) of every element at any depth, file meta information included."""
    with config.disable_value_validation():
        meta = getattr(dataset, "file_meta", None)
        if meta is not None:
            yield from walk(meta, "meta>")
        for tag in dataset.keys():
            here = f"{path}({tag.group:04X},{tag.element:04X})"
            try:
                element = dataset[tag]
            except Exception:
                yield here, int(tag), "??", getattr(dataset._dict[tag], "value", b"")
                continue
            if element.VR == "SQ":
                for number, content in enumerate(element.value or ()):
                    yield from walk(content, f"{here}[{number}]>")
            else:
                yield here, int(tag), element.VR, element.value


def _in_elements(dataset: Dataset, name: str, secrets: list[Planted]) -> list[Leak]:
    leaks: list[Leak] = []
    anywhere = [
        (secret, [_folded(form) for form in secret.all_forms if isinstance(form, str)])
        for secret in secrets
        if not secret.only_tag
    ]
    bound = [secret for secret in secrets if secret.only_tag]
    values = [(where, tag, vr, _text(value)) for where, tag, vr, value in walk(dataset)]
    whole = "\n".join(text for *_, text in values)
    for secret, forms in anywhere:
        if any(form in whole for form in forms):
            where = next(place for place, *_, text in values if any(form in text for form in forms))
            leaks.append(Leak(secret, name, where))
    for secret in bound:
        for where, tag, vr, text in values:
            forms = secret.all_forms if secret.tag == tag or vr in FREE_TEXT_VRS else ()
            if any(isinstance(form, str) and _folded(form) in text for form in forms):
                leaks.append(Leak(secret, name, where))
    return leaks


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1").casefold()
    if isinstance(value, MultiValue | list | tuple):
        return "\\".join(_text(part) for part in value)
    return _folded(str(value if value is not None else ""))
