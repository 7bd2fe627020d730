import { ActionIcon, Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconChevronLeft, IconChevronRight, IconWand } from '@tabler/icons-react';
import { useEffect, useMemo, useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore as useZustand } from 'zustand';
import type { Size } from '../../shared/boxes';
import type { Picture, ProjectState } from '../../shared/mainContract';
import { JobNotice } from '../components/Notice';
import { nameOf } from '../components/PictureWall';
import { Screen } from '../components/Screen';
import { go, openPicture } from '../store/actions';
import { isRunning } from '../store/job';
import { openLabels, suggestBoxes } from '../store/labelFiles';
import { acceptSuggestions, markReviewed, redo, undo, useLabels } from '../store/labels';
import { useStore } from '../store/store';
import { suggesterOf } from '../store/suggester';
import classes from './AnnotationsStep.module.css';
import { Canvas } from './annotate/Canvas';
import canvasClasses from './annotate/Canvas.module.css';
import { FilmStrip } from './annotate/FilmStrip';
import { Side } from './annotate/Side';
import { useDrawingKeys } from './annotate/useDrawingKeys';

export function AnnotationsStep(): JSX.Element {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  const pictures = useStore((state) => state.pictures);
  const file = useStore((state) => state.file);
  const picture =
    pictures.find((one) => one.file === file) ?? pictures.find(({ reviewed }) => !reviewed) ?? pictures[0];
  if (!project || !picture) {
    return (
      <Screen
        heading={t('annotate.heading')}
        finding={t('annotate.noPictures')}
        primary={{ label: t('images.add'), onPress: () => go('images') }}
      >
        {null}
      </Screen>
    );
  }
  return <Drawing key={project.dir} project={project} pictures={pictures} picture={picture} />;
}

interface DrawingProps {
  readonly project: ProjectState;
  readonly pictures: readonly Picture[];
  readonly picture: Picture;
}

function Drawing({ project, pictures, picture }: DrawingProps): JSX.Element {
  const { t } = useTranslation();
  const { dir, classes: classNames } = project;
  const focus = useStore((state) => state.focus);
  const busy = useStore((state) => isRunning(state.job));
  const suggester = suggesterOf(project);
  const annotation = useLabels((state) => state.annotation);
  const suggestions = useLabels((state) => state.suggestions);
  const label = useLabels((state) => state.label);
  const size = usePictureSize(picture);
  const at = pictures.findIndex(({ file }) => file === picture.file);
  const left = pictures.filter(({ reviewed }) => !reviewed).length;
  const open = annotation?.image === picture.file;

  useEffect(() => {
    if (size) void openLabels(dir, picture.file, size);
    useStore.setState({ file: picture.file });
  }, [dir, picture.file, size]);
  useEffect(() => {
    if (label === null || !classNames.includes(label)) useLabels.setState({ label: classNames[0] ?? null });
  }, [label, classNames]);

  const step = (by: number): void => {
    const to = pictures[(at + by + pictures.length) % pictures.length];
    if (to) openPicture(to.file);
  };
  /** On to the next picture that nobody has looked at yet; each picture left with boxes counts as looked at. */
  const next = (): void => {
    if (open && annotation.boxes.length > 0) markReviewed();
    const order = [...pictures.slice(at + 1), ...pictures.slice(0, at)];
    const to = order.find(({ reviewed }) => !reviewed) ?? order[0];
    if (to) openPicture(to.file);
  };
  const nothing = (): void => {
    if (!open || annotation.boxes.length > 0) return;
    markReviewed();
    next();
  };
  useDrawingKeys({ next, previous: () => step(-1), nothing, classNames });

  const here = picture.reviewed ? 0 : 1;
  const allDone = left === 0;
  return (
    <Screen
      heading={t(classNames.length === 0 ? 'annotate.headingNoClass' : 'annotate.heading')}
      aside={
        <span className="soft" data-testid="annotate-progress">
          {t('annotate.progress', { done: pictures.length - left, total: pictures.length })}
        </span>
      }
      finding={
        <Finding
          boxes={open ? annotation.boxes.length : 0}
          classNames={classNames}
          left={left - here}
          name={nameOf(picture.file)}
        />
      }
      primary={
        allDone
          ? { label: t('annotate.goOn'), onPress: () => go('dataset') }
          : { label: t('annotate.next'), onPress: next }
      }
      others={
        <>
          <History />
          <ActionIcon
            variant="default"
            aria-label={t('annotate.previous')}
            onClick={() => step(-1)}
            data-testid="previous-picture"
          >
            <IconChevronLeft size={22} />
          </ActionIcon>
          {allDone && (
            <ActionIcon
              variant="default"
              aria-label={t('annotate.next')}
              onClick={() => step(1)}
              data-testid="next-picture"
            >
              <IconChevronRight size={22} />
            </ActionIcon>
          )}
          {suggester !== null && suggestions.length === 0 && (
            <Button
              variant="default"
              leftSection={<IconWand size={18} />}
              disabled={busy}
              onClick={() => void suggestBoxes()}
              data-testid="suggest"
            >
              {t('annotate.suggest')}
            </Button>
          )}
          {suggestions.length > 0 && (
            <Button variant="default" onClick={() => acceptSuggestions(suggestions)} data-testid="accept">
              {t('annotate.accept', { count: suggestions.length })}
            </Button>
          )}
          {open && annotation.boxes.length === 0 && (
            <Button variant="default" onClick={nothing} data-testid="nothing">
              {t('annotate.nothing')}
            </Button>
          )}
        </>
      }
    >
      <JobNotice stage="suggest" />
      <div className={classes.work}>
        {size && open ? (
          <Canvas url={picture.url} name={nameOf(picture.file)} picture={size} classNames={classNames} focus={focus}>
            <FirstUse project={project} />
          </Canvas>
        ) : (
          <div />
        )}
        <Side classNames={classNames} />
      </div>
      <FilmStrip current={picture.file} />
    </Screen>
  );
}

