"""What the profile says of the attributes at one place of an object, whoever the subject is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ...dicom.elements import effective_vr
from ...profile.actions import Action
from ...profile.resolver import Profile
from ...standard.dictionary import vr_of
from ...standard.iod_types import Path
from ..decisions import Decision, decide
from ..values import ValueActions
from .counting import CountKeys
from .errors import NotStreamable
from .records import Record
from .walk import read_head

_PLAIN = frozenset(
    (
        Action.KEEP,
        Action.REMOVE,
        Action.EMPTY,
        Action.DUMMY,
        Action.UID,
        Action.SHIFT,
        Action.CLEAN,
        Action.CODE,
        Action.NEW_ID,
        Action.NEW_NAME,
        Action.SET,
    )
)
"""Actions that look at nothing but the value, what the context holds, and siblings by `ByteSiblings`."""
_MOST_CREATORS = 1 << 12


class Plan(NamedTuple):
    """What is done with an attribute, and the numbers that count it."""

    vr: str
    decision: Decision
    numbers: tuple[int, ...]
    fallback_numbers: tuple[int, ...]


class Stays(NamedTuple):
    """What values of even length look like that stay, and the numbers that count them."""

    form: re.Pattern[bytes]
    numbers: tuple[int, ...]


@dataclass
class Place:
    """The rules for one place: they are asked of the profile once, and hold for every file.

    Parameters
    ----------
    profile : Profile
    values : ValueActions
    keys : CountKeys
    implicit : bool
        Whether the VR is implicit.
    iod : str
        Name of the IOD, empty if unknown.
    path : tuple of int
        Tags of the enclosing sequences.

    Attributes
    ----------
    stays : dict of (int, str or None) to Stays
        By tag and stored VR.
    """

    profile: Profile
    values: ValueActions
    keys: CountKeys
    implicit: bool
    iod: str
    path: Path = ()
    stays: dict[tuple[int, str | None], Stays] = field(default_factory=dict)
    _plans: dict[tuple[int, str | None, bool], Plan] = field(default_factory=dict)
    _private: dict[tuple[bytes, int, bool], tuple[int, ...]] = field(default_factory=dict)
    _deeper: dict[int, Place] = field(default_factory=dict)

    def deeper(self, tag: int) -> Place:
        """Return the rules for the items of a sequence."""
        place = self._deeper.get(tag)
        if place is None:
            place = Place(self.profile, self.values, self.keys, self.implicit, self.iod, (*self.path, tag))
            self._deeper[tag] = place
        return place

    def plan(self, record: Record) -> Plan:
        """Return what is done with a standard attribute.

        Raises
        ------
        NotStreamable
            If that is left to the reference engine.
        """
        key = (record.tag, record.vr, record.undefined and record.bulk is None)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._new_plan(*key)
        return plan

    def _new_plan(self, tag: int, stored_vr: str | None, is_sequence: bool) -> Plan:
        vr, number = effective_vr(stored_vr, vr_of(tag)), self.keys.number
        if is_sequence:
            if stored_vr is None and vr != "SQ":
                raise NotStreamable("a value of undefined length")
            vr = "SQ"
        decision = decide(self.profile.rule(tag, vr), self.iod, (*self.path, tag))
        action, fallback, reason = decision.action, decision.fallback, decision.rule.reason
        if vr != "SQ" and not _PLAIN.issuperset((action, fallback)):
            raise NotStreamable(f"the action {action.value}")
        plan = Plan(vr, decision, (number(tag, action, reason),), (number(tag, fallback, reason),))
        form = self.values.form_that_stays(action, tag, vr)
        if form is not None and stored_vr in (None, vr) and not self.profile.options.clean_graphics:
            self.stays[tag, stored_vr] = Stays(form, plan.numbers)
        return plan

    def private_that_goes(self, creator: bytes, tag: int, is_sequence: bool) -> tuple[int, ...]:
        """Return the numbers that count a private element that goes whatever its value is; empty if that is to be seen.

        Parameters
        ----------
        creator : bytes
            The whole private creator element of its block, empty if there is none.
        """
        key = (creator, tag, is_sequence)
        numbers = self._private.get(key)
        if numbers is None:
            if len(self._private) >= _MOST_CREATORS:
                self._private.clear()
            numbers = self._private[key] = self._goes(*key)
        return numbers

    def _goes(self, creator: bytes, tag: int, is_sequence: bool) -> tuple[int, ...]:
        name = _creator_name(creator, self.implicit)
        rule, _ = self.profile.private_rule(name, tag)
        if rule.action is Action.REMOVE or (rule.action is None and not (is_sequence and name)):
            if decide(rule, self.iod, (*self.path, tag)).action is Action.REMOVE:
                return (self.keys.number(tag, Action.REMOVE, rule.reason),)
        return ()


def _creator_name(raw: bytes, implicit: bool) -> str:
    """Return the private creator that an encoded element names, as `PrivateBlocks` reads it."""
    if not raw:
        return ""
    _, _, value, _ = read_head(raw, 0, implicit)
    return raw[value:].strip(b" \0").decode("ascii", "replace")
