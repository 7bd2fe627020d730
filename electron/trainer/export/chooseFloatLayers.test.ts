import { describe, expect, test } from 'vitest';
import type { Calibration } from './calibration';
import { chooseFloatLayers } from './chooseFloatLayers';
import { testNetwork } from './testNetwork';

const network = testNetwork();
const range = { low: 0, high: 1, noise: 0 };
/** The third layer suffers most from rounding, then the first. */
const noise = new Map([
  ['block/project', 0.3],
  ['stem', 0.2],
]);
const calibration: Calibration = {
  ranges: new Map(network.layers.map(({ name }) => [name, { ...range, noise: noise.get(name) ?? 0 }])),
  boxEncodings: range,
  classLogits: range,
};
const last = ['map0/box', 'map0/class', 'map1/box', 'map1/class'];

function choose(lost: (layers: ReadonlySet<string>) => number) {
  return chooseFloatLayers(network, calibration, 0.01, (layers) => Promise.resolve(lost(layers)));
}

describe('layers that stay in float32', () => {
  test('none where int8 loses no more than is allowed', async () => {
    expect(await choose(() => 0.01)).toEqual({ layers: new Set(), notes: [] });
  });

  test('the last convolutions where those lose too much, and it is said', async () => {
    const { layers, notes } = await choose((of) => (of.size === 0 ? 0.05 : 0.002));
    expect([...layers].sort()).toEqual(last);
    expect(notes).toHaveLength(1);
    expect(notes[0]?.text).toContain('would lose 0.050 of mAP50, now 0.002');
    expect(notes[0]?.said).toEqual({ code: 'floatOutputs', values: { before: '0.050', after: '0.002' } });
  });

  test('else the layers that rounding spoils most, with the heads', async () => {
    const { layers, notes } = await choose((of) => (of.has('block/project') ? 0.001 : 0.05));
    expect(layers.has('stem')).toBe(true);
    for (const name of last) expect(layers.has(name)).toBe(true);
    expect(notes[0]?.said.code).toBe('floatLayers');
  });

  test('the best of all where none reaches the limit', async () => {
    const losses = [0.3, 0.2, 0.08, 0.1, 0.1, 0.1, 0.1];
    const asked: number[] = [];
    const { layers, notes } = await choose((of) => losses[asked.push(of.size) - 1] ?? NaN);
    expect(asked).toHaveLength(7);
    expect(layers.size).toBe(asked[2]);
    expect(notes[0]?.said.values['after']).toBe('0.080');
  });
});
