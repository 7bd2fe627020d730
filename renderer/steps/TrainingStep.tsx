import { Button } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { FigureRow } from '../components/FigureRow';
import { LessMemory } from '../components/LessMemory';
import { JobNotice, Notice } from '../components/Notice';
import { Picture } from '../components/Picture';
import { nameOf } from '../components/PictureWall';
import { Screen, type PrimaryAction } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { sayOr } from '../i18n/said';
import { go } from '../store/actions';
import { planOf } from '../store/batchView';
import { isRunning, type EpochReport } from '../store/job';
import { startTraining, stopJob } from '../store/jobs';
import { useStore } from '../store/store';
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
  if (!project) return null;
  const running = isRunning(job, 'training');
  const stopping = job.kind === 'running' && job.stopping;
  const paused = !running && project.interrupted !== null;
  const fresh = live.epochs.length > 0 || live.steps.length > 0;
  const steps = running || fresh ? live.steps : (saved?.steps ?? []);
  const epochs = running || fresh ? live.epochs : (saved?.epochs ?? []);
  const status = project.stages.training;
  const done = !running && !paused && status !== 'empty';
  const began = running || paused || done || epochs.length > 0;
  const lastWatch = live.watch.at(-1);

  const primary: PrimaryAction = running
    ? { label: stopping ? t('status.stopping') : t('training.pause'), onPress: stopJob, disabled: stopping }
    : paused
      ? { label: t('training.goOn'), onPress: () => void startTraining(true), disabled: isRunning(job) }
      : status === 'done'
        ? { label: t('training.seeResults'), onPress: () => go('evaluation') }
        : { label: t('training.start'), onPress: () => void startTraining(false), disabled: isRunning(job) };

  return (
    <Screen
      heading={t(`training.${headingOf(running, paused, done)}`)}
      finding={<Finding running={running} paused={paused} done={status === 'done'} epochs={epochs} />}
      primary={primary}
      others={
        !running && (
          <>
            {paused && (
              <Button
                variant="default"
                disabled={!project.usable || isRunning(job)}
                onClick={() => go('evaluation')}
                data-testid="use-as-is"
              >
                {t('training.useAsIs')}
              </Button>
            )}
            {(paused || status === 'done') && (
              <Button
                variant="default"
                disabled={isRunning(job)}
                onClick={() => void startTraining(false)}
                data-testid="train-again"
              >
                {t('training.again')}
              </Button>
            )}
          </>
        )
      }
      details={<TrainingDetails epochs={epochs} />}
    >
      {paused && job.kind !== 'failed' ? (
        <Notice tone="calm" title={t('training.pausedTitle')} testId="interrupted">
          {t('training.pausedText', { count: epochs.length })} {!project.usable && t('training.notUsable')}
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
      {!paused && lastWatch && (
        <Notice tone="amber" title={t('training.watch')} testId="watch">
          {sayOr(lastWatch.said, lastWatch.text)}
        </Notice>
      )}
      {began ? (
        <div className={classes.split}>
          <Previews />
          <div className={classes.right}>
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

function headingOf(running: boolean, paused: boolean, done: boolean): string {
  if (running) return 'headingRunning';
  if (paused) return 'headingPaused';
  return done ? 'headingDone' : 'heading';
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
      value: best === null ? t('common.dash') : t('training.ofHundred', { found: Math.round(100 * best) }),
    },
    { id: 'rounds', value: last ? t('status.of', { done: last.epoch, total: last.epochs }) : t('common.dash') },
    ...(running ? [{ id: 'left', value: secondsLeft === null ? t('common.dash') : format.duration(secondsLeft) }] : []),
  ];
  return <FigureRow figures={figures.map(({ id, value }) => ({ id, value, name: t(`training.figure.${id}`) }))} />;
}

interface FindingProps {
  readonly running: boolean;
  readonly paused: boolean;
  readonly done: boolean;
  readonly epochs: readonly EpochReport[];
}

function Finding({ running, paused, done, epochs }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  const last = epochs.at(-1);
  if (running) return <>{last ? sayOr(last.said, last.text) : t('said.epochLearning')}</>;
  if (paused) return <>{t('training.findingPaused')}</>;
  if (done) return <>{t('training.findingDone', { count: epochs.length })}</>;
  return <>{t('training.findingBefore')}</>;
}

/** What it will do, with which numbers, before it starts. */
function Before(): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const results = useStore((state) => state.results);
  const pictures = useStore((state) => state.pictures);
  const chosen = useStore(({ project, chosenBatch }) => (project ? chosenBatch[project.dir] : undefined));
  const batch = chosen ?? results?.batchSize?.batchSize;
  const recommended = results?.batchSize;
  const plan = recommended && batch !== undefined ? planOf(batch, recommended) : null;
  const rate = plan?.learningRate ?? recommended?.learningRate ?? results?.lrFinder?.learningRate;
  const figures = [
    { id: 'pictures', value: results?.split ? format.number(results.split.train.length) : t('common.dash') },
    { id: 'batch', value: batch === undefined ? t('training.ownChoice') : format.number(batch) },
    { id: 'rate', value: rate === undefined ? t('training.ownChoice') : format.rate(rate) },
    ...(plan
      ? [
          { id: 'rounds', value: format.number(plan.epochs) },
          { id: 'time', value: plan.seconds === null ? t('common.dash') : format.duration(plan.seconds) },
        ]
      : []),
  ];
  return (
    <>
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
