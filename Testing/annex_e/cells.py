"""Data sets that hold every row of the table at every depth, and the check of what became of a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from annex_e.table import Row, iod_types, outcomes, rows
from pydicom import uid
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from synthetic.patient import add_pixels, item
from synthetic.planted import Planter

FAMILY = "Qorvaly"
"""Family name of the patient; it is in every text of every data set."""
ELSEWHERE = {0x00001000, 0x00001001, 0x00020003, 0x00041511, 0x00420011}
"""Rows that cannot stand in an ordinary data set; they have tests of their own."""
PRIVATE_CREATOR = "Philips Imaging DD 001"
PRIVATE_BLOCK, PRIVATE_SEQUENCE = 0x20010010, 0x2001105F
SHARED_GROUPS = 0x52009229
DEPTHS = ("top level", "nested item", "private item")
CODE_STRINGS = {0x00100040: "F", 0x00102203: "ALTERED", 0x001021A0: "YES"}


@dataclass
class Cells:
    """One data set with all rows at three depths, and what was planted in them."""

    dataset: Dataset
    tokens: dict[tuple[int, str], str] = field(default_factory=dict)
    """{(tag number, depth): word that is unique to this place}"""


def value_for(row_vr: str, tag: int, token: str, number: int) -> object:
    """Return a value of a VR that identifies: the patient's name and a word of its own (in CS the word only)."""
    day = date(2001, 1, 1) + timedelta(days=number)
    text = f"{FAMILY} {token}"
    return {
        "PN": f"{FAMILY}^{token}",
        "DA": f"{day:%Y%m%d}",
        "DT": f"{day:%Y%m%d}112233.{number:06}",
        "TM": f"1{number % 10}2233.{number:06}",
        "UI": f"1.2.826.0.1.3680043.8.498.{tag}",
        "AS": "047Y",
        "CS": CODE_STRINGS.get(tag, f"{token}_X".upper()),
        "DS": f"{number + 3}.75",
        "IS": str(number + 3),
        "US": number + 3,
        "OB": text.encode().ljust(16),
        "OW": text.encode().ljust(32),
        "UN": text.encode().ljust(16),
        "UR": f"http://{FAMILY}.{token}.example/",
    }.get(row_vr, "+0100" if tag == 0x00080201 else text)


def fill(dataset: Dataset, depth: str, cells: Cells, planter: Planter, chosen: list[Row]) -> None:
    """Put every row into a data set."""
    for number, row in enumerate(chosen):
        for tag in row.numbers:
            token = planter.word(3).lower()
            cells.tokens[tag, depth] = token
            if row.vr == "SQ":
                inner = item(PatientName=f"{FAMILY}^{token}", Rows=7)
                dataset.add(DataElement(tag, "SQ", [inner]))
            else:
                dataset.add(DataElement(tag, row.vr, value_for(row.vr, tag, token, number)))


def ordinary_rows() -> list[Row]:
    """Return the rows that an ordinary data set can hold."""
    return [row for row in rows() if row.tag != "private" and not set(row.numbers) & ELSEWHERE]


def make_cells(sop_class: str = uid.SecondaryCaptureImageStorage, only: set[int] | None = None) -> Cells:
    """Return a data set with every row (or `only` some tags) at top level, in an item and in a private item."""
    planter = Planter(657)
    dataset = item(SOPClassUID=sop_class, Modality="OT", ConversionType="WSD", SeriesNumber=1, InstanceNumber=1)
    if only is None:
        add_pixels(dataset, bits=8)
        for group in (0x6000, 0x6002, 0x601E):
            for element, vr, value in (
                (0x10, "US", 16),
                (0x11, "US", 16),
                (0x40, "CS", "G"),
                (0x50, "SS", [1, 1]),
                (0x100, "US", 1),
                (0x102, "US", 0),
            ):
                dataset.add_new((group << 16) + element, vr, value)
    cells = Cells(dataset)
    chosen = [
        row
        for row in ordinary_rows()
        if only is None
        or set(row.numbers) & only
        or row.tag in ("00080018", "0020000D", "0020000E", "00100010", "00100020")
    ]
    nested, private = Dataset(), Dataset()
    fill(dataset, DEPTHS[0], cells, planter, chosen)
    if only is None:
        fill(nested, DEPTHS[1], cells, planter, chosen)
        fill(private, DEPTHS[2], cells, planter, chosen)
        dataset.add_new(SHARED_GROUPS, "SQ", [nested])
        dataset.add_new(PRIVATE_BLOCK, "LO", PRIVATE_CREATOR)
        dataset.add_new(PRIVATE_SEQUENCE, "SQ", [private])
    return cells


