import { z } from 'zod';

/**
 * What main and the trainer have to say to the operator, as a word for the sentence in the page's language files
 * ('said.WORD') and the values that it fills in. They also write it out in English, for the command line and for logs.
 */
export const saidValues = {
  batchFits: ['count', 'used', 'budget', 'steps'],
  batchInParts: ['count', 'parts', 'atOnce', 'used', 'budget'],
  batchOfOtherLayout: [],
  batchWhyEnough: [],
  batchWhyFewSteps: ['pictures'],
  batchWhyMemory: ['count', 'needed'],
  batchWhyNoFaster: [],
  batchWhySlower: [],
  batchWhyTime: ['count'],
  batchWhyUntried: ['count'],
  boxBeyond: ['number', 'label'],
  boxOutside: ['number', 'label'],
  budgetBeside: ['beside'],
  budgetFree: ['free', 'total', 'share'],
  budgetLimited: ['free', 'total', 'share'],
  classHardlyTested: ['name', 'count'],
  classNotTested: ['name'],
  classesChanged: [],
  diskBroken: ['file'],
  diskForbidden: ['file'],
  diskFull: ['file'],
  diskOther: ['file', 'code'],
  diskReadOnly: ['file'],
  duplicate: ['file', 'other'],
  duplicateBox: ['number', 'label', 'other'],
  emptyClass: ['label'],
  engineGone: [],
  engineMissing: [],
  epochAsBefore: [],
  epochBetter: [],
  epochByHeart: [],
  epochDone: [],
  epochFirst: [],
  epochHardly: ['count'],
  epochLearning: [],
  epochLittle: ['fell'],
  epochPlacesOnly: [],
  epochQuickly: [],
  epochStandsStill: [],
  epochStops: ['count'],
  epochStopsIn: ['count'],
  fewPictures: ['label', 'count', 'goal'],
  fileBroken: ['file'],
  fileUnreadable: ['file'],
  findsLess: ['format', 'found', 'trained', 'count'],
  flatBox: ['number', 'label'],
  floatHeads: ['before', 'after'],
  floatLayers: ['count', 'before', 'after'],
  floatOutputs: ['before', 'after'],
  folderIsFile: ['folder'],
  folderMissing: ['folder'],
  folderNotEmpty: ['folder'],
  folderUnreadable: ['folder'],
  imbalance: ['most', 'mostLabel', 'least', 'leastLabel'],
  importFromItself: ['folder'],
  labelFileBroken: ['file'],
  labelsManyPictures: ['file', 'pictures'],
  labelsNoPicture: ['file'],
  labelsNotVoc: ['file'],
  labelsNotXml: ['file', 'line'],
  labelsOtherSize: ['file', 'labelled', 'now'],
  labelsTwice: ['file', 'other', 'picture'],
  logWithoutLoss: ['file'],
  measuredTooLong: ['seconds'],
  newerModel: ['file'],
  newerProject: ['folder'],
  noBoxes: [],
  noBoxesToLearn: [],
  noLabelFile: ['file'],
  noCalibrationPictures: [],
  noPictures: ['folder'],
  noTestPictures: [],
  noTraining: [],
  nothingLearned: [],
  nothingLearnedAt: ['picture'],
  notAProject: ['folder'],
  nothingFits: ['needed', 'budget', 'offer'],
  notChosen: ['file'],
  notOpen: [],
  notReviewed: ['file'],
  otherPlaces: ['format', 'picture', 'difference', 'limit'],
  otherScores: ['format', 'picture', 'difference', 'limit'],
  otherLineside: [],
  partsForMemory: ['batch', 'parts', 'atOnce'],
  pictureCutShort: ['file'],
  pictureGone: ['file'],
  pictureKind: ['file'],
  pictureMissing: ['file'],
  pictureNone: ['file'],
  pictureUnreadable: ['file'],
  rateAsFound: ['rate'],
  rateAsRecipe: ['rate'],
  rateBySquareRoot: ['before', 'rate', 'linear', 'turn'],
  rateCapped: ['before', 'rate', 'squareRoot', 'turn'],
  rateInProportion: ['before', 'rate', 'squareRoot'],
  rateOfOtherLayout: [],
  runBroken: ['file'],
  similarClasses: ['label', 'other'],
  sizeChanged: ['file', 'now', 'before'],
  stillAtWork: [],
  testOnSamePictures: [],
  testTooSmall: ['low', 'high'],
  tinyBox: ['number', 'label', 'width', 'height'],
  tooFewPictures: ['count'],
  twoClasses: ['number', 'label', 'other', 'otherLabel'],
  unknownClass: ['number', 'label'],
  vocBoxFlat: ['number', 'file'],
  vocBoxLacks: ['number', 'file', 'part'],
  vocBoxNameless: ['number', 'file'],
  vocBoxNegative: ['number', 'file'],
  vocBoxNoNumber: ['number', 'file', 'corner'],
  vocBoxOutside: ['number', 'label', 'file'],
  watchForgot: [],
  watchGaveUp: [],
  watchGaveUpAt: ['picture'],
  watchHalfBatch: ['before', 'count', 'rate'],
  watchInParts: ['batch', 'count'],
  watchNotANumber: ['picture'],
  watchRoseTooFar: [],
  wontOpen: ['file'],
} as const;

export type SaidCode = keyof typeof saidValues;

/** A sentence of which the code names the values. */
export type Said = {
  readonly [C in SaidCode]: {
    readonly code: C;
    readonly values: Readonly<Record<(typeof saidValues)[C][number], string | number>>;
  };
}[SaidCode];

/** A sentence in English, and as the page says it. */
export interface Sentence {
  readonly text: string;
  readonly said: Said;
}

/** As it comes over the wire or out of a file: an older Lineside reads what a newer one said. */
export const said = z
  .object({ code: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) })
  .readonly();

export type SaidMessage = z.output<typeof said>;
