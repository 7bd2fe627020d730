"""golden/cocoEval.json: average precision by pycocotools on made-up detections."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from common import floats, write

CLASSES = 5
PICTURES = 30


class DifficultEval(COCOeval):
    """COCOeval overwrites 'ignore' with 'iscrowd'; here 'difficult' boxes are ignored without being crowds."""

    def _prepare(self):
        super()._prepare()
        for truths in self._gts.values():
            for truth in truths:
                truth["ignore"] = truth["difficult"]


def make():
    random = np.random.default_rng(7)
    pictures, annotations, results = [], [], []
    for picture in range(PICTURES):
        width, height = int(random.integers(300, 900)), int(random.integers(300, 900))
        item = {"width": width, "height": height, "truths": [], "detections": []}
        for _ in range(0 if picture % 10 == 9 else int(random.integers(1, 12))):
            category = int(random.integers(0, CLASSES - 1))  # the last class has detections but no truth
            box = random_box(random, width, height)
            difficult = bool(random.random() < 0.15)
            item["truths"].append({"category": category, "box": floats(box), "difficult": difficult})
            for _ in range(int(random.choice([0, 1, 1, 1, 2]))):
                shift = random.normal(0, 0.06, 4) * np.array([box[2], box[3], box[2], box[3]])
                other = category if random.random() < 0.9 else int(random.integers(0, CLASSES))
                add_detection(item, random, other, moved(box, shift), 0.25 + 0.75 * random.random())
        for _ in range(int(random.integers(0, 8))):
            add_detection(
                item, random, int(random.integers(0, CLASSES)), random_box(random, width, height), 0.7 * random.random()
            )
        if picture == 3:  # more than 100 of one class, so that the limit cuts off right ones
            box = random_box(random, width, height)
            item["truths"].append({"category": 0, "box": floats(box), "difficult": False})
            add_detection(item, random, 0, box, 0.05)
            for _ in range(110):
                add_detection(item, random, 0, random_box(random, width, height), random.uniform(0.06, 0.2))
        pictures.append(item)
    for number, item in enumerate(pictures, start=1):
        for truth in item["truths"]:
            x, y, w, h = truth["box"]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": truth["category"] + 1,
                    "bbox": [x, y, w, h],
                    "area": w * h,
                    "iscrowd": 0,
                    "difficult": int(truth["difficult"]),
                }
            )
        for detection in item["detections"]:
            results.append(
                {
                    "image_id": number,
                    "category_id": detection["category"] + 1,
                    "bbox": detection["box"],
                    "score": detection["score"],
                }
            )
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": n + 1, "width": p["width"], "height": p["height"]} for n, p in enumerate(pictures)],
            "categories": [{"id": c + 1, "name": f"class{c}"} for c in range(CLASSES)],
            "annotations": annotations,
        }
        truth.createIndex()
        evaluation = DifficultEval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]  # [overlaps, recalls, classes], all areas, 100 detections
    per_class = []
    for c in range(CLASSES):
        values = precision[:, :, c]
        known = values.size > 0 and values.min() > -1
        per_class.append(
            {
                "AP50": float(values[0].mean()) if known else None,
                "AP5095": float(values.mean()) if known else None,
            }
        )
    write(
        "cocoEval.json",
        {
            "note": "pycocotools COCOeval, bbox, all areas, 100 detections a picture and class. Boxes are x, y, width, "
            "height in pixels; category counts from 0. Difficult boxes are ignored (ignore=1, iscrowd=0). AP is null "
            "where a class has no truth.",
            "classes": CLASSES,
            "pictures": pictures,
            "perClass": per_class,
            "mAP50": float(evaluation.stats[1]),
            "mAP5095": float(evaluation.stats[0]),
        },
    )


def random_box(random, width, height):
    w, h = random.uniform(0.05, 0.4) * width, random.uniform(0.05, 0.4) * height
    return np.array([random.uniform(0, width - w), random.uniform(0, height - h), w, h])


def moved(box, shift):
    x, y, w, h = box + shift
    return np.array([x, y, max(w, 2.0), max(h, 2.0)])


def add_detection(item, random, category, box, score):
    item["detections"].append({"category": category, "box": floats(box), "score": float(score)})
