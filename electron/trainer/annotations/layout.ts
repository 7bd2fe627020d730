import path from 'node:path';
import type { Complaint, SetName } from '../../../shared/contract';
import type { Said } from '../../../shared/said';

/**
 * Which label file belongs to which picture, in the layouts that people have: a VOC folder (JPEGImages, Annotations,
 * ImageSets/Main), label files beside the pictures, or two folders. Paths are relative, with forward slashes.
 */
export interface Pairing {
  /** Label file by picture. */
  readonly labelFiles: ReadonlyMap<string, string>;
  readonly rejected: readonly Complaint[];
}

/** The best candidates come first: beside it, then in a folder next to the label file's own, then anywhere. */
export function pairLabels(pictures: readonly string[], xmlFiles: readonly string[]): Pairing {
  const byStem = new Map<string, string[]>();
  for (const picture of pictures) {
    const key = stemOf(picture);
    byStem.set(key, [...(byStem.get(key) ?? []), picture]);
  }
  const labelFiles = new Map<string, string>();
  const rejected: Complaint[] = [];
  for (const xml of xmlFiles) {
    const candidates = nearest(byStem.get(stemOf(xml)) ?? [], xml);
    const [picture] = candidates;
    if (picture === undefined) {
      rejected.push({
        file: xml,
        reason: `${xml} has no picture of that name: add the picture or delete the label file`,
        said: { code: 'labelsNoPicture', values: { file: xml } } satisfies Said,
      });
      continue;
    }
    if (candidates.length > 1) {
      rejected.push({
        file: xml,
        reason: `${xml} fits ${candidates.join(' and ')}: give the pictures different names`,
        said: { code: 'labelsManyPictures', values: { file: xml, pictures: candidates.join(' · ') } } satisfies Said,
      });
      continue;
    }
    const other = labelFiles.get(picture);
    if (other === undefined) labelFiles.set(picture, xml);
    else {
      rejected.push({
        file: xml,
        reason: `${xml} and ${other} both label ${picture}: delete one of them`,
        said: { code: 'labelsTwice', values: { file: xml, other, picture } } satisfies Said,
      });
    }
  }
  return { labelFiles, rejected };
}

function nearest(candidates: readonly string[], xml: string): readonly string[] {
  const folder = path.posix.dirname(xml);
  const beside = candidates.filter((picture) => path.posix.dirname(picture) === folder);
  if (beside.length > 0) return beside;
  // Annotations/line1/a.xml and JPEGImages/line1/a.jpg: the same way but for the first folder.
  const way = withoutTopFolder(folder);
  const parallel = candidates.filter((picture) => withoutTopFolder(path.posix.dirname(picture)) === way);
  if (parallel.length > 0) return parallel;
  // train/annotations/a.xml and train/images/a.jpg: the same parent.
  const siblings = candidates.filter((picture) => parentOf(picture) === parentOf(xml));
  return siblings.length > 0 ? siblings : candidates;
}

function withoutTopFolder(folder: string): string {
  return folder.split('/').slice(1).join('/');
}

function parentOf(file: string): string {
  return path.posix.dirname(path.posix.dirname(file));
}

function stemOf(file: string): string {
  const { name } = path.posix.parse(file);
  return name;
}

/** The list files of VOC's ImageSets/Main that name sets; the others there are per class. */
const listNames = { train: 'train', val: 'validation', test: 'test', trainval: 'train' } as const;

/** Picks the set lists out of a folder's other files: path by list name. */
export function findImageSets(others: readonly string[]): ReadonlyMap<keyof typeof listNames, string> {
  const lists = new Map<keyof typeof listNames, string>();
  for (const file of others) {
    const found = /(?:^|\/)ImageSets\/(?:Main\/)?(trainval|train|val|test)\.txt$/.exec(file);
    if (found !== null) lists.set(found[1] as keyof typeof listNames, file);
  }
  return lists;
}

/**
 * Which set each picture is in, by the name without suffix.
 * A picture in several lists is in the one that keeps a test honest: test before validation before train. Those that
 * are in trainval alone count as train; the split takes its validation pictures from there.
 * @param lists contents of the list files: a name a line, perhaps followed by 1 or −1
 */
export function readImageSets(lists: ReadonlyMap<keyof typeof listNames, string>): ReadonlyMap<string, SetName> {
  const sets = new Map<string, SetName>();
  for (const list of ['trainval', 'train', 'val', 'test'] as const) {
    for (const line of (lists.get(list) ?? '').split(/\r?\n/)) {
      const stem = line.trim().replace(/\s+-?[01]$/, '');
      if (stem !== '') sets.set(stem, listNames[list]);
    }
  }
  return sets;
}
