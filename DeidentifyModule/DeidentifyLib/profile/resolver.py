"""Options -> one rule per attribute. Everything the engines decide about a tag is decided here."""

from __future__ import annotations

from ..dicom.tags import PATIENT_ID, PATIENT_NAME
from ..options import Dates, Options
from ..site_rules import SiteRule, SiteRules
from ..standard.confidentiality_profile import ProfileRow, row_of
from ..standard.dictionary import vr_of
from ..standard.safe_private import safe_private
from ..standard.unlisted import class_of
from .actions import BASIC_ACTIONS, Action, ByType, Rule

REMOVED: ByType = (Action.REMOVE, Action.REMOVE, Action.REMOVE)
_CONSERVATIVE: ByType = (Action.REMOVE, Action.EMPTY, Action.DUMMY)
_CONSERVATIVE_SEQUENCE: ByType = (Action.REMOVE, Action.EMPTY, Action.ENTER)
_SECTIONS = {
    "safe_private": "E.3.10 Retain Safe Private",
    "uids": "E.3.9 Retain UIDs",
    "device": "E.3.8 Retain Device Identity",
    "institution": "E.3.11 Retain Institution Identity",
    "patient": "E.3.7 Retain Patient Characteristics",
    "full_dates": "E.3.6 Retain Full Dates",
    "modified_dates": "E.3.6 Retain Modified Dates",
    "descriptors": "E.3.5 Clean Descriptors",
    "structured_content": "E.3.4 Clean Structured Content",
    "graphics": "E.3.3 Clean Graphics",
}
_CLEANING = {
    "modified_dates": Action.SHIFT,
    "device": Action.CLEAN,
    "institution": Action.CLEAN,
    "patient": Action.CLEAN,
    "descriptors": Action.CLEAN,
    "structured_content": Action.CONTENT,
    "graphics": Action.GRAPHICS,
}
_UNLISTED = {
    "keep": Action.KEEP,
    "enum": Action.KEEP,
    "binary_keep": Action.KEEP,
    "uid_wellknown": Action.KEEP,
    "vocabulary": Action.CLEAN,
    "equipment": Action.CLEAN,
    "code": Action.CODE,
    "recurse": Action.ENTER,
    "uid": Action.UID,
}
"""Action of the classes of ``unlisted.csv`` that no option changes; a class that is absent is removed by Type."""


def active_columns(options: Options) -> tuple[str, ...]:
    """Return the option columns of Table E.1-1 that the options switch on."""
    chosen = {
        # first: a date of a retained device is shifted like all others, or it would tell the shift
        "modified_dates": options.dates is Dates.SHIFT,
        "safe_private": options.keep_safe_private,
        "uids": options.retain_uids,
        "device": options.retain_device_identity,
        "institution": options.retain_institution_identity,
        "patient": options.keep_subject_characteristics,
        "full_dates": options.dates is Dates.KEEP,
        "descriptors": options.clean_descriptors,
        "structured_content": options.clean_structured_content,
        "graphics": options.clean_graphics,
    }
    return tuple(column for column, active in chosen.items() if active)


_SITE_ACTIONS = {
    "keep": Action.KEEP,
    "clean": Action.CLEAN,
    "empty": Action.EMPTY,
    "remove": Action.REMOVE,
    "set": Action.SET,
}


def _site_rule(site: SiteRule, vr: str) -> Rule:
    action = _SITE_ACTIONS[site.action]
    if vr == "SQ" and action in (Action.KEEP, Action.CLEAN):
        action = Action.ENTER
    return Rule(action, _CONSERVATIVE, f"site rule: {site.action}", listed=False)


def weakening_rules(options: Options) -> tuple[SiteRule, ...]:
    """Return the site rules that keep more than the profile with these options would."""
    plain = Profile(options.with_changes(site_rules=SiteRules()))
    kept = (Action.KEEP, Action.ENTER)
    return tuple(
        rule
        for rule in options.site_rules.rules
        if rule.action in ("keep", "clean")
        and plain.rule(rule.number, vr_of(rule.number)).action not in (*kept, _SITE_ACTIONS[rule.action])
    )


