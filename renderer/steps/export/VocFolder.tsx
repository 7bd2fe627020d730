import { Button } from '@mantine/core';
import { useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../shared/contract';
import { reveal } from '../../store/actions';
import { isRunning } from '../../store/job';
import { writeVoc } from '../../store/jobs';
import { useStore } from '../../store/store';

/** For those who train elsewhere: pictures, boxes, and what to type. @param titled false below another title */
export function VocFolder({ titled = true }: { readonly titled?: boolean }): JSX.Element {
  const { t } = useTranslation();
  const busy = useStore((state) => isRunning(state.job));
  const [written, setWritten] = useState<OutputOf<'export.voc'> | null>(null);
  const inside = written?.inProject ?? null;
  return (
    <section style={{ marginTop: 20 }}>
      {titled && <h2 style={{ fontSize: 15, fontWeight: 640 }}>{t('bridge.writeTitle')}</h2>}
      <p>{t('bridge.writeText')}</p>
      <Button
        variant="default"
        disabled={busy}
        onClick={() => void writeVoc().then(setWritten)}
        data-testid="write-voc"
      >
        {t('bridge.write')}
      </Button>{' '}
      {inside !== null && (
        <Button variant="default" onClick={() => void reveal(inside)}>
          {t('export.openFolder')}
        </Button>
      )}
      {written && inside !== null && (
        <div data-testid="voc-written">
          <p className="selectable">{inside}</p>
          <p className="selectable" style={{ fontFamily: 'monospace' }} aria-label={t('bridge.command')}>
            {written.command}
          </p>
        </div>
      )}
    </section>
  );
}
