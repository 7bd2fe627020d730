import { useEffect, type JSX, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../hooks/useShortcuts';
import { useFileDrop } from '../hooks/useFileDrop';
import { AnnotationsStep } from '../steps/AnnotationsStep';
import { BatchSizeStep } from '../steps/BatchSizeStep';
import { DatasetStep } from '../steps/DatasetStep';
import { EvaluationStep } from '../steps/EvaluationStep';
import { ExportStep } from '../steps/ExportStep';
import { ImagesStep } from '../steps/ImagesStep';
import { LrFinderStep } from '../steps/LrFinderStep';
import { TrainingStep } from '../steps/TrainingStep';
import { TryModel } from '../steps/TryModel';
import { Welcome } from '../steps/Welcome';
import { useStore, type Screen } from '../store/store';
import classes from './Frame.module.css';
import { Help } from './Help';
import { Rail } from './Rail';
import { StatusBar } from './StatusBar';
import { Trouble } from './Trouble';

const screens: Readonly<Record<Screen, () => ReactNode>> = {
  welcome: () => <Welcome />,
  tryModel: () => <TryModel />,
  images: () => <ImagesStep />,
  annotations: () => <AnnotationsStep />,
  dataset: () => <DatasetStep />,
  lrFinder: () => <LrFinderStep />,
  batchSize: () => <BatchSizeStep />,
  training: () => <TrainingStep />,
  evaluation: () => <EvaluationStep />,
  export: () => <ExportStep />,
};

/** The one window: rail, screen, status bar. */
export function Frame(): JSX.Element {
  const { t } = useTranslation();
  const screen = useStore((state) => state.screen);
  const dropping = useFileDrop();
  useShortcuts();
  useFocusOnNewScreen(screen);
  return (
    <div className={classes.frame} data-testid={`screen-${screen}`}>
      <a className={classes.skip} href="#screen">
        {t('frame.skip')}
      </a>
      <Rail />
      <main id="screen" className={classes.main} tabIndex={-1}>
        <Trouble />
        {screens[screen]()}
        {dropping && <div className={classes.dropping}>{t('frame.drop')}</div>}
      </main>
      <StatusBar />
      <Help />
    </div>
  );
}

/** The button that led to another screen is gone with its screen: Tab then begins at the top of the new one. */
function useFocusOnNewScreen(screen: Screen): void {
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById('screen')?.focus();
  }, [screen]);
}
