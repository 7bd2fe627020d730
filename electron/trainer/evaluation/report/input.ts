import type { PixelRect, Size } from '../../../../shared/boxes';
import type {
  BatchSizeResult,
  DetectorPlan,
  EpochReport,
  EvaluationResult,
  LrFinderResult,
  Mistake,
  PixelDetection,
} from '../../../../shared/contract';

/** One picture with what is in it and what was found, in pixels of the upright picture. */
export interface ReportPicture {
  /** Relative to the project. */
  readonly file: string;
  /** Upright, scaled down as the caller sees fit (800 px are plenty). */
  readonly jpeg: Uint8Array;
  /** Of the upright picture before scaling: what the boxes refer to. */
  readonly size: Size;
  readonly truth: readonly { readonly label: string; readonly box: PixelRect }[];
  /** At the threshold. */
  readonly detections: readonly PixelDetection[];
}

/** `jpeg` is the whole picture; the report looks at the spot only. */
export interface ReportMistake extends ReportPicture {
  readonly mistake: Mistake;
}

/** One thing that was chosen for the operator. */
export interface Choice {
  readonly title: string;
  readonly value: string;
  readonly reason: string;
}

export interface ReportInput {
  /** Where report.html goes, absolute. */
  readonly path: string;
  readonly projectName: string;
  readonly classes: readonly string[];
  readonly evaluation: Omit<EvaluationResult, 'run' | 'report'>;
  readonly epochs: readonly EpochReport[];
  readonly lrFinder?: LrFinderResult | undefined;
  readonly batchSize?: BatchSizeResult | undefined;
  readonly plan?: DetectorPlan | undefined;
  readonly choices: readonly Choice[];
  readonly pictures: readonly ReportPicture[];
  /** Worst first. */
  readonly mistakes: readonly ReportMistake[];
}
