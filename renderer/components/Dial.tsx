import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Dial.module.css';

interface DialProps {
  /** 0 too slow, 0.5 right, 1 too fast; null before it is known. */
  readonly position: number | null;
  readonly word: string;
  readonly sub: string;
}

const radius = 84;

/** The rate in words: slow, right, too fast. */
export function Dial({ position, word, sub }: DialProps): JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={classes.dial} data-testid="dial">
      <svg viewBox="0 0 200 112" width="100%" style={{ maxWidth: 220 }} aria-hidden="true">
        <path d={arc(0, 0.31)} stroke="var(--line-strong)" strokeWidth="16" fill="none" />
        <path d={arc(0.335, 0.665)} stroke="var(--good)" strokeWidth="16" fill="none" />
        <path d={arc(0.69, 1)} stroke="var(--amber)" strokeWidth="16" fill="none" />
        {position !== null && (
          <g transform={`rotate(${180 * position - 90} 100 100)`}>
            <path d="M96 100 L100 26 L104 100 Z" fill="var(--ink)" />
          </g>
        )}
        <circle cx="100" cy="100" r="8" fill="var(--ink)" />
      </svg>
      <div className={classes.words}>
        <span>{t('lrFinder.dialSlow')}</span>
        <span className={classes.right}>{t('lrFinder.dialRight')}</span>
        <span>{t('lrFinder.dialFast')}</span>
      </div>
      <div className={classes.word}>{word}</div>
      <div className={classes.sub}>{sub}</div>
    </div>
  );
}

/** A piece of the half circle between two positions 0–1, left to right. */
function arc(from: number, to: number): string {
  return `M ${pointAt(from)} A ${radius} ${radius} 0 0 1 ${pointAt(to)}`;
}

function pointAt(position: number): string {
  const angle = Math.PI * (1 - position);
  return `${100 + radius * Math.cos(angle)} ${100 - radius * Math.sin(angle)}`;
}
