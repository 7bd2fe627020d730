import type { DetectorPlan, ExportDevice, ExportedFile } from '../../shared/contract';
import { devices, expectedMilliseconds } from '../../shared/devices';

/** Devices in the order of their cards. */
export const targets: readonly ExportDevice[] = [
  'computer',
  'raspberryPi',
  'coral',
  'jetson',
  'intel',
  'android',
  'browser',
];

/** Pictures a second that published figures let one expect, slowest and fastest board; null where nobody published any. */
export interface ExpectedSpeed {
  readonly slowest: number;
  readonly fastest: number;
}

export function expectedSpeed(
  device: ExportDevice,
  plan: Pick<DetectorPlan, 'inputWidth' | 'inputHeight' | 'tiling'>,
): ExpectedSpeed | null {
  const input = { width: plan.inputWidth, height: plan.inputHeight };
  const looks = plan.tiling?.views ?? 1;
  const rates = devices[device].published.map((figure) => 1000 / (looks * expectedMilliseconds(figure, input)));
  return rates.length === 0 ? null : { slowest: Math.min(...rates), fastest: Math.max(...rates) };
}

/** Whether the package answers as the trained detector does, by the limit that its format has. */
export function isParityGood({ parity }: Pick<ExportedFile, 'parity'>): boolean {
  return parity.difference <= parity.limit;
}
