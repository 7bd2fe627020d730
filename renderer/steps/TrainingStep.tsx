import { Button } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { FigureRow } from '../components/FigureRow';
import { LessMemory } from '../components/LessMemory';
import { JobNotice, Notice } from '../components/Notice';
import { Picture } from '../components/Picture';
import { nameOf } from '../components/PictureWall';
import { Screen, type PrimaryAction } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { inOneGo, sayOr } from '../i18n/said';
import { go } from '../store/actions';
import { isRunning, watchLines, type EpochReport } from '../store/job';
import { startTraining, stopJob, takeRun } from '../store/jobs';
import { useStore } from '../store/store';
import { suggestedAction, SuggestionCard } from './evaluation/SuggestionCard';
import { Curves } from './training/Curves';
import { Previews } from './training/Previews';
import { SchedulePlot } from './training/SchedulePlot';
import { TrainingDetails } from './training/TrainingDetails';
import classes from './TrainingStep.module.css';

export function TrainingStep(): JSX.Element | null {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  const live = useStore((state) => state.live);
  const saved = useStore((state) => state.results?.training ?? null);
  const job = useStore((state) => state.job);
  const pausedRun = useStore(({ results }) => results?.runs.find(({ run }) => run === project?.interrupted));
  const [again, setAgain] = useState(false);
  if (!project) return null;
  const running = isRunning(job, 'training');
  const stopping = job.kind === 'running' && job.stopping;
  const paused = !running && project.interrupted !== null;
  const fresh = live.epochs.length > 0 || live.steps.length > 0;
  const steps = running || fresh ? live.steps : (saved?.steps ?? []);
  const epochs = running || fresh ? live.epochs : (saved?.epochs ?? []);
  const status = project.stages.training;
  const done = !running && !paused && status !== 'empty';
  const ranAway = done && project.ranAway;
  const watch = running || fresh ? live.watch : saved ? watchLines(saved) : [];
  const lastWatch = watch.at(-1);
  // Before another training one sees what it will do, as before the first.
  const before = !running && (again || (!paused && (status === 'outOfDate' || !(done || epochs.length > 0))));
  const state = stateOf({ running, before, paused, failed: job.kind === 'failed', ranAway });
  const start = (): void => {
    setAgain(false);
    void startTraining(false);
  };
  const useAsIs = async (run: string): Promise<void> => {
    await takeRun(run);
    go('evaluation');
  };

  const lower = ranAway ? saved?.advice : undefined;
  const suggested = lower ? suggestedAction(lower) : undefined;
  const afterRunningAway: PrimaryAction =
    suggested === undefined
      ? { label: t('training.findRate'), onPress: () => go('lrFinder') }
      : { label: t(`advice.press.${suggested.label}`), onPress: suggested.press, disabled: isRunning(job) };
  const primary: PrimaryAction = running
    ? { label: stopping ? t('status.stopping') : t('training.pause'), onPress: stopJob, disabled: stopping }
    : before
      ? { label: t('training.start'), onPress: start, disabled: isRunning(job) }
      : paused
        ? { label: t('training.goOn'), onPress: () => void startTraining(true), disabled: isRunning(job) }
        : ranAway
          ? afterRunningAway
          : status === 'done'
            ? { label: t('training.seeResults'), onPress: () => go('evaluation') }
            : { label: t('training.start'), onPress: start, disabled: isRunning(job) };

  return (
    <Screen
      heading={t(`training.heading.${state}`)}
      finding={
        <Finding
          state={state}
          epochs={epochs}
          hasAdvice={suggested !== undefined}
          byItself={saved?.stoppedBy === 'earlyStopping'}
        />
      }
      primary={primary}
      others={
        !running && (
          <>
            {again && (
              <Button variant="default" onClick={() => setAgain(false)} data-testid="not-again">
                {t('training.back')}
              </Button>
            )}
            {paused && !before && (
              <Button
                variant="default"
                disabled={pausedRun?.usable !== true || isRunning(job)}
                onClick={() => pausedRun && void useAsIs(pausedRun.run)}
                data-testid="use-as-is"
              >
                {t('training.useAsIs')}
              </Button>
            )}
            {(paused || status === 'done') && !before && (
              <Button
                variant="default"
                disabled={isRunning(job)}
                onClick={() => setAgain(true)}
                data-testid="train-again"
              >
                {t('training.again')}
              </Button>
            )}
          </>
        )
      }
      details={<TrainingDetails epochs={epochs} watch={watch} />}
    >
      {state === 'paused' ? (
        <Notice tone="calm" title={t('training.pausedTitle')} testId="interrupted">
          {t('training.pausedText', { count: epochs.length })} {pausedRun?.usable !== true && t('training.notUsable')}
        </Notice>
      ) : (
        <JobNotice stage="training" />
      )}
      <LessMemory stage="training" again={() => startTraining(false)} />
      {status === 'outOfDate' && !running && !paused && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.training')}
        </Notice>
      )}
      {!paused && !before && lastWatch && (
        <Notice
          tone="amber"
          title={t(ranAway ? 'training.watchGaveUp' : lastWatch.step > 0 ? 'training.watch' : 'training.remarks')}
          testId="watch"
        >
          {sayOr(lastWatch.said, lastWatch.text)}
        </Notice>
      )}
      {state === 'ranAway' && lower && <SuggestionCard advice={lower} isPrimary />}
      {!before ? (
        <div className={classes.split}>
          <Previews />
          <div className={classes.right} tabIndex={0} role="group" aria-label={t('training.curves')}>
            <Figures epochs={epochs} running={running} />
            <Curves steps={steps} epochs={epochs} />
          </div>
        </div>
      ) : (
        <Before />
      )}
    </Screen>
  );
}

