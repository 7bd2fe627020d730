import { Button, Loader } from '@mantine/core';
import { IconCircleCheck, IconClipboardCheck } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { DetectorPlan } from '../../shared/contract';
import type { ProjectState } from '../../shared/mainContract';
import { Facts } from '../components/Facts';
import { JobNotice } from '../components/Notice';
import { Screen, type PrimaryAction } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { go } from '../store/actions';
import { checkSummary } from '../store/checkView';
import { isRunning } from '../store/job';
import { check, fix } from '../store/jobs';
import { useStore } from '../store/store';
import classes from './DatasetStep.module.css';
import { ProblemCard } from './dataset/ProblemCard';
import { SmallestPart } from './dataset/SmallestPart';
import { Tiles } from './dataset/Tiles';
import { TrainElsewhere } from './dataset/TrainElsewhere';

/** Cards beyond this many are summed up: nobody reads the two-hundredth. */
const mostCards = 60;
/** Pixels of the detector's usual input. */
const fastInput = 300;
/** A class with fewer boxes than this is shown in amber. */
const fewBoxes = 30;

export function DatasetStep(): JSX.Element | null {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  const plan = useStore((state) => state.results?.plan ?? null);
  const problems = useStore((state) => state.problems);
  const checking = useStore((state) => isRunning(state.job, 'dataset'));
  const busy = useStore((state) => isRunning(state.job));
  if (!project) return null;
  const summary = checkSummary(problems ?? []);
  const status = project.stages.dataset;
  const passed = status === 'done' && summary.mustFix === 0;

  const primary: PrimaryAction =
    summary.mustFix > 0 && summary.fixable > 0
      ? { label: t('dataset.fixAll'), onPress: () => void fix(), disabled: busy }
      : passed
        ? { label: t('common.goOn'), onPress: () => go('lrFinder'), disabled: checking }
        : { label: t('dataset.check'), onPress: () => void check(), disabled: busy };

  return (
    <Screen
      heading={t('dataset.heading')}
      finding={<Finding status={status} checking={checking} mustFix={summary.mustFix} mayFix={summary.mayFix} />}
      primary={primary}
      others={
        (passed || summary.mustFix > 0) && (
          <>
            {passed && summary.fixable > 0 && (
              <Button variant="default" disabled={busy} onClick={() => void fix()} data-testid="fix-all">
                {t('dataset.fixAll')}
              </Button>
            )}
            <Button variant="default" disabled={busy} onClick={() => void check()} data-testid="check-again">
              {t('dataset.again')}
            </Button>
          </>
        )
      }
      details={
        <>
          {plan ? <PlanDetails plan={plan} /> : <span>{t('dataset.noPlan')}</span>}
          <TrainElsewhere />
        </>
      }
    >
      <JobNotice stage="dataset" />
      {passed && plan && <Tiles plan={plan} />}
      <div className={classes.split}>
        {summary.ordered.length > 0 ? (
          <div
            className={classes.cards}
            data-testid="problems"
            tabIndex={0}
            role="group"
            aria-label={t('dataset.problems')}
          >
            {summary.ordered.slice(0, mostCards).map((problem, index) => (
              <ProblemCard key={index} problem={problem} />
            ))}
            {summary.ordered.length > mostCards && (
              <p className="soft">{t('dataset.more', { count: summary.ordered.length - mostCards })}</p>
            )}
          </div>
        ) : (
          <Clear checking={checking} passed={passed} />
        )}
        <div className={classes.side} tabIndex={0} role="group" aria-label={t('dataset.balance')}>
          <Balance project={project} />
          {plan && <SmallestPart plan={plan} />}
        </div>
      </div>
    </Screen>
  );
}

function Clear({ checking, passed }: { readonly checking: boolean; readonly passed: boolean }): JSX.Element {
  const { t } = useTranslation();
  const state = checking ? 'busy' : passed ? 'clear' : 'before';
  return (
    <div className={classes.clear} data-testid={`dataset-${state}`}>
      {checking ? (
        <Loader color="var(--accent)" size={48} />
      ) : passed ? (
        <IconCircleCheck size={64} stroke={1.3} color="var(--good)" />
      ) : (
        <IconClipboardCheck size={64} stroke={1.3} color="var(--accent)" />
      )}
      <div className={classes.clearTitle}>{t(`dataset.${state}Title`)}</div>
      <p className="soft">{t(`dataset.${state}Text`)}</p>
    </div>
  );
}

interface FindingProps {
  readonly status: ProjectState['stages']['dataset'];
  readonly checking: boolean;
  readonly mustFix: number;
  readonly mayFix: number;
}

function Finding({ status, checking, mustFix, mayFix }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  if (checking) return <>{t('dataset.findingBusy')}</>;
  if (mustFix > 0) return <>{t('dataset.findingMust', { count: mustFix })}</>;
  if (status === 'outOfDate') return <>{t('dataset.findingOld')}</>;
  if (mayFix > 0) return <>{t('dataset.findingMay', { count: mayFix })}</>;
  return <>{t(status === 'done' ? 'dataset.findingClear' : 'dataset.findingBefore')}</>;
}

/** How many boxes each class has: a class with few will be missed more often. */
function Balance({ project }: { readonly project: ProjectState }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...Object.values(project.boxesPerClass));
  const rare = project.classes.filter((name) => (project.boxesPerClass[name] ?? 0) < fewBoxes);
  return (
    <section className={classes.panel} data-testid="balance">
      <h2>{t('dataset.balance')}</h2>
      {project.classes.map((name) => {
        const count = project.boxesPerClass[name] ?? 0;
        return (
          <div key={name} className={classes.bar}>
            <span className={classes.barName} title={name}>
              {name}
            </span>
            <span className={classes.track}>
              <span
                className={classes.fill}
                data-few={count < fewBoxes || undefined}
                style={{ display: 'block', width: `${Math.max(2, (100 * count) / most)}%` }}
              />
            </span>
            <span className={classes.barCount}>{format.number(count)}</span>
          </div>
        );
      })}
      <p className={classes.says}>
        {rare.length > 0 ? t('dataset.rare', { names: rare.join(t('common.comma')) }) : t('dataset.balanced')}
      </p>
    </section>
  );
}

function PlanDetails({ plan }: { readonly plan: DetectorPlan }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const split = useStore((state) => state.results?.split ?? null);
  const shapes = plan.priorShapes.reduce((sum, map) => sum + map.length, 0);
  return (
    <>
      <Facts
        facts={[
          { name: t('plan.input'), value: t('annotate.size', { width: plan.inputWidth, height: plan.inputHeight }) },
          { name: t('plan.fineMap'), value: t(plan.fineMap ? 'common.yes' : 'common.no') },
          { name: t('plan.priors'), value: format.number(shapes) },
          { name: t('plan.coverage'), value: format.percent(plan.priorCoverage, 1) },
          { name: t('plan.smallest'), value: t('plan.pixels', { count: Math.round(plan.smallestPixels) }) },
          { name: t('plan.median'), value: t('plan.pixels', { count: Math.round(plan.medianPixels) }) },
          ...(split
            ? [
                { name: t('plan.train'), value: format.number(split.train.length) },
                { name: t('plan.validation'), value: format.number(split.validation.length) },
                { name: t('plan.test'), value: format.number(split.test.length) },
              ]
            : []),
        ]}
      />
      <p>
        {plan.inputWidth > fastInput ? t('plan.saysFine', { pixels: plan.inputWidth }) : t('plan.saysFast')}{' '}
        {plan.fineMap && t('plan.saysFineMap')}
      </p>
    </>
  );
}
