/**
 * Seeded random numbers (sfc32 by C. Doty-Humphrey, seeded through splitmix32). Randomness is always an argument in the
 * trainer: the same seed gives the same split, the same augmentation and the same batches.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  range(low: number, high: number): number;
  /** Uniform integer in [0, count). */
  int(count: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** A new array with the items in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * @param keys one or more integers or words; each combination gives an independent stream, so that a sample's
 *   randomness can be derived from (seed, epoch, index) without any state to keep.
 */
export function createRandom(...keys: readonly (number | string)[]): Random {
  const seed = splitmix32(hash(keys));
  let a = seed();
  let b = seed();
  let c = seed();
  let counter = 1;

  function nextUint32(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) nextUint32();

  const next = (): number => nextUint32() / 4294967296;
  return {
    next,
    range: (low, high) => low + next() * (high - low),
    int: (count) => Math.floor(next() * count),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle<T>(items: readonly T[]): T[] {
      const result = [...items];
      for (let last = result.length - 1; last > 0; last--) {
        const other = Math.floor(next() * (last + 1));
        [result[last], result[other]] = [result[other] as T, result[last] as T];
      }
      return result;
    },
  };
}

/** FNV-1a over the keys' text. */
function hash(keys: readonly (number | string)[]): number {
  let value = 0x811c9dc5;
  for (const character of keys.join('\u0000')) {
    value ^= character.codePointAt(0) ?? 0;
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) | 0;
  };
}