class Profile:
    """The rule of every attribute under given options.

    Parameters
    ----------
    options : Options
        What to keep and clean.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self._columns = active_columns(options)
        self._rules: dict[tuple[int, str], Rule] = {}
        self._site = {rule.number: rule for rule in options.site_rules.rules}
        self._site_private = {one.name: one.vr for one in options.site_rules.private}

    def rule(self, tag: int, vr: str) -> Rule:
        """Return the rule of a standard attribute (even group).

        Parameters
        ----------
        tag : int
            Tag number.
        vr : str
            VR in the data set, or from the dictionary where the data set has none.
        """
        key = (tag, vr)
        found = self._rules.get(key)
        if found is None:
            found = self._rules[key] = self._resolve(tag, vr)
        return found

    def _resolve(self, tag: int, vr: str) -> Rule:
        if tag in (PATIENT_NAME, PATIENT_ID):
            return self._identity_rule(tag)
        site = self._site.get(tag)
        if site is not None:
            return _site_rule(site, vr)
        row = row_of(tag)
        if row is None or row.pattern == "odd":
            return self._unlisted_rule(tag, vr)
        return self._listed_rule(row, vr)

    def _identity_rule(self, tag: int) -> Rule:
        if self.options.keep_id_name:
            return Rule(Action.KEEP, _CONSERVATIVE, "kept by Id / Name (outside PS3.15)")
        action = Action.NEW_NAME if tag == PATIENT_NAME else Action.NEW_ID
        return Rule(action, BASIC_ACTIONS["D"], "Table E.1-1, Basic Profile: replaced by the keyed pseudonym")

    def _listed_rule(self, row: ProfileRow, vr: str) -> Rule:
        by_type = BASIC_ACTIONS[row.basic]
        for column in self._columns:
            cell = row.options.get(column)
            if cell is None:
                continue
            action = Action.KEEP if cell == "K" else _CLEANING[column]
            if vr == "SQ" and action in (Action.KEEP, Action.CLEAN):
                action = Action.ENTER
            return Rule(action, by_type, f"Table E.1-1, {_SECTIONS[column]}: {cell}")
        uniform = by_type[0] if len(set(by_type)) == 1 else None
        return Rule(uniform, by_type, f"Table E.1-1, Basic Profile: {row.basic}")

    def _unlisted_rule(self, tag: int, vr: str) -> Rule:
        kind = class_of(tag, vr)
        action = self._unlisted_action(kind)
        if vr == "SQ" and action in (Action.KEEP, Action.CLEAN):
            action = Action.ENTER
        by_type = _CONSERVATIVE_SEQUENCE if vr == "SQ" else _CONSERVATIVE
        return Rule(action, by_type, f"not in Table E.1-1; reviewed as {kind}", listed=False)

    def _unlisted_action(self, kind: str) -> Action | None:
        options = self.options
        if kind == "date":
            return {Dates.KEEP: Action.KEEP, Dates.SHIFT: Action.SHIFT, Dates.REMOVE: None}[options.dates]
        if kind == "uid_instance":
            return Action.KEEP if options.retain_uids else Action.UID
        if kind == "content_items":
            return Action.CONTENT if options.clean_structured_content else Action.ENTER
        if kind == "descriptor":
            return Action.CLEAN if options.clean_descriptors else None
        if kind == "subject":
            return Action.CLEAN if options.keep_subject_characteristics else None
        if kind == "device":
            return Action.KEEP if options.retain_device_identity else None
        if kind == "overlay":
            return Action.GRAPHICS if options.clean_graphics else None
        if kind == "labels":
            return Action.GRAPHICS if options.clean_graphics else Action.ENTER
        return _UNLISTED.get(kind)

    def private_rule(self, creator: str, tag: int) -> tuple[Rule, str]:
        """Return the rule of a private attribute and the VR that the standard states for it.

        Parameters
        ----------
        creator : str
            Private creator that reserves the block of the element, without padding; empty if none does.
        tag : int
            Tag number; only its group and the low byte of its element count.

        Returns
        -------
        rule : Rule
        vr : str
            Empty if the attribute is not known or its row states none.
        """
        name = (creator, tag >> 16, tag & 0xFF)
        known = safe_private().get(name, self._site_private.get(name)) if creator else None
        if not self.options.keep_safe_private:
            return Rule(Action.REMOVE, REMOVED, "Table E.1-1, Basic Profile: private attributes are removed"), ""
        if known is None:
            return Rule(None, REMOVED, "E.3.10: not known to be safe", listed=False), ""
        action = {"SQ": Action.ENTER, "UI": Action.UID}.get(known, Action.KEEP)
        if action is Action.UID and self.options.retain_uids:
            action = Action.KEEP
        return Rule(action, REMOVED, "safe private attribute (Table E.3.10-1 or site rule)"), known
