import { Button } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { type Advice, settingsOf } from '../../../shared/advice';
import { useFormat, type Format } from '../../i18n/format';
import { go } from '../../store/actions';
import { isRunning } from '../../store/job';
import { cutAndTrain } from '../../store/autopilot';
import { startTraining, takeRun } from '../../store/jobs';
import { useStore } from '../../store/store';
import classes from './SuggestionCard.module.css';

interface SuggestionCardProps {
  readonly advice: Advice;
  /** Whether the screen's large button does it (suggestedAction), so that the card has none. */
  readonly isPrimary?: boolean;
}

/** The one thing that is likeliest to help, with what says so and one button that does it. */
export function SuggestionCard({ advice, isPrimary = false }: SuggestionCardProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const busy = useStore((state) => isRunning(state.job));
  const values = valuesOf(advice, format);
  const { label, press } = suggestedAction(advice);
  return (
    <section className={classes.card} aria-label={t('advice.title')} data-testid="suggestion" data-kind={advice.kind}>
      <IconBulb className={classes.icon} size={30} stroke={1.7} aria-hidden="true" />
      <div className={classes.body}>
        <div className={classes.title}>{t('advice.title')}</div>
        <div className={classes.what}>{t(`advice.do.${advice.kind}`, values.what)}</div>
        <div className={classes.why}>{t(`advice.why.${whyOf(advice)}`, values.why)}</div>
      </div>
      {!isPrimary && (
        <Button size="md" variant="light" disabled={busy} onClick={press} data-testid="do-suggestion">
          {t(`advice.press.${label}`)}
        </Button>
      )}
    </section>
  );
}

/** A suggestion as two sentences: for a training that is not ours, which no button here can run. */
export function SuggestionText({ advice }: { readonly advice: Advice }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const values = valuesOf(advice, format);
  return (
    <p data-testid="log-advice">
      <strong>{t(`advice.do.${advice.kind}`, values.what)}</strong> {t(`advice.why.${whyOf(advice)}`, values.why)}
    </p>
  );
}

interface Action {
  readonly label: 'train' | 'goOn' | 'use' | 'tile' | 'boxes' | 'pictures';
  readonly press: () => void;
}

/** What a suggestion leads to, and the name of its button (advice.press). */
export function suggestedAction(advice: Advice): Action {
  const settings = settingsOf(advice);
  if (settings !== undefined) {
    return {
      label: 'train',
      press: () => {
        go('training');
        void startTraining(false, settings);
      },
    };
  }
  if (advice.kind === 'goOn') {
    return {
      label: 'goOn',
      press: () => {
        go('training');
        void startTraining(true);
      },
    };
  }
  if (advice.kind === 'tiling') return { label: 'tile', press: () => void cutAndTrain() };
  if (advice.kind === 'earlierRun') return { label: 'use', press: () => void takeRun(advice.run) };
  if (['wrongNames', 'unclearNames', 'badBoxes'].includes(advice.kind)) {
    return { label: 'boxes', press: () => go('annotations') };
  }
  return { label: 'pictures', press: () => go('images') };
}

/** A batch is enlarged for another reason where a higher rate would run away. */
function whyOf(advice: Advice): Advice['kind'] | 'largerBatchNear' {
  return advice.kind === 'largerBatch' && advice.divergence !== undefined ? 'largerBatchNear' : advice.kind;
}

type Values = Readonly<Record<string, string | number>>;

/** What the two sentences have to be filled in with. */
function valuesOf(advice: Advice, format: Format): { readonly what: Values; readonly why: Values } {
  const hundred = (share: number): number => Math.round(100 * share);
  switch (advice.kind) {
    case 'earlierRun':
      return { what: {}, why: { found: hundred(advice.mAP50), than: hundred(advice.than) } };
    case 'slower':
      return {
        what: { rate: format.rate(advice.settings.learningRate) },
        why: { from: format.rate(advice.from), count: advice.rollBacks },
      };
    case 'foundRate':
      return {
        what: { rate: format.rate(advice.settings.learningRate) },
        why: { from: format.rate(advice.from) },
      };
    case 'tiling': {
      const pixels = format.number(advice.pixels, 1);
      return { what: { count: advice.views }, why: { pixels, tiled: format.number(advice.tiledPixels, 1) } };
    }
    case 'smallParts': {
      const { pixels, inputWidth: width, inputHeight: height } = advice;
      return { what: {}, why: { pixels: format.number(pixels, 1), width, height } };
    }
    case 'stillRising':
      return {
        what: { count: advice.settings.epochs, from: advice.from },
        why: { count: advice.rounds, gained: format.number(100 * advice.gained, 1) },
      };
    case 'faster':
      return { what: { rate: format.rate(advice.settings.learningRate) }, why: { fell: format.percent(advice.fell) } };
    case 'largerBatch':
      return {
        what: { count: advice.settings.batchSize, from: advice.from },
        why: {
          fell: format.percent(advice.fell),
          ...(advice.divergence !== undefined && { divergence: format.rate(advice.divergence) }),
        },
      };
    case 'longer':
      return { what: { count: advice.settings.epochs, from: advice.from }, why: { fell: format.percent(advice.fell) } };
    case 'morePictures': {
      const { label, found, shown, wanted } = advice;
      return { what: { label, wanted }, why: { found: hundred(found), shown } };
    }
    case 'gentler':
      return {
        what: { rate: format.rate(advice.settings.learningRate), count: advice.settings.batchSize },
        why: { count: advice.rounds },
      };
    case 'goOn':
      return { what: {}, why: { count: advice.done, planned: advice.planned } };
    case 'falseAlarms':
    case 'badBoxes':
      return { what: {}, why: { right: hundred(advice.precision) } };
    case 'wrongNames': {
      const { label, taken } = advice;
      return { what: { label, taken }, why: { label, taken, right: hundred(advice.precision) } };
    }
    case 'unclearNames': {
      const { placed, named } = advice;
      return { what: {}, why: { placed: format.percent(placed), named: format.percent(named) } };
    }
    case 'missed':
      return { what: {}, why: { found: hundred(advice.recall) } };
    default:
      return advice satisfies never;
  }
}
