import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { clearTrouble } from '../store/actions';
import { sayError } from '../i18n/said';
import { useStore } from '../store/store';

/** What went wrong outside of a long job, above whatever screen is open. */
export function Trouble(): JSX.Element | null {
  const { t } = useTranslation();
  const trouble = useStore((state) => state.trouble);
  if (!trouble) return null;
  return (
    <Alert
      m={16}
      mb={0}
      variant="default"
      icon={<IconAlertTriangle color="var(--red)" />}
      title={t(`error.${trouble.code}`)}
      withCloseButton
      closeButtonLabel={t('common.close')}
      onClose={clearTrouble}
      role="alert"
      data-testid="trouble"
    >
      <span className="selectable">{sayError(trouble)}</span>
    </Alert>
  );
}
