import type { Random } from '../random';
import type { Thing } from './clutter';
import { mattFinish, metalFinish } from './finishes';
import { hexNut, screw, washer, type ScrewHead } from './solids';
import { hairpinClip, loopClip } from './wires';

/** The four parts that the practice project teaches, in the order of their class index. */
export const partNames = ['hex nut', 'washer', 'screw', 'clip'] as const;
export type PartName = (typeof partNames)[number];

const heads: readonly ScrewHead[] = ['hex', 'hex', 'pan', 'cap'];

/** A part of random size, make and finish. @param scale 1 at the middle camera distance. */
export function createPart(name: PartName, random: Random, scale: number): Thing {
  const finish = metalFinish(random);
  switch (name) {
    case 'hex nut': {
      const locking = random.next() < 0.25;
      const nylon = random.next() < 0.6 ? mattFinish([0.05, 0.13, 0.4], 0.5, 1) : mattFinish([0.66, 0.65, 0.6], 0.5, 1);
      return { solid: hexNut(scale * random.range(70, 112), random, locking), finishes: [finish, nylon] };
    }
    case 'washer':
      return { solid: washer(scale * random.range(76, 128), random, random.next() < 0.2), finishes: [finish] };
    case 'screw': {
      const headWidth = scale * random.range(58, 80);
      const head = heads[random.int(heads.length)] as ScrewHead;
      return { solid: screw(headWidth * random.range(2.2, 3.3), headWidth, head, random), finishes: [finish] };
    }
    case 'clip': {
      const length = scale * random.range(155, 215);
      const solid = random.next() < 0.6 ? hairpinClip(length, random) : loopClip(length, random);
      return { solid, finishes: [finish] };
    }
    default:
      return name satisfies never;
  }
}
