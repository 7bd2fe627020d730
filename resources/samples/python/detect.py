"""Finds parts in pictures, folders of pictures or a camera's pictures.

    python python/detect.py picture.jpg
    python python/detect.py folder --json > found.jsonl
    python python/detect.py --camera 0
    python python/detect.py large.jpg --tiles
    python python/detect.py picture.jpg --model model-int8.tflite

Needs numpy, pillow and one runtime: onnxruntime, openvino, or ai-edge-litert (tflite-runtime on older boards); a camera
also opencv-python. Model, names and settings are those that lie beside the folder `python`.
"""

import argparse
import functools
import json
import pathlib
import sys

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).resolve().parent.parent
SETTINGS = json.loads((HERE / 'settings.json').read_text(encoding='utf-8'))
SIZE = SETTINGS['input']['width'], SETTINGS['input']['height']
PICTURES = {'.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp'}


def open_onnx(file, _):
    """ONNX Runtime: pixels [height, width, 3] in, boxes [priors, 4] and scores [priors, classes + 1] out."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=onnxruntime.get_available_providers())
    return lambda pixels: [
        output[0] for output in session.run(['boxes', 'scores'], {'images': pixels.transpose(2, 0, 1)[None]})
    ]


def open_openvino(file, _):
    import openvino

    # Newer processors would otherwise calculate in 16 bits, which moves scores by a few hundredths.
    compiled = openvino.compile_model(str(file), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})

    def run(pixels):
        outputs = compiled({'images': pixels.transpose(2, 0, 1)[None]})
        return outputs['boxes'][0], outputs['scores'][0]

    return run


def open_tflite(file, delegate):
    """LiteRT. What goes in and comes out may be floats, or whole numbers that stand for them (model-coral.tflite)."""
    try:
        from ai_edge_litert.interpreter import Interpreter, load_delegate
    except ImportError:
        from tflite_runtime.interpreter import Interpreter, load_delegate
    if delegate is None and file.stem.endswith('_edgetpu'):
        delegate = 'libedgetpu.so.1'
    interpreter = Interpreter(str(file), experimental_delegates=[load_delegate(delegate)] if delegate else None)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    outputs = {detail['name']: detail for detail in interpreter.get_output_details()}

    def read(name):
        detail = outputs[name]
        values = interpreter.get_tensor(detail['index'])[0]
        if values.dtype == np.float32:
            return values
        scale, zero = detail['quantization']
        return scale * (values.astype(np.float32) - zero)

    def run(pixels):
        shifted = pixels - 128 if given['dtype'] == np.int8 else pixels
        interpreter.set_tensor(given['index'], shifted.astype(given['dtype'])[None])
        interpreter.invoke()
        if 'boxes' in outputs:
            return read('boxes'), read('scores')
        return decode(read('boxEncodings'), read('classLogits'))

    return run


@functools.cache
def priors():
    return np.array(json.loads((HERE / 'priors.json').read_text(encoding='utf-8')), np.float32)


def decode(encodings, logits):
    """Boxes x1, y1, x2, y2 and scores from raw outputs: boxes y, x, h, w around the priors, scores before softmax."""
    centres, sizes = priors()[:, :2], priors()[:, 2:]
    steps = encodings * np.array(SETTINGS['boxVariances'], np.float32)
    centres = centres + steps[:, :2] * sizes
    halves = np.minimum(np.exp(steps[:, 2:]), 62.5) * sizes / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1)[:, [1, 0, 3, 2]]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.clip(boxes, 0, 1), powers / powers.sum(axis=1, keepdims=True)


#: A package's own model; of several, the one to take unless something speaks against it.
MODELS = ['model.onnx', 'model-float16.tflite', 'model-coral_edgetpu.tflite', 'model-coral.tflite']


def choose_model(name, use_openvino):
    """The model that --model names, else the first of the folder that this program can run."""
    files = [HERE / name for name in ([name] if name else MODELS)]
    for file in files:
        if file.exists():
            return file, open_tflite if file.suffix == '.tflite' else open_openvino if use_openvino else open_onnx
    sys.exit(f'no model in {HERE}: unpack the whole package, or name a file with --model')


def overlap(box, others):
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return shared / (area(box) + area(others) - shared)


def suppress(found):
    """Of boxes of one class that overlap, only the best stays. found: (score, class, box), boxes x1, y1, x2, y2."""
    kept = []
    for wanted in {label for _, label, _ in found}:
        rest = sorted((entry for entry in found if entry[1] == wanted), key=lambda entry: -entry[0])
        while rest:
            best, rest = rest[0], rest[1:]
            kept.append(best)
            if rest:
                shares = overlap(best[2], np.array([box for _, _, box in rest]))
                rest = [entry for entry, share in zip(rest, shares) if share <= SETTINGS['iouThreshold']]
    return sorted(kept, key=lambda entry: -entry[0])


def shrink(picture, view):
    """A view as the model was trained with: channel by channel in floats, as Pillow rounds twice where it has bytes."""
    channels = [channel.convert('F').resize(SIZE, Image.Resampling.BILINEAR, box=view) for channel in picture.split()]
    return np.floor(np.stack([np.asarray(channel) for channel in channels], axis=2) + 0.5)


def look(run, picture, view):
    """What the detector finds in one view of a picture, boxes as fractions of the view."""
    boxes, scores = run(shrink(picture, view))
    found = []
    for column in range(1, scores.shape[1]):
        sure = np.flatnonzero((scores[:, column] >= SETTINGS['threshold']) & np.all(boxes[:, 2:] > boxes[:, :2], axis=1))
        found += [(float(scores[prior, column]), column - 1, boxes[prior]) for prior in sure]
    return suppress(found)[: SETTINGS['maxDetections']]


def starts(length, side, share):
    """Where tiles begin, so that they cover a length and overlap by that share of their side or more."""
    if length <= side:
        return [0]
    count = int(np.ceil((length - side) / (side * (1 - share)))) + 1
    return [int(index * (length - side) / (count - 1) + 0.5) for index in range(count)]


def views_of(size, tiling):
    """The whole picture, or tiles of it, as left, top, right, bottom in pixels."""
    whole = (0, 0, *size)
    if tiling is None:
        return [whole]
    width, height = min(size[0], tiling['width']), min(size[1], tiling['height'])
    tiles = [
        (x, y, x + width, y + height)
        for y in starts(size[1], tiling['height'], tiling['overlap'])
        for x in starts(size[0], tiling['width'], tiling['overlap'])
    ]
    return [*tiles, whole] if len(tiles) > 1 and tiling['wholePicture'] else tiles


def touches_inner_border(box, view, size):
    """Whether a part is cut off by a tile's border: the neighbouring tile shows it whole."""
    edges = [box[0] < 0.01 and view[0] > 0, box[1] < 0.01 and view[1] > 0]
    return any(edges) or (box[2] > 0.99 and view[2] < size[0]) or (box[3] > 0.99 and view[3] < size[1])


