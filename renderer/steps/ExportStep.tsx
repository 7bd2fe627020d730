import { Button } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportDevice } from '../../shared/contract';
import { JobNotice, Notice } from '../components/Notice';
import { Screen } from '../components/Screen';
import { reveal } from '../store/actions';
import { isParityGood, targets } from '../store/exportTargets';
import { isRunning } from '../store/job';
import { makePackage } from '../store/jobs';
import { useStore } from '../store/store';
import { Seal } from './export/Certificate';
import { DeviceCards } from './export/DeviceCards';
import { ExportDetails } from './export/ExportDetails';
import { Packages } from './export/Packages';
import { isRefusal, RefusedCertificate } from './export/RefusedCertificate';
import classes from './ExportStep.module.css';

export function ExportStep(): JSX.Element {
  const { t } = useTranslation();
  const result = useStore((state) => state.results?.export ?? null);
  const outOfDate = useStore((state) => state.project?.stages.export === 'outOfDate');
  const building = useStore((state) => isRunning(state.job, 'export'));
  const busy = useStore((state) => isRunning(state.job));
  const refused = useStore(({ job }) => (job.kind === 'failed' && job.stage === 'export' ? job.error : null));
  const isRed = isRefusal(refused);
  const [chosen, setChosen] = useState<ReadonlySet<ExportDevice>>(() => {
    const made = result?.bundles.map(({ device }) => device) ?? [];
    return new Set<ExportDevice>(made.length > 0 ? made : ['computer']);
  });
  const shown = building || refused ? null : result;
  const good = shown !== null && !outOfDate && shown.files.every(isParityGood);

  const toggle = (device: ExportDevice): void => {
    const next = new Set(chosen);
    if (!next.delete(device)) next.add(device);
    setChosen(next);
  };
  const make = (): void => void makePackage(targets.filter((device) => chosen.has(device)));
  const cannotMake = busy || chosen.size === 0;
  const openFolder = (folder: string): JSX.Element => (
    <Button variant="default" leftSection={<IconFolderOpen size={18} />} onClick={() => void reveal(folder)}>
      {t('export.openFolder')}
    </Button>
  );
  const finding = building
    ? 'export.findingBusy'
    : isRed
      ? 'export.findingBad'
      : good
        ? 'export.findingGood'
        : 'export.findingBefore';

  return (
    <Screen
      heading={t('export.heading')}
      finding={t(finding)}
      primary={
        good
          ? { label: t('export.openFolder'), onPress: () => void reveal(shown.folder) }
          : { label: t('export.make'), onPress: make, disabled: cannotMake }
      }
      others={
        good ? (
          <Button variant="default" disabled={cannotMake} onClick={make} data-testid="make-again">
            {t('export.again')}
          </Button>
        ) : (
          shown && openFolder(shown.folder)
        )
      }
      details={<ExportDetails result={shown} error={refused} />}
    >
      {isRed ? <RefusedCertificate error={refused} /> : <JobNotice stage="export" />}
      {outOfDate && !building && (
        <Notice tone="amber" title={t('outOfDate.title')}>
          {t('outOfDate.export')}
        </Notice>
      )}
      <div className={classes.page} tabIndex={0} role="group" aria-label={t('export.heading')}>
        <DeviceCards chosen={chosen} isLocked={building} onToggle={toggle} />
        {good && <Packages result={shown} />}
        {shown && <Seal result={shown} />}
      </div>
    </Screen>
  );
}
