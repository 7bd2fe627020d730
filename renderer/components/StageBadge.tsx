import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconLock, IconRefreshAlert } from '@tabler/icons-react';
import type { JSX, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StageState } from '../store/stageStates';
import classes from './Rail.module.css';

/** Number, tick, spinner, amber sign of what is out of date, lock: told apart by shape, not by colour alone. */
export function StageBadge({ state, number }: { readonly state: StageState; readonly number: number }): JSX.Element {
  const { t } = useTranslation();
  return (
    <span className={classes.badge} data-state={state} role="img" aria-label={t(`stageState.${state}`, { number })}>
      {sign(state, number)}
    </span>
  );
}

function sign(state: StageState, number: number): ReactNode {
  switch (state) {
    case 'ready':
      return number;
    case 'done':
      return <IconCheck size={17} stroke={2.6} />;
    case 'running':
      return <Loader size={24} color="var(--accent)" />;
    case 'outOfDate':
      return <IconRefreshAlert size={17} stroke={2} />;
    case 'failed':
      return <IconAlertTriangle size={17} stroke={2} />;
    case 'locked':
      return <IconLock size={16} stroke={1.8} />;
    default:
      return state satisfies never;
  }
}
