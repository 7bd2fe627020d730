import type { Network } from '../detector/network';
import { exportFormats, type ExportFormat } from './formats';

/** README.md of an export: what is in the folder, and a program that runs as it stands for each format. */
export function readme(network: Network, labels: readonly string[], formats: readonly ExportFormat[]): string {
  const { width, height } = network.input;
  const found = formats.map((format) => `- \`${exportFormats[format].modelFile}\`: ${exportFormats[format].text}`);
  return `# A detector made with Lineside

It finds: ${labels.join(', ')}.

${found.join('\n')}
- \`labels.txt\`: the names, one a line. Column 0 of the model's scores is background, column 1 is the first name.
- \`settings.json\`: input size, threshold, overlap and everything else that a program needs.
- \`priors.json\`: the prior boxes, for programs that decode the raw outputs themselves.
- \`manifest.json\`: when it was made, the size and SHA-256 of each file, and how closely each model agreed with the
  trained one on your own pictures.

A picture goes in upright, as RGB from 0 to 255, stretched to ${width} × ${height}. Do not scale the values: the model does.
${formats.map((format) => examples[format](width, height)).join('')}`;
}

const examples: Readonly<Record<ExportFormat, (width: number, height: number) => string>> = {
  onnx: () =>
    pythonProgram('with ONNX Runtime', 'onnxruntime', [
      'import onnxruntime',
      "session = onnxruntime.InferenceSession('model.onnx', providers=['CPUExecutionProvider'])",
      "outputs = session.run(['boxes', 'scores'], {'images': pixels.transpose(2, 0, 1)[None]})",
      'boxes, scores = outputs[0][0], outputs[1][0]',
    ]),
  onnxDetections: () => '',
  jetson: () => `
## NVIDIA Jetson

Copy this folder to the Jetson, where jetson-inference is installed, and run there:

\`\`\`sh
detectnet --model=jetson/model.onnx --labels=jetson/labels.txt --input-blob=input_0 --output-cvg=scores --output-bbox=boxes picture.jpg found.jpg
\`\`\`
`,
  tflite: () => liteRtProgram('tflite'),
  tfliteFloat16: () => liteRtProgram('tfliteFloat16'),
  tfjs: (width, height) => `
## Web page

With \`@tensorflow/tfjs\` loaded as \`tf\`, this folder served beside the page, and a picture in an \`<img>\`:

\`\`\`js
const settings = await (await fetch('settings.json')).json();
const model = await tf.loadGraphModel('tfjs/model.json');
const [boxes, scores] = tf.tidy(() => {
  const pixels = tf.image.resizeBilinear(tf.browser.fromPixels(img), [${height}, ${width}], false, true);
  return model.execute(tf.expandDims(pixels, 0), ['boxes', 'scores']).map((output) => tf.squeeze(output, [0]));
});
for (const [index, label] of settings.labels.entries()) {
  const column = tf.tidy(() => tf.squeeze(tf.slice(scores, [0, index + 1], [-1, 1]), [1]));
  const { maxDetections, iouThreshold, threshold } = settings;
  const kept = await tf.image.nonMaxSuppressionAsync(boxes, column, maxDetections, iouThreshold, threshold);
  const best = tf.gather(boxes, kept);
  for (const [x1, y1, x2, y2] of await best.array()) {
    if (x1 === x2 || y1 === y2) continue;
    console.log(label, x1 * img.naturalWidth, y1 * img.naturalHeight, x2 * img.naturalWidth, y2 * img.naturalHeight);
  }
  tf.dispose([column, kept, best]);
}
tf.dispose([boxes, scores]);
\`\`\`
`,
};

function liteRtProgram(format: ExportFormat): string {
  const { name, modelFile } = exportFormats[format];
  return pythonProgram(`with LiteRT (${name})`, 'ai-edge-litert', [
    'from ai_edge_litert.interpreter import Interpreter',
    `model = Interpreter('${modelFile}').get_signature_runner('serving_default')`,
    'outputs = model(images=pixels[None])',
    "boxes, scores = outputs['boxes'][0], outputs['scores'][0]",
  ]);
}

/** @param run gives boxes and scores from pixels [height, width, 3] */
function pythonProgram(title: string, runtime: string, run: readonly string[]): string {
  return `
## Python ${title}

\`pip install ${runtime} numpy pillow\`, save this beside the model as \`detect.py\`, run \`python detect.py picture.jpg\`.

\`\`\`python
import json, sys
import numpy as np
from PIL import Image, ImageOps

settings = json.load(open('settings.json', encoding='utf-8'))
picture = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert('RGB')
size = settings['input']['width'], settings['input']['height']
pixels = np.asarray(picture.resize(size, Image.BILINEAR), np.float32)

${run.join('\n')}

def overlap(box, others):
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return shared / (area(box) + area(others) - shared)

inside = np.all(boxes[:, 2:] > boxes[:, :2], axis=1)
found = []
for column, label in enumerate(settings['labels'], start=1):
    order = np.argsort(-scores[:, column], kind='stable')
    order = order[inside[order] & (scores[order, column] >= settings['threshold'])]
    while len(order) > 0:
        best, order = order[0], order[1:]
        found.append((float(scores[best, column]), label, boxes[best]))
        order = order[overlap(boxes[best], boxes[order]) <= settings['iouThreshold']]
for score, label, box in sorted(found, key=lambda item: -item[0])[:settings['maxDetections']]:
    x1, y1, x2, y2 = box * (picture.size * 2)
    print(f'{label} {score:.2f} at x {x1:.0f} to {x2:.0f}, y {y1:.0f} to {y2:.0f}')
\`\`\`
`;
}
