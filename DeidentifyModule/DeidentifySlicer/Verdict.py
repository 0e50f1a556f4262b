"""What came of a run, in words: may it be passed on, and what was not written."""

from collections import Counter
from dataclasses import dataclass, field

from .StatusLine import ATTENTION, BAD, GOOD, Status
from .Summary import AUDIT_FAILED, AUDIT_INCOMPLETE, CANCELLED, counted, grouped
from .Translation import tr as _


def verdict(last, patients=0, toReview=0):
    """Return the `Status` of a run that has ended.

    Parameters
    ----------
    last : dict
        Last line of the run, with ``exit_code`` and ``counts``.
    patients : int
        How many patients the checked series belong to; 0 if not known.
    toReview : int
        How many series the review list names.
    """
    counts, code = last.get("counts", {}), last.get("exit_code")
    written, left = counts.get("written", 0), counts.get("withheld", 0) + counts.get("rejected", 0)
    sentences = [writtenText(counts, 0 if left else patients)]
    if code == AUDIT_FAILED:
        head = _("Do not pass it on: the audit failed.")
        return Status(BAD, head, _("The audit found identity or another fault in the result. Show the report first."))
    if code == CANCELLED:
        sentences.append(_("Nothing is audited yet. Press De-identify to continue."))
        return Status(ATTENTION, _("Stopped."), " ".join(sentences))
    sentences += [notWrittenText(counts), reviewText(toReview)]
    level, head = ATTENTION, _("De-identified, but not audited.")
    if code == AUDIT_INCOMPLETE:
        head = _("Look before you pass it on: not everything could be checked.")
        sentences.append(_("No identity was found. The report says what could not be checked."))
    elif not written:
        head = _("Nothing was written.")
    elif last.get("audit") == "passed":
        level = ATTENTION if left else GOOD
        head = _("De-identified and audited, with exceptions.") if left else _("De-identified and audited.")
        sentences.insert(1, _("No identity was found in them."))
    return Status(level, head, " ".join(part for part in sentences if part))


def writtenText(counts, patients=0):
    """Return how many of how many images were written."""
    written, inputs = counts.get("written", 0), counts.get("inputs", 0)
    if patients and written == inputs:
        of = counted(patients, _("{number} patient"), _("{number} patients"))
        images = counted(written, _("{number} image"), _("{number} images"))
        return _("{images} of {patients} written.").format(images=images, patients=of)
    return _("{written} of {inputs} images written.").format(written=grouped(written), inputs=grouped(inputs))


def notWrittenText(counts):
    """Return how many inputs were not written, in words; an empty text if all were."""
    parts = []
    for name, text in (("withheld", _("{number} withheld")), ("rejected", _("{number} rejected"))):
        if counts.get(name):
            parts.append(text.format(number=grouped(counts[name])))
    return ", ".join(parts) + ": " + _("see the list below.") if parts else ""


def reviewText(number):
    """Return how many series a person should look at."""
    return (
        counted(
            number,
            _("{number} series needs your eye: open the review list."),
            _("{number} series need your eye: open the review list."),
        )
        if number
        else ""
    )


@dataclass
class NotWritten:
    """Inputs that were not written for the same reason.

    Attributes
    ----------
    status : str
        ``withheld`` or ``rejected``.
    reason : str
        In words.
    number : int
        How many.
    inputs : list of (str, str)
        Path and original series UID (empty if not known) of the first ones.
    """

    status: str
    reason: str
    number: int = 0
    inputs: list = field(default_factory=list)

    @property
    def text(self):
        """Number, what happened, and why."""
        images = counted(self.number, _("{number} image"), _("{number} images"))
        happened = {"withheld": _("{images} withheld: {reason}."), "rejected": _("{images} not taken: {reason}.")}
        return happened.get(self.status, "{images}: {reason}.").format(images=images, reason=self.reason.rstrip("."))

    @property
    def help(self):
        """What the user can do about it; an empty text if nothing is known to help."""
        reason = self.reason.casefold()
        if "duplicate" in reason:
            return _("Nothing is lost: an image with the same UID is in the result.")
        if self.status == "withheld" and any(word in reason for word in ("face", "head", "mask", "skull")):
            return _("Select a file of it and press Find face, correct the mask, use it in the batch and run again.")
        if "permission" in reason:
            return _("Ask for permission to read the files and run again.")
        if "cannot be read" in reason or "damaged" in reason or "truncated" in reason:
            return _("Copy the files from their source again.")
        return ""


MOST_INPUTS = 200
"""So many inputs of one group are listed one by one."""


def notWritten(entries):
    """Return the groups of what was not written, largest first, from the entries of a journal."""
    groups = {}
    for entry in entries:
        if entry.get("status") in ("withheld", "rejected"):
            key = entry["status"], entry.get("reason") or _("no reason is given")
            group = groups.setdefault(key, NotWritten(*key))
            group.number += 1
            if len(group.inputs) < MOST_INPUTS:
                group.inputs.append((str(entry["input"]), entry.get("series_uid") or ""))
    return sorted(groups.values(), key=lambda group: -group.number)


def leftOutOfScan(rejected):
    """Return in words which files a scan could not take, by reason; duplicates are not said to be unreadable."""
    numbers = Counter(
        "duplicate" if "duplicate" in one.get("reason", "") else one.get("reason", "") for one in rejected
    )
    lines = []
    duplicates = numbers.pop("duplicate", 0)
    if duplicates:
        lines.append(
            counted(
                duplicates,
                _("{number} file is left out: another one has the same SOP Instance UID."),
                _("{number} files are left out: others have the same SOP Instance UID."),
            )
        )
    for reason, number in numbers.most_common():
        text = counted(number, _("{number} file cannot be used"), _("{number} files cannot be used"))
        lines.append(f"{text}: {reason}." if reason else text + ".")
    return " ".join(lines)
