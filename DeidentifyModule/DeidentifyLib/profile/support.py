"""Which options this version can carry out."""

from __future__ import annotations

from ..options import Options

_NOT_BUILT = frozenset({"clean_pixel_data"})


def unsupported_options() -> frozenset[str]:
    """Return the names of the options that this version refuses."""
    return _NOT_BUILT


def refused(options: Options) -> list[str]:
    """Return the chosen options that this version cannot carry out."""
    return sorted(name for name in _NOT_BUILT if getattr(options, name))
