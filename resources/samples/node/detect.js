/**
 * Finds parts in pictures, folders of pictures or a camera's pictures, with Node.js.
 *
 *   cd node && npm install
 *   node detect.js ../picture.jpg
 *   node detect.js ../folder --json > found.jsonl
 *   node detect.js --camera /dev/video0          (needs ffmpeg)
 *   node detect.js ../large.jpg --tiles
 *
 * Model, names and settings are those that lie beside the folder `node`.
 */
import { spawn } from 'node:child_process';
import { opendir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Transformer } from '@napi-rs/image';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import '../detector.js';

const { detect, tilesFor } = globalThis.lineside;
const here = path.dirname(import.meta.dirname);
const settings = JSON.parse(await readFile(path.join(here, 'settings.json'), 'utf8'));
const { width, height } = settings.input;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, tiles: { type: 'boolean' }, camera: { type: 'string' } },
});
if (positionals.length === 0 && options.camera === undefined) {
  console.error('name a picture, a folder or a camera');
  process.exit(2);
}

const session = await InferenceSession.create(path.join(here, 'model.onnx'));
const tiling = settings.tiling ?? (options.tiles ? tilesFor(settings) : undefined);
for await (const { name, picture } of pictures()) report(name, await detect(run, picture, settings, tiling));

/** One picture through the model: [height, width, 3] in, flat boxes and scores out. */
async function run(pixels) {
  const values = new Float32Array(pixels.length);
  const area = width * height;
  for (let cell = 0; cell < area; cell++) {
    for (let channel = 0; channel < 3; channel++) values[channel * area + cell] = pixels[cell * 3 + channel];
  }
  const outputs = await session.run({ images: new Tensor('float32', values, [1, 3, height, width]) }, [
    'boxes',
    'scores',
  ]);
  return { boxes: outputs.boxes.data, scores: outputs.scores.data };
}

/** Names and upright pictures, one after the other: never more than one in memory. */
async function* pictures() {
  for (const place of positionals) {
    if ((await stat(place)).isDirectory()) {
      for await (const entry of await opendir(place)) {
        if (/\.(jpe?g|png|bmp|tiff?|webp)$/i.test(entry.name)) yield read(path.join(place, entry.name));
      }
    } else yield read(place);
  }
  if (options.camera !== undefined) yield* camera(options.camera);
}

async function read(file) {
  const upright = new Transformer(await readFile(file)).rotate();
  const { width, height } = await new Transformer(await upright.bmp()).metadata();
  return { name: file, picture: { width, height, pixels: await upright.rawPixels() } };
}

/** ffmpeg reads the camera and gives raw pictures; those that come while one is looked at are dropped. */
async function* camera(device) {
  const input = device.startsWith('/dev/') ? ['-f', 'v4l2', '-i', device] : ['-i', device];
  const size = { width: 1280, height: 720 };
  const output = ['-vf', `scale=${size.width}:${size.height}`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const source = spawn('ffmpeg', ['-loglevel', 'error', ...input, ...output], { stdio: ['ignore', 'pipe', 'inherit'] });
  const bytes = size.width * size.height * 3;
  let pending = Buffer.alloc(0);
  for await (const chunk of source.stdout) {
    pending = Buffer.concat([pending, chunk]);
    if (pending.length < bytes) continue;
    const last = Math.floor(pending.length / bytes) * bytes;
    yield { name: `camera ${device}`, picture: { ...size, pixels: pending.subarray(last - bytes, last) } };
    pending = pending.subarray(last);
  }
}

function report(name, found) {
  if (options.json) {
    console.log(JSON.stringify({ file: name, detections: found }));
    return;
  }
  console.log(`${name}: ${found.length} found`);
  for (const { label, score, ...box } of found) {
    const [x, y, w, h] = [box.x, box.y, box.width, box.height].map(Math.round);
    console.log(`  ${label} ${Math.round(100 * score)} % at x ${x}, y ${y}, ${w} × ${h}`);
  }
}
