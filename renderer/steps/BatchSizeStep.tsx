import { Button, Table, UnstyledButton } from '@mantine/core';
import { useEffect, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { BatchRow, BatchSizeResult, EngineInfo } from '../../shared/contract';
import { Facts } from '../components/Facts';
import { LessMemory } from '../components/LessMemory';
import { JobNotice, Notice } from '../components/Notice';
import { Screen } from '../components/Screen';
import { UntilMeasured } from '../components/UntilMeasured';
import { useFormat } from '../i18n/format';
import { inOneGo, sayAllOr, sayOr } from '../i18n/said';
import { go } from '../store/actions';
import { atOnceOf, bytesOf, fitOf, partsOf, planOf, scalingOf } from '../store/batchView';
import { isRunning } from '../store/job';
import { chooseBatch, recommendBatch } from '../store/jobs';
import { askEngine } from '../store/trainer';
import { useStore } from '../store/store';
import { Consequences } from './batchSize/Consequences';
import { Glass, type MemoryShown } from './batchSize/Glass';
import classes from './BatchSizeStep.module.css';

export function BatchSizeStep(): JSX.Element {
  const { t } = useTranslation();
  const result = useStore((state) => state.results?.batchSize ?? null);
  const outOfDate = useStore((state) => state.project?.stages.batchSize === 'outOfDate');
  const probing = useStore((state) => isRunning(state.job, 'batchSize'));
  const busy = useStore((state) => isRunning(state.job));
  const live = useStore((state) => state.live.batchRows);
  const engine = useStore((state) => state.engine);
  const chosen = useStore(({ project, chosenBatch }) => (project ? chosenBatch[project.dir] : undefined));
  const shown = probing ? null : result;
  const rows = shown?.table ?? live;
  const size = chosen ?? shown?.batchSize;
  const picked = shown ? (rows.find(({ batchSize }) => batchSize === size) ?? null) : null;
  const memory = memoryOf(shown, engine);
  const budgetBytes = memory?.budgetBytes ?? 0;
  useEffect(() => void askEngine(), []);
  const settled = picked !== null && !outOfDate;
  // What goes through the engine at once, where the size is worked in parts.
  const atOnce =
    shown && picked ? (rows.find((row) => row.batchSize === atOnceOf(picked.batchSize, shown)) ?? null) : null;
  const tight = atOnce !== null && fitOf(atOnce, budgetBytes) === 'tight';

  return (
    <Screen
      heading={t('batchSize.heading')}
      finding={<Finding result={shown} picked={picked} probing={probing} />}
      primary={
        settled
          ? { label: t('batchSize.use', { count: picked.batchSize }), onPress: () => go('training') }
          : { label: t('batchSize.find'), onPress: () => void recommendBatch(), disabled: busy }
      }
      others={
        shown && (
          <>
            {chosen !== undefined && chosen !== shown.batchSize && (
              <Button variant="default" onClick={() => chooseBatch(null)} data-testid="recommended">
                {t('batchSize.recommended', { count: shown.batchSize })}
              </Button>
            )}
            {settled && (
              <Button variant="default" disabled={busy} onClick={() => void recommendBatch()} data-testid="again">
                {t('batchSize.again')}
              </Button>
            )}
          </>
        )
      }
      details={<Details result={result} />}
    >
      <JobNotice stage="batchSize" />
      <LessMemory stage="batchSize" again={recommendBatch} />
      {!result && !probing && <UntilMeasured stage="batchSize" />}
      {outOfDate && !probing && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.batchSize')}
        </Notice>
      )}
      {tight && (
        <Notice tone="amber" title={t('batchSize.tight')}>
          {t('batchSize.tightText')}
        </Notice>
      )}
      <div className={classes.split} tabIndex={0} role="group" aria-label={t('batchSize.heading')}>
        <section className={classes.glass}>
          <h2 className={classes.title}>{t('batchSize.memory')}</h2>
          {memory && <Glass rows={rows} memory={memory} picked={atOnce} />}
        </section>
        <div className={classes.right}>
          <Rows rows={rows} picked={picked} result={busy ? null : shown} probing={probing} />
          {shown && picked && <Consequences plan={planOf(picked.batchSize, shown)} />}
        </div>
      </div>
    </Screen>
  );
}

/** As it was when the sizes were measured; before that, as it is now. */
function memoryOf(result: BatchSizeResult | null, engine: EngineInfo | null): MemoryShown | null {
  if (!result) return engine;
  const { budgetBytes, freeBytes = budgetBytes, totalBytes = engine?.totalBytes ?? freeBytes } = result;
  return { totalBytes, freeBytes, budgetBytes };
}

interface RowsProps {
  readonly rows: readonly BatchRow[];
  readonly picked: BatchRow | null;
  /** Absent while nothing may be chosen. */
  readonly result: BatchSizeResult | null;
  readonly probing: boolean;
}

