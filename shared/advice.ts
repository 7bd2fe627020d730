import { z } from 'zod';

export const scheduleKind = z.enum(['cosine', 'triangular', 'oneCycle', 'step']);

const rate = z.number().positive();
const count = z.number().int().positive();
const share = z.number();

/** Settings of the training that a suggestion leads to: all that 'training.run' has to be told. */
const settings = z.object({ learningRate: rate, batchSize: count, epochs: count, schedule: scheduleKind });

/**
 * One suggestion after a training, as figures: what to do and what in the run says so. The page, the command line and
 * the report make sentences of it. With `settings` it can be run at once. Shares are 0–1.
 */
export const advice = z.discriminatedUnion('kind', [
  /** An earlier run was better: go on with that one. */
  z.object({ kind: z.literal('earlierRun'), run: z.string(), mAP50: share, than: share }),
  /** The loss ran away `rollBacks` times at the rate `from`. */
  z.object({ kind: z.literal('slower'), settings, from: rate, rollBacks: count }),
  /** It learned at `from`, far from the rate that was found on these pictures. */
  z.object({ kind: z.literal('foundRate'), settings, from: rate }),
  /** Cut into `views` tiles, the smallest parts have `tiledPixels` instead of `pixels` at the detector's input. */
  z.object({ kind: z.literal('tiling'), pixels: z.number(), tiledPixels: z.number(), views: count }),
  /** Parts of `pixels` at the detector's input are too small to learn from, and tiles would not help. */
  z.object({ kind: z.literal('smallParts'), pixels: z.number(), inputWidth: count, inputHeight: count }),
  /** In the last `rounds` rounds it still gained `gained`. */
  z.object({ kind: z.literal('stillRising'), settings, from: count, gained: share, rounds: count }),
  /** The regression loss fell by `placed`, the classification loss by `named` only: the labels contradict each other. */
  z.object({ kind: z.literal('unclearNames'), placed: share, named: share }),
  /** The training loss fell by `fell` only: a higher rate. */
  z.object({ kind: z.literal('faster'), settings, from: rate, fell: share }),
  /** The same with a larger batch: twice the rate was tried, or would come too near `divergence`, where the loss turned up. */
  z.object({ kind: z.literal('largerBatch'), settings, from: count, fell: share, divergence: rate.optional() }),
  /** The same where neither is possible: more rounds. */
  z.object({ kind: z.literal('longer'), settings, from: count, fell: share }),
  /** The class `label` is found worst (`found`) and has been shown `shown` times. */
  z.object({ kind: z.literal('morePictures'), label: z.string(), found: share, shown: z.number(), wanted: count }),
  /** For `rounds` rounds it got better on the training pictures only. */
  z.object({ kind: z.literal('gentler'), settings, from: rate, fromBatch: count, rounds: z.number() }),
  /** It was paused or broke off after `done` of `planned` rounds: it is too early to say what would better it. */
  z.object({ kind: z.literal('goOn'), done: z.number().int().nonnegative(), planned: count }),
  /** `precision` of what it reports is right, and most of the rest is where no part is: parts that nobody labelled, or background. */
  z.object({ kind: z.literal('falseAlarms'), precision: share }),
  /** The same where most of the rest has a wrong name: most often parts called `label` are taken for `taken`. */
  z.object({ kind: z.literal('wrongNames'), precision: share, label: z.string(), taken: z.string() }),
  /** The same where most of the rest lies badly on its part, or is one too many on it. */
  z.object({ kind: z.literal('badBoxes'), precision: share }),
  /** It finds `recall` of the parts: more pictures like those it missed. */
  z.object({ kind: z.literal('missed'), recall: share }),
]);

export type Advice = z.output<typeof advice>;
export type AdvisedSettings = z.output<typeof settings>;

/** What a training with this suggestion is to be told; undefined where the next step is not a training. */
export function settingsOf(suggestion: Advice): AdvisedSettings | undefined {
  return 'settings' in suggestion ? suggestion.settings : undefined;
}
