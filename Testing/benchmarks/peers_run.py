"""Install the other tools, each in a virtual environment of its own, and run them and ours on one folder."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import runs

INSTALL_SECONDS, RUN_SECONDS, FILE_SECONDS = 600, 600, 60
DRIVER = Path(__file__).with_name("peers_drive.py")
RESEARCHER = {
    "keep_subject_characteristics": True,
    "keep_safe_private": True,
    "clean_descriptors": True,
    "clean_structured_content": True,
    "clean_graphics": True,
}
"""All that a researcher asks us to keep; dates are shifted, the default."""


class CannotRunError(Exception):
    """A tool that does not install or does not run here; the text says why."""


@dataclass(frozen=True)
class Tool:
    """One row of the table.

    Attributes
    ----------
    name : str
        Name of the tool.
    run : callable
        Takes the tool, the input folder, the output folder and a folder for environments; returns (pairs, notes).
    package : str
        Requirement for pip, or the package for apt.
    settings : str
        With what it was called, for a person.
    options : mapping
        What the settings let stay, named as in ``Options``; the leak checker judges by them.
    python : tuple[int, int] | None
        Version of Python that it needs, None for the one that runs this.
    one_by_one : bool
        Each file goes through a process of its own, so UIDs are not consistent.
    """

    name: str
    run: Callable[[Tool, Path, Path, Path], tuple[dict[Path, Path], str]]
    package: str = ""
    settings: str = "defaults"
    options: Mapping[str, Any] = field(default_factory=dict)
    python: tuple[int, int] | None = None
    one_by_one: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a tool did: {input: output}, CPU seconds of its processes, remarks, or why it could not run."""

    tool: Tool
    output: Path
    pairs: dict[Path, Path] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    version: str = ""
    notes: str = ""
    failure: str = ""


def cpu_seconds() -> float:
    """Return user and system seconds of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def call(words: list[object], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a command with a time limit.

    Raises
    ------
    CannotRunError
        If it is not there or does not end in time.
    """
    try:
        return subprocess.run(
            list(map(str, words)), capture_output=True, text=True, errors="replace", timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRunError(f"{type(error).__name__} of {Path(str(words[0])).name}") from error


def run_tool(tool: Tool, source: Path, output: Path, environments: Path) -> Outcome:
    """Install a tool where that is needed, run it, and say what came of it."""
    try:
        version = _install(tool, environments)
        before = cpu_seconds()
        pairs, notes = tool.run(tool, source, output, environments)
    except CannotRunError as error:
        return Outcome(tool, output, failure=str(error))
    return Outcome(tool, output, pairs, cpu_seconds() - before, version, notes)


def _home(tool: Tool, environments: Path) -> Path:
    return environments / re.split(r"[<>=]", tool.package)[0]


def _install(tool: Tool, environments: Path) -> str:
    if not tool.package:
        return _our_version() if tool.run is ours else "-"
    if tool.run is gdcmanon:
        return _version_of_gdcmanon(tool)
    home = _home(tool, environments)
    is_new = not home.exists()
    code = f"from importlib.metadata import version; print(version({home.name!r}))"
    if (home / "bin" / "python").exists():
        known = call([home / "bin" / "python", "-c", code], FILE_SECONDS)
        if known.returncode == 0:
            return known.stdout.strip()
    else:
        _make_environment(tool, home)
    done = call([home / "bin" / "python", "-m", "pip", "install", "-q", tool.package], INSTALL_SECONDS)
    if done.returncode:
        if is_new:
            shutil.rmtree(home, ignore_errors=True)
        raise CannotRunError(f"pip cannot install {tool.package}: {_last_line(done.stderr)}")
    return call([home / "bin" / "python", "-c", code], FILE_SECONDS).stdout.strip()


def _make_environment(tool: Tool, home: Path) -> None:
    if tool.python in (None, sys.version_info[:2]):
        venv.create(home, with_pip=True)
        return
    python = shutil.which(f"python{tool.python[0]}.{tool.python[1]}")
    if python is None:
        raise CannotRunError(f"needs Python {tool.python[0]}.{tool.python[1]}, which is not on the path")
    done = call([python, "-m", "venv", home], INSTALL_SECONDS)
    if done.returncode:
        raise CannotRunError(f"no virtual environment: {_last_line(done.stderr)}")


def _our_version() -> str:
    done = runs.command("--version")
    return done.stdout.split()[1] if done.returncode == 0 else "this working copy"


def _version_of_gdcmanon(tool: Tool) -> str:
    if shutil.which("gdcmanon") is None:
        raise CannotRunError(f"not on the path; `apt-get install {tool.package}` brings it")
    return call(["gdcmanon", "--version"], FILE_SECONDS).stdout.split("$")[0].replace("gdcmanon: gdcm", "").strip()


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1][:160]


def _same_names(source: Path, output: Path) -> dict[Path, Path]:
    return {path: output / path.name for path in sorted(source.iterdir()) if (output / path.name).is_file()}


