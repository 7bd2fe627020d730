import type { Handlers } from '../../../shared/contract';
import { decodeBytes } from '../images/decode';
import { openDetector, type OpenDetector } from './openDetector';

/** How long a detector stays loaded after the last frame, in milliseconds. */
const keptFor = 10_000;

interface Kept {
  readonly key: string;
  readonly detector: OpenDetector;
}

let kept: Kept | undefined;
let timer: NodeJS.Timeout | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Handler of 'evaluation.look': what a detector sees in one frame of a camera or a video. The detector stays loaded between
 * frames, so that several a second can be looked at; frames are taken one after the other.
 */
export const lookAtFrame: Handlers['evaluation.look'] = async ({ project, run, frame, threshold }) => {
  const result = turn.then(async () => {
    clearTimeout(timer);
    try {
      const picture = await decodeBytes(Buffer.from(frame), 'the frame');
      const detector = await keep(project, run);
      const { width, height } = picture;
      return { width, height, detections: detector.look(picture, threshold) };
    } finally {
      timer = setTimeout(releaseDetector, keptFor);
      timer.unref();
    }
  });
  turn = result.catch(() => undefined);
  return result;
};

async function keep(project: string | undefined, run: string): Promise<OpenDetector> {
  const key = JSON.stringify([project, run]);
  if (kept?.key === key) return kept.detector;
  releaseDetector();
  const detector = await openDetector(project, run);
  kept = { key, detector };
  return detector;
}

/** Frees what the last frame was looked at with. */
export function releaseDetector(): void {
  kept?.detector.dispose();
  kept = undefined;
}
