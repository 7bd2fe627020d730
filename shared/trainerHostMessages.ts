import { z } from 'zod';

/** What main and the trainer's process tell each other beside the calls of the page, over the process's own port. */

/** Paths that the operator has chosen: the trainer acts on no others. */
export const allowedPaths = z.object({ projects: z.array(z.string()), picked: z.array(z.string()) });

export const toTrainer = z.discriminatedUnion('type', [
  /** A port comes with it, on which calls are to be served. */
  z.object({ type: z.literal('connect') }),
  z.object({ type: z.literal('allow'), id: z.number().int(), paths: allowedPaths }),
  /** The running job is to stop in good order. */
  z.object({ type: z.literal('stopJob') }),
]);

export const fromTrainer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('allowed'), id: z.number().int() }),
  /** A long job has begun or ended. */
  z.object({ type: z.literal('job'), running: z.boolean() }),
]);

export type AllowedPaths = z.output<typeof allowedPaths>;
export type ToTrainer = z.output<typeof toTrainer>;
export type FromTrainer = z.output<typeof fromTrainer>;
