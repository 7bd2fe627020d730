import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { BatchPlan, ScheduleKind } from '../../../shared/contract';
import { useFormat } from '../../i18n/format';
import { inOneGo } from '../../i18n/said';
import { scalingOf } from '../../store/batchView';
import { useStore } from '../../store/store';
import classes from './Consequences.module.css';

/** What the picked size leads to: rate, rounds, time; and why the rate is carried over as it is. */
export function Consequences({ plan }: { readonly plan: BatchPlan | null }): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const schedule = useStore(({ project, chosenSchedule }) => (project && chosenSchedule[project.dir]) ?? 'cosine');
  if (!plan) return null;
  const { learningRate, scaling, foundWith, divergence, epochs, seconds, warmUpSteps } = plan;
  const figures = [
    { id: 'rate', value: format.rate(learningRate) },
    { id: 'rounds', value: format.number(epochs) },
    { id: 'time', value: seconds === null ? t('common.dash') : format.duration(seconds) },
  ];
  const why = {
    count: foundWith,
    linear: format.rate(scaling.linear),
    squareRoot: format.rate(scaling.squareRoot),
    turn: format.rate(divergence ?? 0),
  };
  return (
    <section className={classes.panel} aria-live="polite" data-testid="consequences">
      <h2 className={classes.title}>
        {plan.accumulate > 1
          ? t('batchSize.leadsToInParts', { count: plan.batchSize, parts: plan.accumulate })
          : t('batchSize.leadsTo', { count: plan.batchSize })}
      </h2>
      <div className={classes.figures}>
        {figures.map(({ id, value }) => (
          <div key={id} data-testid={`leads-${id}`}>
            <div className={classes.value}>{value}</div>
            <div className={classes.name}>{t(`batchSize.leads.${id}`)}</div>
          </div>
        ))}
      </div>
      {plan.batchSize !== foundWith && (
        <div className={classes.scalings}>
          {(['linear', 'squareRoot'] as const).map((id) => (
            <div key={id} className={classes.scaling} data-taken={scaling.chosen === id || undefined}>
              <span>{t(`batchSize.by.${id}`)}</span>
              <strong>{format.rate(scaling[id])}</strong>
            </div>
          ))}
        </div>
      )}
      <p className={classes.why}>
        {inOneGo([
          t(`batchSize.why.${scalingOf(plan)}`, why),
          hasWarmUp(schedule) ? t('batchSize.warmUp', { count: warmUpSteps }) : t(`batchSize.begins.${schedule}`),
          ...(plan.accumulate > 1 ? [t('batchSize.inPartsWhy', { parts: plan.accumulate })] : []),
        ])}
      </p>
    </section>
  );
}

/** The others begin slowly by their own shape. */
function hasWarmUp(schedule: ScheduleKind): schedule is 'cosine' | 'step' {
  return schedule === 'cosine' || schedule === 'step';
}
