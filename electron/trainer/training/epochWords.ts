import type { Said } from '../../../shared/said';

/** How a round went, as a word for the page and in English for the command line and the log. */
export interface EpochWords {
  readonly text: string;
  readonly said: Said;
}

const rounds = (count: number): string => `${count} ${count === 1 ? 'round' : 'rounds'}`;

export const epochWords = {
  learning: { text: 'Learning', said: { code: 'epochLearning', values: {} } },
  first: { text: 'The first round is done', said: { code: 'epochFirst', values: {} } },
  quickly: { text: 'Getting better quickly', said: { code: 'epochQuickly', values: {} } },
  better: { text: 'Getting better', said: { code: 'epochBetter', values: {} } },
  asBefore: { text: 'About as good as before', said: { code: 'epochAsBefore', values: {} } },
  byHeart: {
    text: 'It knows the training pictures by heart and gets no better on others; the best round is kept',
    said: { code: 'epochByHeart', values: {} },
  },
  little: (percent: number): EpochWords => ({
    text: `It hardly learns: its loss has fallen by only ${percent} % so far, and as little on pictures it does not learn from. The rate is probably too low`,
    said: { code: 'epochLittle', values: { fell: percent } },
  }),
  placesOnly: {
    text: 'It learns where the parts are, but hardly what they are: some boxes may be wrong or missing',
    said: { code: 'epochPlacesOnly', values: {} },
  },
  standsStill: {
    text: 'Standing still for now: it usually gets better once it learns more carefully',
    said: { code: 'epochStandsStill', values: {} },
  },
  done: { text: 'Done', said: { code: 'epochDone', values: {} } },
  forgot: {
    text: 'It had been better: the rate is too high and was halved',
    said: { code: 'watchForgot', values: {} },
  },
  stopsIn: (count: number): EpochWords => ({
    text: `Hardly improving: it will stop by itself in ${rounds(count)}`,
    said: { code: 'epochStopsIn', values: { count } },
  }),
  hardly: (count: number): EpochWords => ({
    text: `Hardly improving for now, ${rounds(count)} to go`,
    said: { code: 'epochHardly', values: { count } },
  }),
  stops: (count: number): EpochWords => ({
    text: `No better for ${rounds(count)}: it stops here and keeps the best one`,
    said: { code: 'epochStops', values: { count } },
  }),
} as const satisfies Record<string, EpochWords | ((count: number) => EpochWords)>;
