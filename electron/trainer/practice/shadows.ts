import { pictureHeight, pictureWidth, smoothstep, type Lighting } from './lighting';

/** Side of the tiles whose greatest height is kept, so that empty neighbourhoods are skipped. */
const tile = 32;
const tileColumns = pictureWidth / tile;
const tileRows = pictureHeight / tile;

/** Share of the lamp that each pixel sees (0 … 1), and share of the surroundings (0 … 1) at half resolution. */
export interface Shadows {
  readonly lamp: Float32Array;
  readonly surroundings: Float32Array;
}

/** @param heights of the topmost surface in each pixel of the picture, pixels over the bench. */
export function castShadows(heights: Float32Array, light: Lighting): Shadows {
  const tallest = tallestOfTiles(heights);
  return { lamp: lampShadows(heights, tallest, light), surroundings: openness(heights, tallest) };
}

function lampShadows(heights: Float32Array, tallest: Float32Array, light: Lighting): Float32Array {
  const lit = new Float32Array(pictureWidth * pictureHeight).fill(1);
  const stretch = 1.13;
  for (let tileRow = 0; tileRow < tileRows; tileRow++) {
    for (let tileColumn = 0; tileColumn < tileColumns; tileColumn++) {
      const towardsX = light.lampX - (tileColumn + 0.5) * tile;
      const towardsY = light.lampY - (tileRow + 0.5) * tile;
      const away = Math.hypot(towardsX, towardsY);
      const [low, high] = reachOfTile(tallest, tileColumn, tileRow, towardsX / away, towardsY / away);
      if (high - low < 0.6) continue;
      for (let y = tileRow * tile; y < (tileRow + 1) * tile; y++) {
        for (let x = tileColumn * tile; x < (tileColumn + 1) * tile; x++) {
          const start = heights[y * pictureWidth + x] as number;
          const dx = light.lampX - x;
          const dy = light.lampY - y;
          const flat = Math.sqrt(dx * dx + dy * dy);
          const rise = light.lampZ / flat;
          const slant = Math.sqrt(1 + rise * rise) * light.lampRadius;
          const stepX = dx / flat;
          const stepY = dy / flat;
          const limit = (high - start) / rise;
          let hidden = 0;
          // Steps that start at another place in each pixel turn bands into grain, which the blur below takes away.
          const jitter = (0.06711056 * x + 0.00583715 * y) % 1;
          for (let t = 0.8 + ((52.9829189 * jitter) % 1); t < limit + 2; t = t * stretch + 0.7) {
            const column = Math.floor(x + 0.5 + stepX * t);
            const row = Math.floor(y + 0.5 + stepY * t);
            if (column < 0 || row < 0 || column >= pictureWidth || row >= pictureHeight) break;
            const over = (heights[row * pictureWidth + column] as number) - (start + 1.3 + t * rise);
            const penumbra = slant * t + 0.6;
            if (over <= -penumbra) continue;
            const share = smoothstep(-penumbra, penumbra, over);
            if (share > hidden) hidden = share;
            if (hidden > 0.995) break;
          }
          lit[y * pictureWidth + x] = 1 - hidden;
        }
      }
    }
  }
  return softened(lit);
}

/** Mean over 3×3 pixels. */
function softened(lit: Float32Array): Float32Array {
  const result = lit.slice();
  for (let y = 1; y < pictureHeight - 1; y++) {
    for (let x = 1; x < pictureWidth - 1; x++) {
      const at = y * pictureWidth + x;
      let sum = 0;
      for (let row = at - pictureWidth; row <= at + pictureWidth; row += pictureWidth) {
        sum += (lit[row - 1] as number) + (lit[row] as number) + (lit[row + 1] as number);
      }
      result[at] = sum / 9;
    }
  }
  return result;
}

const directions = 8;
const radii: readonly number[] = [2.5, 6, 13, 27];

/** How open the sky is above each pixel, from the horizon in eight directions; one value for 2×2 pixels. */
function openness(heights: Float32Array, tallest: Float32Array): Float32Array {
  const columns = pictureWidth / 2;
  const open = new Float32Array(columns * (pictureHeight / 2)).fill(1);
  for (let tileRow = 0; tileRow < tileRows; tileRow++) {
    for (let tileColumn = 0; tileColumn < tileColumns; tileColumn++) {
      const [low, high] = reachOfTile(tallest, tileColumn, tileRow, 0, 0);
      if (high - low < 0.6) continue;
      for (let y = tileRow * tile; y < (tileRow + 1) * tile; y += 2) {
        for (let x = tileColumn * tile; x < (tileColumn + 1) * tile; x += 2) {
          open[(y / 2) * columns + x / 2] = opennessAt(heights, x, y);
        }
      }
    }
  }
  return open;
}

/** Where to look from a pixel: direction after direction, each at every radius. */
const probes = Array.from({ length: directions * radii.length }, (_, i) => {
  const angle = ((Math.floor(i / radii.length) + 0.25) * 2 * Math.PI) / directions;
  const radius = radii[i % radii.length] ?? 1;
  return { dx: Math.round(Math.cos(angle) * radius), dy: Math.round(Math.sin(angle) * radius), radius };
});

function opennessAt(heights: Float32Array, x: number, y: number): number {
  const start = (heights[y * pictureWidth + x] as number) + 0.5;
  let blocked = 0;
  let steepest = 0;
  for (let i = 0; i < probes.length; i++) {
    const { dx, dy, radius } = probes[i] as (typeof probes)[number];
    if (i % radii.length === 0) steepest = 0;
    const column = Math.min(pictureWidth - 1, Math.max(0, x + dx));
    const row = Math.min(pictureHeight - 1, Math.max(0, y + dy));
    const rise = ((heights[row * pictureWidth + column] as number) - start) / radius;
    if (rise > steepest) steepest = rise;
    // Cosine-weighted share of the sky below the horizon's elevation: its sine squared.
    if (i % radii.length === radii.length - 1) blocked += (steepest * steepest) / (1 + steepest * steepest);
  }
  return 1 - blocked / directions;
}

function tallestOfTiles(heights: Float32Array): Float32Array {
  const pairs = new Float32Array(tileColumns * tileRows * 2);
  for (let i = 0; i < tileColumns * tileRows; i++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    const left = (i % tileColumns) * tile;
    const top = Math.floor(i / tileColumns) * tile;
    for (let y = top; y < top + tile; y++) {
      for (let x = left; x < left + tile; x++) {
        const height = heights[y * pictureWidth + x] as number;
        if (height < low) low = height;
        if (height > high) high = height;
      }
    }
    pairs[i * 2] = low;
    pairs[i * 2 + 1] = high;
  }
  return pairs;
}

/** Lowest height in the tile, and the greatest in it, around it and up to eight tiles towards the lamp. */
function reachOfTile(pairs: Float32Array, column: number, row: number, dx: number, dy: number): [number, number] {
  const low = pairs[(row * tileColumns + column) * 2] as number;
  let high = low;
  for (let step = 0; step < (dx === 0 && dy === 0 ? 1 : 9); step++) {
    const centreColumn = Math.round(column + dx * step);
    const centreRow = Math.round(row + dy * step);
    for (let r = Math.max(0, centreRow - 1); r <= Math.min(tileRows - 1, centreRow + 1); r++) {
      for (let c = Math.max(0, centreColumn - 1); c <= Math.min(tileColumns - 1, centreColumn + 1); c++) {
        high = Math.max(high, pairs[(r * tileColumns + c) * 2 + 1] as number);
      }
    }
  }
  return [low, high];
}
