import { ActionIcon, Button, NativeSelect, Progress, Slider } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useRef, useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { Screen } from '../../components/Screen';
import { finishCapture, keepFrame, useCapture } from '../../store/capture';
import { CameraNotice } from './CameraNotice';
import classes from './Capture.module.css';
import { durationOf, takeFrame } from './frames';
import { Shots } from './Shots';
import { Shutter } from './Shutter';
import { useFileUrl } from './useFileUrl';
import { useSweep } from './useSweep';

/** Seconds between two pictures. */
const intervals = [0.2, 0.5, 1, 2, 5, 10];

export function VideoCapture({ file }: { readonly file: File }): JSX.Element {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const count = useCapture(({ taken }) => taken.length);
  const waiting = useCapture((state) => state.waiting.length);
  const url = useFileUrl(file);
  const [broken, setBroken] = useState(false);
  const [duration, setDuration] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [every, setEvery] = useState(1);
  const recording = file.name.replace(/\.\w+$/, '').slice(0, 80) || 'video';
  const sweep = useSweep(video, recording);
  const ready = duration !== null && !broken;

  const measure = async (): Promise<void> => {
    if (!video.current) return;
    try {
      setDuration(await durationOf(video.current));
    } catch {
      setBroken(true);
    }
  };
  const shoot = useCallback(async (): Promise<void> => {
    const frame = video.current && (await takeFrame(video.current));
    if (frame) await keepFrame(frame, recording, true);
  }, [recording]);
  const play = (): void => {
    if (playing) video.current?.pause();
    else void video.current?.play();
  };

  return (
    <Screen
      heading={t('capture.headingVideo')}
      aside={
        <span className="soft" role="status" data-testid="taken-count">
          {t('capture.taken', { count })}
        </span>
      }
      finding={
        sweep.result ? (
          <span data-testid="swept">
            {t('capture.taken', { count: sweep.result.taken })}
            {t('common.dot')}
            {t('capture.leftOutVideo', { count: sweep.result.leftOut })}
          </span>
        ) : (
          t('capture.findingVideo')
        )
      }
      primary={{
        label: waiting > 0 ? t('capture.nextVideo') : t('capture.done'),
        onPress: finishCapture,
        disabled: sweep.progress !== null,
      }}
    >
      <div className={classes.split}>
        <div className={classes.view}>
          {broken ? (
            <CameraNotice trouble="video" />
          ) : (
            <>
              <video
                ref={video}
                className={classes.video}
                src={url ?? undefined}
                muted
                playsInline
                preload="auto"
                aria-label={file.name}
                onLoadedData={() => void measure()}
                onError={() => setBroken(true)}
                onPlay={() => setPlaying(true)}
                onPause={() => setPlaying(false)}
                onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
                data-testid="video-view"
              />
              <Shutter onPress={shoot} disabled={!ready || sweep.progress !== null} />
            </>
          )}
        </div>
        <aside className={classes.panel} aria-label={t('capture.settings')}>
          <div className={classes.fileName}>{file.name}</div>
          <div className={classes.transport}>
            <ActionIcon
              variant="default"
              aria-label={t(playing ? 'capture.pause' : 'capture.play')}
              disabled={!ready || sweep.progress !== null}
              onClick={play}
              data-testid="play"
            >
              {playing ? <IconPlayerPause size={22} /> : <IconPlayerPlay size={22} />}
            </ActionIcon>
            <Slider
              style={{ flex: 1 }}
              size="lg"
              thumbSize={26}
              color="var(--accent)"
              min={0}
              max={Math.max(0.1, duration ?? 0.1)}
              step={0.01}
              label={null}
              thumbLabel={t('capture.position')}
              value={at}
              disabled={!ready || sweep.progress !== null}
              onChange={(value) => {
                setAt(value);
                if (video.current) video.current.currentTime = value;
              }}
            />
          </div>
          <NativeSelect
            label={t('capture.everyVideo')}
            value={String(every)}
            onChange={({ currentTarget }) => setEvery(Number(currentTarget.value))}
            data={intervals.map((seconds) => ({
              value: String(seconds),
              label: t('capture.everySeconds', { count: seconds }),
            }))}
            data-testid="video-every"
          />
          {sweep.progress === null ? (
            <Button disabled={!ready} onClick={() => void sweep.start(duration ?? 0, every)} data-testid="sweep">
              {t('capture.takeAll')}
            </Button>
          ) : (
            <>
              <Progress value={100 * sweep.progress} color="var(--accent)" aria-label={t('capture.sweeping')} />
              <Button variant="default" onClick={sweep.stop} data-testid="sweep-stop">
                {t('capture.stop')}
              </Button>
            </>
          )}
          <Shots />
        </aside>
      </div>
    </Screen>
  );
}
