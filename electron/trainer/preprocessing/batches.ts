import type { Size } from '../../../shared/boxes';
import { LinesideError } from '../../../shared/errors';
import type { DatasetItem } from '../dataset/items';
import { createRandom } from '../random';
import { type AugmentOptions, usualAugmentation } from './augment';
import type { Batch, BatchSource } from './batch';
import type { SampleRequest, Samples, WorkerSetup } from './workerMessages';
import { WorkerThread } from '../workerThread';

export interface BatchOptions {
  /** Of the network's input, in pixels. */
  readonly size: Size;
  readonly batchSize: number;
  readonly seed: number;
  /** true: the usual augmentation, each epoch in another order; false: pictures as they are, in their own order. */
  readonly augment: boolean | AugmentOptions;
  /** Threads that decode; 1 by default. */
  readonly workers?: number;
  /** How much decoded pixels all threads together may keep; 512 MiB by default. */
  readonly cacheBytes?: number;
}

/** How many batches are made ahead of the one asked for. */
const ahead = 2;

type SampleOf = SampleRequest['samples'][number];

/**
 * Makes batches in worker threads. With augmentation every batch is full: the last one goes on with the beginning of
 * the epoch's order. Without, the last one may be smaller and each picture comes once.
 * @throws LinesideError 'badInput' where there are no pictures; a batch rejects naming the picture that is broken
 */
export function createBatchSource(items: readonly DatasetItem[], options: BatchOptions): BatchSource {
  if (items.length === 0) throw new LinesideError('badInput', 'there are no pictures in this set: label more pictures');
  const { size, batchSize, seed, augment, workers = 1, cacheBytes = 512 * 2 ** 20 } = options;
  const augmentOptions = augment === true ? usualAugmentation : augment === false ? undefined : augment;
  const count = Math.max(1, Math.min(workers, items.length));
  const setup: WorkerSetup = {
    items: items.map(teaching),
    input: size,
    seed,
    augment: augmentOptions,
    cacheBytes: cacheBytes / count,
  };
  const threads = Array.from({ length: count }, () => decodeThread(setup));
  const batchesPerEpoch = Math.ceil(items.length / batchSize);
  const making = new Map<string, Promise<Batch>>();
  let expected: string | undefined;

  function samplesOf(epoch: number, index: number): readonly SampleOf[] {
    const inOrder = items.map((_, item) => item);
    const order = augmentOptions === undefined ? inOrder : createRandom(seed, 'order', epoch).shuffle(inOrder);
    const start = index * batchSize;
    const end = augmentOptions === undefined ? Math.min(start + batchSize, order.length) : start + batchSize;
    return Array.from({ length: end - start }, (_, slot) => ({
      item: order[(start + slot) % order.length] as number,
      repeat: Math.floor((start + slot) / order.length),
    }));
  }

  async function make(epoch: number, index: number): Promise<Batch> {
    const samples = samplesOf(epoch, index);
    // A picture always goes to the same thread, so that it is decoded and kept once.
    const shares = threads.map((thread, number) => {
      const slots = samples.flatMap(({ item }, slot) => (item % count === number ? [slot] : []));
      return { thread, slots };
    });
    const made = await Promise.all(
      shares
        .filter(({ slots }) => slots.length > 0)
        .map(async ({ thread, slots }) => ({
          slots,
          result: await thread.request({ epoch, samples: slots.map((slot) => samples[slot] as SampleOf) }),
        })),
    );
    const names = samples.map(({ item }) => items[item]?.name ?? '');
    return { ...assemble(made, samples.length), batchSize: samples.length, ...size, names };
  }

  function started(epoch: number, index: number): Promise<Batch> {
    const key = `${epoch}/${index}`;
    const running = making.get(key);
    if (running !== undefined) return running;
    const batch = make(epoch, index);
    // Made ahead, perhaps never asked for: whoever asks gets the rejection.
    batch.catch(() => undefined);
    making.set(key, batch);
    return batch;
  }

  /** Pictures as they are come once, so that nothing follows the last batch. */
  function batchesAfter(epoch: number, index: number): (readonly [epoch: number, index: number])[] {
    return Array.from({ length: ahead }, (_, step) => index + 1 + step)
      .filter((next) => augmentOptions !== undefined || next < batchesPerEpoch)
      .map((next) => [epoch + Math.floor(next / batchesPerEpoch), next % batchesPerEpoch] as const);
  }

  return {
    batchesPerEpoch,
    batch(epoch, index) {
      if (index < 0 || index >= batchesPerEpoch) {
        return Promise.reject(new LinesideError('internal', `there is no batch ${index} of ${batchesPerEpoch}`));
      }
      const key = `${epoch}/${index}`;
      const inSequence = expected === undefined || expected === key;
      if (!inSequence) making.clear();
      const batch = started(epoch, index);
      making.delete(key);
      const following = batchesAfter(epoch, index);
      expected = following[0]?.join('/');
      if (inSequence) for (const [nextEpoch, nextIndex] of following) void started(nextEpoch, nextIndex);
      return batch;
    },
    async close() {
      making.clear();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function decodeThread(setup: WorkerSetup): WorkerThread<SampleRequest, Samples> {
  return new WorkerThread({
    name: 'decodeWorker',
    setup,
    died: ({ samples }) => {
      const names = [...new Set(samples.map(({ item }) => setup.items[item]?.name))].join(', ');
      return `the thread that reads pictures stopped while it worked on ${names}: try again, or take these pictures out`;
    },
  });
}

function teaching({ name, path, region, boxes, labels, difficult }: DatasetItem): WorkerSetup['items'][number] {
  const teaches = (_: unknown, index: number): boolean => difficult[index] !== true;
  const shown = region === undefined ? {} : { region };
  return { name, path, ...shown, boxes: boxes.filter(teaches), labels: labels.filter(teaches) };
}

/** Puts the threads' shares into one block of pixels; the block of a single thread is taken as it is. */
function assemble(
  shares: readonly { readonly slots: readonly number[]; readonly result: Samples }[],
  count: number,
): Pick<Batch, 'pixels' | 'gtBoxes' | 'gtLabels'> {
  const [only] = shares;
  if (only !== undefined && shares.length === 1) {
    return { pixels: only.result.pixels, gtBoxes: only.result.boxes, gtLabels: only.result.labels };
  }
  const length = shares.reduce((sum, { result }) => sum + result.pixels.length, 0) / count;
  const pixels = new Uint8Array(count * length);
  const gtBoxes: Batch['gtBoxes'][number][] = [];
  const gtLabels: Batch['gtLabels'][number][] = [];
  for (const { slots, result } of shares) {
    for (const [position, slot] of slots.entries()) {
      pixels.set(result.pixels.subarray(position * length, (position + 1) * length), slot * length);
      gtBoxes[slot] = result.boxes[position] ?? [];
      gtLabels[slot] = result.labels[position] ?? [];
    }
  }
  return { pixels, gtBoxes, gtLabels };
}
