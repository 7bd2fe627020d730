import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../shared/contract';
import { devices, expectedMilliseconds } from '../../../shared/devices';
import type { ErrorMessage } from '../../../shared/errors';
import { Facts } from '../../components/Facts';
import { useFormat } from '../../i18n/format';
import { targets } from '../../store/exportTargets';
import { useStore } from '../../store/store';
import { Certificate } from './Certificate';
import { VocFolder } from './VocFolder';

interface ExportDetailsProps {
  readonly result: OutputOf<'export.run'> | null;
  readonly error: ErrorMessage | null;
}

/** Files with their figures, and where the expected speeds come from. */
export function ExportDetails({ result, error }: ExportDetailsProps): JSX.Element {
  const { t } = useTranslation();
  const format = useFormat();
  const share = (value: number | null): string => (value === null ? t('common.dash') : format.number(value, 4));
  return (
    <>
      {error && <p className="selectable">{error.message}</p>}
      {result && <Certificate result={result} />}
      {result?.files.map(({ path, parity, format: kind }) => (
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
      <p>{t('export.detailsBefore')}</p>
      <Boards />
      <VocFolder />
    </>
  );
}

function Boards(): JSX.Element | null {
  const { t } = useTranslation();
  const format = useFormat();
  const plan = useStore((state) => state.results?.plan ?? null);
  if (!plan) return null;
  const input = { width: plan.inputWidth, height: plan.inputHeight };
  return (
    <ul>
      {targets
        .flatMap((device) => devices[device].published)
        .map((figure) => (
          <li key={figure.board} className="selectable">
            {t('export.boardSpeed', {
              board: figure.board,
              ms: format.number(expectedMilliseconds(figure, input), 0),
              published: format.number(figure.milliseconds, 0),
              source: figure.source,
            })}
          </li>
        ))}
    </ul>
  );
}
