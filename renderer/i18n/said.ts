import type { ErrorMessage } from '../../shared/errors';
import type { SaidMessage } from '../../shared/said';
import { i18n } from './i18n';

/** What another process had to say, in the operator's language; its own English words where the language has none. */
export function sayOr(said: SaidMessage | undefined, english: string): string {
  const key = `said.${said?.code}`;
  if (said && i18n.exists(key, said.values)) return i18n.t(key, inLanguage(said.values));
  return i18n.language === 'en' ? english : i18n.t('said.inEnglish', { english });
}

/** Values in hundredths. */
const percents: ReadonlySet<string> = new Set(['share', 'fell']);

/** Values in GB, which come as text with one decimal. */
const gigabytes: ReadonlySet<string> = new Set(['used', 'budget', 'free', 'total', 'needed', 'beside']);

/** Figures with the language's own decimal sign. `count` stays a number: the language chooses the plural by it. */
function inLanguage(values: SaidMessage['values']): SaidMessage['values'] {
  const format = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 10, useGrouping: false });
  const isFigure = (name: string, value: string | number): boolean =>
    typeof value === 'number' ? name !== 'count' : gigabytes.has(name) && Number.isFinite(Number(value));
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent' });
  const say = (name: string, value: string | number): string | number => {
    if (percents.has(name)) return percent.format(Number(value) / 100);
    return isFigure(name, value) ? format.format(Number(value)) : value;
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, say(name, value)]));
}

/** Sentences one after the other: Chinese has no space between them. */
export function inOneGo(sentences: readonly string[]): string {
  return sentences.join(i18n.language === 'zh' ? '' : ' ');
}

/** Several sentences that belong together; their English text where they were not kept apart, or one is not known. */
export function sayAllOr(said: readonly SaidMessage[] | undefined, english: string): string {
  const known = said?.every(({ code, values }) => i18n.exists(`said.${code}`, values)) ?? false;
  return known ? inOneGo((said ?? []).map((one) => sayOr(one, english))) : sayOr(undefined, english);
}

/** An error as a whole sentence. */
export function sayError({ said, message }: Pick<ErrorMessage, 'said' | 'message'>): string {
  return sayOr(said, message).replace(/[^.!?。！？]$/, '$&.');
}