def detect(run, picture, tiling):
    """Detections of a picture, best first: name, score, and x, y, width, height in pixels."""
    views = views_of(picture.size, tiling)
    found = []
    for view in views:
        left, top, right, bottom = view
        scale, shift = np.array([right - left, bottom - top] * 2), np.array([left, top] * 2)
        for score, label, box in look(run, picture, view):
            if len(views) == 1 or not touches_inner_border(box, view, picture.size):
                found.append((score, label, box * scale + shift))
    if len(views) > 1:
        found = suppress(found)
    return [
        {
            'label': SETTINGS['labels'][label],
            'score': round(score, 4),
            **{name: round(float(value), 2) for name, value in zip(('x', 'y', 'width', 'height'), (*box[:2], *(box[2:] - box[:2])))},
        }
        for score, label, box in found
    ]


def pictures(paths, camera):
    """Names and upright pictures, one after the other."""
    for path in map(pathlib.Path, paths):
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURES) if path.is_dir() else [path]
        for file in files:
            yield str(file), ImageOps.exif_transpose(Image.open(file)).convert('RGB')
    if camera is not None:
        import cv2

        source = cv2.VideoCapture(camera)
        while (shot := source.read())[0]:
            yield f'camera {camera}', Image.fromarray(cv2.cvtColor(shot[1], cv2.COLOR_BGR2RGB))


def main():
    parser = argparse.ArgumentParser(description='Finds parts in pictures.')
    parser.add_argument('paths', nargs='*', help='pictures, or folders of pictures')
    parser.add_argument('--camera', type=int, help='number of a camera, 0 for the first')
    parser.add_argument('--tiles', action='store_true', help='look at large pictures in tiles, for small parts')
    parser.add_argument('--json', action='store_true', help='one JSON object a picture')
    parser.add_argument('--model', help='a model file of this package')
    parser.add_argument('--openvino', action='store_true', help='run the ONNX model with OpenVINO')
    parser.add_argument('--delegate', help='a LiteRT delegate, such as libedgetpu.so.1, which is loaded for Coral unasked')
    options = parser.parse_args()
    if not options.paths and options.camera is None:
        parser.error('name a picture, a folder or a camera')
    file, opener = choose_model(options.model, options.openvino)
    run = opener(file, options.delegate)
    tiling = SETTINGS.get('tiling')
    if options.tiles and tiling is None:
        tiling = {'width': SIZE[0], 'height': SIZE[1], 'overlap': 0.2, 'wholePicture': True}
    for name, picture in pictures(options.paths, options.camera):
        found = detect(run, picture, tiling)
        if options.json:
            print(json.dumps({'file': name, 'detections': found}, ensure_ascii=False), flush=True)
        else:
            print(f'{name}: {len(found)} found', flush=True)
            for part in found:
                place = f"x {part['x']:.0f}, y {part['y']:.0f}, {part['width']:.0f} × {part['height']:.0f}"
                print(f"  {part['label']} {100 * part['score']:.0f} % at {place}", flush=True)


if __name__ == '__main__':
    main()
