import { Button, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCertificate, IconCheck, IconFolderOpen } from '@tabler/icons-react';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../shared/contract';
import { Facts } from '../components/Facts';
import { JobNotice, Notice } from '../components/Notice';
import { Screen } from '../components/Screen';
import { useFormat } from '../i18n/format';
import { reveal } from '../store/actions';
import { formatsOf, isParityGood, targets, type Target } from '../store/exportTargets';
import { isRunning } from '../store/job';
import { makePackage } from '../store/jobs';
import { useStore } from '../store/store';
import classes from './ExportStep.module.css';
import { DeviceDrawing } from './export/DeviceDrawing';

type Exported = OutputOf<'export.run'>;

export function ExportStep(): JSX.Element {
  const { t } = useTranslation();
  const result = useStore((state) => state.results?.export ?? null);
  const outOfDate = useStore((state) => state.project?.stages.export === 'outOfDate');
  const building = useStore((state) => isRunning(state.job, 'export'));
  const busy = useStore((state) => isRunning(state.job));
  const [chosen, setChosen] = useState<ReadonlySet<Target['id']>>(new Set(targets.map(({ id }) => id)));
  const formats = formatsOf(chosen);
  const shown = building ? null : result;
  const saved = shown !== null && !outOfDate;
  const good = shown?.files.every(isParityGood) ?? false;

  const toggle = (id: Target['id']): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const make = (): void => void makePackage(formats);

  return (
    <Screen
      heading={t('export.heading')}
      finding={t(
        building
          ? 'export.findingBusy'
          : !shown
            ? 'export.findingBefore'
            : good
              ? 'export.findingGood'
              : 'export.findingBad',
      )}
      primary={
        saved && good
          ? { label: t('export.openFolder'), onPress: () => void reveal(shown.folder) }
          : { label: t('export.make'), onPress: make, disabled: busy || formats.length === 0 }
      }
      others={
        saved && good ? (
          <Button variant="default" disabled={busy || formats.length === 0} onClick={make} data-testid="make-again">
            {t('export.again')}
          </Button>
        ) : (
          saved && (
            <Button
              variant="default"
              leftSection={<IconFolderOpen size={18} />}
              onClick={() => void reveal(shown.folder)}
            >
              {t('export.openFolder')}
            </Button>
          )
        )
      }
      details={<Details result={result} />}
    >
      <JobNotice stage="export" />
      {outOfDate && !building && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.export')}
        </Notice>
      )}
      <div className={classes.page}>
        <div className={classes.cards} role="group" aria-label={t('export.devices')}>
          {targets.map(({ id }) => (
            <UnstyledButton
              key={id}
              className={classes.card}
              role="checkbox"
              aria-checked={chosen.has(id)}
              onClick={() => toggle(id)}
              data-testid={`device-${id}`}
            >
              <span className={classes.mark}>{chosen.has(id) && <IconCheck size={18} stroke={3} />}</span>
              <DeviceDrawing id={id} className={classes.drawing} />
              <span className={classes.name}>{t(`export.device.${id}.name`)}</span>
              <span className={classes.gets}>{t(`export.device.${id}.gets`)}</span>
            </UnstyledButton>
          ))}
        </div>
        {shown && <Certificate result={shown} />}
      </div>
    </Screen>
  );
}

/** Same answers on the operator's own test pictures, or not. */
function Certificate({ result }: { readonly result: Exported }): JSX.Element {
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
          </tr>
        </thead>
        <tbody>
          {result.files.map((file) => (
            <tr key={file.path} data-testid="exported" data-format={file.format}>
              <td className="selectable">{t(`export.format.${file.format}`)}</td>
              <td>{format.bytes(file.bytes)}</td>
              <td>{t('export.pictures', { count: file.parity.images })}</td>
              <td>
                {format.number(file.parity.difference, 6)} {t(isParityGood(file) ? 'export.same' : 'export.differs')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Details({ result }: { readonly result: Exported | null }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (!result) return <>{t('export.detailsBefore')}</>;
  const share = (value: number | null): string => (value === null ? t('common.dash') : format.number(value, 4));
  return (
    <>
      {result.files.map(({ path, parity, format: kind }) => (
        <Facts
          key={path}
          facts={[
            { name: t('export.file'), value: path },
            { name: t('export.fact.format'), value: t(`export.format.${kind}`) },
            { name: t('export.fact.exported'), value: share(parity.mAP50) },
            { name: t('export.fact.trainer'), value: share(parity.trainerMAP50) },
          ]}
        />
      ))}
    </>
  );
}
