"""Can a machine still see or match the face? Detectors and a recogniser on renderings before and after.

``python Testing/benchmarks/face_detectors.py --cache FOLDER`` needs, besides the packages of the evaluation,
``mediapipe==0.10.14`` and ``face_recognition_models==0.3.0`` with ``dlib-bin`` (later versions ship no models).
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk

sys.path[:0] = [str(Path(__file__).parents[2] / "DeidentifyModule"), str(Path(__file__).parent)]
import dlib  # noqa: E402
import mediapipe  # noqa: E402
from DeidentifyLib import face  # noqa: E402
from face_heads import HEADS, Head, load, present  # noqa: E402
from face_truth import coordinates  # noqa: E402

MODELS = Path(importlib.util.find_spec("face_recognition_models").origin).parent / "models"
VIEWS, SMOOTHINGS = (-25, 0, 25), (0.6, 1.2)
STEP, WIDTH, HEIGHT = 0.7, 340, 400


def renderings(image: sitk.Image, threshold: float, nasion: tuple[float, float, float]) -> list[np.ndarray]:
    """Return shaded views (rows, columns, 3) uint8 of the surface about a nasion: three angles, two smoothings."""
    views = []
    low = float(sitk.GetArrayViewFromImage(image).min())
    for sigma in SMOOTHINGS:
        smooth = sitk.SmoothingRecursiveGaussian(sitk.Cast(image, sitk.sitkFloat32), sigma)
        for angle in VIEWS:
            turn = sitk.Euler3DTransform()
            turn.SetRotation(0, 0, np.radians(angle))
            turn.SetCenter(nasion)
            grid = sitk.Image([WIDTH, 260, HEIGHT], sitk.sitkFloat32)
            grid.SetSpacing([STEP] * 3)
            grid.SetOrigin([nasion[0] - WIDTH * STEP / 2, nasion[1] - 60, nasion[2] - 0.62 * HEIGHT * STEP])
            volume = sitk.GetArrayFromImage(sitk.Resample(smooth, grid, turn, sitk.sitkLinear, low))
            views.append(_shade(volume[::-1], threshold))
    return views


def nasion(head: Head) -> tuple[float, float, float]:
    """Return about where the nasion is: 18 mm below the glabella, where the skin begins there."""
    marks = HEADS[head.name]
    _, y, z = coordinates(head.image)
    skin = sitk.GetArrayViewFromImage(head.skin) > 0
    low = marks.glabella_z - 18.0
    near = skin & (abs(z - low) < 8)
    return marks.nasion_x, float(np.broadcast_to(y, skin.shape)[near if near.any() else skin].min()), low


def _shade(volume: np.ndarray, threshold: float) -> np.ndarray:
    solid = volume > threshold
    hit = solid.any(1)
    first = np.clip(solid.argmax(1), 1, None)
    rows, columns = np.indices(first.shape)
    outer, inner = volume[rows, first - 1, columns], volume[rows, first, columns]
    depth = (first - np.clip((inner - threshold) / np.maximum(inner - outer, 1e-6), 0, 1)).astype(np.float32)
    depth = np.where(hit, depth, volume.shape[1])
    dy, dx = np.gradient(depth)
    light = np.clip((1.0 - 0.3 * dx - 0.4 * dy) / np.sqrt(1 + dx**2 + dy**2), 0.05, 1.3)
    grey = np.where(hit, 30 + 165 * light, 0).clip(0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(grey[..., None], 3, 2))


class Detectors:
    """MediaPipe FaceMesh and face detection, dlib MMOD and the dlib 128-D descriptor."""

    def __init__(self) -> None:
        solutions = mediapipe.solutions
        self._mesh = solutions.face_mesh.FaceMesh(static_image_mode=True, min_detection_confidence=0.5)
        self._short = solutions.face_detection.FaceDetection(model_selection=0, min_detection_confidence=0.5)
        self._mmod = dlib.cnn_face_detection_model_v1(str(MODELS / "mmod_human_face_detector.dat"))
        self._shape = dlib.shape_predictor(str(MODELS / "shape_predictor_68_face_landmarks.dat"))
        self._net = dlib.face_recognition_model_v1(str(MODELS / "dlib_face_recognition_resnet_model_v1.dat"))

    def found(self, view: np.ndarray) -> dict[str, bool]:
        """Return which detectors see a face."""
        return {
            "FaceMesh": bool(self._mesh.process(view).multi_face_landmarks),
            "MediaPipe 0.7": any(d.score[0] >= 0.7 for d in self._short.process(view).detections or []),
            "MMOD": len(self._mmod(view, 0)) > 0,
        }

    def shape(self, view: np.ndarray):
        """Return dlib's landmarks of the face that MMOD finds, or None."""
        boxes = self._mmod(view, 0)
        return self._shape(view, boxes[0].rect) if len(boxes) else None

    def descriptor(self, view: np.ndarray, shape) -> np.ndarray:
        """Return the 128-D descriptor of a view cropped at given landmarks."""
        return np.array(self._net.compute_face_descriptor(view, shape))


def main(arguments: list[str]) -> int:
    """Print detections before and after, and distances of the descriptor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    options = parser.parse_args(arguments)
    detectors, totals, known = Detectors(), {}, {}
    defaced_distances, same_distances = [], []
    for name in present(options.cache):
        head, skin = load(options.cache, name), HEADS[name].skin
        image, modality, spot = head.image, head.modality, nasion(head)
        mask = face.face_mask(image, face.locate(image, modality))
        defaced = face.remove_face(image, mask, face.air_value(image, modality))
        before = renderings(image, skin, spot)
        after = renderings(defaced, skin, spot)
        for old, new in zip(before, after, strict=True):
            for detector, seen in detectors.found(old).items():
                total = totals.setdefault(detector, [0, 0, 0])
                total[0] += 1
                total[1] += seen
                total[2] += detectors.found(new)[detector]
        shapes = [detectors.shape(view) for view in before]
        half = len(VIEWS)
        for k, shape in enumerate(shapes):
            if shape is None:
                continue
            original = detectors.descriptor(before[k], shape)
            defaced_distances.append(float(np.linalg.norm(original - detectors.descriptor(after[k], shape))))
            if k % half == 1:
                known.setdefault(name, original)
            if k >= half and shapes[k - half] is not None:
                other = detectors.descriptor(before[k - half], shapes[k - half])
                same_distances.append(float(np.linalg.norm(original - other)))
    for detector, (views, old, new) in totals.items():
        print(f"{detector}: found in {old} of {views} views before, {new} after")
    names = sorted(known)
    apart = [float(np.linalg.norm(known[a] - known[b])) for i, a in enumerate(names) for b in names[i + 1 :]]
    for title, values in (
        ("defaced", defaced_distances),
        ("same head, other smoothing", same_distances),
        ("other heads", apart),
    ):
        if values:
            print(f"128-D distance, {title}: {min(values):.2f} to {max(values):.2f} (n = {len(values)})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
