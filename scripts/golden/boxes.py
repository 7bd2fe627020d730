"""golden/boxCoder.json, iou.json, nms.json, matcher.json: what torchvision does with boxes."""

import torch
from torchvision.models.detection._utils import BoxCoder, SSDMatcher
from torchvision.ops import batched_nms, box_iou, nms

from common import (
    corners_from_priors,
    encodings_to_xywh,
    encodings_to_yxhw,
    floats,
    priors_near,
    random_boxes,
    random_priors,
    swap_corners,
    write,
)

CODER = BoxCoder((10.0, 10.0, 5.0, 5.0))


def make():
    make_box_coder()
    make_iou()
    make_nms()
    make_matcher()


def make_box_coder():
    generator = torch.Generator().manual_seed(11)
    boxes, priors = random_boxes(generator, 34), random_priors(generator, 34)
    extreme_boxes = [
        [0.0, 0.0, 1.0, 1.0],  # the whole picture
        [0.0, 0.0, 0.001, 0.001],  # a speck in the corner
        [0.999, 0.999, 1.0, 1.0],
        [0.5, 0.0, 0.501, 1.0],  # a hair across
        [0.0, 0.5, 1.0, 0.501],
        [-0.2, -0.1, 0.3, 0.4],  # beyond the edge
        [0.25, 0.25, 0.75, 0.75],  # the prior itself
    ]
    boxes = torch.cat([boxes, torch.tensor(extreme_boxes, dtype=torch.float64)])
    priors = torch.cat([priors, torch.tensor([[0.5, 0.5, 0.5, 0.5]] * 7, dtype=torch.float64)])
    encodings = encodings_to_yxhw(CODER.encode_single(swap_corners(boxes), corners_from_priors(priors)))
    random_codes = torch.randn((41, 4), generator=generator, dtype=torch.float64) * 3
    write(
        "boxCoder.json",
        {
            "note": "torchvision BoxCoder, weights 10, 10, 5, 5. boxes y1, x1, y2, x2; priors cy, cx, h, w; encodings "
            "reordered from torchvision's x, y, w, h to y, x, h, w. decoded = decode(codes, priors), not clipped to the "
            "picture. No code reaches torchvision's limit on h and w, 5 * ln(1000 / 16).",
            "boxes": floats(boxes),
            "priors": floats(priors),
            "encodings": floats(encodings),
            "codes": floats(random_codes),
            "decoded": floats(
                swap_corners(CODER.decode_single(encodings_to_xywh(random_codes), corners_from_priors(priors)))
            ),
        },
    )


def make_iou():
    generator = torch.Generator().manual_seed(12)
    a, b = random_boxes(generator, 20), random_boxes(generator, 30)
    b[0], b[1] = a[0], a[1] + 2  # the same box; one far away
    b[2] = torch.stack([a[2][2], a[2][1], a[2][2] + 0.1, a[2][3]])  # touching below
    write(
        "iou.json",
        {
            "note": "torchvision.ops.box_iou; boxes y1, x1, y2, x2; iou[i][j] of a[i] and b[j].",
            "a": floats(a),
            "b": floats(b),
            "iou": floats(box_iou(swap_corners(a), swap_corners(b))),
        },
    )


def make_nms():
    generator = torch.Generator().manual_seed(13)
    cases = []
    for count, threshold in [(0, 0.5), (1, 0.5), (20, 0.3), (60, 0.45), (120, 0.5), (200, 0.6)]:
        centres = random_boxes(generator, max(1, count // 6))
        picks = torch.randint(len(centres), (count,), generator=generator)
        boxes = centres[picks] + 0.03 * torch.randn((count, 4), generator=generator, dtype=torch.float64)
        boxes = torch.cat([torch.minimum(boxes[:, :2], boxes[:, 2:] - 0.01), boxes[:, 2:]], dim=1)
        scores = (torch.randperm(count, generator=generator).double() + 1) / (count + 1)
        classes = torch.randint(3, (count,), generator=generator)
        corners = swap_corners(boxes)
        cases.append(
            {
                "iouThreshold": threshold,
                "boxes": floats(boxes),
                "scores": floats(scores),
                "classes": floats(classes),
                "kept": floats(nms(corners, scores, threshold)),
                "keptPerClass": floats(batched_nms(corners, scores, classes, threshold)),
            }
        )
    write(
        "nms.json",
        {
            "note": "torchvision.ops.nms (kept: all classes as one) and batched_nms (keptPerClass). Boxes y1, x1, y2, x2; "
            "kept are indices into boxes, best score first; no two scores are equal; a box goes where IoU > iouThreshold.",
            "cases": cases,
        },
    )


def make_matcher():
    generator = torch.Generator().manual_seed(14)
    matcher = SSDMatcher(0.5)
    cases = []
    for truths, count in [(0, 20), (1, 1), (1, 40), (3, 60), (8, 120), (20, 200), (6, 4), (5, 5)]:
        gt_boxes = random_boxes(generator, truths)
        priors = priors_near(generator, gt_boxes, count)
        if truths == 0:
            matches, best = torch.full((count,), -1), torch.zeros(0, dtype=torch.int64)
        else:
            quality = box_iou(swap_corners(gt_boxes), corners_from_priors(priors))
            matches, best = matcher(quality), quality.max(dim=1).indices
        cases.append(
            {
                "gtBoxes": floats(gt_boxes),
                "priors": floats(priors),
                "matches": floats(matches),
                "contested": len(best.unique()) < len(best),
            }
        )
    write(
        "matcher.json",
        {
            "note": "torchvision SSDMatcher(0.5). gtBoxes y1, x1, y2, x2; priors cy, cx, h, w; matches: for each prior the "
            "index of its gt box, or -1. Each gt box takes its best prior whatever the overlap; where two want the same "
            "one (contested), the later gt box has it. Without gt boxes all are -1, as in torchvision's SSD.forward.",
            "iouThreshold": 0.5,
            "cases": cases,
        },
    )