/** Speed of each batch size. Another one may be taken: the rate then changes with it. */
function Rows({ rows, picked, result, probing }: RowsProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const fastest = Math.max(1e-9, ...rows.map(({ imagesPerSecond }) => imagesPerSecond ?? 0));
  if (rows.length === 0) {
    return (
      <section className={classes.rows} aria-label={t('batchSize.speed')}>
        <h2 className={classes.title}>{t('batchSize.speed')}</h2>
        <p className="soft">{t(probing ? 'batchSize.rowsBusy' : 'batchSize.rowsBefore')}</p>
      </section>
    );
  }
  return (
    <section className={classes.rows} aria-label={t('batchSize.speed')}>
      <h2 className={classes.title}>{t('batchSize.speed')}</h2>
      <div className={classes.head} aria-hidden="true">
        <span>{t('batchSize.atATime')}</span>
        <span>{t('batchSize.perSecond')}</span>
        <span />
        <span className={classes.end}>{t('batchSize.memoryUse')}</span>
      </div>
      <div role="radiogroup" aria-label={t('batchSize.heading')} data-testid="batch-rows">
        {rows.map((row) => (
          <UnstyledButton
            key={row.batchSize}
            className={classes.row}
            role="radio"
            aria-checked={row.batchSize === picked?.batchSize}
            disabled={!result || (!row.fits && !planOf(row.batchSize, result))}
            onClick={() => chooseBatch(row.batchSize)}
            data-testid={`batch-${row.batchSize}`}
          >
            <span className={classes.pictures}>{format.number(row.batchSize)}</span>
            <span className={classes.track}>
              <span className={classes.fill} style={{ width: `${(100 * (row.imagesPerSecond ?? 0)) / fastest}%` }} />
            </span>
            <span className={classes.end}>
              {row.fits
                ? row.imagesPerSecond === null
                  ? ''
                  : t('batchSize.rate', { rate: format.number(row.imagesPerSecond, 1) })
                : partsOf(row.batchSize, result) > 1
                  ? t('batchSize.inParts', { parts: partsOf(row.batchSize, result) })
                  : t(row.limit === 'time' ? 'batchSize.tookTooLong' : 'batchSize.doesNotFit')}
            </span>
            <span className={classes.end}>{format.bytes(bytesOf(row))}</span>
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}

interface FindingProps {
  readonly result: BatchSizeResult | null;
  readonly picked: BatchRow | null;
  readonly probing: boolean;
}

function Finding({ result, picked, probing }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (probing) return <>{t('batchSize.findingBusy')}</>;
  if (!result || !picked) return <>{t('batchSize.findingBefore')}</>;
  const rate = planOf(picked.batchSize, result)?.learningRate ?? result.learningRate;
  const values = { count: picked.batchSize, rate: format.rate(rate) };
  const parts = partsOf(picked.batchSize, result);
  if (parts > 1 && picked.batchSize === result.batchSize) {
    return <>{t('batchSize.findingInParts', { ...values, parts, atOnce: atOnceOf(picked.batchSize, result) })}</>;
  }
  if (picked.batchSize !== result.batchSize) return <>{t('batchSize.findingOther', values)}</>;
  const why = result.reasonSaid?.filter(({ code }) => code.startsWith('batchWhy')).map((one) => sayOr(one, '')) ?? [];
  return <>{inOneGo([t('batchSize.finding', values), ...why])}</>;
}

function Details({ result }: { readonly result: BatchSizeResult | null }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (!result) return <>{t('batchSize.detailsBefore')}</>;
  return (
    <>
      <Facts
        facts={[
          { name: t('batchSize.fact.batch'), value: format.number(result.batchSize) },
          { name: t('batchSize.fact.rate'), value: format.rate(result.learningRate) },
          { name: t('batchSize.fact.budget'), value: format.bytes(result.budgetBytes) },
        ]}
      />
      <p>{sayAllOr(result.reasonSaid, result.reason)}</p>
      <p>{sayAllOr(result.budgetReasonSaid, result.budgetReason)}</p>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('batchSize.atATime')}</Table.Th>
            <Table.Th>{t('batchSize.predicted')}</Table.Th>
            <Table.Th>{t('batchSize.measured')}</Table.Th>
            <Table.Th>{t('batchSize.fact.linear')}</Table.Th>
            <Table.Th>{t('batchSize.fact.squareRoot')}</Table.Th>
            <Table.Th>{t('batchSize.fact.chosen')}</Table.Th>
            <Table.Th>{t('batchSize.fact.rounds')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {result.table.map(({ batchSize, predictedBytes, measuredBytes, limit }) => {
            const plan = planOf(batchSize, result);
            const untried = t(limit === 'time' ? 'batchSize.tookTooLong' : 'batchSize.notMeasured');
            return (
              <Table.Tr key={batchSize}>
                <Table.Td>{batchSize}</Table.Td>
                <Table.Td>{format.bytes(predictedBytes)}</Table.Td>
                <Table.Td>{measuredBytes === null ? untried : format.bytes(measuredBytes)}</Table.Td>
                <Table.Td>{plan ? format.rate(plan.scaling.linear) : t('common.dash')}</Table.Td>
                <Table.Td>{plan ? format.rate(plan.scaling.squareRoot) : t('common.dash')}</Table.Td>
                <Table.Td>{plan ? t(`batchSize.scaling.${scalingOf(plan)}`) : t('common.dash')}</Table.Td>
                <Table.Td>{plan ? format.number(plan.epochs) : t('common.dash')}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}
