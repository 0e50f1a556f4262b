"""Set our result beside those of other tools that install from PyPI or apt, on planted secrets.

``python Testing/benchmarks/compare_peers.py`` (with the extra ``test`` of this project installed) makes synthetic
patients, installs every tool in a virtual environment of its own, runs it at its documented defaults, measures all
outputs with the same code, prints a table and writes ``docs/peers.md``. ``--work DIR`` keeps the environments and the
outputs; ``--only NAME ...`` runs some tools and writes nothing. What does not install or run is reported as such.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Testing")]

from own_folder import NotOwnError, record_own, remove_own  # noqa: E402

from benchmarks.peers_corpus import SAFE_PRIVATE, Corpus, make_corpus  # noqa: E402
from benchmarks.peers_measure import PLACES, Measures, measure  # noqa: E402
from benchmarks.peers_run import TOOLS, Outcome, run_tool  # noqa: E402

TEXT = Path(__file__).with_name("peers_text.md")
COLUMNS = (
    "Tool",
    "Version",
    "Secrets left",
    "Readable outputs",
    "Objects whole",
    "References that resolve",
    "180 days between studies",
    "SUV",
    "Private kept: safe / other",
    "Marks (0012,00xx)",
    "New `dciodvfy` errors (files)",
    "CPU s",
)


def _of(pair: tuple[int, int]) -> str:
    return f"{pair[0]} of {pair[1]}"


def row(outcome: Outcome, found: Measures | None) -> list[str]:
    """Return the cells of one tool."""
    if found is None:
        return [outcome.tool.name, "-", f"not run: {outcome.failure}", *["-"] * (len(COLUMNS) - 3)]
    files = {line.partition(":")[0] for line in found.new_errors or ()}
    errors = "not run" if found.new_errors is None else f"{len(found.new_errors)} ({len(files)})"
    private = f"{_of((found.safe_private, len(SAFE_PRIVATE)))} / {_of(found.other_private)}"
    resolved = "n/a" if outcome.tool.one_by_one else _of(found.references)
    readable = _of(found.readable) + (f", {found.without_uids} without UIDs" if found.without_uids else "")
    whole = _of((found.with_content - len(found.not_whole), found.with_content))
    left = f"**{len(found.leaked)}** of {found.must_go}"
    return [
        outcome.tool.name,
        outcome.version,
        left,
        readable,
        whole,
        resolved,
        found.interval,
        found.uptake,
        private,
        found.marks,
        errors,
        f"{outcome.cpu_seconds:.2f}",
    ]


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    columns = list(columns)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)


def places_table(results: list[tuple[Outcome, Measures | None]]) -> str:
    """Return a table of how many secrets are left where."""
    names = [*PLACES, "other attributes"]
    rows = [
        [outcome.tool.name, *(str(found.places[name]) for name in names)]
        for outcome, found in results
        if found is not None
    ]
    return table(["Tool", *names], rows)


def settings(results: list[tuple[Outcome, Measures | None]], corpus: Corpus) -> str:
    """Return how each tool was called and what it said."""
    lines = []
    for outcome, _ in results:
        notes = outcome.notes
        for name, kind in corpus.kinds.items():
            notes = notes.replace(name, kind)
        lines.append(f"- **{outcome.tool.name}**: {outcome.tool.settings}" + (f". {notes}" if notes else ""))
    return "\n".join(lines)


def our_failures(results: list[tuple[Outcome, Measures | None]]) -> str:
    """Return what our own output leaked or broke, in the words that would serve for any tool."""
    lines = []
    for outcome, found in results:
        if not outcome.tool.name.startswith("Deidentify"):
            continue
        if found is None:
            lines.append(f"- {outcome.tool.name}: did not run: {outcome.failure}")
            continue
        failures = [f"left {secret.place}" for secret in found.leaked]
        failures += [f"object not whole: {what}" for what in found.not_whole]
        failures += [f"new `dciodvfy` error: {line}" for line in found.new_errors or ()]
        for name, (have, of) in {"readable outputs": found.readable, "references": found.references}.items():
            failures += [f"{of - have} of {of} {name} missing"] if have < of else []
        lines += [
            f"- {outcome.tool.name}: {failure}" + (f" (x{count})" if count > 1 else "")
            for failure, count in Counter(failures).items()
        ]
    return "\n".join(lines) or "None in this corpus."


def machine() -> str:
    """Return what the CPU seconds were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def compare(work: Path, only: list[str]) -> tuple[list[tuple[Outcome, Measures | None]], Corpus]:
    """Run and measure the tools, one after the other."""
    outputs = work / "outputs"
    remove_own(outputs)
    outputs.mkdir(parents=True)
    try:
        return _compare(outputs, work / "environments", only)
    finally:
        record_own(outputs)


def _compare(
    outputs: Path, environments: Path, only: list[str]
) -> tuple[list[tuple[Outcome, Measures | None]], Corpus]:
    corpus = make_corpus(outputs / "corpus")
    results: list[tuple[Outcome, Measures | None]] = []
    for number, tool in enumerate(TOOLS):
        if only and tool.name not in only:
            continue
        outcome = run_tool(tool, corpus.folder, outputs / f"tool {number}", environments)
        found = None if outcome.failure else measure(corpus, outcome.output, outcome.pairs, tool.options)
        results.append((outcome, found))
        print(" | ".join(row(outcome, found)), flush=True)
    return results, corpus


def main() -> int:
    """Compare, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, help="folder to keep; a temporary one otherwise")
    parser.add_argument("--only", nargs="+", default=[], help="names of tools; the page is not written then")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "peers.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        try:
            results, corpus = compare(arguments.work or Path(temporary), arguments.only)
        except NotOwnError as error:
            parser.error(f"the folder 'outputs' in --work cannot be used, nothing was deleted: {error}")
    page = TEXT.read_text(encoding="utf-8").format(
        date=date.today().isoformat(),
        machine=machine(),
        files=len(corpus.kinds),
        planted=len(set(corpus.planted)),
        table=table(COLUMNS, (row(*result) for result in results)),
        places=places_table(results),
        settings=settings(results, corpus),
        failures=our_failures(results),
    )
    print(page)
    if not arguments.only:
        arguments.page.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
