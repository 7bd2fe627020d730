import { Button, Table } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { isOtherData } from '../../shared/runs';
import { useFormat } from '../i18n/format';
import { isRunning } from '../store/job';
import { takeRun } from '../store/jobs';
import { useStore } from '../store/store';

/** The trainings of the project side by side, newest first; another one may be taken. For the Details drawer. */
export function RunsTable(): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const runs = useStore((state) => state.results?.runs) ?? [];
  const busy = useStore((state) => isRunning(state.job));
  if (runs.length === 0) return null;
  const dash = t('common.dash');
  const used = runs.find((row) => row.used);
  return (
    <>
      <h2 style={{ fontSize: 15, fontWeight: 640, margin: '14px 0 2px' }}>{t('runs.title')}</h2>
      <Table verticalSpacing={4} data-testid="runs">
        <Table.Thead>
          <Table.Tr>
            {(['when', 'found', 'rate', 'batch', 'schedule', 'rounds', 'tested', 'use'] as const).map((id) => (
              <Table.Th key={id}>{t(`runs.column.${id}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((row) => {
            const when = row.started === null ? row.run : format.date(row.started);
            return (
              <Table.Tr key={row.run} data-testid={`run-${row.run}`}>
                <Table.Td>{when}</Table.Td>
                <Table.Td>
                  {row.mAP50 === null ? dash : format.number(100 * row.mAP50, 0)}
                  {isOtherData(row.data, used?.data ?? null) && (
                    <div className="soft" data-testid="other-data">
                      {t('runs.otherData')}
                    </div>
                  )}
                </Table.Td>
                <Table.Td>{format.rate(row.learningRate)}</Table.Td>
                <Table.Td>{format.number(row.batchSize)}</Table.Td>
                <Table.Td>{t(`runs.schedule.${row.schedule}`)}</Table.Td>
                <Table.Td>{t('runs.rounds', { done: row.roundsDone ?? dash, count: row.epochs })}</Table.Td>
                <Table.Td>{row.testedMAP50 === null ? dash : format.number(row.testedMAP50, 3)}</Table.Td>
                <Table.Td>
                  {row.used ? (
                    <strong>{t('runs.used')}</strong>
                  ) : (
                    row.usable && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        disabled={busy}
                        aria-label={t('runs.useSays', { when })}
                        onClick={() => void takeRun(row.run)}
                        data-testid="use-run"
                      >
                        {t('runs.use')}
                      </Button>
                    )
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}
