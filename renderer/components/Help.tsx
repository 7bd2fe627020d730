import { Modal, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState, type JSX, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { sections } from '../../docs/USER-GUIDE.md';
import { useStore, type Language } from '../store/store';
import classes from './Help.module.css';

type Guide = typeof sections;

/** The guide in each language, a piece of the page of its own that is loaded when it is first opened. */
const guides: Readonly<Record<Language, () => Promise<{ readonly sections: Guide }>>> = {
  en: () => import('../../docs/USER-GUIDE.md'),
  et: () => import('../../docs/USER-GUIDE.et.md'),
  de: () => import('../../docs/USER-GUIDE.de.md'),
  zh: () => import('../../docs/USER-GUIDE.zh.md'),
};

/** The guide, opened at the section of the present screen: docs/USER-GUIDE.md with its pictures, without a network. */
export function Help(): JSX.Element {
  const { t } = useTranslation();
  const open = useStore((state) => state.helpOpen);
  return (
    <Modal
      opened={open}
      onClose={() => useStore.setState({ helpOpen: false })}
      title={t('help.title')}
      size={1060}
      centered
      classNames={{ content: classes.window, header: classes.header, title: classes.title, body: classes.body }}
      closeButtonProps={{ 'aria-label': t('common.close'), size: 44 }}
    >
      <Pages />
    </Modal>
  );
}

function Pages(): JSX.Element | null {
  const { t, i18n } = useTranslation();
  const screen = useStore((state) => state.screen);
  const [guide, setGuide] = useState<Guide | null>(null);
  const [shown, setShown] = useState<string>(screen);
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    void guides[i18n.language as Language]().then(({ sections }) => setGuide(sections));
  }, [i18n.language]);
  useEffect(() => article.current?.scrollTo(0, 0), [shown]);

  const section = guide?.find(({ id }) => id === shown) ?? guide?.[0];
  if (!guide || !section) return null;
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link) return;
    event.preventDefault();
    const id = link.getAttribute('href')?.replace(/^#/, '');
    if (guide.some((one) => one.id === id)) setShown(id ?? '');
  };
  return (
    <div className={classes.pages}>
      <nav className={classes.contents} aria-label={t('help.contents')} data-testid="help-contents">
        {guide.map(({ id, title }) => (
          <UnstyledButton
            key={id}
            className={classes.entry}
            data-active={id === section.id || undefined}
            aria-current={id === section.id ? 'page' : undefined}
            onClick={() => setShown(id)}
          >
            {title}
          </UnstyledButton>
        ))}
      </nav>
      <article
        ref={article}
        className={`${classes.article} selectable`}
        aria-label={section.title}
        tabIndex={0}
        data-testid="help-text"
        data-section={section.id}
      >
        <h2>{section.title}</h2>
        <div onClick={follow} dangerouslySetInnerHTML={{ __html: section.html }} />
      </article>
    </div>
  );
}