def ours(tool: Tool, source: Path, output: Path, environments: Path) -> tuple[dict[Path, Path], str]:
    """Run this project's command line."""
    try:
        done = runs.run(source, output=output, **tool.options)
    except subprocess.TimeoutExpired as error:
        raise CannotRunError("it did not end in time") from error
    if done.code not in (0, 3):
        raise CannotRunError(f"exit code {done.code}: {_last_line(done.stderr)}")
    lost = {Path(path).name: why for path, why in done.status.items() if why[0] != "written"}
    return dict(done.pairs()), "; ".join(f"{name}: {status}, {why}" for name, (status, why) in sorted(lost.items()))


def unchanged(tool: Tool, source: Path, output: Path, environments: Path) -> tuple[dict[Path, Path], str]:
    """Copy the folder: what is found in it is what can be found."""
    shutil.copytree(source, output)
    return _same_names(source, output), ""


def library(tool: Tool, source: Path, output: Path, environments: Path) -> tuple[dict[Path, Path], str]:
    """Run a tool that is a Python library, in its own environment, file by file."""
    done = call([_home(tool, environments) / "bin" / "python", DRIVER, tool.name, source, output], RUN_SECONDS)
    if done.returncode:
        raise CannotRunError(_last_line(done.stderr))
    return _same_names(source, output), f"refused: {_last_line(done.stdout)}" if done.stdout.strip() else ""


def dcm_anon(tool: Tool, source: Path, output: Path, environments: Path) -> tuple[dict[Path, Path], str]:
    """Run ``dcm-anon`` on the folder; bad files are skipped and its audit log goes elsewhere."""
    log = output.with_name(f"{output.name} log.json")
    words = [_home(tool, environments) / "bin" / "dcm-anon", source, output, "--continue-on-error", "--quiet"]
    call([*words, "--audit-log", log], RUN_SECONDS)
    return _named(source, output)


def dicom_dre(tool: Tool, source: Path, output: Path, environments: Path) -> tuple[dict[Path, Path], str]:
    """Run ``dicom-dre deidentify`` on the folder with one worker; file names are kept to find the pairs."""
    words = [_home(tool, environments) / "bin" / "dicom-dre", "deidentify", source, "-o", output, "-r", "-j", 1]
    done = call([*words, "--no-rename-to-sop-uid", "--hash-salt", "comparison of tools"], RUN_SECONDS)
    pairs, notes = _named(source, output)
    return pairs, "; ".join(filter(None, [notes, _last_line(done.stdout)]))


def _named(source: Path, output: Path) -> tuple[dict[Path, Path], str]:
    files = {path.name: path for path in output.rglob("*") if path.is_file()} if output.is_dir() else {}
    pairs = {path: files[path.name] for path in sorted(source.iterdir()) if path.name in files}
    if not pairs:
        raise CannotRunError("it wrote nothing")
    return pairs, ""


def gdcmanon(tool: Tool, source: Path, output: Path, environments: Path) -> tuple[dict[Path, Path], str]:
    """Run ``gdcmanon -e`` file by file with a certificate made for the occasion."""
    output.mkdir(parents=True)
    environments.mkdir(parents=True, exist_ok=True)
    key, certificate = environments / "key.pem", environments / "certificate.pem"
    if call(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=comparison",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        FILE_SECONDS,
    ).returncode:
        raise CannotRunError("openssl makes no certificate")
    failed = 0
    for path in sorted(source.iterdir()):
        done = call(["gdcmanon", "-e", "-c", certificate, path, output / path.name], FILE_SECONDS)
        if done.returncode:
            failed += 1
            (output / path.name).unlink(missing_ok=True)
    return _same_names(source, output), f"refused: {failed} files"


TOOLS = (
    Tool("Deidentify, Basic Profile", ours, settings="no option: Basic Profile, dates shifted"),
    Tool("Deidentify, all for research", ours, options=RESEARCHER, settings="; ".join(runs.arguments(RESEARCHER))),
    Tool("dicom-anonymizer", library, "dicom-anonymizer>=2,<3"),
    Tool("dicognito", library, "dicognito"),
    Tool("deid", library, "deid", settings="default recipe"),
    Tool("dicom-dre", dicom_dre, "dicom-dre", settings="profile 'default', one worker", python=(3, 12)),
    Tool("dcm-anon", dcm_anon, "dcm-anonymizer", settings="defaults, --continue-on-error"),
    Tool("dcmanon", library, "dcmanon"),
    Tool(
        "idiscore",
        library,
        "idiscore==1.2.0",
        settings="create_default_core(): clean descriptors, keeps subject characteristics and devices",
        options={"keep_subject_characteristics": True, "retain_device_identity": True},
    ),
    Tool(
        "gdcmanon",
        gdcmanon,
        "libgdcm-tools",
        settings="-e (encrypted originals), each file on its own",
        one_by_one=True,
    ),
    Tool("unchanged copy", unchanged, settings="a control: no tool at all"),
)
