import { useMemo, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { LrFinderResult } from '../../../shared/contract';
import { Plot } from '../../components/Plot';
import type { Series } from '../../components/plotTypes';
import { useFormat } from '../../i18n/format';
import { rateZone } from '../../../shared/divergence';
import { liveCurves, lossRange, lrCurves, type SweepPoint } from '../../store/lrView';

/** The range of the sweep while it runs, so that the axis stands still. */
const usualRange = [1e-4, 1] as const;
const thoroughRange = [1e-6, 1] as const;

const losses = [
  { loss: 'total', tone: 1 },
  { loss: 'regression', tone: 2 },
  { loss: 'classification', tone: 3 },
] as const;

interface SweepPlotProps {
  readonly result: LrFinderResult | null;
  /** Of the running sweep, or of one that was stopped. */
  readonly live: readonly SweepPoint[];
  readonly sweeping: boolean;
}

/** The three errors over the rate: green where it learns well, a flag at the pick, a mark where each curve turns up. */
export function SweepPlot({ result, live, sweeping }: SweepPlotProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const curves = useMemo(
    () => (result ? lrCurves(result.curve, result.sweeps.flat()) : liveCurves(live)),
    [result, live],
  );
  const turnNote = (turn: number | undefined): Partial<Series> =>
    turn === undefined ? {} : { turn, note: t('lrFinder.turnsUpAt', { rate: format.rate(turn) }) };
  const lines = losses.map(({ loss, tone }): Series => {
    const mark = result ? turnNote(result.divergence[loss]) : {};
    return { name: t(`loss.${loss}`), tone, values: curves.lines[loss], ...mark };
  });
  const dots = losses.map(({ loss, tone }): Series => {
    return { name: t(`loss.${loss}`), tone, values: curves.dots[loss], faint: true };
  });
  const isThorough = live.some(({ learningRate }) => learningRate < usualRange[0]);
  return (
    <Plot
      title={t('lrFinder.plot')}
      x={curves.rates}
      series={[...dots, ...lines]}
      xLabel={t('lrFinder.axisRate')}
      yLabel={t('loss.axis')}
      logX
      range={result ? undefined : isThorough ? thoroughRange : usualRange}
      yRange={lossRange(curves)}
      zone={result && result.confidence !== 'notReliable' ? rateZone(result) : undefined}
      pick={
        result
          ? { x: result.learningRate, text: t('lrFinder.flag', { rate: format.rate(result.learningRate) }) }
          : undefined
      }
      description={
        result
          ? t('lrFinder.plotSays', { rate: format.rate(result.learningRate) })
          : t(sweeping ? 'lrFinder.plotBusy' : 'lrFinder.plotStopped', { count: live.length })
      }
      testId="lr-plot"
    />
  );
}
