import { z } from 'zod';
import { detectorPlan, schedule } from '../../../shared/contract';
import { readJson, writeJson } from '../projectStore';
import { configFile } from '../runTable';
import type { FormerPlan } from '../training/resume';
import type { TrainingConfig } from '../training/train';

const config = z.object({
  seed: z.number(),
  classes: z.array(z.string()),
  plan: detectorPlan,
  learningRate: z.number(),
  batchSize: z.number(),
  accumulate: z.number().int().positive().default(1),
  epochs: z.number(),
  schedule,
  frozenLayers: z.number(),
  /** With what it was planned before its batch was made smaller for lack of memory. */
  former: z.array(z.object({ batchSize: z.number(), peak: z.number() })).optional(),
  /** dataDigest at its start; absent in runs of an older Lineside. */
  data: z.string().optional(),
});

/** What config.json of a run holds. */
export type RunConfig = TrainingConfig & {
  readonly learningRate: number;
  readonly former?: readonly FormerPlan[] | undefined;
  readonly data?: string | undefined;
};

/** @param run runs/<time>. @returns undefined where the run has no config.json */
export async function readConfig(project: string, run: string): Promise<RunConfig | undefined> {
  return readJson(project, `${run}/${configFile}`, config);
}

export async function writeConfig(project: string, run: string, settings: RunConfig): Promise<void> {
  await writeJson(project, `${run}/${configFile}`, config, {
    ...settings,
    classes: [...settings.classes],
    former: settings.former && [...settings.former],
  });
}
