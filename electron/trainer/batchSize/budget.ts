import type { Said, Sentence } from '../../../shared/said';
import { machineMemory, tellMemory, trainingShare, type MachineMemory, type MemoryTold } from '../engine/memory';
import { gigabytes } from '../memoryText';

export interface MemoryBudget extends MemoryTold {
  /** One sentence for the operator. */
  readonly reason: string;
  readonly said: Said;
}

/** What a training may use, and where that number comes from. */
export function memoryBudget(memory: MachineMemory = machineMemory()): MemoryBudget {
  const told = tellMemory(memory);
  const { availableBytes, ownBytes = 0 } = memory;
  const isLimited = told.freeBytes < availableBytes + ownBytes;
  const free = gigabytes(told.freeBytes);
  const total = gigabytes(isLimited ? told.totalBytes : memory.totalBytes);
  const where = isLimited
    ? `Lineside may use ${total} GB here, of which ${free} GB are free`
    : `${free} GB of ${total} GB memory are free`;
  const share = Math.round(trainingShare * 100);
  return {
    ...told,
    reason: `${where}; training may take ${share} % of that, the rest stays for other programs.`,
    said: { code: isLimited ? 'budgetLimited' : 'budgetFree', values: { free, total, share } },
  };
}

/** What of the budget is not for steps. */
export function besideSentence(besideSteps: number): Sentence {
  const beside = gigabytes(besideSteps);
  const text = `${beside} GB of it are for decoded pictures and copies of the detector.`;
  return { text, said: { code: 'budgetBeside', values: { beside } } };
}
