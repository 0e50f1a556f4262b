"""The elements of one data set or item, in encoded bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...dicom.tags import PIXEL_REPRESENTATION, SPECIFIC_CHARACTER_SET
from ...profile.actions import Action
from ..clean_graphics import graphics_action
from ..context import Context
from ..decisions import Decision, carry_out, explained, written_vr
from ..values import ValueActions
from .attribute_rules import AttributeRules
from .byte_siblings import ByteSiblings
from .counting import CountKeys
from .encode import encode_element, encode_item, encode_sequence
from .errors import NotStreamable
from .level_output import LevelOutput, Piece, RepeatedOutcome, joined_bytes
from .records import Record
from .reference_fallback import ReferenceFallback
from .repeated_elements import RepeatedElements, block_of
from .walk import MAXIMUM_DEPTH, EncodedElement, check_items, elements, items

ElementOutcome = tuple[bytes, tuple[int, ...]]
"""What becomes of an element (empty: it goes), and the numbers of what is counted."""

_Repeated = RepeatedElements | tuple[RepeatedElements | bytes | None, ...]
_REMEMBERED_BYTES = 1 << 16
_PRESENTATION = 0x0070
_ENTERED = frozenset((Action.KEEP, Action.CLEAN, Action.UID, Action.SHIFT, Action.CODE, Action.ENTER))


@dataclass(frozen=True)
class Tools:
    """What all levels share."""

    values: ValueActions
    fallback: ReferenceFallback
    keys: CountKeys
    implicit: bool
    cleans_graphics: bool


@dataclass
class DatasetLevel:
    """Treats the elements at one place of data sets that have the same context.

    Outcomes are remembered by the bytes of the element: in a series, most elements are the same in
    every file. Memory and decisions live as long as the object.

    Parameters
    ----------
    tools : Tools
    context : Context
        Of the data sets; its counts are not used.
    rules : AttributeRules
        The rules for this place.

    Attributes
    ----------
    changing : set of int
        Tags whose outcome depends on other elements than themselves.
    """

    tools: Tools
    context: Context
    rules: AttributeRules
    changing: set[int] = field(default_factory=set)
    _remembered: dict[bytes | tuple[bytes, bytes], ElementOutcome] = field(default_factory=dict)
    _repeated: dict[_Repeated, RepeatedOutcome] = field(default_factory=dict)
    _deeper: dict[int, DatasetLevel] = field(default_factory=dict)

    def treat(self, parts: Sequence[Record | RepeatedElements], counted: list[int]) -> list[tuple[int, Piece]]:
        """Return what stays of a data set or item, in the order of the tags.

        Parameters
        ----------
        parts : sequence of Record or RepeatedElements
            Its elements.
        counted : list of int
            Receives the numbers of what is counted.
        """
        treated = LevelOutput(counted=counted)
        siblings = ByteSiblings(parts, self.context.encodings)
        for part in parts:
            if type(part) is RepeatedElements:
                self._repeated_elements(part, treated, siblings)
            else:
                self._record(part, treated, siblings)
        return treated.result()

    def _repeated_elements(self, stretch: RepeatedElements, treated: LevelOutput, siblings: ByteSiblings) -> None:
        """Treat a stretch as when it was met first, if the creators that stand before it are the same."""
        key = (stretch, *map(treated.creators.get, stretch.needs)) if stretch.needs else stretch
        outcome = self._repeated.get(key)
        if outcome is not None:
            outcome.add_to(treated)
            return
        consulted = siblings.consulted
        alone = LevelOutput(creators={tag: treated.creators[tag] for tag in stretch.needs if tag in treated.creators})
        for record in stretch.records:
            self._record(record, alone, siblings)
        outcome = RepeatedOutcome.of(alone, self.tools.keys.together(alone.counted))
        outcome.add_to(treated)
        if siblings.consulted == consulted:
            self._repeated[key] = outcome

    def _record(self, record: Record, treated: LevelOutput, siblings: ByteSiblings) -> None:
        tag = record.tag
        if tag & 0x10000:
            self._private(record, treated)
            return
        kept = self.rules.kept_forms.get((tag, record.vr))
        if kept is not None and len(record.raw) % 2 == 0 and kept.form.fullmatch(record.raw, record.value):
            treated.counted += kept.numbers
            treated.pieces.append((tag, record.raw))
            return
        found = self._remembered.get(record.raw) if record.bulk is None else None
        out, numbers = self._new_outcome(record, siblings) if found is None else found
        treated.counted += numbers
        if out:
            treated.pieces.append((tag, out))
            if record.bulk is not None and out is record.raw:
                treated.pieces.append((tag, record.bulk))

    def _new_outcome(self, record: Record, siblings: ByteSiblings) -> ElementOutcome:
        consulted = siblings.consulted
        outcome = self._standard(record, siblings)
        if siblings.consulted != consulted:
            self.changing.add(record.tag)
        elif record.bulk is None and len(record.raw) <= _REMEMBERED_BYTES:
            self._remembered[record.raw] = outcome
        return outcome

    def _standard(self, record: Record, siblings: ByteSiblings) -> ElementOutcome:
        tag = record.tag
        if tag & 0xFFFF == 0:
            return b"", (self.tools.keys.number(tag, Action.REMOVE, "not part of a data set"),)
        if self.tools.cleans_graphics and _is_graphics(tag, siblings):
            raise NotStreamable("graphics to clean")
        rule = self.rules.rule_for(record)
        vr, decision = rule.vr, rule.decision
        if tag == PIXEL_REPRESENTATION and (vr != "US" or len(record.raw) - record.value not in (0, 2)):
            raise NotStreamable("a strange Pixel Representation")  # pydicom decodes it with every sequence
        if vr == "SQ":
            return self._sequence(record, decision)
        value = record.raw[record.value :] if record.bulk is None else b"\0\0"
        new, action, rules = carry_out(self.tools.values, decision, tag, vr, value, siblings, self.context)
        numbers = rule.numbers if action is decision.action else rule.fallback_numbers
        if rules:
            numbers = (self.tools.keys.number(tag, action, explained(decision.rule.reason, rules)),)
        if tag == SPECIFIC_CHARACTER_SET and (self.rules.path or new is not value):
            raise NotStreamable("a character set that changes")
        if new is None:
            return b"", numbers
        if new is value:
            return record.raw, numbers
        return encode_element(tag, written_vr(action, vr), new, self.tools.implicit), numbers

    def _sequence(self, record: Record, decision: Decision) -> ElementOutcome:
        tag, action, reason = record.tag, decision.action, decision.rule.reason
        number = self.tools.keys.number
        if action in (Action.REMOVE, Action.EMPTY) and record.undefined:
            check_items(record.raw, record.value, record.vr, self.tools.implicit)
        if action is Action.REMOVE:
            return b"", (number(tag, action, reason),)
        if action is Action.EMPTY:
            return encode_sequence(tag, b"", False, self.tools.implicit), (number(tag, action, reason),)
        if action is Action.DUMMY or (action in _ENTERED and record.vr == "UN"):
            return self._delegated(record, b"")
        if action not in _ENTERED:
            raise NotStreamable(f"the action {action.value}")
        out, numbers = self._enter(record)
        return out, (*numbers, number(tag, Action.ENTER, reason))

    def _enter(self, record: Record) -> ElementOutcome:
        """De-identify the items of a sequence."""
        if len(self.rules.path) >= MAXIMUM_DEPTH:
            raise NotStreamable("sequences nested too deep")
        deeper = self._deeper.get(record.tag)
        if deeper is None:
            deeper = self._deeper[record.tag] = DatasetLevel(self.tools, self.context, self.rules.deeper(record.tag))
        raw = record.raw
        counted: list[int] = []
        content: list[bytes] = []
        whole = EncodedElement(record.tag, record.vr, 0, record.value, len(raw), record.undefined)
        for start, stop, undefined in items(raw, whole):
            parts = deeper.treat(_records(raw, elements(raw, start, stop, self.tools.implicit)), counted)
            content.append(encode_item(joined_bytes(parts), undefined))
        out = encode_sequence(record.tag, b"".join(content), record.undefined, self.tools.implicit)
        return out, tuple(counted)

    def _delegated(self, record: Record, creator: bytes) -> ElementOutcome:
        if record.bulk is not None:
            raise NotStreamable("a large value that has to be looked at")
        out, counts = self.tools.fallback.element(record.tag, record.raw, creator, self.context, self.rules.path)
        return out, self.tools.keys.numbers(counts)

    def _private(self, record: Record, treated: LevelOutput) -> None:
        """Treat a private element: it goes, or the reference engine decides."""
        tag = record.tag
        if 0x10 <= tag & 0xFFFF <= 0xFF:
            if record.bulk is not None or record.undefined:
                raise NotStreamable("a strange private creator")
            treated.creators[tag] = record.raw
            treated.pieces.append((tag, record.raw))
            return
        block = block_of(tag)
        creator = treated.creators.get(block, b"")
        found = self._remembered.get((creator, record.raw)) if record.bulk is None else None
        if found is None:
            found = self._new_private(record, creator)
            if record.bulk is None and len(record.raw) <= _REMEMBERED_BYTES:
                self._remembered[creator, record.raw] = found
        out, numbers = found
        treated.counted += numbers
        if out:
            treated.retained.add(block)
            treated.pieces.append((tag, out))

    def _new_private(self, record: Record, creator: bytes) -> ElementOutcome:
        if record.undefined and record.bulk is None:
            check_items(record.raw, record.value, record.vr, self.tools.implicit)
        numbers = self.rules.removed_private(creator, record.tag, record.vr == "SQ" or record.undefined)
        return (b"", numbers) if numbers else self._delegated(record, creator)


def _is_graphics(tag: int, siblings: ByteSiblings) -> bool:
    return tag >> 16 == _PRESENTATION or graphics_action(siblings, tag) is not None


def _records(raw: bytes, parts: Iterable[EncodedElement]) -> list[Record]:
    return [
        Record(part.tag, part.vr, raw[part.start : part.stop], part.value - part.start, part.undefined, None)
        for part in parts
    ]
