"""Times a training step in PyTorch eager on the network that Lineside trains. See README.md beside this file."""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import torch

from multibox_loss import corners, multibox_loss, targets
from network import Detector, prior_boxes

LAYOUTS = {"contiguous": torch.contiguous_format, "channelsLast": torch.channels_last}
BOXES_PER_PICTURE = 8


def measure(options: argparse.Namespace) -> dict:
    torch.manual_seed(options.seed)
    layout = LAYOUTS[options.layout]
    detector = Detector(options.classes + 1).to(memory_format=layout)
    optimizer = torch.optim.SGD(detector.parameters(), lr=1e-4, momentum=0.9, weight_decay=5e-4)
    priors = prior_boxes()
    prior_corners = corners(priors)
    pixels = torch.randint(0, 256, (options.batch, 3, 300, 300), dtype=torch.uint8).contiguous(memory_format=layout)
    size = 0.1 + 0.3 * torch.rand(options.batch, BOXES_PER_PICTURE, 2)
    start = torch.rand(options.batch, BOXES_PER_PICTURE, 2) * (1 - size)
    gt_boxes = torch.cat([start, start + size], 2)
    gt_labels = torch.randint(options.classes, (options.batch, BOXES_PER_PICTURE))

    def step() -> float:
        optimizer.zero_grad()
        encodings, logits = detector(pixels.float() / 127.5 - 1)
        pairs = [targets(b, c, priors, prior_corners) for b, c in zip(gt_boxes, gt_labels, strict=True)]
        regression, classification = multibox_loss(
            encodings, logits, torch.stack([pair[0] for pair in pairs]), torch.stack([pair[1] for pair in pairs])
        )
        loss = regression + classification
        loss.backward()
        torch.nn.utils.clip_grad_norm_(detector.parameters(), 10.0)
        optimizer.step()
        return loss.item()

    seconds = []
    for index in range(options.warm_up + options.steps):
        begin = time.perf_counter()
        loss = step()
        if index >= options.warm_up:
            seconds.append(time.perf_counter() - begin)
        if not loss < float("inf"):
            sys.exit(f"the loss of step {index} is {loss}")
    median = statistics.median(seconds)
    return {
        "imagesPerSecond": options.batch / median,
        "secondsPerStep": median,
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "priors": len(priors),
        "parameters": sum(parameter.numel() for parameter in detector.parameters()),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "batch": options.batch,
        "layout": options.layout,
    }


def measure_both(options: argparse.Namespace) -> dict:
    """Each layout in a process of its own, so that neither pays for the other's memory; the faster one counts."""
    results = {}
    for layout in LAYOUTS:
        arguments = [f"--layout={layout}", f"--batch={options.batch}", f"--classes={options.classes}"]
        arguments += [f"--steps={options.steps}", f"--warm-up={options.warm_up}", f"--seed={options.seed}"]
        done = subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True)
        results[layout] = json.loads(done.stdout)
    faster = max(results.values(), key=lambda result: result["imagesPerSecond"])
    return {**faster, "layouts": {name: result["imagesPerSecond"] for name, result in results.items()}}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--classes", type=int, default=3, help="without background")
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", choices=[*LAYOUTS, "both"], default="both")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = parse()
    print(json.dumps(measure_both(chosen) if chosen.layout == "both" else measure(chosen)))
