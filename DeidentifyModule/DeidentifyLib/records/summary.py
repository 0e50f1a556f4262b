"""What a run did, with new names only: the content of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ..options import Options
from ..profile.actions import Action
from ..profile.describe import consequences, describe_actions
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..pseudonyms.subject_identity import SubjectIdentity
from ..scan.scan_inputs import DUPLICATE, ScanResult
from ..standard.dictionary import name_of
from ..standard.modalities import defined_modality
from ..version import STANDARD_EDITION, __version__
from .tasks import Task, TaskResult

if TYPE_CHECKING:
    from .face_decisions import FaceDecision

NOT_SELECTED = "the series was not selected"


class _Series(NamedTuple):
    """What the report says of a series of the scan; the scan itself is large and not kept."""

    subject: SubjectIdentity
    study_uid: str
    series_uid: str
    modality: str
    instances: int


class RunSummary:
    """Counts and outcome of a run.

    Parameters
    ----------
    options : Options
    pseudonyms : Pseudonyms
        Replacements under the project key.
    scanned : ScanResult
        What the inputs hold.
    started : datetime
        Start of the run.

    Attributes
    ----------
    files : iterable of dict
        Path, SHA-256 and size of each output; read from the journal, for there may be millions.
    bytes_written : int
        Bytes of the outputs.
    """

    def __init__(self, options: Options, pseudonyms: Pseudonyms, scanned: ScanResult, started: datetime) -> None:
        self._options = options
        self._pseudonyms = pseudonyms
        self._series = [
            _Series(one.subject, one.study_uid, one.series_uid, one.modality, len(one.instances))
            for one in scanned.with_duplicates()
        ]
        self._duplicates = scanned.duplicate_count
        self._inputs = scanned.instance_count + self._duplicates + len(scanned.rejected)
        self._started = started
        self._finished = started
        self.was_cancelled = False
        self.attributes: Counter[tuple[int, Action, str]] = Counter()
        self.files: Iterable[dict[str, Any]] = ()
        self.bytes_written = 0
        self.handed_over: Counter[str] = Counter()
        self._written: Counter[int] = Counter()
        self._problems: Counter[tuple[str, str]] = Counter()
        self._problems.update(("rejected", problem.reason) for problem in scanned.rejected)
        self._left_out = Counter(("not_dicom", problem.reason) for problem in scanned.not_dicom)
        self._left_out.update(("skipped", problem.reason) for problem in scanned.left_out)
        not_selected = sum(len(series.instances) for series in scanned.skipped) + len(scanned.skipped_duplicates)
        if not_selected:
            self._left_out["skipped", NOT_SELECTED] = not_selected
        self.planned: list[Task] = []
        self.faces: Mapping[int, FaceDecision] = {}

    def add(self, result: TaskResult) -> None:
        """Add the result of a task."""
        self.attributes.update(result.counts)
        self.handed_over.update(result.handed_over)
        for one, number in zip(result.instances, result.numbers(), strict=True):
            if one.status == "written":
                if number >= 0:
                    self._written[number] += 1
                self.bytes_written += one.size
            else:
                self._problems[one.status, one.reason] += 1

    def add_done(self, series_number: int, instances: int) -> None:
        """Note that instances of a series were written by the run that is resumed."""
        self._written[series_number] += instances

    def plan_only(self, tasks: list[Task]) -> None:
        """Note the plan of a dry run, in which duplicates are taken for copies of what can be written."""
        self.planned = tasks
        if self._duplicates:
            self._problems["rejected", DUPLICATE] += self._duplicates

    def finish(self, was_cancelled: bool) -> None:
        """Note the end of the run."""
        self.was_cancelled = was_cancelled
        self._finished = datetime.now(UTC)

    @property
    def counts(self) -> dict[str, int]:
        """Instances in, written, withheld and rejected; non-DICOM files."""
        by_status: Counter[str] = Counter()
        for (status, _), number in self._problems.items():
            by_status[status] += number
        return {
            "inputs": self._inputs,
            "written": sum(self._written.values()),
            "withheld": by_status["withheld"],
            "rejected": by_status["rejected"],
            "not_dicom": sum(number for (status, _), number in self._left_out.items() if status == "not_dicom"),
        }

    @property
    def exit_code(self) -> int:
        """0: every input written; 3: some withheld or rejected; or there was none; 130: cancelled."""
        counts = self.counts
        if self.was_cancelled:
            return 130
        return 3 if counts["withheld"] or counts["rejected"] or not counts["inputs"] else 0

    def problems(self) -> list[dict[str, Any]]:
        """Return what was withheld, rejected or left out, by reason."""
        rows = [*sorted(self._problems.items()), *sorted(self._left_out.items())]
        return [{"status": status, "reason": reason, "count": number} for (status, reason), number in rows]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-ready values without PHI."""
        return {
            "version": __version__,
            "edition": STANDARD_EDITION,
            "started": self._started.isoformat(timespec="seconds"),
            "finished": self._finished.isoformat(timespec="seconds"),
            "options": self._options.to_dict(),
            "key_fingerprint": self._pseudonyms.fingerprint,
            "actions": describe_actions(self._options),
            "consequences": consequences(self._options),
            "counts": self.counts,
            "cancelled": self.was_cancelled,
            "subjects": self._subjects(),
            "issues": self.problems(),
            "reference_engine": [{"reason": r, "count": n} for r, n in sorted(self.handed_over.items())],
            "attributes": self._attributes(),
            "files": self.files,
        }

    def _attributes(self) -> list[dict[str, Any]]:
        rows = []
        for (tag, action, reason), number in sorted(self.attributes.items(), key=lambda item: (item[0][0], item[0][1])):
            name = "private attribute" if tag >> 16 & 1 else name_of(tag)
            text = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
            rows.append({"tag": text, "name": name, "action": action.value, "reason": reason, "count": number})
        return rows

    def _subjects(self) -> list[dict[str, Any]]:
        subjects: dict[str, dict[str, list[dict[str, Any]]]] = {}
        notes: dict[str, str] = {}
        for number, series in enumerate(self._series):
            if not series.instances and not self._written[number]:
                continue  # only duplicates of other series
            new_id = self._pseudonyms.subject(series.subject).new_id
            notes[new_id] = series.subject.source
            study = subjects.setdefault(new_id, {}).setdefault(self._uid(series.study_uid), [])
            study.append(self._row(number, series))
        return [
            {
                "new_id": new_id,
                "identified_by": notes[new_id],
                "studies": [{"study": study, "series": rows} for study, rows in studies.items()],
            }
            for new_id, studies in subjects.items()
        ]

    def _row(self, number: int, series: _Series) -> dict[str, Any]:
        written = self._written[number]
        instances = max(written, series.instances)  # more, if duplicates in other series were written
        status = "written" if written == instances else "partly written" if written else "not written"
        return {
            "series": self._uid(series.series_uid),
            "modality": defined_modality(series.modality),
            "instances": instances,
            "written": written,
            "status": status,
            "face": self.faces[number].report if number in self.faces else None,
            "burned_in": [],
        }

    def _uid(self, uid: str) -> str:
        return uid if self._options.retain_uids else self._pseudonyms.uid(uid)
