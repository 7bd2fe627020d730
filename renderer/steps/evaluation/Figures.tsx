import { Slider } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationResult } from '../../../shared/contract';
import { useFormat } from '../../i18n/format';
import classes from '../EvaluationStep.module.css';

interface FiguresProps {
  readonly result: EvaluationResult;
  readonly point: EvaluationResult['thresholds'][number] | null;
  readonly threshold: number;
  readonly onThreshold: (threshold: number) => void;
}

/** What it does on a hundred parts and a hundred pictures, at the threshold of the slider. */
export function Figures({ result, point, threshold, onThreshold }: FiguresProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const found = Math.round(100 * (point?.recall ?? 0));
  const aHundred = (rate: number): { readonly count: number; readonly rate: string } => ({
    count: Math.round(rate),
    rate: format.number(rate, rate < 10 ? 1 : 0),
  });
  return (
    <section className={classes.big}>
      <div className={classes.figure} data-testid="found">
        {t('evaluation.found', { found })} <small>{t('evaluation.ofHundred')}</small>
      </div>
      <div className={classes.second} data-testid="false-alarms">
        {point?.wrongParts === undefined
          ? t('evaluation.wrongReports', aHundred(point?.falseAlarms ?? 0))
          : t('evaluation.alarms', aHundred(point.falseAlarms))}
      </div>
      {point?.wrongParts !== undefined && (
        <div className={classes.third} data-testid="wrong-parts">
          {t('evaluation.wrongParts', aHundred(point.wrongParts))}
          <br />
          {t('evaluation.badBoxes', aHundred(point.badBoxes ?? 0))}
        </div>
      )}
      <div className={classes.slider}>
        <Slider
          min={0.05}
          max={0.95}
          step={0.01}
          size="lg"
          thumbSize={26}
          value={threshold}
          onChange={onThreshold}
          label={(value) => t('evaluation.sure', { percent: format.percent(value) })}
          thumbLabel={t('evaluation.slider')}
          color="var(--accent)"
          marks={[{ value: result.threshold }]}
          data-testid="threshold"
        />
        <div className={classes.ends}>
          <span>{t('evaluation.ratherAlarm')}</span>
          <span>{t('evaluation.ratherMiss')}</span>
        </div>
      </div>
    </section>
  );
}

/** From this share found on, a class is fine. */
const weakRecall = 0.8;

/** Each class, the weakest first, at the threshold of the slider; at the result's own where an older Lineside measured it. */
export function PerClass({ result, point }: Pick<FiguresProps, 'result' | 'point'>): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = Object.entries(result.perClass)
    .map(([name, row]) => ({
      name,
      groundTruths: row.groundTruths,
      recall: point?.recallPerClass?.[name] ?? row.recall,
    }))
    .sort((a, b) => a.recall - b.recall);
  return (
    <section className={classes.panel} data-testid="per-class">
      <h2>{t('evaluation.perClass')}</h2>
      {!point?.recallPerClass && (
        <p className="soft">{t('evaluation.perClassAt', { percent: format.percent(result.threshold) })}</p>
      )}
      {rows.map(({ name, recall, groundTruths }) => (
        <div key={name} className={classes.class}>
          <span className={classes.className} title={name}>
            {name}
          </span>
          <span className={classes.track}>
            <span
              className={classes.fill}
              data-weak={recall < weakRecall || undefined}
              style={{ width: `${100 * recall}%` }}
            />
          </span>
          <span className={classes.end}>
            {groundTruths > 0 ? t('evaluation.classFound', { found: Math.round(100 * recall) }) : t('common.dash')}
          </span>
        </div>
      ))}
    </section>
  );
}
