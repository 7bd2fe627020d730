import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScheduleKind } from '../../../shared/contract';
import { createRandom } from '../random';
import { history, recordedSweep, recordedTrouble } from './recorded.testing';
import { isSettled, planSchedule, rateAt } from './schedule';
import type { EpochSeen } from './signs';
import {
  freshWatch as freshWatchOf,
  roundsUntilStop,
  watchEpoch,
  watchStep,
  wentBackTo,
  type NotFinite,
  type RunAhead,
  type StepAction,
  type WatchState,
} from './watch';

/** Of three classes. */
const freshWatch = freshWatchOf(3);

const feed = (
  losses: readonly (number | NotFinite)[],
  from: WatchState = freshWatch,
): { state: WatchState; actions: StepAction['kind'][] } => {
  let state = from;
  const actions = losses.map((loss) => {
    const next = watchStep(state, loss);
    state = next.state;
    return next.action.kind;
  });
  return { state, actions };
};
/** Falls from 6 to 1.5 over a few hundred steps, each 20 % off: as fine-tuning on BCCD does. */
const falling = (steps: number, seed = 1): number[] => {
  const random = createRandom('losses', seed);
  return Array.from(
    { length: steps },
    (_, step) => (1.5 + 4.5 * Math.exp(-step / 60)) * Math.exp(0.2 * random.normal()),
  );
};

const bad: NotFinite = { picture: 'images/bad.png' };

describe('training watch, steps', () => {
  test('a normal run is left alone, whatever its noise', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(new Set(feed(falling(300, seed)).actions)).toEqual(new Set(['goOn']));
      }),
      { numRuns: 50 },
    );
  });

  test('a real sweep: left alone on its way down, rolled back once the rate is far too high', () => {
    const sweep = recordedSweep('thorough');
    const { actions } = feed(sweep.map(({ total }) => total));
    const back = sweep[actions.indexOf('rollBack')]?.learningRate ?? NaN;
    // A thorough sweep finds the loss to turn up at about 0.1, and training to go well at 0.02.
    expect(back).toBeGreaterThan(0.1);
    expect(back).toBeLessThan(1);
  });

  test('a loss that explodes in the first steps is told, though it never was lower', () => {
    const exploded = [6, ...Array.from({ length: 30 }, (_, step) => 200 + step)];
    expect(feed(exploded).actions.indexOf('rollBack')).toBe(9);
    expect(feed(Array.from({ length: 30 }, () => 20)).actions).not.toContain('rollBack');
  });

  test('one bad batch is no divergence', () => {
    const losses = falling(200);
    losses[150] = 20;
    expect(feed(losses).actions).not.toContain('rollBack');
  });

  test('a loss that runs away is rolled back within a few steps, once', () => {
    const { actions } = feed([...falling(100), ...Array.from({ length: 12 }, (_, index) => 3 * 1.5 ** index)]);
    const at = actions.indexOf('rollBack');
    expect(at).toBeGreaterThan(100);
    expect(at).toBeLessThan(108);
  });

  test('not a number: at once, half the rate, and the state starts its average anew', () => {
    const { state, action } = watchStep(feed(falling(50)).state, bad);
    expect(action).toEqual({
      kind: 'rollBack',
      learningRateFactor: 0.5,
      said: { code: 'watchNotANumber', values: { picture: 'images/bad.png' } },
      text: 'The loss was not a number at images/bad.png, so it went back to the last good state and goes on at half the rate.',
    });
    expect(state).toMatchObject({ count: 0, rollBacks: 1 });
    expect(feed(falling(100), state).actions).not.toContain('rollBack');
  });

  test('gives up after three, with the picture and what to do', () => {
    const { state, actions } = feed([bad, bad, bad]);
    expect(actions).toEqual(['rollBack', 'rollBack', 'rollBack']);
    expect(watchStep(state, bad).action).toMatchObject({
      kind: 'giveUp',
      said: { code: 'watchGaveUpAt', values: { picture: 'images/bad.png' } },
      text: expect.stringMatching(
        /^The loss was not a number at images\/bad\.png again, .* Check this picture/,
      ) as string,
      nothingLearned: { said: { code: 'nothingLearnedAt', values: { picture: 'images/bad.png' } } },
    });
  });

  test('gives up where the loss rises a fourth time: no picture is to blame', () => {
    const rise = [...falling(100), ...Array.from({ length: 7 }, () => 40)];
    let state = freshWatch;
    const acted = [1, 2, 3, 4].flatMap(() =>
      rise.flatMap((loss) => {
        const next = watchStep(state, loss);
        const back = next.action.kind !== 'goOn';
        state = back ? wentBackTo(freshWatch, next.state) : next.state;
        return next.action.kind === 'goOn' ? [] : [next.action];
      }),
    );
    expect(acted.map(({ said }) => said.code)).toEqual([
      ...['watchRoseTooFar', 'watchRoseTooFar', 'watchRoseTooFar'],
      'watchGaveUp',
    ]);
    expect(acted.at(-1)?.text).toContain('Find the learning rate again');
  });

  test('after going back, losses as they were then are no rise, however low they had become since', () => {
    const low = feed([...falling(300), ...Array.from({ length: 8 }, () => 40)]);
    expect(low.actions.filter((kind) => kind === 'rollBack')).toHaveLength(1);
    const back = wentBackTo(feed(falling(5)).state, low.state);
    expect(back).toMatchObject({ rollBacks: 1, count: 0 });
    expect(feed(falling(300), back).actions).not.toContain('rollBack');
    expect(feed(falling(300), { ...low.state, count: 0, average: 0 }).actions).toContain('rollBack');
  });

  test('a state that went through a checkpoint goes on the same', () => {
    const losses = [...falling(60), ...Array.from({ length: 20 }, () => 15)];
    const half = feed(losses.slice(0, 65));
    const resumed = feed(losses.slice(65), JSON.parse(JSON.stringify(half.state)) as WatchState);
    expect([...half.actions, ...resumed.actions]).toEqual(feed(losses).actions);
  });
});

