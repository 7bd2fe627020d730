import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { JobNotice } from '../../components/Notice';
import { TrainSsdLog } from '../evaluation/TrainSsdLog';
import { VocFolder } from '../export/VocFolder';

/** For those who train elsewhere and never open Results or Export here: labelled pictures are all that it needs. */
export function TrainElsewhere(): JSX.Element {
  const { t } = useTranslation();
  return (
    <section style={{ marginTop: 20 }} data-testid="train-elsewhere">
      <h2 style={{ fontSize: 15, fontWeight: 640 }}>{t('bridge.writeTitle')}</h2>
      <JobNotice stage="export" />
      <VocFolder titled={false} />
      <TrainSsdLog titled={false} />
    </section>
  );
}
