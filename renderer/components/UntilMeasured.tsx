import { useEffect, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format';
import { planTraining } from '../store/jobs';
import type { JobStage } from '../store/job';
import { useStore } from '../store/store';
import { Notice } from './Notice';

/**
 * What a training would take before rate or batch size have been measured. Nothing where there is nothing to learn from yet,
 * or where it is said already how the measuring ended.
 */
export function UntilMeasured({ stage }: { readonly stage: JobStage }): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const dir = useStore((state) => state.project?.dir);
  const results = useStore((state) => state.results);
  const plan = useStore((state) => state.trainingPlan);
  const ended = useStore(({ job }) => (job.kind === 'failed' || job.kind === 'cancelled') && job.stage === stage);
  const measured = useStore(({ project }) => project?.stages);
  const isLaidOut = results !== null && results.split !== null && results.plan !== null;
  useEffect(() => {
    if (isLaidOut) void planTraining();
  }, [dir, isLaidOut, results?.lrFinder, results?.batchSize]);
  if (!isLaidOut || !plan || ended) return null;
  const figures = [
    `${t('batchSize.until.rate')} ${format.rate(plan.learningRate)}`,
    `${format.number(plan.batchSize)} ${t('batchSize.until.batch')}`,
  ].join(' · ');
  const text = measured?.lrFinder === 'done' ? 'textRate' : measured?.batchSize === 'done' ? 'textBatch' : 'text';
  return (
    <Notice tone="calm" title={`${t('batchSize.until.title')}: ${figures}`} testId="until-measured">
      {t(`batchSize.until.${text}`)}
    </Notice>
  );
}
