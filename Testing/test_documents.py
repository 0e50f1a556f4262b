"""What the documents say is what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import runs
from DeidentifyLib.options import Options
from DeidentifyLib.profile.conformance import conformance_statement

ROOT = Path(__file__).resolve().parents[1]


def test_the_conformance_statement_in_docs_is_the_generated_one() -> None:
    options = Options(keep_subject_characteristics=True, keep_safe_private=True)
    assert (ROOT / "docs/conformance-statement.txt").read_text(encoding="utf-8") == conformance_statement(options)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_every_option_of_the_readme_is_one_of_the_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    known = {word for name in ("run", "describe", "face", "audit", "dicomdir") for word in _options(name)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - known - {"--conformance"} == set()


def test_describe_prints_the_words_that_the_report_uses() -> None:
    from DeidentifyLib.profile import consequences, describe_actions

    done = runs.command("describe")
    for line in [*describe_actions(Options()), *consequences(Options())]:
        assert f"- {line}\n" in done.stdout


def _options(command: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", runs.command(command, "--help").stdout))
