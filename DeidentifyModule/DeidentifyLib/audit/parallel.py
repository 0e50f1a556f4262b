"""The audit of subjects in several processes; the result is that of one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from pathlib import Path

from ..files.process_pool import process_pool
from .audit_pairs import audit_group
from .auditor import Auditor
from .decoding import quiet
from .expectation import Expectation
from .pairing import Pairs
from .pixel_records import PixelRecords
from .subject_groups import SubjectGroup, groups_of

_WORTH_A_POOL = 2000
"""A process takes about half a second to start; with fewer files one does it."""


@dataclass(frozen=True)
class _Share:
    """What a process needs for the files of one subject."""

    group: SubjectGroup
    output: Path
    records: PixelRecords
    expectation: Expectation


@dataclass(frozen=True)
class _Part:
    """What came of a share: None if the subject may have files elsewhere; and CPU seconds."""

    auditor: Auditor | None
    cpu: float


def audit_in_processes(
    auditor: Auditor, pairs: Pairs, output: Path, records: PixelRecords, on_progress: Callable[[int], None], jobs: int
) -> float:
    """Audit pairs as `audit_pairs` does, each subject in one of several processes.

    A subject that has something in common with another, and all that a lost process leaves, is audited in this
    process: the result does not depend on the number of jobs.

    Returns
    -------
    float
        CPU seconds of the other processes.
    """
    done, cpu = 0, 0.0
    for group, part in _parts(auditor, pairs, output, records, jobs):
        if part is None or part.auditor is None or not auditor.take_over(part.auditor):
            audit_group(auditor, group, output, records.of)
        done, cpu = done + len(group), cpu + (part.cpu if part is not None else 0.0)
        on_progress(done)
    return cpu


def is_worth_it(pairs: Pairs, jobs: int) -> bool:
    """Return whether several processes are faster than one."""
    return jobs > 1 and len(pairs) >= _WORTH_A_POOL


def _parts(
    auditor: Auditor, pairs: Pairs, output: Path, records: PixelRecords, jobs: int
) -> Iterator[tuple[SubjectGroup, _Part | None]]:
    """Yield the groups in their order, each with what a process found, None where it was lost."""
    if auditor.expectation is None:
        raise ValueError("the outputs must be held to known options")
    waiting: deque[tuple[SubjectGroup, Future[_Part] | None]] = deque()
    with process_pool(jobs) as pool:
        for group in groups_of(pairs):
            names = (pair.output for pair in group)
            share = _Share(group.apart(), output, records.part(names), auditor.expectation)
            waiting.append((group, _submitted(pool, share)))
            if len(waiting) > jobs:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def _submitted(pool: Executor, share: _Share) -> Future[_Part] | None:
    try:
        return pool.submit(audit_share, share)
    except BrokenExecutor:
        return None


def _result(group: SubjectGroup, future: Future[_Part] | None) -> tuple[SubjectGroup, _Part | None]:
    try:
        return group, None if future is None else future.result()
    except BrokenExecutor:
        return group, None


def audit_share(share: _Share) -> _Part:
    """Audit the files of one subject, in a process of its own."""
    before = time.process_time()
    auditor = Auditor(share.expectation)
    with quiet():
        is_alone = audit_group(auditor, share.group, share.output, share.records.of)
    auditor.rest()
    return _Part(auditor if is_alone else None, time.process_time() - before)
