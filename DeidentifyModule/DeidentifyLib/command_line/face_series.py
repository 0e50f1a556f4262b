"""``deidentify face`` on a folder with one DICOM series."""

from __future__ import annotations

import argparse
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.uid import generate_uid

from .. import face
from ..face.picture import picture, write_picture
from ..face.volume import full_grid
from ..formats.images import read_image, write_image
from .face_report import NOT_WRITTEN, WRITTEN, WrongUse, say

PREAMBLE = b"\0" * 128


def run(arguments: argparse.Namespace) -> int:
    """Remove the face from the series; the headers keep all they say (use ``run --deface`` to de-identify them)."""
    series = _read_headers(arguments.image)
    masks = (
        {series.key: face.checked_mask(read_image(arguments.mask_in), full_grid(series))} if arguments.mask_in else {}
    )
    force = (series.key,) if arguments.force else ()
    plan = face.plan_study([series], ears=arguments.ears, dilation_mm=arguments.dilate, masks=masks, force=force)
    decision = plan.decisions[series.key]
    region = decision.region if decision.action is face.FaceAction.DEFACE else None
    if region is not None:
        _write(arguments, series, region)
    say(arguments, decision.verdict, decision.overridden, region is not None)
    return WRITTEN if region is not None else NOT_WRITTEN


def _read_headers(folder: Path) -> face.SeriesHeaders:
    groups: dict[str, list[face.InstanceHeader]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True)
        except InvalidDicomError:
            continue
        if "SOPInstanceUID" in header and "Rows" in header:
            groups.setdefault(str(header.get("SeriesInstanceUID")), []).append(face.InstanceHeader(header, path))
    if len(groups) != 1:
        raise WrongUse(f"the folder must hold one DICOM series with images, not {len(groups)}")
    (key, instances), *_ = groups.items()
    return face.SeriesHeaders(key, instances)


def _write(arguments: argparse.Namespace, series: face.SeriesHeaders, region: face.Region) -> None:
    if arguments.mask_out:
        write_image(region.on_grid(full_grid(series)), arguments.mask_out)
    if arguments.picture:
        volume = face.small_volume(series)
        mask = region.on_grid(volume)
        defaced = face.remove_face(volume, mask, face.air_value(volume, series.modality))
        location = region.location if isinstance(region, face.FaceRegion) else None
        write_picture(picture(volume, mask, defaced, series.modality, location), arguments.picture)
    if arguments.image_out:
        arguments.image_out.mkdir(parents=True, exist_ok=True)
        series_uid = generate_uid(prefix=None)
        for number, instance in enumerate(series.instances, 1):
            dataset = face.deface_dataset(instance.read(), region)
            # changed pixels are a new instance (PS3.3 C.7.6.1.1.2)
            dataset.SeriesInstanceUID, dataset.SOPInstanceUID = series_uid, generate_uid(prefix=None)
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.preamble = PREAMBLE
            _save(dataset, arguments.image_out / f"{number:06d}.dcm")


def _save(dataset: pydicom.Dataset, path: Path) -> None:
    for tag in [tag for tag in dataset.keys() if tag.group == 0]:
        del dataset[tag]  # a command set is no part of a file
    partial = path.with_name(f".partial-{path.name}")
    try:
        dataset.save_as(partial, enforce_file_format=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
