import type { Box, PixelRect, Size } from '../../../shared/boxes';
import type { AugmentOptions } from './augment';
import type { Truth } from './sample';

/** What a decode worker is started with. */
export interface WorkerSetup {
  readonly items: readonly (Truth & {
    readonly name: string;
    readonly path: string;
    /** The part of the picture that is shown, in whole pixels; absent: all of it. */
    readonly region?: PixelRect;
  })[];
  readonly input: Size;
  readonly seed: number;
  /** undefined: pictures as they are. */
  readonly augment: AugmentOptions | undefined;
  /** How much decoded pixels this worker may keep. */
  readonly cacheBytes: number;
}

/** Asks for samples, to be laid one after the other into one block of pixels. */
export interface SampleRequest {
  readonly epoch: number;
  readonly samples: readonly {
    readonly item: number;
    /** 0, or how many times the picture already came in this epoch: the fill of a last batch looks at it anew. */
    readonly repeat: number;
  }[];
}

export interface Samples {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly boxes: readonly (readonly Box[])[];
  readonly labels: readonly (readonly number[])[];
}
