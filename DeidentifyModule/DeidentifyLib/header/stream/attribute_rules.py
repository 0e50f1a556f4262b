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
from ..decisions import Decision, decide_attribute
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


class AttributeRule(NamedTuple):
    """What is done with an attribute, and the numbers that count it."""

    vr: str
    decision: Decision
    numbers: tuple[int, ...]
    fallback_numbers: tuple[int, ...]


class KeptForm(NamedTuple):
    """What kept values of even length look like, and the numbers that count them."""

    form: re.Pattern[bytes]
    numbers: tuple[int, ...]


@dataclass
class AttributeRules:
    """The rules for the attributes at one place: they are asked of the profile once, and hold for every file.

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
    kept_forms : dict of (int, str or None) to KeptForm
        By tag and stored VR.
    """

    profile: Profile
    values: ValueActions
    keys: CountKeys
    implicit: bool
    iod: str
    path: Path = ()
    kept_forms: dict[tuple[int, str | None], KeptForm] = field(default_factory=dict)
    _rules: dict[tuple[int, str | None, bool], AttributeRule] = field(default_factory=dict)
    _private: dict[tuple[bytes, int, bool], tuple[int, ...]] = field(default_factory=dict)
    _deeper: dict[int, AttributeRules] = field(default_factory=dict)

    def deeper(self, tag: int) -> AttributeRules:
        """Return the rules for the items of a sequence."""
        rules = self._deeper.get(tag)
        if rules is None:
            rules = AttributeRules(self.profile, self.values, self.keys, self.implicit, self.iod, (*self.path, tag))
            self._deeper[tag] = rules
        return rules

    def rule_for(self, record: Record) -> AttributeRule:
        """Return what is done with a standard attribute.

        Raises
        ------
        NotStreamable
            If that is left to the reference engine.
        """
        key = (record.tag, record.vr, record.undefined and record.bulk is None)
        rule = self._rules.get(key)
        if rule is None:
            rule = self._rules[key] = self._new_rule(*key)
        return rule

    def _new_rule(self, tag: int, stored_vr: str | None, is_sequence: bool) -> AttributeRule:
        vr, number = effective_vr(stored_vr, vr_of(tag)), self.keys.number
        if is_sequence:
            if stored_vr is None and vr != "SQ":
                raise NotStreamable("a value of undefined length")
            vr = "SQ"
        decision = decide_attribute(self.profile.rule(tag, vr), self.iod, (*self.path, tag))
        action, fallback, reason = decision.action, decision.fallback, decision.rule.reason
        if vr != "SQ" and not _PLAIN.issuperset((action, fallback)):
            raise NotStreamable(f"the action {action.value}")
        rule = AttributeRule(vr, decision, (number(tag, action, reason),), (number(tag, fallback, reason),))
        form = self.values.kept_form(action, tag, vr)
        if form is not None and stored_vr in (None, vr) and not self.profile.options.clean_graphics:
            self.kept_forms[tag, stored_vr] = KeptForm(form, rule.numbers)
        return rule

    def removed_private(self, creator: bytes, tag: int, is_sequence: bool) -> tuple[int, ...]:
        """Return the count numbers of a private element that is removed regardless of its value.

        It is empty if the value decides.

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
            if decide_attribute(rule, self.iod, (*self.path, tag)).action is Action.REMOVE:
                return (self.keys.number(tag, Action.REMOVE, rule.reason),)
        return ()


def _creator_name(raw: bytes, implicit: bool) -> str:
    """Return the private creator that an encoded element names, as `PrivateBlocks` reads it."""
    if not raw:
        return ""
    _, _, value, _ = read_head(raw, 0, implicit)
    return raw[value:].strip(b" \0").decode("ascii", "replace")
