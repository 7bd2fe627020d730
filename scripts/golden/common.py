"""What every golden file needs: where it goes and how numbers are written."""

import json
from pathlib import Path

import torch

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def floats(values):
    """Nested lists of Python numbers, which json writes with every digit they have."""
    return values.tolist()


def write(name, content):
    path = GOLDEN / name
    beside = path.with_suffix(".json.new")
    beside.write_text(json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n")
    beside.replace(path)
    print(f"{name}: {path.stat().st_size / 1000:.0f} kB")


def random_boxes(generator, count):
    """Boxes y1, x1, y2, x2 inside the unit square, 0.05 to 0.5 high and wide."""
    size = 0.05 + 0.45 * torch.rand((count, 2), generator=generator, dtype=torch.float64)
    start = torch.rand((count, 2), generator=generator, dtype=torch.float64) * (1 - size)
    return torch.cat([start, start + size], dim=1)


def random_priors(generator, count):
    """Priors cy, cx, h, w, 0.05 to 0.6 high and wide, centres inside the unit square."""
    centre = torch.rand((count, 2), generator=generator, dtype=torch.float64)
    size = 0.05 + 0.55 * torch.rand((count, 2), generator=generator, dtype=torch.float64)
    return torch.cat([centre, size], dim=1)


def priors_near(generator, boxes, count):
    """Priors cy, cx, h, w, half of them close to some box, so that a box has several good ones."""
    priors = random_priors(generator, count)
    if len(boxes) > 0:
        picks = boxes[torch.randint(len(boxes), (count // 2,), generator=generator)]
        near = torch.cat([(picks[:, :2] + picks[:, 2:]) / 2, picks[:, 2:] - picks[:, :2]], dim=1)
        priors[: count // 2] = near * (1 + 0.12 * torch.randn(near.shape, generator=generator, dtype=torch.float64))
    return priors


def swap_corners(boxes):
    """y1, x1, y2, x2 to torchvision's x1, y1, x2, y2, or back."""
    return boxes[..., [1, 0, 3, 2]]


def corners_from_priors(priors):
    """cy, cx, h, w to torchvision's x1, y1, x2, y2."""
    centre, half = priors[..., :2], priors[..., 2:] / 2
    return swap_corners(torch.cat([centre - half, centre + half], dim=-1))


def encodings_to_yxhw(encodings):
    """torchvision's x, y, w, h to y, x, h, w."""
    return encodings[..., [1, 0, 3, 2]]


def encodings_to_xywh(encodings):
    """y, x, h, w to torchvision's x, y, w, h."""
    return encodings[..., [1, 0, 3, 2]]
