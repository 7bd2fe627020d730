import { Button, Checkbox, SegmentedControl } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { LrFinderResult } from '../../../shared/contract';
import { Facts, type Fact } from '../../components/Facts';
import { useFormat } from '../../i18n/format';
import { findLearningRate } from '../../store/jobs';
import classes from '../LrFinderStep.module.css';

const sweeps = ['exponential', 'linear'] as const;

interface LrFinderDetailsProps {
  readonly result: LrFinderResult | null;
  readonly busy: boolean;
}

/** What an expert asks of a found rate: which rules say what, where each loss turns up, what it cost; and other sweeps. */
export function LrFinderDetails({ result, busy }: LrFinderDetailsProps): JSX.Element {
  const { t } = useTranslation();
  return (
    <>
      {result ? <Found result={result} /> : <p>{t('lrFinder.detailsBefore')}</p>}
      <Again busy={busy} />
    </>
  );
}

function Found({ result }: { readonly result: LrFinderResult }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const { suggestions, doubt, fine, confidence } = result;
  return (
    <>
      {doubt !== undefined && confidence !== 'notReliable' && <p>{t(`lrFinder.doubt.${doubt}`)}</p>}
      <Facts facts={useFacts(result)} />
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t('lrFinder.rule')}</th>
            <th>{t('lrFinder.fact.rate')}</th>
            <th>{t('lrFinder.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {suggestions.map(({ rule, learningRate }) => (
            <tr key={rule}>
              <td>{t(`lrFinder.rules.${rule}`)}</td>
              <td>{format.rate(learningRate)}</td>
              <td>{t(`lrFinder.why.${rule}`)}</td>
            </tr>
          ))}
          {fine.map(({ learningRate, total }) => (
            <tr key={learningRate}>
              <td>{t('lrFinder.fine')}</td>
              <td>{format.rate(learningRate)}</td>
              <td>{t('lrFinder.fineLoss', { loss: format.number(total, 2) })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {suggestions.length > 0 && <p>{t('lrFinder.peak')}</p>}
    </>
  );
}

function useFacts(result: LrFinderResult): readonly Fact[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { correlation, divergence, cost, repeats } = result;
  const rateOr = (rate: number | undefined): string => (rate === undefined ? t('lrFinder.never') : format.rate(rate));
  const facts: Record<string, string> = {
    rate: format.rate(result.learningRate),
    confidence: t(`lrFinder.confidence.${result.confidence}`),
    takeOff: rateOr(result.takeOff),
    lowest: rateOr(result.lowest),
    turnTotal: rateOr(divergence.total),
    turnRegression: rateOr(divergence.regression),
    turnClassification: rateOr(divergence.classification),
    correlationRegression: format.number(correlation.regression, 2),
    correlationClassification: format.number(correlation.classification, 2),
    ...(repeats.length > 1 ? { repeats: repeats.map((rate) => format.rate(rate)).join(' · ') } : {}),
    sweep: t(`lrFinder.sweep.${result.sweep}`),
    batch: format.number(result.batchSize),
    time: format.duration(result.seconds),
    ...(cost
      ? {
          cost: t('lrFinder.cost', {
            steps: format.number(cost.steps),
            share: format.percent(cost.steps / cost.trainingSteps),
          }),
        }
      : {}),
  };
  return Object.entries(facts).map(([id, value]) => ({ name: t(`lrFinder.fact.${id}`), value }));
}

/** The same question asked another way. */
function Again({ busy }: { readonly busy: boolean }): JSX.Element {
  const { t } = useTranslation();
  const [sweep, setSweep] = useState<(typeof sweeps)[number]>('exponential');
  const [thorough, setThorough] = useState(false);
  return (
    <div className={classes.again}>
      <SegmentedControl
        aria-label={t('lrFinder.fact.sweep')}
        data={sweeps.map((kind) => ({ value: kind, label: t(`lrFinder.sweep.${kind}`) }))}
        value={sweep}
        onChange={(value) => setSweep(sweeps.find((kind) => kind === value) ?? 'exponential')}
      />
      <Checkbox
        label={t(`lrFinder.thorough.${sweep}`)}
        checked={thorough}
        onChange={(event) => setThorough(event.currentTarget.checked)}
      />
      <Button
        variant="default"
        disabled={busy}
        onClick={() => void findLearningRate({ sweep, thorough })}
        data-testid="sweep"
      >
        {t('lrFinder.sweepSo')}
      </Button>
    </div>
  );
}