def at_depth(dataset: Dataset, depth: str) -> Dataset | None:
    """Return the item of a data set that holds the rows of a depth."""
    if depth == DEPTHS[0]:
        return dataset
    if depth == DEPTHS[1]:
        return dataset[SHARED_GROUPS].value[0] if SHARED_GROUPS in dataset else None
    for element in dataset:
        if element.tag.group == PRIVATE_SEQUENCE >> 16 and element.tag.element & 0xFF == 0x5F:
            return element.value[0] if element.value else None
    return None


def _text(element: DataElement | None) -> str:
    if element is None or element.value is None:
        return ""
    if element.VR == "SQ":
        return " ".join(_text(part) for content in element.value for part in content.iterall() if part.VR != "SQ")
    if isinstance(element.value, bytes):
        return element.value.decode("latin-1").casefold()
    return str(element.value).casefold()


def _is_empty(element: DataElement) -> bool:
    return element.value is None or not len(str(element.value)) or (element.VR == "SQ" and not element.value)


def problem(
    letter: str, tag: int, token: str, old: DataElement, new: DataElement | None, shift: timedelta | None
) -> str:
    """Return what is wrong with the new element under one simple action, or nothing."""
    if letter == "X":
        return "" if new is None else "it is still there"
    if letter == "C":
        return _problem_of_cleaned(token, old, new, shift)
    if new is None:
        return "it was removed"
    if letter == "K":
        return _problem_of_kept(token, old, new)
    if token in _text(new) or FAMILY.casefold() in _text(new):
        return "the original is still in it"
    if letter == "Z":
        return "" if _is_empty(new) or _text(new) != _text(old) else "it is unchanged"
    if _is_empty(new):
        return "it is empty"
    if old.VR != "SQ" and _text(new) == _text(old):
        return "it is unchanged"
    if letter == "U" and not (uid.UID(str(new.value)).is_valid and old.VR == "UI"):
        return "it is not a valid UID"
    return ""


def _problem_of_kept(token: str, old: DataElement, new: DataElement) -> str:
    if old.VR != "SQ":
        return "" if _text(new).strip() == _text(old).strip() else "its value has changed"
    if len(new.value) != 1 or new.value[0].get("Rows") != 7:
        return "its item was lost"
    return "its item was not cleaned" if token in _text(new) else ""


def _problem_of_cleaned(token: str, old: DataElement, new: DataElement | None, shift: timedelta | None) -> str:
    if old.VR in ("DA", "DT") and shift is not None:
        if new is None:
            return "it was removed"
        moved = date.fromisoformat(str(old.value)[:8]) + shift
        wanted = f"{moved:%Y%m%d}{str(old.value)[8:]}"
        return "" if str(new.value) == wanted else "it was not shifted with the other dates"
    if old.VR == "TM":
        return "" if new is not None and not _is_empty(new) else "it was removed"
    if new is not None and (FAMILY.casefold() in _text(new) or (old.VR in ("OB", "OW", "SQ") and token in _text(new))):
        return "the original is still in it"
    return ""


def wanted(row: Row, column: str, depth: str, sop_class: str) -> set[str]:
    """Return the simple actions of which one must have been carried out."""
    action = row.action(column)
    types = iod_types()[sop_class].get(row.numbers[0], "3") if depth == DEPTHS[0] else None
    return outcomes(action, types)
