"""``deidentify face``: remove the face from one image file or one folder with a DICOM series."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import SimpleITK as sitk

from .. import face
from ..face.picture import picture, write_picture
from ..formats.images import SUFFIXES, ImageFileError, read_image, write_image
from . import face_series
from .face_report import FAILED, NOT_WRITTEN, WRITTEN, WRONG_USE, WrongUse, say
from .written_files import overwrites


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the sub command."""
    parser.add_argument(
        "image", type=Path, metavar="IMAGE_OR_SERIES", help="NIfTI, NRRD, MHA, or a folder with one DICOM series"
    )
    parser.add_argument("--image-out", type=Path, metavar="FILE_OR_FOLDER", help="write the image without the face")
    parser.add_argument("--mask-out", type=Path, metavar="FILE", help="write the mask (NIfTI, NRRD or MHA)")
    parser.add_argument("--mask-in", type=Path, metavar="FILE", help="use this mask instead of the found one")
    parser.add_argument("--picture", type=Path, metavar="FILE.png", help="write a picture of mask and surface")
    parser.add_argument(
        "--modality", default=None, help="CT, MR or PT; default: what DICOM says, or a guess from the values"
    )
    parser.add_argument("--ears", action="store_true", help="remove the ears too")
    parser.add_argument("--dilate", type=float, default=0.0, metavar="MM", help="grow the mask by 0 to 20 mm")
    parser.add_argument(
        "--force", action="store_true", help="write although the verdict is uncertain; this is recorded"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON with the verdict and its figures")


def main(arguments: argparse.Namespace) -> int:
    """Run the sub command; return 0 written, 1 failure, 2 wrong use, 3 uncertain or no head."""
    wrong = _wrong_use(arguments)
    if wrong:
        print(f"deidentify face: {wrong}", file=sys.stderr)
        return WRONG_USE
    try:
        return face_series.run(arguments) if arguments.image.is_dir() else _run_file(arguments)
    except (WrongUse, face.MaskError) as error:
        print(f"deidentify face: {error}", file=sys.stderr)
        return WRONG_USE
    except (ImageFileError, face.NotAVolume, face.NoPlane, face.CannotDeface, OSError) as error:
        text = type(error).__name__ if isinstance(error, OSError) else str(error)
        print(f"deidentify face: the image could not be handled: {text}", file=sys.stderr)
        return FAILED


def _wrong_use(arguments: argparse.Namespace) -> str:
    if not arguments.image.exists():
        return "the input does not exist"
    inputs = [path for path in (arguments.image, arguments.mask_in) if path]
    if any(path.exists() and not (path.is_file() or path.is_dir()) for path in inputs):
        return "a pipe, socket or device is no input"
    if not 0 <= arguments.dilate <= 20:
        return "--dilate must lie between 0 and 20"
    if arguments.picture and arguments.picture.suffix.lower() != ".png":
        return "--picture must end with .png"
    for name in ("image_out", "mask_out", "picture"):
        if overwrites(getattr(arguments, name), (arguments.image, arguments.mask_in)):
            return f"--{name.replace('_', '-')} must not be an input or lie in it"
    if arguments.image.is_dir() and arguments.image_out and not _is_new(arguments.image_out):
        return "--image-out must be a new or empty folder"
    written = [path.resolve() for path in (arguments.image_out, arguments.mask_out, arguments.picture) if path]
    if len(set(written)) < len(written):
        return "--image-out, --mask-out and --picture must be different files"
    outputs = [arguments.mask_out, None if arguments.image.is_dir() else arguments.image_out]
    if any(path and not path.name.lower().endswith(SUFFIXES) for path in outputs):
        return f"the written file's name must end with one of {', '.join(SUFFIXES)}"
    return ""


def _is_new(folder: Path) -> bool:
    """Return whether a folder is absent or empty."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _run_file(arguments: argparse.Namespace) -> int:
    image = read_image(arguments.image)
    modality = arguments.modality or face.guess_modality(image)
    first = face.first_frame(image)
    location, judged = _judge(first, modality)
    mask = None
    if arguments.mask_in:
        mask = face.checked_mask(read_image(arguments.mask_in), first)
        judged = face.Verdict(face.FaceOutcome.REMOVED, "a mask made by a person was used", judged.figures)
    forced = arguments.force and judged.outcome is face.FaceOutcome.UNCERTAIN and location is not None
    if mask is None and location is not None and (judged.outcome is face.FaceOutcome.REMOVED or forced):
        mask = face.face_mask(first, location, ears=arguments.ears, dilation_mm=arguments.dilate)
    accepted = mask is not None
    if accepted:
        _write(arguments, image, first, mask, modality, location)
    say(arguments, judged, forced, accepted)
    return WRITTEN if accepted else NOT_WRITTEN


def _judge(image: sitk.Image, modality: str) -> tuple[face.Location | None, face.Verdict]:
    try:
        location = face.locate(image, modality)
    except face.NotAVolume as error:
        return None, face.Verdict(face.FaceOutcome.UNCERTAIN, str(error))
    return location, face.verdict(location, modality)


def _write(
    arguments: argparse.Namespace,
    image: sitk.Image,
    first: sitk.Image,
    mask: sitk.Image,
    modality: str,
    location: face.Location | None,
) -> None:
    fill = face.air_value(image, modality)
    if arguments.mask_out:
        write_image(mask, arguments.mask_out)
    if arguments.picture:
        write_picture(picture(first, mask, face.remove_face(first, mask, fill), modality, location), arguments.picture)
    if arguments.image_out:
        write_image(face.remove_face(image, mask, fill), arguments.image_out)
