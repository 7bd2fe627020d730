import { IconAlertTriangle, IconCertificate } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../shared/contract';
import type { ErrorMessage } from '../../../shared/errors';
import { useFormat } from '../../i18n/format';
import { sayError } from '../../i18n/said';
import { isParityGood } from '../../store/exportTargets';
import classes from '../ExportStep.module.css';

/** Same answers on the operator's own test pictures. */
export function Certificate({ result }: { readonly result: OutputOf<'export.run'> }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const good = result.files.every(isParityGood);
  return (
    <section
      className={classes.certificate}
      data-good={good || undefined}
      data-bad={!good || undefined}
      data-testid="certificate"
    >
      <div className={classes.certHead}>
        {good ? <IconCertificate size={30} color="var(--good)" /> : <IconAlertTriangle size={30} color="var(--red)" />}
        {t(good ? 'export.certGood' : 'export.certBad')}
      </div>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t('export.file')}</th>
            <th>{t('export.size')}</th>
            <th>{t('export.compared')}</th>
            <th>{t('export.difference')}</th>
            <th>{t('export.timeHere')}</th>
          </tr>
        </thead>
        <tbody>
          {result.files.map((file) => (
            <tr key={file.path} data-testid="exported" data-format={file.format}>
              <td className="selectable">{t(`export.format.${file.format}`)}</td>
              <td>{format.bytes(file.bytes)}</td>
              <td>{t('export.pictures', { count: file.parity.images })}</td>
              <td>
                {format.number(file.parity.maxAbsError, 6)} {t(isParityGood(file) ? 'export.same' : 'export.differs')}
              </td>
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

/** Other answers: nothing was kept. Which picture shows it is in the sentence; the output and by how much, in Details. */
export function RefusedCertificate({ error }: { readonly error: ErrorMessage }): JSX.Element {
  const { t } = useTranslation();
  return (
    <section className={classes.certificate} data-bad role="alert" data-testid="certificate">
      <div className={classes.certHead}>
        <IconAlertTriangle size={30} color="var(--red)" />
        {t('export.certBad')}
      </div>
      <div className="selectable">
        {sayError(error)} {t('export.notMade')}
      </div>
    </section>
  );
}
