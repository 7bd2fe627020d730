import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleDotted, IconPhotoPlus, IconTrash } from '@tabler/icons-react';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { JobNotice, Notice } from '../components/Notice';
import { PictureWall } from '../components/PictureWall';
import { Screen } from '../components/Screen';
import { useLight } from '../hooks/useLight';
import { sayOr } from '../i18n/said';
import { addPictures, go, openPicture, removePictures } from '../store/actions';
import { useCapture } from '../store/capture';
import { isRunning } from '../store/job';
import { fewestLooked } from '../store/light';
import { pictureChecklist, type CheckMark, type ChecklistItem } from '../store/pictureChecklist';
import { useStore } from '../store/store';
import { suggesterOf } from '../store/suggester';
import { CaptureScreen } from './capture/CaptureScreen';
import { WaysToAdd } from './images/WaysToAdd';
import classes from './ImagesStep.module.css';

export function ImagesStep(): JSX.Element {
  const source = useCapture((state) => state.source);
  return source ? <CaptureScreen source={source} /> : <Collection />;
}

/** The wall of all pictures. */
function Collection(): JSX.Element {
  const { t } = useTranslation();
  const pictures = useStore((state) => state.pictures);
  const importing = useStore((state) => isRunning(state.job, 'images'));
  const busy = useStore((state) => isRunning(state.job));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const count = pictures.length;
  const first = [...selected][0];

  const toggle = (file: string): void => {
    const next = new Set(selected);
    if (!next.delete(file)) next.add(file);
    setSelected(next);
  };
  const remove = async (): Promise<void> => {
    await removePictures([...selected]);
    setSelected(new Set());
  };

  const goOn = count > 0 && !importing;
  return (
    <Screen
      heading={t('images.heading')}
      aside={
        count > 0 && (
          <span className="soft" data-testid="picture-count">
            {t('images.count', { count })}
          </span>
        )
      }
      finding={count === 0 ? <EmptyFinding /> : importing ? t('images.findingBusy') : t('images.finding', { count })}
      primary={
        goOn
          ? { label: t('images.goOn'), onPress: () => go('annotations') }
          : { label: t('images.add'), onPress: () => void addPictures(), disabled: busy }
      }
      others={
        first !== undefined ? (
          <>
            <Button
              variant="default"
              leftSection={<IconTrash size={18} />}
              disabled={busy}
              onClick={() => void remove()}
              data-testid="remove"
            >
              {t('images.remove', { count: selected.size })}
            </Button>
            <Button variant="default" onClick={() => openPicture(first)} data-testid="open-picture">
              {t('images.draw')}
            </Button>
          </>
        ) : (
          goOn && <WaysToAdd busy={busy} look="menu" />
        )
      }
    >
      <JobNotice stage="images" />
      <div className={classes.split}>
        <div className={classes.left}>
          <Rejected />
          {count === 0 ? (
            <Empty importing={importing} busy={busy} />
          ) : (
            <PictureWall pictures={pictures} selected={selected} onSelect={toggle} onOpen={openPicture} />
          )}
        </div>
        <Checklist />
      </div>
    </Screen>
  );
}

/** What pictures to take; in the guided project also which boxes it then suggests by itself. */
function EmptyFinding(): JSX.Element {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  if (!project || suggesterOf(project) !== 'base') return <>{t('images.findingEmpty')}</>;
  return <>{t('images.findingGuided', { known: Object.keys(project.baseLabels).join(', ') })}</>;
}

function Empty({ importing, busy }: { readonly importing: boolean; readonly busy: boolean }): JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={classes.empty} data-testid="images-empty">
      <IconPhotoPlus size={56} stroke={1.3} />
      <div className={classes.emptyTitle}>{importing ? t('images.coming') : t('images.dropHere')}</div>
      <p className="soft">{importing ? t('images.comingText') : t('images.dropText')}</p>
      {!importing && <WaysToAdd busy={busy} look="tiles" />}
    </div>
  );
}

function Rejected(): JSX.Element | null {
  const { t } = useTranslation();
  const rejected = useStore((state) => state.rejected);
  if (rejected.length === 0) return null;
  return (
    <Notice
      tone="amber"
      title={t('images.rejected', { count: rejected.length })}
      testId="rejected"
      actions={
        <Button variant="default" onClick={() => useStore.setState({ rejected: [] })}>
          {t('common.understood')}
        </Button>
      }
    >
      <ul className={classes.rejected} tabIndex={0} aria-label={t('images.rejected', { count: rejected.length })}>
        {rejected.map(({ file, reason, said }) => (
          <li key={`${file} ${reason}`}>
            <strong>{file}</strong> {sayOr(said, reason)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const marks: Readonly<Record<CheckMark, { readonly Icon: typeof IconCircleCheck; readonly look: string | undefined }>> =
  {
    yes: { Icon: IconCircleCheck, look: classes.yes },
    notYet: { Icon: IconCircleDashed, look: classes.notYet },
    unknown: { Icon: IconCircleDotted, look: classes.unknown },
  };

function Checklist(): JSX.Element | null {
  const { t } = useTranslation();
  const project = useStore((state) => state.project);
  const pictures = useStore((state) => state.pictures);
  const light = useLight(pictures);
  if (!project) return null;
  return (
    <aside className={classes.list} aria-label={t('checklist.title')} data-testid="checklist">
      <h2>{t('checklist.title')}</h2>
      <ul className={classes.items}>
        {pictureChecklist(project, pictures, light).map(({ id, mark, have, goal, looked }) => {
          const { Icon, look } = marks[mark];
          return (
            <li key={id} className={classes.item} data-mark={mark} data-testid={`check-${id}`}>
              <Icon className={look} size={24} stroke={1.8} role="img" aria-label={t(`checklist.mark.${mark}`)} />
              <div>
                <div className={classes.itemText}>{t(`checklist.${id}`)}</div>
                <div className={classes.why}>
                  {t(mark === 'unknown' ? laterOf(id, pictures.length) : `checklist.${id}Why`, { have, goal, looked })}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
      <p className={classes.tip}>{t('checklist.tip')}</p>
    </aside>
  );
}

/** Why it cannot be told yet. */
function laterOf(id: ChecklistItem['id'], pictures: number): `checklist.${'later' | 'lightLater' | 'lightSoon'}` {
  if (id !== 'light') return 'checklist.later';
  return pictures < fewestLooked ? 'checklist.lightLater' : 'checklist.lightSoon';
}
