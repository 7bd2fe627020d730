import { useMemo, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { Plot } from '../../components/Plot';
import type { EpochReport, StepReport } from '../../store/job';
import { lossCurves } from '../../store/trainingView';

interface CurvesProps {
  readonly steps: readonly StepReport[];
  readonly epochs: readonly EpochReport[];
}

/** Above: its score (mAP 50) on pictures that it does not learn from. Below: how wrong it still is, on those and on others. */
export function Curves({ steps, epochs }: CurvesProps): JSX.Element {
  const { t } = useTranslation();
  const last = epochs.at(-1);
  const rounds = last?.epochs ?? steps.at(-1)?.epochs ?? 1;
  const losses = useMemo(() => lossCurves(steps, epochs, rounds), [steps, epochs, rounds]);
  const range = useMemo(() => [0, rounds] as const, [rounds]);
  const scored = useMemo(() => epochs.filter(({ mAP50 }) => mAP50 !== null), [epochs]);
  const found = Math.round(100 * (scored.at(-1)?.mAP50 ?? 0));
  return (
    <>
      <Plot
        title={t('training.foundPlot')}
        x={scored.map(({ epoch }) => epoch)}
        series={[
          {
            name: t('training.foundSeries'),
            tone: 1,
            values: scored.map(({ mAP50 }) => (mAP50 === null ? null : 100 * mAP50)),
            points: true,
          },
        ]}
        xLabel={t('training.axisRounds')}
        yLabel={t('training.axisFound')}
        caption={t('training.foundMeans')}
        range={range}
        yRange={hundred}
        description={t('training.foundSays', { found, count: scored.length })}
        testId="found-plot"
      />
      <Plot
        title={t('training.lossPlot')}
        x={losses.rounds}
        series={[
          { name: t('loss.total'), tone: 1, values: losses.total },
          { name: t('training.placing'), tone: 2, values: losses.regression },
          { name: t('training.naming'), tone: 3, values: losses.classification },
          ...(losses.validation.some((value) => value !== null)
            ? [{ name: t('training.others'), tone: 4, values: losses.validation, points: true } as const]
            : []),
        ]}
        xLabel={t('training.axisRounds')}
        yLabel={t('loss.axis')}
        caption={t('training.lossMeans')}
        range={range}
        description={t('training.lossSays')}
        testId="loss-plot"
      />
    </>
  );
}

const hundred = [0, 100] as const;
