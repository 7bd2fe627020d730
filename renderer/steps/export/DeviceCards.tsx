import { UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportDevice } from '../../../shared/contract';
import { useFormat } from '../../i18n/format';
import { expectedSpeed, targets } from '../../store/exportTargets';
import { useStore } from '../../store/store';
import classes from '../ExportStep.module.css';
import { DeviceDrawing } from './DeviceDrawing';

interface DeviceCardsProps {
  readonly chosen: ReadonlySet<ExportDevice>;
  readonly isLocked: boolean;
  readonly onToggle: (device: ExportDevice) => void;
}

/** What people have on the line, as cards to choose from: what it gets, how fast it is likely to be. */
export function DeviceCards({ chosen, isLocked, onToggle }: DeviceCardsProps): JSX.Element {
  const { t } = useTranslation();
  const speedOf = useSpeedText();
  return (
    <div className={classes.cards} role="group" aria-label={t('export.devices')}>
      {targets.map((device) => (
        <UnstyledButton
          key={device}
          className={classes.card}
          role="checkbox"
          aria-checked={chosen.has(device)}
          disabled={isLocked}
          onClick={() => onToggle(device)}
          data-testid={`device-${device}`}
        >
          <span className={classes.mark}>{chosen.has(device) && <IconCheck size={18} stroke={3} />}</span>
          <DeviceDrawing id={device} className={classes.drawing} />
          <span className={classes.words}>
            <span className={classes.name}>{t(`export.device.${device}.name`)}</span>
            <span className={classes.gets}>{t(`export.device.${device}.gets`)}</span>
            <span className={classes.speed}>{speedOf(device)}</span>
          </span>
        </UnstyledButton>
      ))}
    </div>
  );
}

function useSpeedText(): (device: ExportDevice) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const plan = useStore((state) => state.results?.plan ?? null);
  const rate = (value: number): string => format.number(value, value < 10 ? 1 : 0);
  return (device) => {
    const speed = plan && expectedSpeed(device, plan);
    if (!speed) return t('export.speedUnknown');
    const [slow, fast] = [rate(speed.slowest), rate(speed.fastest)];
    return slow === fast ? t('export.speedOne', { fast }) : t('export.speed', { slow, fast });
  };
}
