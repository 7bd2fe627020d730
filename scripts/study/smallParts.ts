import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Transformer } from '@napi-rs/image';
import type { PixelRect } from '../../shared/boxes';
import { createProject, writeAnnotation } from '../../electron/trainer/projectStore';
import { createRandom, type Random } from '../../electron/trainer/random';
import { seed } from './studyProject';

const width = 1600;
const height = 1200;
const pictures = 60;
/** Sides of a part in pixels: 4 at an input of 512. */
const smallest = 11;
const largest = 17;
/** Parts keep this far from each other. */
const apart = 30;
const kinds = ['ring', 'cross'] as const;
type Kind = (typeof kinds)[number];

/** A project of large pictures with small dark or bright rings and crosses on a mottled ground, each in a tight box. */
export async function makeSmallParts(folder: string): Promise<void> {
  await createProject(folder, { name: 'Small parts', classes: [...kinds], created: '2026-01-01T00:00:00.000Z' });
  await mkdir(path.join(folder, 'images'), { recursive: true });
  for (let number = 0; number < pictures; number++) {
    const random = createRandom(seed, 'small parts', number);
    const image = `images/small_${String(number).padStart(2, '0')}.jpg`;
    const rgba = ground(random);
    const parts = place(random);
    for (const { label, ...part } of parts) draw(rgba, label, part, random);
    await writeFile(path.join(folder, image), await Transformer.fromRgbaPixels(rgba, width, height).jpeg(92));
    const boxes = parts.map((part) => ({ ...part, difficult: false }));
    await writeAnnotation(folder, { version: 1, image, width, height, boxes, reviewed: true });
  }
}

/** Grey that varies slowly, between values drawn on a coarse grid, with noise on each pixel. */
function ground(random: Random): Uint8Array {
  const cell = 40;
  const columns = width / cell + 1;
  const levels = Array.from({ length: columns * (height / cell + 1) }, () => 120 + 18 * random.normal());
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = Math.floor(y / cell) * columns + Math.floor(x / cell);
      const [right, down] = [(x % cell) / cell, (y % cell) / cell];
      const level = (index: number): number => levels[index] as number;
      const top = level(at) * (1 - right) + level(at + 1) * right;
      const bottom = level(at + columns) * (1 - right) + level(at + columns + 1) * right;
      const grey = Math.min(255, Math.max(0, top * (1 - down) + bottom * down + 6 * random.normal()));
      rgba.fill(grey, (y * width + x) * 4, (y * width + x) * 4 + 3);
      rgba[(y * width + x) * 4 + 3] = 255;
    }
  }
  return rgba;
}

function place(random: Random): (PixelRect & { readonly label: Kind })[] {
  const placed: (PixelRect & { readonly label: Kind })[] = [];
  const wanted = 6 + random.int(8);
  while (placed.length < wanted) {
    const side = smallest + random.int(largest - smallest + 1);
    const x = random.int(width - side);
    const y = random.int(height - side);
    if (placed.some((other) => Math.abs(other.x - x) < apart && Math.abs(other.y - y) < apart)) continue;
    placed.push({ label: kinds[random.int(kinds.length)] as Kind, x, y, width: side, height: side });
  }
  return placed;
}

function draw(rgba: Uint8Array, kind: Kind, { x, y, width: side }: PixelRect, random: Random): void {
  const isDark = random.next() < 0.5;
  const colour = [0, 1, 2].map(() => (isDark ? random.range(30, 70) : random.range(190, 230)));
  const centre = (side - 1) / 2;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [across, down] = [column - centre, row - centre];
      const radius = Math.hypot(across, down) / (side / 2);
      const isPart =
        kind === 'ring' ? radius < 1 && radius > 0.55 : Math.abs(across) < 0.16 * side || Math.abs(down) < 0.16 * side;
      if (isPart) rgba.set(colour, ((y + row) * width + x + column) * 4);
    }
  }
}
