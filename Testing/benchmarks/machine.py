"""What the figures of a benchmark were measured on: no path and no name of the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

_PACKAGES = ("pydicom", "numpy", "distributed")
_PEERS = ("pydicom", "dicom-anonymizer", "dicognito", "idiscore", "deid")
_VERSIONS = """
import platform, sys
from importlib import metadata
found = [platform.python_version()]
for name in sys.argv[1:]:
    try:
        found.append(name + " " + metadata.version(name))
    except metadata.PackageNotFoundError:
        pass
print(", ".join(found))
"""


def load() -> str:
    """Return the number of processes that wanted to run in the last minute."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


def now() -> str:
    """Return date and time, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def describe(scratch: Path, peer_pythons: Iterable[str] = ()) -> list[str]:
    """Return lines about processor, memory, file system, kernel, Python and packages.

    Parameters
    ----------
    scratch : Path
        Where the files lie.
    peer_pythons : iterable of str
        Interpreters of the other tools.
    """
    info = _fields("/proc/cpuinfo")
    virtual = ", virtual machine" if "hypervisor" in info.get("flags", "").split() else ""
    memory = _fields("/proc/meminfo")
    total, available = (_gigabytes(memory.get(name, "")) for name in ("MemTotal", "MemAvailable"))
    packages = ", ".join(f"{name} {version}" for name in _PACKAGES if (version := _version(name)))
    lines = [
        f"{info.get('model name', platform.processor() or 'unknown processor')}, {os.cpu_count()} processors{virtual}",
        f"memory {total}, available {available}; file system {file_system(scratch)}",
        f"{platform.system()} {platform.release()}; Python {platform.python_version()}; {packages}",
    ]
    return lines + [f"other tools: Python {versions}" for python in peer_pythons if (versions := _asked(python))]


def available_bytes() -> int | None:
    """Return how much memory is free or easily freed, if the system tells."""
    words = _fields("/proc/meminfo").get("MemAvailable", "").split()
    return int(words[0]) * 1024 if words else None


def file_system(path: Path) -> str:
    """Return the kind of file system that holds a folder."""
    found, longest = "unknown", -1
    place = str(path.resolve())
    try:
        lines = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        mount, kind = line.split()[1:3]
        if (place + "/").startswith(mount.rstrip("/") + "/") and len(mount) >= longest:
            found, longest = kind, len(mount)
    return found


def _fields(path: str) -> dict[str, str]:
    """Return the first value of every name in a file of ``name: value``."""
    found: dict[str, str] = {}
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), value.strip())
    return found


def _gigabytes(text: str) -> str:
    return f"{int(text.split()[0]) / 2**20:.1f} GiB" if text else "unknown"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _asked(python: str) -> str:
    try:
        done = subprocess.run([python, "-c", _VERSIONS, *_PEERS], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
