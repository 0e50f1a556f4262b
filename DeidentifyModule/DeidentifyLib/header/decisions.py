"""From a rule to an action, and from an action to a new value: shared by both engines."""

from __future__ import annotations

from dataclasses import dataclass

from ..free_text.rules import TextRule
from ..profile.actions import Action, Rule
from ..standard.iod_types import Path, type_of, unlisted_type_of
from .context import Context
from .siblings import Siblings
from .values import ValueActions


@dataclass(frozen=True)
class Decision:
    """What the profile wants for one attribute at its place in an object.

    Attributes
    ----------
    action : Action
    fallback : Action
        What happens if `action` cannot be done with a value.
    rule : Rule
        Where it comes from.
    """

    action: Action
    fallback: Action
    rule: Rule


def decide_attribute(rule: Rule, iod: str, path: Path) -> Decision:
    """Return the decision of a rule for an attribute, by its Type where the rule leaves it to that.

    Parameters
    ----------
    rule : Rule
        From the profile.
    iod : str
        Name of the IOD, empty if unknown.
    path : tuple of int
        Tags of the enclosing sequences and of the attribute.
    """
    attribute_type = 3
    if rule.action is None or rule.by_type[0] is not rule.by_type[2]:
        attribute_type = type_of(iod, path) if rule.listed else unlisted_type_of(path[-1])
    by_type = rule.fallback(attribute_type)
    fallback = Action.REMOVE if by_type in (Action.KEEP, Action.ENTER) or rule.action is by_type else by_type
    return Decision(rule.action or by_type, fallback, rule)


def carry_out(
    values: ValueActions,
    decision: Decision,
    tag: int,
    vr: str,
    value: bytes | None,
    siblings: Siblings,
    context: Context,
) -> tuple[bytes | None, Action, tuple[TextRule, ...]]:
    """Return the new value of a non-sequence element, the action that made it, and what it took from a text.

    Parameters
    ----------
    value : bytes or None
        Stored value; None if it is not known as bytes, which no action but a replacement can meet.

    Returns
    -------
    bytes or None
        The same object where the value stays; None where the element goes.
    Action
    tuple of TextRule
        Empty where no text was cut.
    """
    action = decision.action
    new, rules = (None, ()) if value is None else values.treat(action, tag, vr, value, siblings, context)
    if new is None and action is not Action.REMOVE:
        action = decision.fallback
        new = values.apply(action, tag, vr, value or b"", siblings, context)
    return new, action, rules


def explained(reason: str, rules: tuple[TextRule, ...]) -> str:
    """Return a reason with what was taken from the text."""
    return f"{reason}; text: {', '.join(rules)}" if rules else reason


def written_vr(action: Action, vr: str) -> str:
    """Return the VR of a new value: a UID that was stored in another VR becomes a UI."""
    return "UI" if action is Action.UID else vr
