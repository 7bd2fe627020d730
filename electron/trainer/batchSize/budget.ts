import { machineMemory, tellMemory, trainingShare, type MachineMemory, type MemoryTold } from '../engine/memory';

export interface MemoryBudget extends MemoryTold {
  /** One sentence for the operator. */
  readonly reason: string;
}

/** What a training may use, and where that number comes from. */
export function memoryBudget(memory: MachineMemory = machineMemory()): MemoryBudget {
  const told = tellMemory(memory);
  const { freeBytes, totalBytes } = told;
  const where =
    freeBytes < memory.availableBytes
      ? `Lineside may use ${gigabytes(totalBytes)} here, of which ${gigabytes(freeBytes)} are free`
      : `${gigabytes(freeBytes)} of ${gigabytes(memory.totalBytes)} memory are free`;
  const share = Math.round(trainingShare * 100);
  return { ...told, reason: `${where}; training may take ${share} % of that, the rest stays for other programs.` };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
