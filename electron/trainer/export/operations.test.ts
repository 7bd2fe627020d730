import { expect, test } from 'vitest';
import { baseModelShapes } from '../detector/priorBoxes';
import { buildSsd } from '../detector/ssd';
import { costOf } from './operations';
import { testNetwork } from './testNetwork';

test('a small network costs what one counts by hand', () => {
  const layers = testNetwork().layers.filter(({ name }) => ['stem', 'block/depthwise'].includes(name));
  // 3×3 from 3 to 8 channels on 23×33, then 3×3 depthwise on 8 channels.
  const multiplyAdds = 9 * 3 * 8 * 23 * 33 + 9 * 8 * 23 * 33;
  const parameters = 9 * 3 * 8 + 8 + 9 * 8 + 8;
  expect(costOf({ ...testNetwork(), layers })).toEqual({ multiplyAdds, parameters });
});

test('the detector costs what the MobileNetV2 paper, table 6, says of SSDLite at 320 pixels: 0.8 billion, 4.3 million', () => {
  const side = { width: 320, height: 320 };
  const network = buildSsd({ input: side, classes: 80, priorShapes: baseModelShapes, fineMap: false });
  const { multiplyAdds, parameters } = costOf(network);
  expect(multiplyAdds / 1e9).toBeCloseTo(0.8, 1);
  expect(parameters / 1e6).toBeCloseTo(4.3, 0);
});