type TrainingState = 'before' | 'running' | 'paused' | 'broken' | 'ranAway' | 'done';

type Conditions = Readonly<Record<'running' | 'before' | 'paused' | 'failed' | 'ranAway', boolean>>;

function stateOf({ running, before, paused, failed, ranAway }: Conditions): TrainingState {
  if (before) return 'before';
  if (running) return 'running';
  if (paused) return failed ? 'broken' : 'paused';
  return ranAway ? 'ranAway' : 'done';
}

function Figures({
  epochs,
  running,
}: {
  readonly epochs: readonly EpochReport[];
  readonly running: boolean;
}): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const secondsLeft = useStore(({ live }) => live.steps.at(-1)?.secondsLeft ?? null);
  const last = epochs.at(-1);
  const best = epochs.reduce<number | null>(
    (most, { mAP50 }) => (mAP50 === null ? most : Math.max(most ?? 0, mAP50)),
    null,
  );
  const figures = [
    {
      id: 'found',
      value: best === null ? t('common.dash') : format.number(100 * best, 0),
    },
    { id: 'rounds', value: last ? t('status.of', { done: last.epoch, total: last.epochs }) : t('common.dash') },
    ...(running ? [{ id: 'left', value: secondsLeft === null ? t('common.dash') : format.duration(secondsLeft) }] : []),
  ];
  return <FigureRow figures={figures.map(({ id, value }) => ({ id, value, name: t(`training.figure.${id}`) }))} />;
}

interface FindingProps {
  readonly state: TrainingState;
  readonly epochs: readonly EpochReport[];
  readonly hasAdvice: boolean;
  /** Whether it ended before its last round, as it got no better. */
  readonly byItself: boolean;
}

function Finding({ state, epochs, hasAdvice, byItself }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  const last = epochs.at(-1);
  switch (state) {
    case 'before':
      return <>{t('training.findingBefore')}</>;
    case 'running':
      return <>{last ? sayOr(last.said, last.text) : t('said.epochLearning')}</>;
    case 'paused':
    case 'broken':
      return <>{t('training.findingPaused')}</>;
    case 'ranAway':
      return <>{t(hasAdvice ? 'training.findingRanAwaySuggested' : 'training.findingRanAway')}</>;
    case 'done':
      return <>{t(byItself ? 'training.findingStopped' : 'training.findingDone', { count: epochs.length })}</>;
    default:
      return state satisfies never;
  }
}

/** What it will do, with which numbers, before it starts. */
function Before(): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const results = useStore((state) => state.results);
  const pictures = useStore((state) => state.pictures);
  const plan = useStore((state) => state.trainingPlan);
  const remarks = plan?.remarks ?? [];
  const dash = t('common.dash');
  const figures = [
    { id: 'pictures', value: results?.split ? format.number(results.split.train.length) : dash },
    { id: 'batch', value: plan ? format.number(plan.batchSize) : dash },
    { id: 'rate', value: plan ? format.rate(plan.learningRate) : dash },
    { id: 'rounds', value: plan ? format.number(plan.epochs) : dash },
    { id: 'time', value: plan && plan.seconds !== null ? format.duration(plan.seconds) : dash },
  ];
  return (
    <>
      {remarks.length > 0 && (
        <Notice tone="amber" title={t('training.remarks')} testId="remarks">
          {inOneGo(remarks.map(({ text, said }) => sayOr(said, text)))}
        </Notice>
      )}
      <FigureRow figures={figures.map(({ id, value }) => ({ id, value, name: t(`training.plan.${id}`) }))} />
      <div className={classes.before} data-testid="training-before">
        <div className={classes.left}>
          <div className={classes.previews}>
            {(results?.split?.validation ?? []).slice(0, 4).map((file) => {
              const picture = pictures.find((one) => one.file === file);
              return picture && <Picture key={file} url={picture.url} alt={nameOf(file)} boxes={[]} classNames={[]} />;
            })}
          </div>
          <p className="soft">{t('training.beforeText')}</p>
        </div>
        <SchedulePlot />
      </div>
    </>
  );
}
