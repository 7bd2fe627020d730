import { Button, Group, Modal, TextInput, UnstyledButton } from '@mantine/core';
import { IconFolderOpen, IconFolderQuestion, IconForklift, IconSchool, IconSparkles2 } from '@tabler/icons-react';
import { useEffect, useState, type SyntheticEvent, type JSX, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecentProject } from '../../shared/mainContract';
import { Screen } from '../components/Screen';
import { useFormat } from '../i18n/format';
import {
  createGuided,
  createPractice,
  createProject,
  forget,
  go,
  loadRecent,
  openFolder,
  openProject,
} from '../store/actions';
import { isRunning } from '../store/job';
import { useStore } from '../store/store';
import classes from './Welcome.module.css';

export function Welcome(): JSX.Element {
  const { t } = useTranslation();
  const recent = useStore((state) => state.recent);
  const busy = useStore((state) => isRunning(state.job));
  const [naming, setNaming] = useState(false);
  useEffect(() => void loadRecent(), []);
  return (
    <Screen
      heading={t('welcome.heading')}
      finding={<span className="soft">{t('welcome.finding')}</span>}
      primary={{ label: t('welcome.new'), onPress: () => setNaming(true), disabled: busy }}
    >
      <div className={classes.page}>
        <div className={classes.starts}>
          <Start
            icon={<IconSchool size={30} stroke={1.6} />}
            title={t('welcome.practice')}
            text={t('welcome.practiceText')}
            onPress={() => void createPractice()}
            disabled={busy}
            testId="practice"
          />
          <Start
            icon={<IconForklift size={30} stroke={1.6} />}
            title={t('welcome.guided')}
            text={t('welcome.guidedText')}
            onPress={() => void createGuided()}
            disabled={busy}
            testId="guided"
          />
          <Start
            icon={<IconSparkles2 size={30} stroke={1.6} />}
            title={t('rail.tryModel')}
            text={t('welcome.tryText')}
            onPress={() => go('tryModel')}
            testId="welcome-try-model"
          />
          <Start
            icon={<IconFolderOpen size={30} stroke={1.6} />}
            title={t('welcome.open')}
            text={t('welcome.openText')}
            onPress={() => void openFolder()}
            disabled={busy}
            testId="open-project"
          />
        </div>
        {recent !== null && (
          <>
            <h2 className={classes.section}>{t('welcome.recent')}</h2>
            {recent.length === 0 ? (
              <div className={classes.none} data-testid="no-recent">
                {t('welcome.none')}
              </div>
            ) : (
              <div className={classes.recents}>
                {recent.map((project) => (
                  <RecentCard key={project.dir} project={project} />
                ))}
              </div>
            )}
          </>
        )}
      </div>
      <NameDialog opened={naming} onClose={() => setNaming(false)} />
    </Screen>
  );
}

interface StartProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
  readonly testId: string;
}

function Start({ icon, title, text, onPress, disabled = false, testId }: StartProps): JSX.Element {
  return (
    <UnstyledButton className={classes.start} onClick={onPress} disabled={disabled} data-testid={testId}>
      {icon}
      <span className={classes.startTitle}>{title}</span>
      <span className={classes.startText}>{text}</span>
    </UnstyledButton>
  );
}

function RecentCard({ project }: { readonly project: RecentProject }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const { dir, name, found, pictures, thumbnails, score, interrupted, opened } = project;
  const facts = [t('welcome.pictures', { count: pictures })];
  if (score !== null) facts.push(t('welcome.good', { found: Math.round(100 * score) }));
  return (
    <article className={classes.card} data-testid="recent">
      <UnstyledButton className={classes.open} disabled={!found} onClick={() => void openProject(dir)}>
        <div className={classes.sheet}>
          {found && thumbnails.length > 0 ? (
            thumbnails.slice(0, 4).map((url) => <img key={url} src={url} alt="" />)
          ) : (
            <span className={classes.gone}>
              <IconFolderQuestion size={30} stroke={1.5} />
            </span>
          )}
        </div>
        <div className={classes.about}>
          <div className={classes.name}>{name}</div>
          {found ? (
            <div className={classes.facts}>{facts.join(t('common.dot'))}</div>
          ) : (
            <div className={classes.warn}>{t('welcome.gone')}</div>
          )}
          {found && interrupted !== null ? (
            <div className={classes.warn}>{t('welcome.interrupted')}</div>
          ) : (
            <div className={classes.facts}>{format.date(opened)}</div>
          )}
        </div>
      </UnstyledButton>
      {!found && (
        <div className={classes.forget}>
          <span className={classes.facts}>{dir}</span>
          <Button variant="subtle" onClick={() => void forget(dir)} data-testid="forget">
            {t('welcome.forget')}
          </Button>
        </div>
      )}
    </article>
  );
}

function NameDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }): JSX.Element {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const create = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() !== '' && (await createProject(name.trim()))) onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('welcome.nameTitle')}
      centered
      closeButtonProps={{ 'aria-label': t('common.close'), size: 44 }}
    >
      <form onSubmit={(event) => void create(event)}>
        <TextInput
          label={t('welcome.nameLabel')}
          placeholder={t('welcome.namePlaceholder')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={80}
          size="md"
          data-autofocus
          data-testid="project-name"
        />
        <Group justify="flex-end" mt={18}>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={name.trim() === ''} data-testid="create-project">
            {t('welcome.create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
