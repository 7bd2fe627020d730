import { useTranslation } from 'react-i18next';

/** Figures in the operator's language. */
export interface Format {
  readonly number: (value: number, digits?: number) => string;
  /** A share 0–1 as "94 %", in the language's own way. */
  readonly percent: (share: number, digits?: number) => string;
  /** A learning rate: two significant digits. */
  readonly rate: (rate: number) => string;
  readonly bytes: (bytes: number) => string;
  /** "6 min", "40 s" */
  readonly duration: (seconds: number) => string;
  /** "about 6 minutes left" */
  readonly timeLeft: (seconds: number) => string;
  readonly date: (iso: string) => string;
}

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

export function useFormat(): Format {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  const number = (value: number, digits = 0): string =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  const unit = (value: number, name: string, digits = 0): string =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, maximumFractionDigits: digits }).format(value);
  const duration = (seconds: number): string =>
    seconds < 90 ? unit(Math.max(0, Math.round(seconds)), 'second') : unit(Math.round(seconds / 60), 'minute');
  return {
    number,
    percent: (share, digits = 0) =>
      new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits }).format(share),
    rate: (rate) =>
      new Intl.NumberFormat(language, { maximumSignificantDigits: 2, maximumFractionDigits: 10 }).format(rate),
    bytes: (bytes) =>
      bytes >= gibibyte ? unit(bytes / gibibyte, 'gigabyte', 1) : unit(Math.round(bytes / mebibyte), 'megabyte'),
    duration,
    timeLeft: (seconds) =>
      seconds < 45
        ? t('time.lessThanAMinute')
        : t('time.minutesLeft', { count: Math.max(1, Math.round(seconds / 60)) }),
    date: (iso) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
  };
}
