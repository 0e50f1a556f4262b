"""NIfTI, NRRD and MetaImage files through SimpleITK; what their headers say besides geometry is not carried over."""

from __future__ import annotations

from pathlib import Path

import SimpleITK as sitk

SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".mha")


class ImageFileError(ValueError):
    """A file could not be read or written as an image; the message names no path."""


def read_image(path: Path) -> sitk.Image:
    """Read an image file.

    Raises
    ------
    ImageFileError
        If SimpleITK cannot read it (among others: NIfTI with sheared axes, truncated files).
    """
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        raise ImageFileError(_reason(error)) from None
    for key in image.GetMetaDataKeys():
        image.EraseMetaData(key)
    return image


def write_image(image: sitk.Image, path: Path) -> None:
    """Write an image file, compressed where the format can.

    Raises
    ------
    ImageFileError
        If SimpleITK cannot write it.
    """
    path = Path(path)
    if not path.name.lower().endswith(SUFFIXES):
        raise ImageFileError(f"the file's name must end with one of {', '.join(SUFFIXES)}")
    partial = path.with_name(f".partial-{path.name}")
    try:
        sitk.WriteImage(image, str(partial), useCompression=True)
        partial.replace(path)
    except RuntimeError as error:
        raise ImageFileError(_reason(error)) from None
    finally:
        partial.unlink(missing_ok=True)


def _reason(error: RuntimeError) -> str:
    """Return what ITK says went wrong, without paths."""
    text = str(error)
    for words, plain in (
        ("orthonormal", "its axes are sheared or not at right angles"),
        ("does not exist", "there is no such file"),
        ("Unable to determine ImageIO reader", "it is no image in a known format"),
    ):
        if words in text:
            return plain
    return "it is damaged or in a form that SimpleITK cannot handle"
