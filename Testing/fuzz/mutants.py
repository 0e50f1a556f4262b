"""Mutants of valid files: strange tags, VRs, lengths, nesting, creators, character sets and encodings."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from annex_e.table import rows
from hypothesis import strategies as st
from pydicom import uid
from pydicom.datadict import dictionary_VR
from synthetic.files import UNDEFINED, raw_element, raw_item, sequence_end, write_file
from synthetic.images import secondary_capture
from synthetic.leak_checker import walk
from synthetic.patient import Patient
from synthetic.planted import Planted, Planter

LISTED = {tag for row in rows() if row.tag != "private" for tag in row.numbers}
VRS = (
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SS ST SV TM UC UI UL UN UR US UT UV SQ ZZ \0\0 lo"
).split(" ")
SYNTAXES = (
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.JPEGBaseline8Bit,
    "1.2.3.4.5",
    "",
)
CHARSETS = ("ISO_IR 100", "ISO_IR 192", "ISO 2022 IR 87", "\\ISO 2022 IR 149", "GB18030", "ISO_IR 999", "utf8", "")
CREATORS = (
    "ACME",
    "Philips PET Private Group",
    "Philips PET Private Group ",
    "GEMS_ACQU_01",
    "SIEMENS CSA HEADER",
    " Philips Imaging DD 001",
    "philips imaging dd 001",
    "",
)


def _listed_or_unknown() -> st.SearchStrategy[int]:
    unknown = st.integers(0x00080000, 0xFFFB0000).filter(lambda tag: not _in_dictionary(tag))
    private = st.tuples(
        st.sampled_from([0x0009, 0x0019, 0x0029, 0x2001, 0x7053, 0x7FE1, 0x0011]),
        st.sampled_from([0x1000, 0x1009, 0x105F, 0x1101, 0xE101, 0x0001, 0x0010, 0x00FF]),
    )
    return st.one_of(
        st.sampled_from(sorted(tag for tag in LISTED if tag >> 16 >= 8)),
        unknown,
        private.map(lambda pair: (pair[0] << 16) + pair[1]),
    )


def _in_dictionary(tag: int) -> bool:
    try:
        dictionary_VR(tag)
    except KeyError:
        return False
    return True


@dataclass(frozen=True)
class Stranger:
    """One element that is added to a valid file."""

    tag: int
    vr: str
    creator: str
    wrapping: tuple[str, ...]
    lie: int
    disguise: str


strangers = st.builds(
    Stranger,
    tag=_listed_or_unknown(),
    vr=st.sampled_from(VRS),
    creator=st.sampled_from(CREATORS),
    wrapping=st.lists(st.sampled_from(["item", "undefined", "UN", "private", "implicit"]), max_size=4).map(tuple),
    lie=st.sampled_from([*[0] * 40, 1, -1, 2, -2, 7, 4096, 2**31]),
    disguise=st.sampled_from(["plain", "nul", "backslash", "utf16", "lower", "padded", "long"]),
)


@dataclass(frozen=True)
class Mutant:
    """What is done to one valid file."""

    strangers: tuple[Stranger, ...]
    written_as: str
    labelled_as: str | None
    charset: str
    flips: tuple[tuple[int, int], ...]
    cut: int
    preamble: bool


mutants = st.builds(
    Mutant,
    strangers=st.lists(strangers, min_size=1, max_size=6).map(tuple),
    written_as=st.sampled_from(SYNTAXES[:4]),
    labelled_as=st.one_of(*[st.none()] * 6, st.sampled_from(SYNTAXES)),
    charset=st.sampled_from(CHARSETS),
    flips=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=2).map(tuple),
    cut=st.sampled_from([*[0] * 12, 1, 100, 700, 1500]),
    preamble=st.sampled_from([True, True, True, False]),
)


def _disguised(word: str, disguise: str) -> bytes:
    text = {
        "nul": f"A\0{word}",
        "backslash": f"A\\{word}\\B",
        "lower": word.lower(),
        "padded": f"  {word}  \0 ",
        "long": f"{'x' * 300} {word}",
    }.get(disguise, word)
    data = text.encode("utf-16-le" if disguise == "utf16" else "ascii")
    return data + b" " * (len(data) % 2)


def _encoded(stranger: Stranger, word: str, implicit: bool, big: bool) -> bytes:
    """Encode a stranger; wrapping is from the inside out."""
    implicit_inside = implicit or "UN" in stranger.wrapping
    value = _disguised(word, stranger.disguise)
    vr = None if implicit_inside else stranger.vr
    length = max(0, len(value) + stranger.lie) & (0xFFFFFFFF if vr is None else 0xFFFF)
    element = raw_element(stranger.tag, vr, value, length if stranger.lie else None, big)
    for layer in stranger.wrapping:
        if big:
            break
        content = raw_item(element, undefined_length=layer == "undefined")
        tag = 0x00091005 if layer == "private" else 0x00081115
        outer = None if implicit_inside and layer != "UN" else "UN" if layer == "UN" else "SQ"
        if layer == "UN" and implicit:
            outer = None
        if layer in ("undefined", "implicit"):
            element = raw_element(tag, outer, content + sequence_end(), UNDEFINED)
        else:
            element = raw_element(tag, outer, content)
    return element


def _outer_tag(encoded: bytes, big: bool) -> int:
    group, element = struct.unpack(">HH" if big else "<HH", encoded[:4])
    return (group << 16) + element


def write_mutant(path: Path, mutant: Mutant, seed: int) -> list[Planted]:
    """Write a mutant and return what was planted in it and does not stand where it may stay."""
    planter = Planter(seed)
    dataset = secondary_capture(Patient.new(planter, f"patient {seed}"))
    dataset.SpecificCharacterSet = mutant.charset.split("\\") if mutant.charset else None
    implicit, big = mutant.written_as == uid.ImplicitVRLittleEndian, mutant.written_as == uid.ExplicitVRBigEndian
    raw = {}
    for stranger in mutant.strangers:
        encoded = _encoded(stranger, planter.text(f"{stranger}"), implicit, big)
        tag = _outer_tag(encoded, big)
        raw[tag] = encoded
        if tag >> 16 & 1 and stranger.creator:
            creator = (tag & 0xFFFF0000) + (tag >> 8 & 0xFF)
            name = stranger.creator.encode() + b" " * (len(stranger.creator) % 2)
            raw.setdefault(creator, raw_element(creator, None if implicit else "LO", name, big=big))
    for tag in raw:
        if tag in dataset:
            del dataset[tag]
    preamble = b"\0" * 128 if mutant.preamble else None
    write_file(path, dataset, mutant.written_as, raw=sorted(raw.items()), preamble=preamble)
    data = bytearray(path.read_bytes())
    if mutant.labelled_as is not None and mutant.preamble:
        data = bytearray(_relabelled(bytes(data), mutant.labelled_as))
    for position, value in mutant.flips:
        data[position % len(data)] = value
    path.write_bytes(data[: len(data) - mutant.cut])
    return [planted for planted in planter.planted if not planted.only_tag]


def _relabelled(data: bytes, syntax: str) -> bytes:
    at = data.index(b"\2\0\x10\0UI") + 6
    length = struct.unpack("<H", data[at : at + 2])[0]
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    group = struct.unpack("<L", data[140:144])[0] + len(value) - length
    new = data[:at] + struct.pack("<H", len(value)) + value + data[at + 2 + length :]
    return new[:140] + struct.pack("<L", group) + new[144:]


def may_stay(dataset: object, planted: Planted) -> bool:
    """Tell whether a mutation moved a secret to a public attribute that the table does not list.

    A flipped byte can turn a name into, say, a manufacturer; nobody can tell then.
    """
    word = str(planted.secret).casefold()
    places = [(tag, vr) for _, tag, vr, value in walk(dataset) if word in str(value).casefold()]
    return any(tag not in LISTED and not tag >> 16 & 1 and _in_dictionary(tag) for tag, _ in places)
