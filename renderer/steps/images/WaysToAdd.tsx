import { Button, Menu, UnstyledButton } from '@mantine/core';
import { IconCamera, IconChevronUp, IconFolderPlus, IconPhotoPlus, IconVideo } from '@tabler/icons-react';
import { useRef, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { addFromFolder, addPictures } from '../../store/actions';
import { openCamera, openVideos } from '../../store/capture';
import classes from './WaysToAdd.module.css';

interface Way {
  readonly id: string;
  readonly label: string;
  readonly Icon: typeof IconCamera;
  readonly onPress: () => void;
  /** A camera and a video write picture by picture, so that a running job is no hindrance. */
  readonly whileBusy: boolean;
}

interface WaysProps {
  /** A job runs. */
  readonly busy: boolean;
  /** Large tiles for an empty project, or one button with a menu. */
  readonly look: 'tiles' | 'menu';
}

/** All ways in which pictures come into a project. */
export function WaysToAdd({ busy, look }: WaysProps): JSX.Element {
  const { t } = useTranslation();
  const videos = useRef<HTMLInputElement>(null);
  const ways: readonly Way[] = [
    {
      id: 'add-pictures',
      label: t('images.add'),
      Icon: IconPhotoPlus,
      onPress: () => void addPictures(),
      whileBusy: false,
    },
    {
      id: 'add-folder',
      label: t('images.addFolder'),
      Icon: IconFolderPlus,
      onPress: () => void addFromFolder(),
      whileBusy: false,
    },
    { id: 'take-pictures', label: t('capture.open'), Icon: IconCamera, onPress: openCamera, whileBusy: true },
    {
      id: 'from-video',
      label: t('capture.openVideo'),
      Icon: IconVideo,
      onPress: () => videos.current?.click(),
      whileBusy: true,
    },
  ];
  const shown = look === 'tiles' ? ways.slice(1) : ways;
  return (
    <>
      <input
        ref={videos}
        type="file"
        accept="video/*"
        multiple
        hidden
        aria-hidden="true"
        onChange={({ currentTarget }) => {
          openVideos([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
        data-testid="video-files"
      />
      {look === 'tiles' ? (
        <div className={classes.tiles}>
          {shown.map(({ id, label, Icon, onPress, whileBusy }) => (
            <UnstyledButton
              key={id}
              className={classes.tile}
              disabled={busy && !whileBusy}
              onClick={onPress}
              data-testid={id}
            >
              <Icon size={30} stroke={1.5} aria-hidden="true" />
              {label}
            </UnstyledButton>
          ))}
        </div>
      ) : (
        <Menu position="top-end" width={240}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronUp size={18} />} data-testid="add-more">
              {t('images.addMore')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {shown.map(({ id, label, Icon, onPress, whileBusy }) => (
              <Menu.Item
                key={id}
                leftSection={<Icon size={20} stroke={1.6} />}
                disabled={busy && !whileBusy}
                onClick={onPress}
                data-testid={id}
              >
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
