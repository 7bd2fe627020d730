/** The stages of a project in the order of the data's way. One word each, everywhere. */
export const stages = [
  'images',
  'annotations',
  'dataset',
  'lrFinder',
  'batchSize',
  'training',
  'evaluation',
  'export',
] as const;

export type Stage = (typeof stages)[number];
