"""SSDLite300-MobileNetV2 as in the COCO base model, with batch norm folded into biases (docs: ARCHITECTURE.md, detector)."""

import math

import torch
from torch import Tensor, nn

# Sandler et al. 2018, table 2: expansion, channels, repeats, stride
BLOCKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
# layer_19_1 (1x1) and layer_19_2 (depthwise 3x3 at stride 2, then 1x1) of the base model: squeezed, output
EXTRAS = [(256, 512), (128, 256), (128, 256), (64, 128)]
MAP_CELLS = [19, 10, 5, 3, 2, 1]
MAP_CHANNELS = [576, 1280, 512, 256, 256, 128]
PRIORS_PER_CELL = [3, 6, 6, 6, 6, 6]
FIRST_MAP_BLOCK = 13  # its expansion is the first feature map


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1, relu: bool = True) -> nn.Module:
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups)
    return nn.Sequential(layer, nn.ReLU6(inplace=True)) if relu else layer


class Block(nn.Module):
    """Inverted residual; `forward` also gives the expansion."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = conv(inputs, wide) if expansion > 1 else nn.Identity()
        self.depthwise = conv(wide, wide, 3, stride, groups=wide)
        self.project = conv(wide, outputs, relu=False)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        expanded = self.expand(x)
        y = self.project(self.depthwise(expanded))
        return (x + y if self.residual else y), expanded


class Head(nn.Module):
    """SSDLite head: depthwise 3x3, then 1x1."""

    def __init__(self, channels: int, priors: int, values: int) -> None:
        super().__init__()
        self.values = values
        self.layers = nn.Sequential(
            conv(channels, channels, 3, groups=channels), conv(channels, priors * values, relu=False)
        )

    def forward(self, features: Tensor) -> Tensor:
        y = self.layers(features).permute(0, 2, 3, 1)
        return y.reshape(y.shape[0], -1, self.values)  # [batch, priors, values]


class Detector(nn.Module):
    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.stem = conv(3, 32, 3, 2)
        blocks: list[Block] = []
        channels = 32
        for expansion, wide, repeats, stride in BLOCKS:
            for repeat in range(repeats):
                blocks.append(Block(channels, wide, expansion, stride if repeat == 0 else 1))
                channels = wide
        self.blocks = nn.ModuleList(blocks)
        self.last = conv(channels, 1280)
        channels = 1280
        extras = []
        for squeezed, wide in EXTRAS:
            extras.append(
                nn.Sequential(
                    conv(channels, squeezed), conv(squeezed, squeezed, 3, 2, groups=squeezed), conv(squeezed, wide)
                )
            )
            channels = wide
        self.extras = nn.ModuleList(extras)
        maps = list(zip(MAP_CHANNELS, PRIORS_PER_CELL, strict=True))
        self.box_heads = nn.ModuleList(Head(wide, priors, 4) for wide, priors in maps)
        self.class_heads = nn.ModuleList(Head(wide, priors, outputs) for wide, priors in maps)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        x = self.stem(pictures)
        maps = []
        for index, block in enumerate(self.blocks):
            x, expanded = block(x)
            if index == FIRST_MAP_BLOCK:
                maps.append(expanded)
        x = self.last(x)
        maps.append(x)
        for extra in self.extras:
            x = extra(x)
            maps.append(x)
        encodings = torch.cat([head(y) for head, y in zip(self.box_heads, maps, strict=True)], 1)
        logits = torch.cat([head(y) for head, y in zip(self.class_heads, maps, strict=True)], 1)
        return encodings, logits  # [batch, priors, 4], [batch, priors, outputs]


def prior_boxes() -> Tensor:
    """[priors, 4] as cy, cx, h, w."""
    scales = [0.2 + 0.15 * k for k in range(6)] + [1.0]
    priors = []
    for k, cells in enumerate(MAP_CELLS):
        if k == 0:
            shapes = [(0.1, 1.0), (scales[0], 2.0), (scales[0], 0.5)]
        else:
            shapes = [(scales[k], ratio) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)]
            shapes.append((math.sqrt(scales[k] * scales[k + 1]), 1.0))
        for row in range(cells):
            for column in range(cells):
                for scale, ratio in shapes:
                    height, width = scale / math.sqrt(ratio), scale * math.sqrt(ratio)
                    priors.append([(row + 0.5) / cells, (column + 0.5) / cells, height, width])
    return torch.tensor(priors)
