import { IconAlertTriangle, IconCertificate } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportedFile, OutputOf } from '../../../shared/contract';
import { useFormat } from '../../i18n/format';
import { isParityGood } from '../../store/exportTargets';
import classes from '../ExportStep.module.css';

/** The certificate in words: it works as the trained detector does, on the operator's own test pictures. */
export function Seal({ result }: { readonly result: OutputOf<'export.run'> }): JSX.Element {
  const { t } = useTranslation();
  const good = result.files.every(isParityGood);
  return (
    <section
      className={`${classes.certificate} ${classes.seal}`}
      data-good={good || undefined}
      data-bad={!good || undefined}
      data-testid="certificate"
    >
      {good ? (
        <IconCertificate className={classes.sealIcon} size={30} color="var(--good)" />
      ) : (
        <IconAlertTriangle className={classes.sealIcon} size={30} color="var(--red)" />
      )}
      <div>
        {t(good ? 'export.certGood' : 'export.certBad')}
        {good && <p className={classes.explains}>{t('export.certExplains')}</p>}
      </div>
    </section>
  );
}

/** The certificate file by file, for Details. */
export function Certificate({ result }: { readonly result: OutputOf<'export.run'> }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const answersOf = ({ parity }: ExportedFile): string => {
    if (!isParityGood({ parity })) return t('export.differs');
    return parity.judgedBy === 'mAP50' && parity.mAP50 !== null
      ? t('export.findsAsMuch', { found: format.number(parity.mAP50, 3), trained: share(parity.trainerMAP50) })
      : t('export.sameWithin', { difference: format.number(parity.maxAbsError, 6) });
  };
  const share = (value: number | null): string => (value === null ? t('common.dash') : format.number(value, 3));
  return (
    <section className={classes.files}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t('export.file')}</th>
            <th>{t('export.size')}</th>
            <th>{t('export.compared')}</th>
            <th>{t('export.answers')}</th>
            <th>{t('export.timeHere')}</th>
          </tr>
        </thead>
        <tbody>
          {result.files.map((file) => (
            <tr key={file.path} data-testid="exported" data-format={file.format}>
              <td className="selectable">{t(`export.format.${file.format}`)}</td>
              <td>{format.bytes(file.bytes)}</td>
              <td>{t('export.pictures', { count: file.parity.images })}</td>
              <td>{answersOf(file)}</td>
              <td>
                {file.parity.milliseconds === null
                  ? t('common.dash')
                  : t('export.milliseconds', { ms: format.number(file.parity.milliseconds, 0) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
