import { ActionIcon, Button, UnstyledButton } from '@mantine/core';
import { IconHelp, IconHome, IconPlayerTrackNext, IconSparkles2 } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { stages } from '../../shared/stages';
import { closeProject, go } from '../store/actions';
import { doItAll } from '../store/autopilot';
import { isRunning } from '../store/job';
import { stageLine } from '../store/stageLines';
import { nextStage, stageStates } from '../store/stageStates';
import { useStore } from '../store/store';
import { LanguageMenu, LookMenu } from './Menus';
import classes from './Rail.module.css';
import { StageBadge } from './StageBadge';

/** The steps with their state and one line of result: alone it tells the whole story of the project. */
export function Rail(): JSX.Element {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  const screen = useStore((state) => state.screen);
  return (
    <nav className={classes.rail} aria-label={t('rail.label')} data-testid="rail">
      <UnstyledButton className={classes.brand} data-testid="rail-welcome" onClick={() => void closeProject()}>
        {project ? <IconHome className={classes.mark} stroke={1.6} /> : <Mark />}
        <div style={{ minWidth: 0 }}>
          <div className={classes.name}>{project?.name ?? t('app.name')}</div>
          <div className={classes.sub}>{project ? t('rail.allProjects') : t('app.claim')}</div>
        </div>
      </UnstyledButton>
      {project ? <Steps /> : <p className={classes.intro}>{t('rail.intro')}</p>}
      <div className={classes.foot}>
        {project && <DoItAll />}
        {screen !== 'tryModel' && screen !== 'welcome' && (
          <Button
            variant="subtle"
            justify="flex-start"
            leftSection={<IconSparkles2 size={20} stroke={1.7} />}
            onClick={() => go('tryModel')}
            data-testid="try-model"
          >
            {t('rail.tryModel')}
          </Button>
        )}
        <div className={classes.tools}>
          <LanguageMenu />
          <LookMenu />
          <ActionIcon
            aria-label={t('help.open')}
            title={t('help.open')}
            onClick={() => useStore.setState({ helpOpen: true })}
            data-testid="help"
          >
            <IconHelp size={22} stroke={1.7} />
          </ActionIcon>
        </div>
      </div>
    </nav>
  );
}

function Steps(): JSX.Element | null {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  const results = useStore((state) => state.results);
  const job = useStore((state) => state.job);
  const screen = useStore((state) => state.screen);
  const problems = useStore((state) => state.problems);
  if (!project) return null;
  const states = stageStates(project, job);
  return (
    <ol className={classes.steps}>
      {stages.map((stage, index) => {
        const state = states[stage];
        const line = stageLine(stage, state, { project, results, job, problems });
        return (
          <li key={stage}>
            <UnstyledButton
              className={classes.step}
              data-testid={`rail-${stage}`}
              data-state={state}
              data-active={screen === stage || undefined}
              aria-current={screen === stage ? 'step' : undefined}
              disabled={state === 'locked'}
              onClick={() => go(stage)}
            >
              <StageBadge state={state} number={index + 1} />
              <div style={{ minWidth: 0 }}>
                <div className={classes.title}>{t(`stage.${stage}`)}</div>
                {line !== null && (
                  <div className={`${classes.line} ${state === 'outOfDate' ? classes.amber : ''}`}>
                    {t(line.key, { ...line.values })}
                  </div>
                )}
              </div>
            </UnstyledButton>
          </li>
        );
      })}
    </ol>
  );
}

/** Nothing where everything is done. */
function DoItAll(): JSX.Element | null {
  const { t } = useTranslation();
  const autopilot = useStore((state) => state.autopilot);
  const busy = useStore((state) => isRunning(state.job));
  const hasBoxes = useStore(({ project }) => project !== null && project.boxes > 0);
  const isAllDone = useStore(
    ({ project, job }) => project !== null && nextStage({ ...stageStates(project, job), annotations: 'done' }) === null,
  );
  if (isAllDone && !autopilot) return null;
  return (
    <Button
      variant="light"
      justify="flex-start"
      leftSection={<IconPlayerTrackNext size={20} stroke={1.7} />}
      disabled={!hasBoxes || busy || autopilot}
      onClick={() => void doItAll()}
      data-testid="do-it-all"
    >
      {autopilot ? t('rail.doingItAll') : t('rail.doItAll')}
    </Button>
  );
}

function Mark(): JSX.Element {
  return (
    <svg className={classes.mark} viewBox="0 0 26 26" aria-hidden="true">
      <path
        d="M2 8V4a2 2 0 0 1 2-2h4M18 2h4a2 2 0 0 1 2 2v4M24 18v4a2 2 0 0 1-2 2h-4M8 24H4a2 2 0 0 1-2-2v-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="13" cy="13" r="5" fill="currentColor" />
    </svg>
  );
}
