"""Random series for the property test: one base for all files, and edits that only some of the files have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from annex_e.table import rows
from hypothesis import strategies as st
from pydicom.datadict import DicomDictionary

from .base_series import code, reference, slice_of
from .generated_files import EXPLICIT, IMPLICIT, JPEG, PIXEL_DATA, Damage, Element, File, Item, encode, fragments
from .value_pool import BY_TAG, BY_VR, CREATORS, PRIVATE_GROUPS, PRIVATE_LOW_BYTES

_VRS = sorted(BY_VR)
_PLACES = 200
_LISTED = sorted({tag for row in rows() if row.tag != "private" for tag in row.numbers if tag >> 16 >= 8})
_KNOWN = sorted(tag for tag in DicomDictionary if tag >> 16 >= 8 and tag >> 16 != 0xFFFE)
_OFTEN = sorted(one.tag for one in slice_of(1).elements)
_CONTEXT = (0x00080005, 0x00080016, 0x00080080, 0x00080090, 0x00080100, 0x00080102, 0x00080201, 0x00100010, 0x00100020)
"""What decides about other elements."""
_SEQUENCES = (
    0x00081110,
    0x00081140,
    0x00081032,
    0x00101002,
    0x00282110,
    0x00400275,
    0x00540016,
    0x00880200,
    0x0040A730,
    0x00189346,
    0x00120064,
    0x00080300,
    0x00700001,
    0xFFFAFFFA,
    0x0008114A,
)
_ODD_PLACES = (
    0x00080000,
    0x00100000,
    0x00190000,
    0x00280000,
    0x60000010,
    0x60000040,
    0x60003000,
    0x60004000,
    0x50003000,
    0x7FE00008,
    0xFFFCFFFC,
    0x00420011,
    0x00420012,
    0x00041220,
    0x0009FFFF,
    0x00190001,
    0xFFFFFFFF,
)


def _vr_of(tag: int) -> str:
    return DicomDictionary[tag][0].split(" ")[0] if tag in DicomDictionary else "UN"


def _values(tag: int, vr: str) -> st.SearchStrategy[bytes]:
    return st.sampled_from(BY_TAG.get(tag) or BY_VR.get(vr, BY_VR["UN"]))


@st.composite
def _leaf(draw: st.DrawFn, tags: st.SearchStrategy[int]) -> Element:
    """Return a non-sequence element; one in eight has a VR or value of another kind."""
    tag = draw(tags)
    vr = _vr_of(tag)
    stored = vr if vr in BY_VR else "UN"
    match draw(st.integers(0, 15)):
        case 0:
            stored = draw(st.sampled_from([*_VRS, "UN", "ZZ"]))
        case 1:
            return Element(tag, stored, draw(_values(0, draw(st.sampled_from(_VRS)))))
    return Element(tag, stored, draw(_values(tag, stored)))


_tags = st.one_of(
    st.sampled_from(_OFTEN), st.sampled_from(_LISTED), st.sampled_from(_KNOWN), st.sampled_from(_ODD_PLACES)
)
_leaves = _leaf(_tags)


@st.composite
def _private(draw: st.DrawFn) -> tuple[Element, ...]:
    """Return a private block: its creator, unless it is absent, and some elements."""
    group, number = draw(st.sampled_from(PRIVATE_GROUPS)), draw(st.sampled_from((0x10, 0x10, 0x11, 0xE1)))
    low = sorted(draw(st.sets(st.sampled_from(PRIVATE_LOW_BYTES), max_size=4)))
    creator = draw(st.one_of(st.none(), *[st.sampled_from(CREATORS)] * 5))
    vrs = st.sampled_from(("DS", "LO", "UN", "IS", "CS", "FL", "OB", "SQ"))
    block = [] if creator is None else [Element(group << 16 | number, "LO", creator)]
    for byte in low:
        tag, vr = group << 16 | number << 8 | byte, draw(vrs)
        block.append(draw(_sequence(st.just(tag), 1)) if vr == "SQ" else Element(tag, vr, draw(_values(tag, vr))))
    return tuple(block)


@st.composite
def _sequence(draw: st.DrawFn, tags: st.SearchStrategy[int], depth: int) -> Element:
    undefined = draw(st.booleans())
    inner: list[st.SearchStrategy] = (
        [_leaves.map(lambda one: (one,)), _private()] if depth else [_leaves.map(lambda one: (one,))]
    )
    if depth:
        inner.append(_sequence(st.sampled_from(_SEQUENCES), depth - 1).map(lambda one: (one,)))
    items = []
    for _ in range(draw(st.integers(0, 2))):
        content = {one.tag: one for group in draw(st.lists(st.one_of(inner), max_size=3)) for one in group}
        items.append(Item(tuple(content[tag] for tag in sorted(content)), draw(st.booleans())))
    vr = draw(st.sampled_from(("SQ", "SQ", "SQ", "UN")))
    return Element(draw(tags), vr, tuple(items), undefined)


_usual = st.sampled_from(
    (
        code(0x00081032, "X1", "99LOCAL", "Jane Doe"),
        code(0x00082218, "T-D1100", "SRT", "Head", undefined=True),
        reference(0x00081110, "1.2.3.4.8"),
        code(0x00120064, "113100", "DCM", "Basic Application Confidentiality Profile"),
        Element(0x00880200, "SQ", (Item((*slice_of(1).elements[-8:],)),)),
        Element(0x00280120, "US", b"\0\x80"),
        fragments(b"\xff\xd8\xff\xfe\0\x0aDOE JANE\xff\xd9", b"\1\2\3\4"),
        fragments(b"\1\2\3\4", b"\5\6", b"\7\0", offsets=bytes(4)),
        Element(PIXEL_DATA, "OW", bytes(range(32)) + b"JANE DOE"),
        Element(PIXEL_DATA, "OB", bytes(range(32)) + bytes(8)),
        Element(PIXEL_DATA, "OW", b"\1\0" * 20_000),
        Element(0xFFFCFFFC, "OB", b"DOE^JANE" * 9),
    )
)
_blocks = st.one_of(
    _leaves.map(lambda one: (one,)),
    _leaf(st.sampled_from(_CONTEXT)).map(lambda one: (one,)),
    _private(),
    _usual.map(lambda one: (one,)),
    _sequence(st.sampled_from(_SEQUENCES), 2).map(lambda one: (one,)),
)


@dataclass(frozen=True)
class Edit:
    """What some files of a series have different.

    Attributes
    ----------
    kind : str
        One of `_KINDS`.
    place : int
        Number of an element, modulo how many there are.
    block : tuple of Element
    files : int
        Bit n: whether file n has it.
    """

    kind: str
    place: int
    block: tuple[Element, ...]
    files: int

    def apply(self, file: File) -> File:
        """Return the file with the edit."""
        elements = list(file.elements)
        if not elements:
            return file
        at = self.place % len(elements)
        one = elements[at]
        match self.kind:
            case "put":
                for element in self.block:
                    file = file.with_element(element)
                return file
            case "drop":
                del elements[at : at + 1 + self.place // len(elements) % 4]
            case "other value":
                if self.block and isinstance(self.block[0].value, bytes):
                    elements[at] = replace(one, value=self.block[0].value, undefined=False)
            case "other VR":
                elements[at] = replace(one, vr=_VRS[self.place % len(_VRS)])
            case "pad":
                if isinstance(one.value, bytes) and not one.undefined:
                    elements[at] = replace(one, value=one.value + (b" ", b"\0", b"  ", b" \0")[self.place % 4])
            case "swap":
                elements[at - 1], elements[at] = elements[at], elements[at - 1]
            case "twice":
                elements.insert(at, one)
            case "insert anywhere":
                elements[at:at] = self.block
            case "wrap":
                inside = Item(tuple(elements[at : at + 3]), bool(self.place & 1))
                elements[at : at + 3] = [Element(elements[at].tag, "SQ", (inside,), bool(self.place & 2))]
            case "swallow":
                inside = encode(elements[at + 1 : at + 3], file.syntax == IMPLICIT)
                elements[at : at + 3] = [replace(one, vr="UN", value=inside, undefined=False)]
            case "end":
                del elements[at + 1 :]
        return replace(file, elements=tuple(elements))


_KINDS = (
    *["put"] * 8,
    *["drop"] * 3,
    *["other value"] * 5,
    "other VR",
    "other VR",
    "pad",
    "pad",
    "wrap",
    "wrap",
    "swallow",
    "swallow",
    "end",
    "swap",
    "twice",
    "insert anywhere",
)
_edits = st.builds(Edit, st.sampled_from(_KINDS), st.integers(0, _PLACES), _blocks, st.integers(1, 0xFFF))
_shared = st.builds(Edit, st.sampled_from(("put", "put", "drop")), st.integers(0, _PLACES), _blocks, st.just(0xFFF))
_damages = st.builds(
    Damage,
    st.integers(0, _PLACES),
    st.one_of(st.integers(0, 11), st.integers(0, 300)),
    st.sampled_from(("flip", "flip", "flip", "cut", "insert", "delete")),
    st.integers(0, 255),
)


@dataclass(frozen=True)
class Series:
    """How a series is made; short where it is printed.

    Attributes
    ----------
    syntax : str
    count : int
        Number of files.
    edits : tuple of Edit
    damages : dict of int to tuple of Damage
        By number of the file.
    preambles : int
        Bit n: whether there is a name in the preamble of file n.
    """

    syntax: str
    count: int
    edits: tuple[Edit, ...]
    damages: dict[int, tuple[Damage, ...]]
    preambles: int = 0

    @property
    def is_disordered(self) -> bool:
        """Whether tags may not rise."""
        return any(edit.kind in ("swap", "twice", "insert anywhere", "wrap") for edit in self.edits)

    def files(self) -> list[File]:
        """Return the files."""
        return [self._file(number) for number in range(self.count)]

    def _file(self, number: int) -> File:
        file = slice_of(number + 1, syntax=self.syntax)
        if self.syntax == JPEG:
            file = file.with_element(fragments(b"\1\2\3\4", bytes([number, 0])))
        for edit in self.edits:
            if edit.files >> number & 1:
                file = edit.apply(file)
        preamble = b"DOE^JANE" * 16 if self.preambles >> number & 1 else bytes(128)
        return replace(file, preamble=preamble, damages=self.damages.get(number, ()))


@st.composite
def series_of_files(draw: st.DrawFn, damaged: bool) -> Series:
    """Return 2 to 12 files; where `damaged`, bytes of some are changed after encoding."""
    syntax = draw(st.sampled_from((EXPLICIT, EXPLICIT, EXPLICIT, IMPLICIT, JPEG)))
    edits = (*draw(st.lists(_shared, max_size=5)), *draw(st.lists(_edits, max_size=5)))
    count = draw(st.sampled_from((3, 3, 4, 5, 6, 8, 12)))
    hurt = {}
    if damaged:
        lists = st.lists(_damages, min_size=1, max_size=2).map(tuple)
        hurt = draw(st.dictionaries(st.integers(0, count - 1), lists, min_size=1, max_size=4))
    return Series(syntax, count, edits, hurt, draw(st.sampled_from((0, 0, 5))))
