import { useEffect, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { Schedule } from '../../../shared/contract';
import { Plot } from '../../components/Plot';
import { useFormat, type Format } from '../../i18n/format';
import { planTraining } from '../../store/jobs';
import { useStore } from '../../store/store';
import classes from '../TrainingStep.module.css';

/** How the rate of the coming training changes, drawn and said in a sentence. */
export function SchedulePlot(): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const plan = useStore((state) => state.trainingPlan);
  const dir = useStore((state) => state.project?.dir);
  const batch = useStore(({ chosenBatch }) => (dir === undefined ? undefined : chosenBatch[dir]));
  const kind = useStore(({ chosenSchedule }) => (dir === undefined ? undefined : chosenSchedule[dir]));
  const results = useStore((state) => state.results);
  useEffect(() => void planTraining(), [dir, batch, kind, results?.batchSize, results?.lrFinder]);
  if (!plan) return null;
  const sentence = scheduleSentence(plan.schedule, t, format);
  return (
    <div
      className={classes.schedule}
      tabIndex={0}
      role="group"
      aria-label={t('training.schedule.plot')}
      data-testid="schedule"
    >
      <Plot
        title={t('training.schedule.plot')}
        x={plan.rates.map(([step]) => step + 1)}
        series={[{ name: t('training.column.rate'), tone: 1, values: plan.rates.map(([, rate]) => rate) }]}
        xLabel={t('training.schedule.axisSteps')}
        yLabel={t('training.schedule.axisRate')}
        description={sentence}
        testId="schedule-plot"
      />
      <p className="soft" data-testid="schedule-sentence">
        {sentence}
      </p>
    </div>
  );
}

function scheduleSentence(schedule: Schedule, t: TFunction, format: Format): string {
  const last = format.number(schedule.steps);
  switch (schedule.kind) {
    case 'cosine':
      return t('training.schedule.says.cosine', {
        warmUp: format.number(schedule.warmUpSteps),
        peak: format.rate(schedule.peak),
        floor: format.rate(schedule.floor),
        last,
      });
    case 'triangular':
      return t('training.schedule.says.triangular', {
        base: format.rate(schedule.base),
        top: format.rate(schedule.top),
        cycle: format.number(2 * schedule.halfCycleSteps),
        last,
      });
    case 'oneCycle':
      return t('training.schedule.says.oneCycle', {
        start: format.rate(schedule.start),
        peak: format.rate(schedule.peak),
        rise: format.number(schedule.riseSteps),
        last,
      });
    case 'step':
      return t('training.schedule.says.step', {
        warmUp: format.number(schedule.warmUpSteps),
        peak: format.rate(schedule.peak),
        times: format.number(1 / schedule.factor),
        drops: schedule.drops.map((drop) => format.number(drop)).join(' · '),
        last,
      });
    default:
      return schedule satisfies never;
  }
}
