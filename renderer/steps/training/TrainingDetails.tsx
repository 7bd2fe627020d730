import type { JSX } from 'react';
import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { RunsTable } from '../../components/RunsTable';
import { useFormat } from '../../i18n/format';
import { sayOr } from '../../i18n/said';
import type { EpochReport, WatchReport } from '../../store/job';
import classes from '../TrainingStep.module.css';
import { ScheduleChoice } from './ScheduleChoice';

interface TrainingDetailsProps {
  readonly epochs: readonly EpochReport[];
  readonly watch: readonly WatchReport[];
}

export function TrainingDetails({ epochs, watch }: TrainingDetailsProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (epochs.length === 0) {
    return (
      <>
        <p>{t('training.detailsBefore')}</p>
        <ScheduleChoice />
        <RunsTable />
      </>
    );
  }
  return (
    <>
      {watch.length > 0 && (
        <ul className={classes.watch}>
          {watch.map(({ step, text, said }) => (
            <li key={`${step} ${text}`}>{t('training.watchLine', { step, text: sayOr(said, text) })}</li>
          ))}
        </ul>
      )}
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {(['round', 'rate', 'total', 'regression', 'classification', 'validation', 'mAP50', 'speed'] as const).map(
              (id) => (
                <Table.Th key={id}>{t(`training.column.${id}`)}</Table.Th>
              ),
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...epochs].reverse().map(({ epoch, learningRate, train, validation, mAP50, imagesPerSecond }) => (
            <Table.Tr key={epoch}>
              <Table.Td>{epoch}</Table.Td>
              <Table.Td>{format.rate(learningRate)}</Table.Td>
              <Table.Td>{format.number(train.total, 3)}</Table.Td>
              <Table.Td>{format.number(train.regression, 3)}</Table.Td>
              <Table.Td>{format.number(train.classification, 3)}</Table.Td>
              <Table.Td>{validation ? format.number(validation.total, 3) : t('common.dash')}</Table.Td>
              <Table.Td>{mAP50 === null ? t('common.dash') : format.number(mAP50, 3)}</Table.Td>
              <Table.Td>{format.number(imagesPerSecond, 1)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <ScheduleChoice />
      <RunsTable />
    </>
  );
}