const ahead = (kind: ScheduleKind, epochs: number, stepsPerEpoch = 20): RunAhead => {
  const schedule = planSchedule(kind, 0.004, epochs * stepsPerEpoch);
  return { epochs, stepsPerEpoch, settledAfter: (epoch) => isSettled(schedule, epoch * stepsPerEpoch, stepsPerEpoch) };
};
const cosine = (epochs: number, stepsPerEpoch = 20): RunAhead => ahead('cosine', epochs, stepsPerEpoch);
const run = (mAP50s: readonly (number | null)[], way: RunAhead): { stoppedAfter: number; texts: string[] } => {
  let state = freshWatch;
  const texts: string[] = [];
  for (const seen of history(mAP50s)) {
    const next = watchEpoch(state, seen, way);
    state = next.state;
    texts.push(next.words.text);
    if (next.stop) return { stoppedAfter: seen.epoch, texts };
  }
  return { stoppedAfter: mAP50s.length, texts };
};

describe('training watch, rounds', () => {
  const bccd = [
    0.31, 0.58, 0.71, 0.79, 0.83, 0.85, 0.862, 0.87, 0.868, 0.879, 0.884, 0.888, 0.893, 0.895, 0.899, 0.901, 0.903,
    0.904,
  ];

  test('a run as on BCCD goes to its end, in words that follow it', () => {
    const { stoppedAfter, texts } = run(bccd, cosine(18));
    expect(stoppedAfter).toBe(18);
    expect(texts.slice(0, 6)).toEqual([
      'The first round is done',
      'Getting better quickly',
      'Getting better quickly',
      'Getting better quickly',
      'Getting better quickly',
      'Getting better',
    ]);
    expect(texts[8]).toBe('About as good as before');
  });

  test('never stops while the rate is high, although it stands still', () => {
    const still = [0.5, 0.8, ...Array.from({ length: 28 }, () => 0.8)];
    const { stoppedAfter, texts } = run(still, cosine(30));
    const schedule = planSchedule('cosine', 0.004, 30 * 20);
    expect(rateAt(schedule, 20 * stoppedAfter - 1)).toBeLessThanOrEqual(0.2 * 0.004);
    expect(rateAt(schedule, 20 * (stoppedAfter - 1) - 1)).toBeGreaterThan(0.2 * 0.004);
    expect(stoppedAfter).toBe(22);
    expect(texts[18]).toBe('Hardly improving: it will stop by itself in 3 rounds');
    expect(texts[20]).toBe('Hardly improving: it will stop by itself in 1 round');
    expect(texts[21]).toBe('No better for 20 rounds: it stops here and keeps the best one');
  });

  test('where the rate swings, it stops at the end of a cycle and nowhere else', () => {
    // Three cycles of ten rounds: the rate never falls to a fifth.
    const { stoppedAfter, texts } = run([0.5, 0.8, ...Array.from({ length: 28 }, () => 0.8)], ahead('triangular', 30));
    expect(stoppedAfter).toBe(10);
    expect(texts[6]).toBe('Hardly improving: it will stop by itself in 3 rounds');
    const better = [...Array.from({ length: 9 }, () => 0.7), 0.8, ...Array.from({ length: 20 }, () => 0.8)];
    expect(run(better, ahead('triangular', 30)).stoppedAfter).toBe(20);
    const rising = Array.from({ length: 30 }, (_, index) => 0.5 + 0.01 * index);
    expect(run(rising, ahead('triangular', 30)).stoppedAfter).toBe(30);
  });

  test('not before 200 steps, however many rounds those are', () => {
    const low: RunAhead = { epochs: 200, stepsPerEpoch: 2, settledAfter: () => true };
    expect(
      run(
        Array.from({ length: 200 }, () => 0.5),
        low,
      ).stoppedAfter,
    ).toBe(100);
  });

  test('a run that is not evaluated is not stopped', () => {
    expect(roundsUntilStop(history([null, null]), cosine(2))).toBe(Infinity);
    expect(
      run(
        Array.from({ length: 30 }, () => null),
        cosine(30),
      ),
    ).toMatchObject({ stoppedAfter: 30 });
  });

  test('each round has a word for the page; one that was not judged keeps the last verdict', () => {
    let state = freshWatch;
    const said = history([null, 0.5, null, 0.7, null, 0.71, null, 0.71, null]).map((seen) => {
      const next = watchEpoch(state, seen, cosine(40));
      state = next.state;
      return next.words.said;
    });
    expect(said.map(({ code }) => code)).toEqual([
      ...['epochLearning', 'epochFirst', 'epochLearning', 'epochQuickly', 'epochQuickly'],
      ...['epochBetter', 'epochBetter', 'epochHardly', 'epochHardly'],
    ]);
    expect(said.at(-1)?.values).toEqual({ count: 31 });
  });

  test.each([
    ['wrong names', 'epochPlacesOnly', 'epochLittle'],
    ['too slow', 'epochLittle', 'epochPlacesOnly'],
  ] as const)('%s, as recorded: %s, and never %s', (name, expected, never) => {
    const trouble = recordedTrouble(name);
    const stepsPerEpoch = Math.ceil(trouble.trainPictures / trouble.batchSize);
    const way = cosine(trouble.plannedEpochs, stepsPerEpoch);
    let state = freshWatch;
    const codes = trouble.epochs.map((seen) => {
      const next = watchEpoch(state, seen, way);
      state = next.state;
      return next.words.said.code;
    });
    expect(codes).toContain(expected);
    expect(codes).not.toContain(never);
    // Not before a third of it.
    expect(codes.indexOf(expected)).toBeGreaterThanOrEqual(trouble.plannedEpochs / 3 - 1);
  });

  test('a round seen again after going back replaces the old one', () => {
    const [first, second] = history([0.5, 0.6]) as [EpochSeen, EpochSeen];
    const way = cosine(10);
    const once = watchEpoch(watchEpoch(freshWatch, first, way).state, second, way).state;
    expect(watchEpoch(once, { ...second, mAP50: 0.7 }, way).state.epochs.map(({ mAP50 }) => mAP50)).toEqual([0.5, 0.7]);
  });
});

describe('training watch, forgetting', () => {
  const way = cosine(40);

  test('halves the rate when the result fell clearly and stayed down, and says so', () => {
    let state = freshWatch;
    const factors: number[] = [];
    const texts: string[] = [];
    // As the practice project went at 0.024: judged every second round.
    for (const seen of history([null, 0.552, null, 0.841, null, 0.887, null, 0.886, null, 0.822, null, 0.797, null])) {
      const next = watchEpoch(state, seen, way);
      state = next.state;
      factors.push(next.learningRateFactor);
      texts.push(next.words.text);
    }
    expect(factors).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 1]);
    expect(texts[11]).toBe('It had been better: the rate is too high and was halved');
    expect(texts[12]).toBe('Hardly improving for now, 27 rounds to go');
    expect(state.loweredAt).toBe(12);
  });
});
