import { Button } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../shared/contract';
import { main, train } from '../../client';
import { Plot } from '../../components/Plot';
import { useFormat } from '../../i18n/format';
import { attempt } from '../../store/refresh';
import { SuggestionText } from './SuggestionCard';
import classes from './TrainSsdLog.module.css';

type Log = OutputOf<'training.readLog'>;

/** A training that was done elsewhere, read from what train_ssd.py printed. @param titled false below another title */
export function TrainSsdLog({ titled = true }: { readonly titled?: boolean }): JSX.Element {
  const { t } = useTranslation();
  const [log, setLog] = useState<Log | null>(null);
  const read = async (): Promise<void> => {
    const found = await attempt(async () => {
      const picked = await main('dialog.pickFile', { title: t('bridge.pick') });
      return picked && train('training.readLog', { log: picked.path });
    });
    if (found) setLog(found);
  };
  return (
    <section className={classes.section}>
      {titled && <h2 className={classes.title}>{t('bridge.readTitle')}</h2>}
      <p>{t('bridge.readText')}</p>
      <Button variant="default" onClick={() => void read()} data-testid="read-log">
        {t('bridge.read')}
      </Button>
      {log && <Curves log={log} />}
    </section>
  );
}

function Curves({ log }: { readonly log: Log }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const { epochs, advice, learningRate, batchSize, plannedEpochs, runs } = log;
  const dash = t('common.dash');
  const lacks = [learningRate, batchSize, plannedEpochs].includes(null);
  const advisable = learningRate !== null && batchSize !== null && epochs.some(({ train: loss }) => loss !== null);
  const rounds = epochs.map(({ epoch }) => epoch);
  const last = epochs.at(-1)?.train?.total;
  const says = t('bridge.says', {
    count: epochs.length,
    last: last === undefined ? dash : format.number(last, 2),
  });
  return (
    <div data-testid="log-curves">
      <p>
        {t('bridge.told', {
          rate: learningRate === null ? dash : format.rate(learningRate),
          batch: batchSize === null ? dash : format.number(batchSize),
          done: format.number(epochs.at(-1)?.epoch ?? 0),
          planned: plannedEpochs === null ? dash : format.number(plannedEpochs),
        })}
        {lacks && ` ${t('bridge.missing')}`}
        {runs > 1 && ` ${t('bridge.runs', { runs: format.number(runs) })}`}
      </p>
      <div className={classes.plots}>
        <Plot
          title={t('bridge.plot')}
          x={rounds}
          series={[
            {
              name: t('loss.total'),
              tone: 1,
              values: epochs.map(({ train: loss }) => loss?.total ?? null),
              points: true,
            },
            {
              name: t('bridge.held'),
              tone: 2,
              values: epochs.map(({ validation }) => validation?.total ?? null),
              points: true,
            },
          ]}
          xLabel={t('training.axisRounds')}
          yLabel={t('loss.axis')}
          description={says}
          testId="log-plot"
        />
        <Plot
          title={t('bridge.parts')}
          x={rounds}
          series={[
            { name: t('loss.regression'), tone: 2, values: epochs.map(({ train: loss }) => loss?.regression ?? null) },
            {
              name: t('loss.classification'),
              tone: 3,
              values: epochs.map(({ train: loss }) => loss?.classification ?? null),
            },
          ]}
          xLabel={t('training.axisRounds')}
          yLabel={t('loss.axis')}
          description={says}
          testId="log-parts-plot"
        />
      </div>
      {advice ? <SuggestionText advice={advice} /> : <p>{t(advisable ? 'bridge.noAdvice' : 'bridge.notAdvisable')}</p>}
    </div>
  );
}
