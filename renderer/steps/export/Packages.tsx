import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../shared/contract';
import { useFormat } from '../../i18n/format';
import classes from '../ExportStep.module.css';

/** The zips that were made, and what to do with each. */
export function Packages({ result }: { readonly result: OutputOf<'export.run'> }): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  if (result.bundles.length === 0) return null;
  return (
    <section className={classes.certificate} data-testid="packages">
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t('export.packages')}</th>
            <th>{t('export.package')}</th>
            <th>{t('export.size')}</th>
            <th>{t('export.howTo')}</th>
          </tr>
        </thead>
        <tbody>
          {result.bundles.map(({ device, path, bytes }) => (
            <tr key={path} data-testid="package" data-device={device}>
              <td className="selectable">{path.split('/').at(-1)}</td>
              <td>{t(`export.device.${device}.name`)}</td>
              <td>{format.bytes(bytes)}</td>
              <td className="selectable">{t(`export.device.${device}.run`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
