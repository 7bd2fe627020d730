import { Button } from '@mantine/core';
import { IconCameraOff } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './Capture.module.css';
import type { CameraTrouble } from './useCamera';

interface CameraNoticeProps {
  readonly trouble: CameraTrouble | 'video';
  /** Absent where trying again cannot help. */
  readonly onTryAgain?: () => void;
}

/** Why there is no picture, what was kept, and what to do. */
export function CameraNotice({ trouble, onTryAgain }: CameraNoticeProps): JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={classes.trouble} role="alert" data-testid="camera-trouble" data-trouble={trouble}>
      <IconCameraOff size={56} stroke={1.3} aria-hidden="true" />
      <div className={classes.troubleTitle}>{t(`capture.trouble.${trouble}.title`)}</div>
      <p className="soft">{t(`capture.trouble.${trouble}.text`)}</p>
      {onTryAgain && (
        <Button variant="default" onClick={onTryAgain} data-testid="camera-again">
          {t('capture.tryAgain')}
        </Button>
      )}
    </div>
  );
}
