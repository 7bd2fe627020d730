import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useId, type JSX, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../store/store';
import classes from './Screen.module.css';

export interface PrimaryAction {
  readonly label: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
}

interface ScreenProps {
  /** A sentence. */
  readonly heading: string;
  /** What stands beside the heading: counts, a filter. */
  readonly aside?: ReactNode;
  /** One short paragraph: what was found and why it matters. */
  readonly finding?: ReactNode;
  readonly primary: PrimaryAction;
  /** Lesser buttons, left of the large one. */
  readonly others?: ReactNode;
  /** Every number, choice and term an expert wants. */
  readonly details?: ReactNode;
  readonly children: ReactNode;
}

/** The shape that every screen has: a sentence, one large picture or plot, what it means, one thing to press. */
export function Screen({ heading, aside, finding, primary, others, details, children }: ScreenProps): JSX.Element {
  const { t } = useTranslation();
  const open = useStore((state) => state.detailsOpen);
  const detailsId = useId();
  return (
    <section className={classes.screen} aria-label={heading}>
      <header className={classes.head}>
        <h1 className={classes.heading} data-testid="heading">
          {heading}
        </h1>
        {aside}
      </header>
      <div className={classes.body}>{children}</div>
      {details !== undefined && open && (
        <section
          id={detailsId}
          className={classes.details}
          aria-label={t('details.title')}
          tabIndex={0}
          data-testid="details-body"
        >
          {details}
        </section>
      )}
      <div className={classes.foot}>
        {details !== undefined && (
          <Button
            variant="default"
            rightSection={open ? <IconChevronDown size={18} /> : <IconChevronUp size={18} />}
            aria-expanded={open}
            aria-controls={detailsId}
            onClick={() => useStore.setState({ detailsOpen: !open })}
            data-testid="details"
            style={{ flex: 'none' }}
          >
            {t('details.title')}
          </Button>
        )}
        <div className={classes.finding} data-testid="finding">
          {finding}
        </div>
        {others}
        <Button
          size="xl"
          miw={170}
          style={{ flex: 'none' }}
          onClick={primary.onPress}
          disabled={primary.disabled ?? false}
          data-testid="primary"
        >
          {primary.label}
        </Button>
      </div>
    </section>
  );
}
