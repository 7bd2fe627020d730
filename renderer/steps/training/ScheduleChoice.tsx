import { SegmentedControl } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScheduleKind } from '../../../shared/contract';
import { chooseSchedule } from '../../store/jobs';
import { useStore } from '../../store/store';

const kinds = ['cosine', 'triangular', 'oneCycle', 'step'] as const satisfies readonly ScheduleKind[];

/** How the rate of the next training changes. */
export function ScheduleChoice(): JSX.Element {
  const { t } = useTranslation();
  const chosen = useStore(({ project, chosenSchedule }) => (project ? chosenSchedule[project.dir] : undefined));
  return (
    <div data-testid="schedule-choice">
      <p>{t('training.schedule.choose')}</p>
      <SegmentedControl
        aria-label={t('training.schedule.choose')}
        data={kinds.map((kind) => ({ value: kind, label: t(`training.schedule.kind.${kind}`) }))}
        value={chosen ?? 'cosine'}
        onChange={(value) => chooseSchedule(kinds.find((kind) => kind === value) ?? 'cosine')}
      />
      <p>{t(`training.schedule.about.${chosen ?? 'cosine'}`)}</p>
    </div>
  );
}
