"""The conformance statement: every attribute with its action under the chosen options (PS3.15 E.1.3, PS3.2 N.11)."""

from __future__ import annotations

from collections.abc import Iterator

from ..options import Dates, Options
from ..standard.confidentiality_profile import table
from ..standard.safe_private import safe_private
from ..version import STANDARD_EDITION, __version__
from .actions import Action, Rule
from .describe import consequences, describe_actions
from .resolver import Profile, weakening_rules

_WORDS = {
    Action.KEEP: "kept",
    Action.REMOVE: "removed",
    Action.EMPTY: "emptied",
    Action.DUMMY: "replaced by a dummy",
    Action.UID: "replaced by a keyed UID",
    Action.SHIFT: "date shifted by the days of the subject; time kept",
    Action.CLEAN: "kept as far as its words are technical",
    Action.CODE: "code kept",
    Action.ENTER: "kept, its items de-identified",
    Action.CONTENT: "kept, its content items cleaned by concept",
    Action.GRAPHICS: "kept as far as it holds no text",
    Action.SET: "set to a fixed value",
    Action.NEW_ID: "replaced by the keyed ID",
    Action.NEW_NAME: "replaced by the keyed name",
}


def conformance_statement(options: Options) -> str:
    """Return the statement as text: paragraphs, then one line per attribute."""
    return "\n".join(_lines(options)) + "\n"


def _lines(options: Options) -> Iterator[str]:
    yield f"Deidentify {__version__} follows {STANDARD_EDITION}, Annex E, as de-identifier."
    yield from describe_actions(options)
    yield from consequences(options)
    yield (
        "Scope of replacement: IDs, names, UIDs and date shifts are functions of the project key and the original, so "
        "they agree in all runs, sites and workers that hold the same key."
    )
    yield "Encrypted Attributes Sequence is not written. Digital signatures are removed."
    yield (
        "Compound actions are resolved by the Type of the attribute in the IOD of the object. Attributes that the "
        "table does not list meet the rules of standard/data/unlisted.csv."
    )
    if options.dates is Dates.SHIFT:
        yield "Dates: one whole number of days per subject, 366 to 3650 into the past, derived from the key."
    for weak in weakening_rules(options):
        yield f"Weakened by a site rule: ({weak.tag[:4]},{weak.tag[4:]}) {weak.action}. {weak.why}".rstrip()
    yield ""
    yield "Attributes of Table E.1-1:"
    profile = Profile(options)
    for pattern, row in table().items():
        if pattern == "odd":
            yield "(gggg,eeee) odd group  Private Attributes: " + (
                "removed but for those listed below and those that the object declares safe"
                if options.keep_safe_private
                else "removed"
            )
            continue
        tag = int(pattern.replace("x", "0"), 16)
        rule = profile.rule(tag, row.vr or "UN")
        shown = f"({pattern[:4]},{pattern[4:]})"
        yield f"{shown} {row.keyword}: {_in_words(rule)}"
    if options.keep_safe_private:
        yield ""
        yield "Private attributes kept (private creator, group, element):"
        for (creator, group, low), vr in safe_private().items():
            yield f"{creator} ({group:04X},xx{low:02X}) {vr}".rstrip()


def _in_words(rule: Rule) -> str:
    if rule.action is not None:
        return _WORDS[rule.action]
    by_type = [_WORDS[action] for action in rule.by_type]
    if by_type[1] == by_type[2]:
        return f"{by_type[0]}; where the IOD requires it, {by_type[1]}"
    return f"{by_type[0]} (Type 3), {by_type[1]} (Type 2), {by_type[2]} (Type 1)"
