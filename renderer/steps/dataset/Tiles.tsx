import { Button } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { DetectorPlan } from '../../../shared/contract';
import { Notice } from '../../components/Notice';
import { isRunning } from '../../store/job';
import { cutIntoTiles } from '../../store/jobs';
import { useStore } from '../../store/store';

/** Offers to cut pictures into pieces where parts are too small in the whole, with the price; or says that it is done. */
export function Tiles({ plan }: { readonly plan: DetectorPlan }): JSX.Element | null {
  const { t } = useTranslation();
  const busy = useStore((state) => isRunning(state.job));
  const { tiling, tilingOffer } = plan;
  if (tiling) {
    return (
      <Notice
        tone="calm"
        title={t('tiles.onTitle', { count: tiling.views })}
        testId="tiles-on"
        actions={
          <Button variant="default" disabled={busy} onClick={() => void cutIntoTiles(false)} data-testid="use-whole">
            {t('tiles.useWhole')}
          </Button>
        }
      >
        {t('tiles.onText', { count: tiling.views })}
      </Notice>
    );
  }
  if (!tilingOffer) return null;
  return (
    <Notice
      tone="amber"
      title={t('tiles.offerTitle', { count: Math.max(1, Math.round(plan.smallestPixels)) })}
      testId="tiles-offer"
      actions={
        <Button variant="default" disabled={busy} onClick={() => void cutIntoTiles(true)} data-testid="use-tiles">
          {t('tiles.cut')}
        </Button>
      }
    >
      {t('tiles.offerText', { count: tilingOffer.views, pixels: Math.round(tilingOffer.smallestPixels) })}
    </Notice>
  );
}
