import { Table } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationResult } from '../../../shared/contract';
import { Facts } from '../../components/Facts';
import { RunsTable } from '../../components/RunsTable';
import { useFormat } from '../../i18n/format';
import { TrainSsdLog } from './TrainSsdLog';

export function EvaluationDetails({ result }: { readonly result: EvaluationResult | null }): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  if (!result) {
    return (
      <>
        {t('evaluation.detailsBefore')}
        <TrainSsdLog />
      </>
    );
  }
  const share = (value: number | null): string => (value === null ? t('common.dash') : format.number(value, 3));
  return (
    <>
      <Facts
        facts={[
          { name: t('evaluation.fact.mAP50'), value: share(result.mAP50) },
          { name: t('evaluation.fact.mAP5095'), value: share(result.mAP5095) },
          { name: t('evaluation.fact.threshold'), value: share(result.threshold) },
          { name: t('evaluation.fact.images'), value: format.number(result.images) },
          { name: t('evaluation.fact.split'), value: t(`split.${result.split}`) },
          { name: t('evaluation.fact.run'), value: result.run },
        ]}
      />
      <Table mt={12} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {(['class', 'AP50', 'AP5095', 'precision', 'recall', 'truths', 'right', 'wrong'] as const).map((id) => (
              <Table.Th key={id}>{t(`evaluation.column.${id}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.entries(result.perClass).map(([name, row]) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td>{share(row.AP50)}</Table.Td>
              <Table.Td>{share(row.AP5095)}</Table.Td>
              <Table.Td>{share(row.precision)}</Table.Td>
              <Table.Td>{share(row.recall)}</Table.Td>
              <Table.Td>{format.number(row.groundTruths)}</Table.Td>
              <Table.Td>{format.number(row.truePositives)}</Table.Td>
              <Table.Td>{format.number(row.falsePositives)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <RunsTable />
      <TrainSsdLog />
    </>
  );
}
