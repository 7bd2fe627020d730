import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import type { Size } from '../../../shared/boxes';
import type { SetName } from '../../../shared/contract';
import { createProject, writeAnnotation, writeSplit } from '../projectStore';
import { createRandom } from '../random';

const usualSize: Size = { width: 160, height: 120 };
const colours = { red: [220, 40, 30], blue: [40, 60, 220] } as const;
type Colour = keyof typeof colours;

/** A project of small pictures with a red and a blue square each, split, ready to train: for tests of training itself. */
export async function makeMiniProject(
  dir: string,
  counts: Readonly<Record<SetName, number>>,
  size = usualSize,
): Promise<void> {
  await createProject(dir, { name: 'mini', classes: ['blue', 'red'], created: '2026-01-01T00:00:00.000Z' });
  await mkdir(path.join(dir, 'images'), { recursive: true });
  const names: Record<SetName, string[]> = { train: [], validation: [], test: [] };
  let number = 0;
  for (const set of ['train', 'validation', 'test'] as const) {
    for (let index = 0; index < counts[set]; index++) {
      const image = `images/mini_${number}.png`;
      const random = createRandom('mini', number++);
      const boxes = (Object.keys(colours) as Colour[]).map((label, side) => ({
        label,
        x: 8 + side * 76 + random.int(20),
        y: 10 + random.int(50),
        width: 36 + random.int(8),
        height: 36 + random.int(8),
        difficult: false,
      }));
      await writeFile(path.join(dir, image), await draw(boxes, size));
      await writeAnnotation(dir, { version: 1, image, ...size, boxes, reviewed: true });
      names[set].push(image);
    }
  }
  await writeSplit(dir, { version: 1, source: 'seeded', seed: 1, ...names });
}

async function draw(
  boxes: readonly { label: Colour; x: number; y: number; width: number; height: number }[],
  { width, height }: Size,
): Promise<Buffer> {
  const rgba = new Uint8Array(width * height * 4).fill(128);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const hit = boxes.find((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
    if (hit) rgba.set(colours[hit.label], pixel * 4);
    rgba[pixel * 4 + 3] = 255;
  }
  return Transformer.fromRgbaPixels(rgba, width, height).png();
}
