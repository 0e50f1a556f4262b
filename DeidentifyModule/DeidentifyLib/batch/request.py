"""What a run is asked to do, and whether it can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.canonical_paths import canonical, canonical_inputs
from ..files.folders import FolderError, check_folders, check_key_file, default_private_folder, is_empty, make_private
from ..files.input_files import check_exist
from ..options import Options
from ..profile.support import refused
from ..pseudonyms.key import Key
from ..version import STANDARD_EDITION, __version__
from .process import AUTO, Settings

if TYPE_CHECKING:
    import SimpleITK as sitk

KEY_NAME = "key"
NOT_EMPTY = "the output folder is not empty: choose a new one; existing output is never overwritten"
DEFAULT_TIME_LIMIT = 900.0


class UnsupportedOptionError(ValueError):
    """An option that this version cannot carry out was chosen."""


class MaskFileError(ValueError):
    """A face mask made by a person cannot be read."""


@dataclass(frozen=True)
class RunRequest:
    """What to de-identify, how, and where to.

    All paths become canonical (absolute, links resolved) when the request is made: journal, audit and resumption know
    a file by one name.

    Attributes
    ----------
    inputs : tuple of Path
        Folders, files and archives.
    output : Path
        Folder for the de-identified copy; must be absent or empty.
    options : Options
    private : Path, optional
        Folder for map, key and journal; by default ``<output>.private``.
    key_file : Path, optional
        Project key; by default the file ``key`` in the private folder, made if it is absent.
    jobs : int
        Number of processes; 0 chooses.
    series : frozenset of str, optional
        SeriesInstanceUIDs to take; all if None.
    dry_run : bool
        Only scan and plan; nothing is written.
    resume : bool
        Continue an interrupted run into the output folder.
    engine : str
        See `Settings`.
    checksums : bool
        Whether to compute the SHA-256 of each output file.
    scheduler : str
        Address of a dask scheduler, empty for this machine.
    time_limit : float
        Seconds for one file in a worker process; 0 for no limit.
    masks : mapping of str to Path
        With Deface: label images that a person made, by FrameOfReferenceUID, instead of the automatic ones.
    id_list : Path, optional
        CSV with the columns id_old, id_new and perhaps name_new: new IDs that the site supplies.
    face_force, face_skip : frozenset of str
        With Deface: SeriesInstanceUIDs that are exported in spite of an uncertain verdict, or left untouched.
        Both are recorded in the report.

    Raises
    ------
    PathError
        If a path is empty.
    """

    inputs: tuple[Path, ...]
    output: Path
    options: Options = field(default_factory=Options)
    private: Path | None = None
    key_file: Path | None = None
    jobs: int = 0
    series: frozenset[str] | None = None
    dry_run: bool = False
    resume: bool = False
    engine: str = AUTO
    checksums: bool = True
    scheduler: str = ""
    time_limit: float = DEFAULT_TIME_LIMIT
    masks: Mapping[str, Path] = field(default_factory=dict)
    id_list: Path | None = None
    face_force: frozenset[str] = frozenset()
    face_skip: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Make the paths canonical."""
        output = canonical(self.output, "the output folder")
        private = self.private
        if private is None and default_private_folder(Path(self.output)) != default_private_folder(output):
            private = default_private_folder(Path(self.output))
        paths = {
            "inputs": canonical_inputs(self.inputs),
            "output": output,
            "private": None if private is None else canonical(private, "the private folder"),
            "key_file": None if self.key_file is None else canonical(self.key_file, "the key file"),
            "id_list": None if self.id_list is None else canonical(self.id_list, "the list of IDs"),
            "masks": {frame: canonical(path, "a face mask") for frame, path in self.masks.items()},
        }
        for name, value in paths.items():
            object.__setattr__(self, name, value)  # the class is frozen; this is still its making

    @property
    def private_folder(self) -> Path:
        """Folder for map, key and journal."""
        return self.private or default_private_folder(self.output)


def check_request(request: RunRequest) -> None:
    """Refuse a request that cannot be carried out; see `DeidentifyLib.batch.run.run`."""
    missing = refused(request.options)
    if missing:
        names = ", ".join("--" + name.replace("_", "-") for name in missing)
        raise UnsupportedOptionError(f"not available in version {__version__}: {names}")
    check_exist(request.inputs)
    check_folders(request.inputs, request.output, request.private_folder)
    if request.options.deface:
        read_masks(request)
    if request.key_file is not None:
        check_key_file(request.key_file, request.inputs, request.output)
    if not request.resume and not is_empty(request.output):
        raise FolderError(NOT_EMPTY)


def key_of(request: RunRequest) -> Key:
    """Return the project key of a request; a new one is made if there is none.

    Raises
    ------
    KeyFileError
        If it cannot be read or made.
    """
    if request.key_file is not None:
        return Key.read(request.key_file)
    path = request.private_folder / KEY_NAME
    if path.exists():
        return Key.read(path)
    if request.dry_run:
        return Key(bytes(32))
    make_private(request.private_folder)
    return Key.new(path)


def settings_of(request: RunRequest) -> Settings:
    """Return what the workers of a request need."""
    return Settings(
        request.options,
        key_of(request),
        str(request.output),
        request.engine,
        request.checksums,
        str(request.key_file or request.private_folder / KEY_NAME),
        request.time_limit,
        str(request.private_folder),
    )


def read_masks(request: RunRequest) -> dict[str, sitk.Image]:
    """Return the label images that a person made, by FrameOfReferenceUID.

    Raises
    ------
    MaskFileError
        If one cannot be read; the message names its position, not its path.
    """
    import SimpleITK as sitk

    masks = {}
    for number, (uid, path) in enumerate(request.masks.items(), 1):
        try:
            masks[uid] = sitk.ReadImage(str(path))
        except RuntimeError:
            raise MaskFileError(f"face mask {number} cannot be read as an image (NRRD, NIfTI or MHA)") from None
    return masks


def header_of(request: RunRequest, key_fingerprint: str) -> dict[str, Any]:
    """Return what begins the journal of a run, and must be the same when it is resumed."""
    return {
        "version": __version__,
        "edition": STANDARD_EDITION,
        "output_folder": str(request.output),
        "options": request.options.to_dict(),
        "key_fingerprint": key_fingerprint,
        "series": None if request.series is None else sorted(request.series),
        "faces": {
            "masks": {frame: str(path) for frame, path in sorted(request.masks.items())},
            "force": sorted(request.face_force),
            "skip": sorted(request.face_skip),
        },
    }
