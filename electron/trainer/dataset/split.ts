import type { SetName } from '../../../shared/contract';
import type { Random } from '../random';

export interface SplitPicture {
  readonly name: string;
  /** Classes on the picture, each once; empty for a background picture. */
  readonly classes: readonly string[];
  /** Pictures of one group are nearly the same and stay together. */
  readonly group: number;
  /** Where the picture may go; one set alone where that is already decided. */
  readonly allowed: readonly SetName[];
}

export const setNames = ['train', 'validation', 'test'] as const satisfies readonly SetName[];
export const usualRatios: Readonly<Record<SetName, number>> = { train: 0.7, validation: 0.15, test: 0.15 };

/** What goes into a set as a whole. */
interface Unit {
  readonly names: readonly string[];
  /** How many of its pictures show each class. */
  readonly classes: ReadonlyMap<string, number>;
  readonly allowed: readonly SetName[];
}

/** Stands for "nothing on it", so that background pictures are spread over the sets too. */
const background = '\u0000background';

/**
 * Divides pictures into sets so that each class is spread as the ratios say (iterative stratification of multi-label
 * data, Sechidis, Tsoumakas and Vlahavas 2011), rarest class first, groups as a whole. Every set gets a picture where
 * there are enough.
 * @param random the same stream gives the same split
 */
export function split(
  pictures: readonly SplitPicture[],
  random: Random,
  ratios: Readonly<Record<SetName, number>> = usualRatios,
): Map<string, SetName> {
  const { decided, open } = unitsOf(pictures);
  const result = new Map<string, SetName>();
  const room = roomFor(pictures.length, ratios);
  const classRoom = classRoomFor(pictures, room);
  const put = (unit: Unit, set: SetName): void => {
    for (const name of unit.names) result.set(name, set);
    room[set] -= unit.names.length;
    for (const [label, count] of unit.classes) {
      const rooms = classRoom.get(label);
      if (rooms !== undefined) rooms[set] -= count;
    }
  };
  for (const unit of decided) put(unit, unit.allowed[0] as SetName);

  let left = open.length;
  let waiting = random.shuffle(open);
  while (waiting.length > 0) {
    const label = rarestClass(waiting);
    const now = waiting.filter((unit) => unit.classes.has(label));
    // Large groups first: small ones fit in later.
    now.sort((first, second) => second.names.length - first.names.length);
    for (const unit of now) {
      const used = new Set(result.values());
      const empty = setNames.filter((set) => !used.has(set) && ratios[set] > 0);
      // The last units fill the sets that would else stay empty, even where they are larger than the share.
      const allowed = unit.allowed.filter((set) => left > empty.length || empty.includes(set));
      put(unit, bestSet(allowed.length > 0 ? { ...unit, allowed } : unit, room, classRoom.get(label) ?? room));
      left -= 1;
    }
    waiting = waiting.filter((unit) => !unit.classes.has(label));
  }
  return result;
}

/** A group that has to be divided is cut into so many stretches, so that few pictures have a neighbour in another set. */
const stretches = 10;

/** A picture whose set is decided goes there, and those like it that are still open follow it. */
function unitsOf(pictures: readonly SplitPicture[]): { decided: Unit[]; open: Unit[] } {
  const groups = new Map<number, SplitPicture[]>();
  for (const picture of pictures) groups.set(picture.group, [...(groups.get(picture.group) ?? []), picture]);
  const decided: Unit[] = [];
  const open: Unit[] = [];
  // With fewer groups than sets, keeping groups together would leave a set empty.
  const together = groups.size >= setNames.length;
  for (const members of groups.values()) {
    const isDecided = ({ allowed }: SplitPicture): boolean => allowed.length === 1;
    const leader = setNames.map((set) => members.find((member) => isDecided(member) && member.allowed[0] === set));
    const set = leader.find((member) => member !== undefined)?.allowed[0];
    for (const member of members.filter(isDecided)) decided.push(toUnit([member], member.allowed));
    const others = members.filter((member) => !isDecided(member));
    if (others.length === 0) continue;
    if (set !== undefined) decided.push(toUnit(others, [set]));
    else if (together) open.push(toUnit(others, commonlyAllowed(others)));
    else open.push(...stretchesOf(others).map((stretch) => toUnit(stretch, commonlyAllowed(stretch))));
  }
  return { decided, open };
}

/** Consecutive stretches of about the same length, in the order of the names: that in which a recording was taken. */
function stretchesOf(members: readonly SplitPicture[]): SplitPicture[][] {
  const inOrder = [...members].sort((first, second) => (first.name < second.name ? -1 : 1));
  const count = Math.min(stretches, inOrder.length);
  const start = (index: number): number => Math.floor((index * inOrder.length) / count);
  return Array.from({ length: count }, (_, index) => inOrder.slice(start(index), start(index + 1)));
}

function commonlyAllowed(members: readonly SplitPicture[]): readonly SetName[] {
  const common = setNames.filter((set) => members.every(({ allowed }) => allowed.includes(set)));
  return common.length > 0 ? common : ['train'];
}

function toUnit(members: readonly SplitPicture[], allowed: readonly SetName[]): Unit {
  const classes = new Map<string, number>();
  for (const member of members) {
    for (const label of classesOf(member)) classes.set(label, (classes.get(label) ?? 0) + 1);
  }
  return { names: members.map(({ name }) => name), classes, allowed };
}

function classesOf({ classes }: SplitPicture): readonly string[] {
  return classes.length === 0 ? [background] : classes;
}

/** How many pictures each set is to have: the ratios, but at least one each where there are three or more. */
function roomFor(count: number, ratios: Readonly<Record<SetName, number>>): Record<SetName, number> {
  const least = (set: SetName): number => (count >= setNames.length && ratios[set] > 0 ? 1 : 0);
  const validation = Math.max(least('validation'), Math.round(count * ratios.validation));
  const test = Math.max(least('test'), Math.round(count * ratios.test));
  return { train: count - validation - test, validation, test };
}

function classRoomFor(
  pictures: readonly SplitPicture[],
  room: Readonly<Record<SetName, number>>,
): Map<string, Record<SetName, number>> {
  const counts = new Map<string, number>();
  for (const picture of pictures) {
    for (const label of classesOf(picture)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const share = (count: number, set: SetName): number => (count * room[set]) / pictures.length;
  return new Map(
    [...counts].map(([label, count]) => [
      label,
      { train: share(count, 'train'), validation: share(count, 'validation'), test: share(count, 'test') },
    ]),
  );
}

function rarestClass(units: readonly Unit[]): string {
  const counts = new Map<string, number>();
  for (const { classes } of units) {
    for (const [label, count] of classes) counts.set(label, (counts.get(label) ?? 0) + count);
  }
  const [rarest] = [...counts].sort(([one, few], [other, many]) => few - many || (one < other ? -1 : 1));
  return rarest?.[0] ?? background;
}

/** The set that still wants most of this class, among those with room for the whole unit. */
function bestSet(
  unit: Unit,
  room: Readonly<Record<SetName, number>>,
  classRoom: Readonly<Record<SetName, number>>,
): SetName {
  const fitting = unit.allowed.filter((set) => room[set] >= unit.names.length);
  const candidates = fitting.length > 0 ? fitting : unit.allowed;
  const [best] = [...candidates].sort(
    (first, second) => classRoom[second] - classRoom[first] || room[second] - room[first],
  );
  return best ?? 'train';
}
