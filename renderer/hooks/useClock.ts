import { useEffect, useState } from 'react';

/** The time now in milliseconds since the epoch, renewed every `interval` milliseconds. */
export function useClock(interval: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
