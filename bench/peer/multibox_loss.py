"""Matching, box coding and the multibox loss of the SSD paper (section 2.2)."""

import torch
import torch.nn.functional as F
from torch import Tensor

NEGATIVES_PER_POSITIVE = 3
VARIANCES = torch.tensor([0.1, 0.1, 0.2, 0.2])


def corners(priors: Tensor) -> Tensor:
    return torch.cat([priors[:, :2] - priors[:, 2:] / 2, priors[:, :2] + priors[:, 2:] / 2], 1)


def overlaps(a: Tensor, b: Tensor) -> Tensor:
    start, end = torch.maximum(a[:, None, :2], b[None, :, :2]), torch.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (end - start).clamp(min=0).prod(2)
    return shared / ((a[:, 2:] - a[:, :2]).prod(1)[:, None] + (b[:, 2:] - b[:, :2]).prod(1)[None] - shared)


def targets(gt_boxes: Tensor, gt_labels: Tensor, priors: Tensor, prior_corners: Tensor) -> tuple[Tensor, Tensor]:
    """Encodings [priors, 4] in the order y, x, h, w, and classes [priors], 0 where nothing matches."""
    quality = overlaps(gt_boxes, prior_corners)
    best, matches = quality.max(0)
    forced = quality.argmax(1)
    best[forced] = 1.0
    matches[forced] = torch.arange(len(gt_boxes))
    classes = torch.where(best >= 0.5, gt_labels[matches] + 1, 0)
    boxes = gt_boxes[matches]
    size = boxes[:, 2:] - boxes[:, :2]
    offset = (boxes[:, :2] + size / 2 - priors[:, :2]) / priors[:, 2:]
    return torch.cat([offset, torch.log(size / priors[:, 2:])], 1) / VARIANCES, classes


def multibox_loss(encodings: Tensor, logits: Tensor, wanted: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Regression and classification loss, both per matched prior of the batch."""
    positive = classes > 0
    count = positive.sum().clamp(min=1)
    regression = F.smooth_l1_loss(encodings[positive], wanted[positive], reduction="sum") / count
    each = F.cross_entropy(logits.flatten(0, 1), classes.flatten(), reduction="none").view(classes.shape)
    with torch.no_grad():
        rank = each.masked_fill(positive, -1.0).argsort(1, descending=True).argsort(1)
        negative = rank < NEGATIVES_PER_POSITIVE * positive.sum(1, keepdim=True)
    return regression, each[positive | negative].sum() / count
