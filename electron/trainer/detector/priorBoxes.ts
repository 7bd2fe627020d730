import type { Size } from '../../../shared/boxes';

/** [height, width] as fractions of the input. */
export type PriorShape = readonly [height: number, width: number];

/**
 * The shapes that the COCO base model was trained with: TF Object Detection API's ssd_anchor_generator, 6 maps, scales
 * 0.2 to 0.95, reduced boxes in the lowest map. Its box heads only fit these, in this order.
 */
export const baseModelShapes: readonly (readonly PriorShape[])[] = (() => {
  const scales = [0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1];
  const shaped = (scale: number, ratio: number): PriorShape => [scale / Math.sqrt(ratio), scale * Math.sqrt(ratio)];
  return scales.slice(0, -1).map((scale, map) => {
    if (map === 0) return [shaped(0.1, 1), shaped(0.2, 2), shaped(0.2, 1 / 2)];
    const next = scales[map + 1] as number;
    return [...[1, 2, 1 / 2, 3, 1 / 3].map((ratio) => shaped(scale, ratio)), shaped(Math.sqrt(scale * next), 1)];
  });
})();

/**
 * Prior boxes [priors][cy, cx, h, w] as fractions of the input: for each map, each row, each column, each shape, with the
 * centre in the middle of the cell (SSD paper, section 2.2). Not clipped at the border, as in the base model.
 */
export function priorBoxes(
  maps: readonly { readonly cells: Size; readonly shapes: readonly PriorShape[] }[],
): Float32Array {
  const count = maps.reduce((sum, { cells, shapes }) => sum + cells.height * cells.width * shapes.length, 0);
  const priors = new Float32Array(count * 4);
  let at = 0;
  for (const { cells, shapes } of maps) {
    for (let row = 0; row < cells.height; row++) {
      for (let column = 0; column < cells.width; column++) {
        for (const [height, width] of shapes) {
          priors.set([(row + 0.5) / cells.height, (column + 0.5) / cells.width, height, width], at);
          at += 4;
        }
      }
    }
  }
  return priors;
}
