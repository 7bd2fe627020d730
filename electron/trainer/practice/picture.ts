import type { PixelRect } from '../../../shared/boxes';
import { createRandom } from '../random';
import { createCamera, develop } from './camera';
import { pictureHeight, pictureWidth } from './lighting';
import type { PartName } from './parts';
import { createScene } from './scene';
import { shade } from './shading';
import { castShadows } from './shadows';

export interface PracticeBox extends PixelRect {
  readonly label: PartName;
}

export interface PracticePicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, 0–255, row by row. */
  readonly pixels: Uint8Array;
  /** The smallest box around each part, whole pixels, cut off at the picture's edge. */
  readonly boxes: readonly PracticeBox[];
}

/**
 * Renders one picture of a parts tray. The same index and seed give the same bytes.
 * @param index of the picture in the project, from 0.
 */
export function renderPracticePicture(index: number, seed: number): PracticePicture {
  const scene = createScene(index, seed);
  const light = shade(scene, castShadows(scene.heights, scene.light));
  const pixels = develop(light, createCamera(createRandom('practice camera', seed, index)));
  const boxes = scene.parts.map(({ label, x, y, width, height }) => ({ label, x, y, width, height }));
  return { width: pictureWidth, height: pictureHeight, pixels, boxes };
}
