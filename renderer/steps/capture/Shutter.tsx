import { UnstyledButton } from '@mantine/core';
import { useCallback, useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '../../hooks/useShortcuts';
import classes from './Capture.module.css';

interface ShutterProps {
  readonly onPress: () => Promise<void>;
  readonly disabled: boolean;
}

/** The large round button on the picture; Space and Enter press it from wherever nothing else wants them. */
export function Shutter({ onPress, disabled }: ShutterProps): JSX.Element {
  const { t } = useTranslation();
  const [shots, setShots] = useState(0);
  const shoot = useCallback((): void => {
    if (disabled) return;
    setShots((count) => count + 1);
    void onPress();
  }, [disabled, onPress]);
  useKeys(
    useCallback(
      (event) => {
        if ((event.key !== ' ' && event.key !== 'Enter') || event.ctrlKey || event.repeat) return false;
        if (event.target instanceof HTMLElement && event.target.closest('button, a')) return false;
        shoot();
        return true;
      },
      [shoot],
    ),
  );
  return (
    <>
      {shots > 0 && <div key={shots} className={classes.flash} aria-hidden="true" />}
      <UnstyledButton
        className={classes.shutter}
        aria-label={t('capture.shutter')}
        title={t('capture.shutter')}
        disabled={disabled}
        onClick={shoot}
        data-testid="shutter"
      />
    </>
  );
}
