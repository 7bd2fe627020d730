import type { Bench } from './bench';
import type { Finish } from './finishes';
import { density, type Layer } from './layer';
import { pictureHeight, pictureWidth } from './lighting';
import { noiseFields, sampleNoise } from './noise';
import { createPoint, lightPoint, type Point } from './reflection';
import type { Scene } from './scene';
import type { Shadows } from './shadows';
import type { SurfacePoint } from './surfaces';

/** Light leaving every pixel of the scene: linear, interleaved red, green, blue. */
export function shade(scene: Scene, shadows: Shadows): Float32Array {
  const picture = new Float32Array(pictureWidth * pictureHeight * 3);
  shadeBench(scene, shadows, picture);
  for (const layer of scene.layers) shadeLayer(layer, scene, shadows, picture);
  return picture;
}

function shadeBench({ bench, light, view }: Scene, shadows: Shadows, picture: Float32Array): void {
  const surface: SurfacePoint = { red: 0, green: 0, blue: 0, slopeX: 0, slopeY: 0, roughness: 1, gloss: 0 };
  const beyond: SurfacePoint = { ...surface };
  const point = createPoint();
  const out = new Float64Array(3);
  for (let y = 0; y < pictureHeight; y++) {
    for (let x = 0; x < pictureWidth; x++) {
      const pixel = y * pictureWidth + x;
      paintGround(bench, pixel, x, y, surface, beyond);
      const oil = bench.oil[pixel] as number;
      const scratch = 1 + (bench.scratches[pixel] as number) * 2.5;
      const wet = scratch * (1 - 0.45 * oil);
      point.x = x;
      point.y = y;
      point.z = bench.heights[pixel] as number;
      point.isMetal = surface.gloss > 0.3;
      // Oil fills the pores; a film on brushed metal still follows the brushing.
      const film = oil * (point.isMetal ? 0.25 : 0.7);
      point.slopeX = surface.slopeX * (1 - film) + groundSlope(bench, pixel, 1, x, pictureWidth);
      point.slopeY = surface.slopeY * (1 - film) + groundSlope(bench, pixel, pictureWidth, y, pictureHeight);
      point.red = surface.red * wet + (scratch - 1) * 0.04;
      point.green = surface.green * wet + (scratch - 1) * 0.04;
      point.blue = surface.blue * wet + (scratch - 1) * 0.04;
      point.roughness = surface.roughness * (1 - film) + 0.04;
      point.scatter = point.isMetal ? 0.45 : 1;
      point.gloss = point.isMetal ? 1 : Math.max(surface.gloss, oil * 0.05);
      point.lamp = shadows.lamp[pixel] as number;
      point.open = shadows.surroundings[(y >> 1) * (pictureWidth / 2) + (x >> 1)] as number;
      lightPoint(point, light, view, out);
      picture[pixel * 3] = out[0] as number;
      picture[pixel * 3 + 1] = out[1] as number;
      picture[pixel * 3 + 2] = out[2] as number;
    }
  }
}

/** The tray's surface, the one beyond it, or on the tray's edge a mixture; `beyond` is for scratch. */
function paintGround(
  bench: Bench,
  pixel: number,
  x: number,
  y: number,
  point: SurfacePoint,
  beyond: SurfacePoint,
): void {
  const tray = bench.trayShare[pixel] as number;
  (tray > 0 ? bench.tray : bench.around).paint(x, y, point);
  if (tray === 0 || tray === 1) return;
  bench.around.paint(x, y, beyond);
  point.red += (beyond.red - point.red) * (1 - tray);
  point.green += (beyond.green - point.green) * (1 - tray);
  point.blue += (beyond.blue - point.blue) * (1 - tray);
}

function groundSlope(bench: Bench, pixel: number, stride: number, position: number, limit: number): number {
  if (position === 0 || position === limit - 1) return 0;
  const rise = ((bench.heights[pixel + stride] as number) - (bench.heights[pixel - stride] as number)) / 2;
  return Math.max(-3, Math.min(3, rise));
}

function shadeLayer(layer: Layer, { light, view }: Scene, shadows: Shadows, picture: Float32Array): void {
  const point = createPoint();
  const out = new Float64Array(3);
  const columns = layer.width * density;
  const offset = (layer.left * 7 + layer.top * 13) % 512;
  for (let row = 0; row < layer.height; row++) {
    const y = layer.top + row;
    if (y < 0 || y >= pictureHeight) continue;
    for (let column = 0; column < layer.width; column++) {
      const x = layer.left + column;
      const coverage = layer.coverage[row * layer.width + column] as number;
      if (x < 0 || x >= pictureWidth || coverage === 0) continue;
      const pixel = y * pictureWidth + x;
      point.x = x;
      point.y = y;
      point.lamp = shadows.lamp[pixel] as number;
      point.open = shadows.surroundings[(y >> 1) * (pictureWidth / 2) + (x >> 1)] as number;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sub = 0; sub < density * density; sub++) {
        const sample = (row * density + Math.floor(sub / density)) * columns + column * density + (sub % density);
        if ((layer.z[sample] as number) < 0) continue;
        finishPoint(point, layer, sample, offset);
        lightPoint(point, light, view, out);
        red += out[0] as number;
        green += out[1] as number;
        blue += out[2] as number;
      }
      const share = coverage / (density * density);
      const behind = 1 - share;
      const scale = 1 / (density * density);
      picture[pixel * 3] = (picture[pixel * 3] as number) * behind + red * scale;
      picture[pixel * 3 + 1] = (picture[pixel * 3 + 1] as number) * behind + green * scale;
      picture[pixel * 3 + 2] = (picture[pixel * 3 + 2] as number) * behind + blue * scale;
    }
  }
}

/** Sets height, slopes and material of a sample, with tooling marks, dents and dirt. */
function finishPoint(point: Point, layer: Layer, sample: number, offset: number): void {
  const { grain, cloud } = noiseFields();
  const finish = layer.finishes[layer.finish[sample] as number] as Finish;
  const u = (layer.u[sample] as number) + offset;
  const v = (layer.v[sample] as number) + offset * 3;
  const mark = sampleNoise(grain, u * 0.16, v * 0.95);
  const pit = sampleNoise(grain, u * 0.55, v * 0.55);
  const dent = sampleNoise(cloud, u * 0.9, v * 0.9);
  const dent2 = sampleNoise(cloud, v * 0.7 + 200, u * 0.7);
  point.z = layer.z[sample] as number;
  point.slopeX = (layer.slopeX[sample] as number) + finish.dents * dent + finish.marks * pit * 0.6;
  point.slopeY = (layer.slopeY[sample] as number) + finish.dents * dent2 + finish.marks * mark;
  const dirt = Math.max(0, Math.min(1, finish.dirt * (0.55 + 0.75 * dent2 + 0.25 * pit)));
  const bright = 1 + 0.05 * pit + 0.05 * mark;
  point.red = finish.colour[0] * bright * (1 - dirt * 0.5);
  point.green = finish.colour[1] * bright * (1 - dirt * 0.54);
  point.blue = finish.colour[2] * bright * (1 - dirt * 0.6);
  point.isMetal = finish.kind === 'metal';
  point.scatter = point.isMetal ? finish.sheen : 1;
  point.gloss = point.isMetal ? 1 : finish.sheen * 0.045;
  point.roughness = Math.max(0.08, finish.roughness * (1 + 0.16 * dent + 0.1 * pit) + 0.25 * dirt);
}
