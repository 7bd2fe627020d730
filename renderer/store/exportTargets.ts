import type { ExportedFile } from '../../shared/contract';

type Format = ExportedFile['format'];

/** What people have on the line, and the formats that run on it. */
export interface Target {
  readonly id: 'computer' | 'jetson' | 'intel' | 'browser';
  readonly formats: readonly Format[];
}

export const targets: readonly Target[] = [
  { id: 'computer', formats: ['onnx', 'onnxDetections'] },
  { id: 'jetson', formats: ['jetson'] },
  { id: 'intel', formats: ['onnx'] },
  { id: 'browser', formats: ['tfjs'] },
];

/** Each format once, in the order of the targets. */
export function formatsOf(chosen: ReadonlySet<Target['id']>): Format[] {
  return [...new Set(targets.filter(({ id }) => chosen.has(id)).flatMap(({ formats }) => formats))];
}

export function isParityGood({ parity }: ExportedFile): boolean {
  return parity.difference <= parity.limit;
}
