"""golden/multiboxLoss.json and cosineSchedule.json: what torchvision's SSD and torch's scheduler compute."""

from types import SimpleNamespace

import torch
from torchvision.models.detection._utils import SSDMatcher
from torchvision.models.detection.ssd import SSD
from torchvision.ops import box_iou

from boxes import CODER
from common import corners_from_priors, encodings_to_xywh, floats, priors_near, random_boxes, swap_corners, write

PRIORS = 80
OUTPUTS = 4


def make():
    make_multibox_loss()
    make_cosine_schedule()


def make_multibox_loss():
    generator = torch.Generator().manual_seed(15)
    gt_boxes = [random_boxes(generator, count) for count in (3, 0, 6)]
    priors = priors_near(generator, torch.cat(gt_boxes), PRIORS)
    gt_labels = [torch.randint(OUTPUTS - 1, (len(boxes),), generator=generator) for boxes in gt_boxes]
    encodings = torch.randn((3, PRIORS, 4), generator=generator, dtype=torch.float64) * 2
    logits = torch.randn((3, PRIORS, OUTPUTS), generator=generator, dtype=torch.float64) * 2
    encodings.requires_grad_()
    logits.requires_grad_()
    corners = corners_from_priors(priors)
    matches = [
        SSDMatcher(0.5)(box_iou(swap_corners(boxes), corners)) if len(boxes) > 0 else torch.full((PRIORS,), -1)
        for boxes in gt_boxes
    ]
    detector = SimpleNamespace(box_coder=CODER, neg_to_pos_ratio=3.0)
    losses = SSD.compute_loss(
        detector,
        [
            {"boxes": swap_corners(boxes), "labels": labels + 1}
            for boxes, labels in zip(gt_boxes, gt_labels, strict=True)
        ],
        {"bbox_regression": encodings_to_xywh(encodings), "cls_logits": logits},
        [corners] * 3,
        matches,
    )
    (losses["bbox_regression"] + losses["classification"]).backward()
    write(
        "multiboxLoss.json",
        {
            "note": "torchvision SSD.compute_loss on a batch of 3, the second without gt boxes. Smooth L1 (beta 1) summed "
            "over matched priors and softmax cross-entropy summed over matched priors and, in each picture, the 3 times "
            "as many unmatched ones with the highest loss; both divided by the matched priors of the whole batch. gtBoxes "
            "y1, x1, y2, x2; priors cy, cx, h, w; boxEncodings y, x, h, w; variances 10, 10, 5, 5; gtLabels count from 0 "
            "without background, logit 0 is background. Gradients are those of regression + classification.",
            "priors": floats(priors),
            "gtBoxes": [floats(boxes) for boxes in gt_boxes],
            "gtLabels": [floats(labels) for labels in gt_labels],
            "matches": [floats(match) for match in matches],
            "boxEncodings": floats(encodings.detach()),
            "classLogits": floats(logits.detach()),
            "regression": losses["bbox_regression"].item(),
            "classification": losses["classification"].item(),
            "boxEncodingsGradient": floats(encodings.grad),
            "classLogitsGradient": floats(logits.grad),
        },
    )


def make_cosine_schedule():
    base, floor, steps = 0.01, 0.0001, 100
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps, eta_min=floor)
    rates = []
    for _ in range(steps + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    write(
        "cosineSchedule.json",
        {
            "note": "torch CosineAnnealingLR without warm-up: learningRates[k] is the rate of step k, of steps 0 to 100.",
            "base": base,
            "minimum": floor,
            "steps": steps,
            "learningRates": rates,
        },
    )
