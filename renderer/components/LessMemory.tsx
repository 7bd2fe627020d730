import { Button } from '@mantine/core';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import type { InputOf } from '../../shared/contract';
import type { JobStage } from '../store/job';
import { layOut } from '../store/jobs';
import { useStore } from '../store/store';
import { Notice } from './Notice';

/** The smaller of the two inputs that there are. */
const small = { input: 300 } as const;

interface LessMemoryProps {
  readonly stage: JobStage;
  /** Does again what failed, with the new layout. */
  readonly again: () => Promise<boolean>;
}

/** Where not even one picture fits into the memory: what would help, one press each. Nothing is changed unasked. */
export function LessMemory({ stage, again }: LessMemoryProps): JSX.Element | null {
  const { t } = useTranslation();
  const said = useStore(({ job }) => (job.kind === 'failed' && job.stage === stage ? job.error.said : undefined));
  const offer = said?.code === 'nothingFits' ? said.values['offer'] : 'none';
  if (offer === 'none') return null;
  const take = async (choice: Pick<InputOf<'dataset.plan'>, 'tiling' | 'input'>): Promise<void> => {
    if (await layOut(choice)) await again();
  };
  return (
    <Notice
      tone="calm"
      title={t('batchSize.less.title')}
      testId="less-memory"
      actions={
        <>
          <Button variant="default" onClick={() => void take({ ...small, tiling: false })} data-testid="smaller-input">
            {t('batchSize.less.smaller')}
          </Button>
          {offer === 'smallerOrTiles' && (
            <Button variant="default" onClick={() => void take({ ...small, tiling: true })} data-testid="small-tiles">
              {t('batchSize.less.tiles')}
            </Button>
          )}
        </>
      }
    >
      {t('batchSize.less.text')}
    </Notice>
  );
}
