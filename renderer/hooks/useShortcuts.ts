import { useEffect } from 'react';
import { closeProject, go, screenOfDigit } from '../store/actions';
import { stopJob } from '../store/jobs';
import { stageStates } from '../store/stageStates';
import { useStore } from '../store/store';

/**
 * Keys that work on every screen: Ctrl+Enter the large button, Alt+0 … Alt+8 the screens, Ctrl+. Stop, Ctrl+I Details,
 * F1 help. Screens add their own.
 */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (handle(event)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function handle(event: KeyboardEvent): boolean {
  if (event.key === 'F1') {
    useStore.setState(({ helpOpen }) => ({ helpOpen: !helpOpen }));
    return true;
  }
  if (event.ctrlKey && event.key === '.') {
    stopJob();
    return true;
  }
  if (document.querySelector('[role="dialog"]')) return false;
  if (event.ctrlKey && event.key === 'Enter') {
    document.querySelector<HTMLButtonElement>('[data-testid="primary"]')?.click();
    return true;
  }
  if (event.ctrlKey && event.key.toLowerCase() === 'i') {
    useStore.setState(({ detailsOpen }) => ({ detailsOpen: !detailsOpen }));
    return true;
  }
  return event.altKey && /^[0-8]$/.test(event.key) ? jump(Number(event.key)) : false;
}

function jump(digit: number): boolean {
  const screen = screenOfDigit(digit);
  const { project, job } = useStore.getState();
  if (screen === 'welcome') void closeProject();
  else if (project && screen && screen !== 'tryModel' && stageStates(project, job)[screen] !== 'locked') go(screen);
  return true;
}

/** Keys of one screen, with nothing held; not while a text field or a dialog has the keyboard. */
export function useKeys(onKey: (event: KeyboardEvent) => boolean): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const target = event.target;
      const typing =
        target instanceof HTMLElement && target.closest('input, textarea, select, [role="dialog"]') !== null;
      if (!typing && !event.altKey && onKey(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [onKey]);
}
