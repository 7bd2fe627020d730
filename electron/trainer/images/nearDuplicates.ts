import { equallyBright, type Fingerprint, type Tolerance, usualTolerance } from '../../../shared/fingerprint';

/** For a camera that always sees the same scene: only copies. */
const copies: Tolerance = { bits: 2, meanBrightness: 1, cellBrightness: 3 };
/** A group with more of the pictures than this says that the scene is always the same, not that the pictures are. */
const largestShare = 0.25;

/**
 * Puts pictures that are nearly the same into one group.
 * @returns for each picture the number of its group: the index of the group's first picture
 */
export function groupNearDuplicates(prints: readonly (Fingerprint | undefined)[]): number[] {
  const groups = groupWithin(prints, usualTolerance);
  return largestGroup(groups) > Math.max(2, prints.length * largestShare) ? groupWithin(prints, copies) : groups;
}

function largestGroup(groups: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return Math.max(0, ...sizes.values());
}

function groupWithin(prints: readonly (Fingerprint | undefined)[], tolerance: Tolerance): number[] {
  // Each picture is compared with each: the bits as two 32-bit numbers, which are a hundred times faster than a bigint.
  const upper = Int32Array.from(prints, (print) => Number(BigInt.asIntN(32, (print?.hash ?? 0n) >> 32n)));
  const lower = Int32Array.from(prints, (print) => Number(BigInt.asIntN(32, print?.hash ?? 0n)));
  const joined = createJoiner(prints.length);
  for (const [second, print] of prints.entries()) {
    if (print === undefined) continue;
    for (let first = 0; first < second; first++) {
      const bits =
        bitsIn((upper[first] as number) ^ (upper[second] as number)) +
        bitsIn((lower[first] as number) ^ (lower[second] as number));
      if (bits > tolerance.bits) continue;
      const other = prints[first];
      if (other !== undefined && equallyBright(other, print, tolerance)) joined.join(first, second);
    }
  }
  return joined.groups();
}

/** How many bits of a 32-bit number are set (Hacker's Delight, figure 5-2). */
function bitsIn(number: number): number {
  const pairs = number - ((number >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Puts what has the same name into one group, with all that is in a group with one of them already. */
export function joinByName(groups: readonly number[], names: readonly (string | undefined)[]): number[] {
  const joined = createJoiner(groups.length);
  groups.forEach((group, index) => joined.join(group, index));
  const firstOf = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === undefined) return;
    const first = firstOf.get(name);
    if (first === undefined) firstOf.set(name, index);
    else joined.join(first, index);
  });
  return joined.groups();
}

/** Groups of the numbers below `count`, each named by its smallest number. */
function createJoiner(count: number): { join: (first: number, second: number) => void; groups: () => number[] } {
  const parent = Array.from({ length: count }, (_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] as number;
    return root;
  };
  return {
    join: (first, second) => {
      const [one, other] = [rootOf(first), rootOf(second)];
      parent[Math.max(one, other)] = Math.min(one, other);
    },
    groups: () => parent.map((_, index) => rootOf(index)),
  };
}