interface FindingProps {
  readonly boxes: number;
  readonly classNames: readonly string[];
  readonly left: number;
  readonly name: string;
}

function Finding({ boxes, classNames, left, name }: FindingProps): JSX.Element {
  const { t } = useTranslation();
  if (classNames.length === 0) return <>{t('annotate.findingNoClass')}</>;
  return (
    <>
      <strong>{name}</strong> {t('annotate.finding', { count: boxes })}{' '}
      {left > 0 ? t('annotate.left', { count: left }) : t('annotate.noneLeft')}
    </>
  );
}

function History(): JSX.Element {
  const { t } = useTranslation();
  const past = useZustand(useLabels.temporal, (state) => state.pastStates.length);
  const future = useZustand(useLabels.temporal, (state) => state.futureStates.length);
  return (
    <>
      <ActionIcon
        variant="default"
        aria-label={t('annotate.undo')}
        disabled={past === 0}
        onClick={undo}
        data-testid="undo"
      >
        <IconArrowBackUp size={22} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label={t('annotate.redo')}
        disabled={future === 0}
        onClick={redo}
        data-testid="redo"
      >
        <IconArrowForwardUp size={22} />
      </ActionIcon>
    </>
  );
}

const hintSteps = {
  drawn: ['name', 'drag', 'next'],
  suggested: ['suggest', 'others', 'next'],
} as const;

/** Three steps on the picture itself until the first box is drawn or suggested; before there is a part to draw, how to name one. */
function FirstUse({ project }: { readonly project: ProjectState }): JSX.Element | null {
  const { t } = useTranslation();
  const seen = useStore((state) => state.hintSeen);
  const { boxes, classes: classNames, baseLabels } = project;
  const isSuggested = useLabels(({ suggestions }) => suggestions.length > 0);
  if (classNames.length === 0) {
    return (
      <div className={canvasClasses.hint} data-testid="hint-name">
        {t('annotate.hint.first')}
      </div>
    );
  }
  if (seen || boxes > 0 || isSuggested) return null;
  const steps = hintSteps[suggesterOf(project) === 'base' ? 'suggested' : 'drawn'];
  return (
    <div className={canvasClasses.hint} data-testid="hint">
      <ol>
        {steps.map((id, index) => (
          <li key={id}>
            <span className={canvasClasses.number}>{index + 1}</span>
            {t(`annotate.hint.${id}`, { known: Object.keys(baseLabels).join(', ') })}
          </li>
        ))}
      </ol>
      <Button variant="default" onClick={() => useStore.setState({ hintSeen: true })}>
        {t('common.understood')}
      </Button>
    </div>
  );
}

/** The picture's size as main knows it, else as the browser measures it. */
function usePictureSize({ url, width, height }: Picture): Size | null {
  const known = useMemo(() => (width === null || height === null ? null : { width, height }), [width, height]);
  const [measured, setMeasured] = useState<{ readonly url: string; readonly size: Size } | null>(null);
  useEffect(() => {
    if (known) return;
    const element = new Image();
    element.onload = () => setMeasured({ url, size: { width: element.naturalWidth, height: element.naturalHeight } });
    element.src = url;
    return () => {
      element.onload = null;
    };
  }, [url, known]);
  return known ?? (measured?.url === url ? measured.size : null);
}
