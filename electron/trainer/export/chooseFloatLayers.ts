import type { ExportedFile } from '../../../shared/contract';
import type { Said } from '../../../shared/said';
import type { Network } from '../detector/network';
import type { Calibration } from './calibration';

type Note = ExportedFile['notes'][number];

export interface FloatLayers {
  readonly layers: ReadonlySet<string>;
  /** Why, for the operator; none where all is int8. */
  readonly notes: Note[];
}

/** How many of the layers that rounding spoils most are tried in float32, each time. */
const worst = [4, 8, 16, 32];

/**
 * Which layers compute in float32 so that the int8 model finds what the trained one finds: none, else the last convolutions of
 * the heads, else all of the heads, else also the layers that rounding spoils most. The first that loses no more than the
 * limit is taken; when none does, the one that loses least.
 *
 * @param lost the mAP50 that a model with these layers in float32 loses
 */
export async function chooseFloatLayers(
  network: Network,
  calibration: Calibration,
  limit: number,
  lost: (floatLayers: ReadonlySet<string>) => Promise<number>,
): Promise<FloatLayers> {
  const steps = candidates(network, calibration);
  const allInt8 = await lost(new Set());
  let best: FloatLayers = { layers: new Set(), notes: [] };
  let least = allInt8;
  for (const { what, layers } of steps) {
    if (least <= limit) break;
    const loss = await lost(layers);
    if (loss >= least) continue;
    least = loss;
    best = { layers, notes: [note(what, layers.size, allInt8, loss)] };
  }
  return best;
}

type What = 'floatOutputs' | 'floatHeads' | 'floatLayers';

function candidates(
  network: Network,
  { ranges }: Calibration,
): { readonly what: What; readonly layers: ReadonlySet<string> }[] {
  const last = network.featureMaps.flatMap(({ boxHead, classHead }) => [boxHead, classHead]);
  const heads = network.layers.filter((layer) => layer.kind !== 'add' && layer.group === 'head');
  const headNames = [...new Set([...last, ...heads.map(({ name }) => name)])];
  const spoiled = network.layers
    .map(({ name }) => name)
    .filter((name) => !headNames.includes(name))
    .sort((a, b) => (ranges.get(b)?.noise ?? 0) - (ranges.get(a)?.noise ?? 0));
  return [
    { what: 'floatOutputs', layers: new Set(last) },
    { what: 'floatHeads', layers: new Set(headNames) },
    ...worst.map((count) => ({
      what: 'floatLayers' as const,
      layers: new Set([...headNames, ...spoiled.slice(0, count)]),
    })),
  ];
}

function note(what: What, count: number, before: number, after: number): Note {
  const which = {
    floatOutputs: 'The last step of the detector',
    floatHeads: 'The part of the detector that names and places',
    floatLayers: `${count} layers of the detector`,
  }[what];
  const text = `${which} computes with full precision: with 8 bits it would lose ${before.toFixed(3)} of mAP50, now ${after.toFixed(3)}`;
  const values = { before: before.toFixed(3), after: after.toFixed(3) };
  const said: Said = what === 'floatLayers' ? { code: what, values: { ...values, count } } : { code: what, values };
  return { text, said };
}
