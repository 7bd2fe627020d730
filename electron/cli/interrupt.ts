/** A second signal within this time is the same key press, passed on by npm as well as by the terminal. */
const sameKeyPressMs = 400;

/**
 * Ctrl-C (and SIGTERM): the first stops the job in good order, the second ends the program at once.
 * @returns the job's signal, and a function that gives the keys back
 */
export function listenForInterrupt(say: (text: string) => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const onSignal = (): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      say('Stopping in good order. Press Ctrl-C again to end at once.');
      controller.abort();
    } else if (performance.now() - firstAt > sameKeyPressMs) {
      process.exit(1);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
