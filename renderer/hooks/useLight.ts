import { useEffect, useState } from 'react';
import type { Picture } from '../../shared/mainContract';
import { brightnessOf, lightSeen, sampled, type LightSeen } from '../store/light';

/** By thumbnail: their addresses are new each time that a project is opened. */
const known = new Map<string, number>();
/** So often what was seen so far is told. */
const toldEvery = 10;

/** Looks through the thumbnails, one after the other, and tells what it has seen so far. Null where that is too little. */
export function useLight(pictures: readonly Picture[]): LightSeen | null {
  const [seen, setSeen] = useState<LightSeen | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const tell = (brightness: readonly number[], isAll: boolean): void => {
      if (stop.signal.aborted) return;
      const next = lightSeen(brightness);
      // What is known of fewer pictures does not take the place of what was known of more.
      setSeen((former) => (isAll || (next?.looked ?? 0) > (former?.looked ?? 0) ? next : former));
    };
    void look(sampled(pictures), stop.signal, tell);
    return () => stop.abort();
  }, [pictures]);
  return seen;
}

async function look(
  pictures: readonly Picture[],
  signal: AbortSignal,
  tell: (brightness: readonly number[], isAll: boolean) => void,
): Promise<void> {
  const brightness: number[] = [];
  for (const [index, { thumbnail }] of pictures.entries()) {
    if (signal.aborted) return;
    const value = known.get(thumbnail) ?? (await brightnessOf(thumbnail));
    if (value !== null) {
      known.set(thumbnail, value);
      brightness.push(value);
    }
    if ((index + 1) % toldEvery === 0) tell(brightness, false);
  }
  tell(brightness, true);
}
