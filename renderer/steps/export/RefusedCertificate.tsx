import { IconAlertTriangle } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { exportFormat } from '../../../shared/contract';
import type { ErrorMessage } from '../../../shared/errors';
import { Facts, type Fact } from '../../components/Facts';
import { useFormat } from '../../i18n/format';
import { sayError } from '../../i18n/said';
import { useStore } from '../../store/store';
import classes from '../ExportStep.module.css';

const refusals = ['otherPlaces', 'otherScores', 'findsLess'] as const;

/** Whether an export was stopped because a file did not answer as the trained detector does. */
export function isRefusal(error: ErrorMessage | null): error is ErrorMessage {
  return refusals.some((code) => code === error?.said?.code);
}

/** Other answers, so nothing was kept: which file, on which picture, in what, and by how much. */
export function RefusedCertificate({ error }: { readonly error: ErrorMessage }): JSX.Element {
  const { t } = useTranslation();
  const { picture } = error.said?.values ?? {};
  const shown = useStore(({ project, pictures }) => project && pictures?.find(({ file }) => file === picture));
  const facts = useRefusalFacts(error);
  return (
    <section className={classes.certificate} data-bad role="alert" data-testid="certificate">
      <div className={classes.certHead}>
        <IconAlertTriangle size={30} color="var(--red)" />
        {t('export.certBad')}
      </div>
      <div className={classes.refused}>
        {shown && <img className={classes.culprit} src={shown.thumbnail} alt={shown.file} />}
        <div className={`selectable ${classes.evidence}`}>
          <p className={classes.because}>{sayError(error)}</p>
          <Facts facts={facts} />
          <p className={classes.kept}>{t('export.notMade')}</p>
        </div>
      </div>
    </section>
  );
}

function useRefusalFacts({ said }: ErrorMessage): Fact[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { format: kind, picture, difference, limit, found, trained } = said?.values ?? {};
  const known = exportFormat.safeParse(kind);
  const number = (value: string | number | undefined, digits: number): string =>
    typeof value === 'number' ? format.number(value, digits) : t('common.dash');
  const file = { name: t('export.red.file'), value: known.success ? t(`export.format.${known.data}`) : String(kind) };
  switch (said?.code) {
    case 'findsLess':
      return [
        file,
        { name: t('export.red.what'), value: t('export.red.findsLess') },
        { name: t('export.red.found'), value: number(found, 3) },
        { name: t('export.red.trained'), value: number(trained, 3) },
      ];
    case 'otherPlaces':
    case 'otherScores':
      return [
        file,
        { name: t('export.red.picture'), value: String(picture).split('/').at(-1) },
        { name: t('export.red.what'), value: t(`export.red.${said.code}`) },
        { name: t('export.red.by'), value: number(difference, 4) },
        { name: t('export.red.allowed'), value: number(limit, 4) },
      ];
    default:
      return [file];
  }
}
