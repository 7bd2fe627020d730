import { useEffect, useState } from 'react';
import type { Picture } from '../../shared/mainContract';
import { brightnessOf, lightSeen, sampled, type LightSeen } from '../store/light';

/** By thumbnail: their addresses are new each time that a project is opened. */
const known = new Map<string, number | null>();

/** So often what was seen so far is told. */
const toldEvery = 10;

/** Looks through the thumbnails, one after the other, and tells what it has seen so far. Null where that is too little. */
export function useLight(pictures: readonly Picture[]): LightSeen | null {
  const [seen, setSeen] = useState<LightSeen | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const tell = (brightness: readonly number[]): void => {
      if (!stop.signal.aborted) setSeen(lightSeen(brightness));
    };
    void look(sampled(pictures), stop.signal, tell);
    return () => stop.abort();
  }, [pictures]);
  return seen;
}

async function look(
  pictures: readonly Picture[],
  signal: AbortSignal,
  tell: (brightness: readonly number[]) => void,
): Promise<void> {
  const brightness: number[] = [];
  for (const [index, { thumbnail }] of pictures.entries()) {
    if (signal.aborted) return;
    const cached = known.get(thumbnail);
    const value = cached === undefined ? await brightnessOf(thumbnail) : cached;
    known.set(thumbnail, value);
    if (value !== null) brightness.push(value);
    if (cached === undefined && (index + 1) % toldEvery === 0) tell(brightness);
  }
  tell(brightness);
}
