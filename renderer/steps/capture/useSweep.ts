import { useEffect, useRef, useState, type RefObject } from 'react';
import { nearlyTheSame, type Fingerprint } from '../../../shared/fingerprint';
import { keepFrame } from '../../store/capture';
import { jumpTo, printOf, takeFrame } from './frames';

interface SweepResult {
  readonly taken: number;
  /** Frames that were nearly the same as the one taken before. */
  readonly leftOut: number;
}

interface Sweep {
  /** Share of the video that is done, 0–1; null while none runs. */
  readonly progress: number | null;
  readonly result: SweepResult | null;
  readonly start: (duration: number, every: number) => Promise<void>;
  readonly stop: () => void;
}

/** Goes through a video by itself and takes a frame every so many seconds. Faster than playing it. */
export function useSweep(video: RefObject<HTMLVideoElement | null>, recording: string): Sweep {
  const [progress, setProgress] = useState<number | null>(null);
  const [result, setResult] = useState<SweepResult | null>(null);
  const stopped = useRef(false);
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
    };
  }, []);

  const start = async (duration: number, every: number): Promise<void> => {
    const element = video.current;
    if (!element) return;
    element.pause();
    stopped.current = false;
    setResult(null);
    setProgress(0);
    let [taken, leftOut] = [0, 0];
    let last: Fingerprint | null = null;
    for (let step = 0; step * every < duration && !stopped.current; step++) {
      setProgress((step * every) / duration);
      try {
        await jumpTo(element, step * every);
      } catch {
        // A damaged end: what lies before it has been taken.
        break;
      }
      const print = printOf(element);
      if (!print) continue;
      if (last && nearlyTheSame(last, print)) {
        leftOut++;
        continue;
      }
      const frame = await takeFrame(element);
      if (!frame || !(await keepFrame(frame, recording, true))) break;
      last = print;
      taken++;
    }
    setProgress(null);
    setResult({ taken, leftOut });
  };
  return {
    progress,
    result,
    start,
    stop: () => {
      stopped.current = true;
    },
  };
}
