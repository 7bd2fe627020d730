import { Button, NativeSelect } from '@mantine/core';
import { useCallback, useEffect, useRef, useState, type JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { nearlyTheSame, type Fingerprint } from '../../../shared/fingerprint';
import { Screen } from '../../components/Screen';
import { finishCapture, keepFrame, useCapture } from '../../store/capture';
import classes from './Capture.module.css';
import { CameraNotice } from './CameraNotice';
import { printOf, takeFrame, timeStamp } from './frames';
import { Shots } from './Shots';
import { Shutter } from './Shutter';
import { useCamera } from './useCamera';

/** In pixels: more than any camera has, so that it gives its best. */
const fullSize = 4096;
/** Seconds between two pictures that it takes by itself; 0: only at the shutter. */
const intervals = [0, 1, 2, 5, 10, 30, 60];

export function CameraCapture(): JSX.Element {
  const { t } = useTranslation();
  const camera = useCamera(fullSize);
  const video = useRef<HTMLVideoElement>(null);
  const count = useCapture(({ taken }) => taken.length);
  const [every, setEvery] = useState(0);
  const [session] = useState(timeStamp);
  const { stream, trouble, cameras, chosen } = camera;

  const [showing, setShowing] = useState(false);

  useEffect(() => {
    setShowing(false);
    if (video.current) video.current.srcObject = stream;
  }, [stream]);

  const shoot = useCallback(async (): Promise<void> => {
    const frame = video.current && (await takeFrame(video.current));
    if (frame) await keepFrame(frame, `camera_${session}`, false);
  }, [session]);
  const leftOut = useSeries(video, showing ? every : 0);

  return (
    <Screen
      heading={t('capture.heading')}
      aside={
        <span className="soft" role="status" data-testid="taken-count">
          {t('capture.taken', { count })}
        </span>
      }
      finding={every > 0 ? t('capture.findingSeries') : t('capture.finding')}
      primary={{ label: t('capture.done'), onPress: finishCapture }}
    >
      <div className={classes.split}>
        <div className={classes.view}>
          {trouble === null ? (
            <>
              <video
                ref={video}
                className={classes.video}
                autoPlay
                muted
                playsInline
                aria-label={t('capture.view')}
                onLoadedData={() => setShowing(true)}
                data-testid="camera-view"
              />
              {!showing && <p className={classes.waiting}>{t('capture.waiting')}</p>}
              <Shutter onPress={shoot} disabled={!showing} />
            </>
          ) : (
            <CameraNotice trouble={trouble} onTryAgain={camera.tryAgain} />
          )}
        </div>
        <aside className={classes.panel} aria-label={t('capture.settings')}>
          {cameras.length > 1 && (
            <NativeSelect
              label={t('capture.camera')}
              value={chosen ?? ''}
              onChange={({ currentTarget }) => camera.choose(currentTarget.value)}
              data={cameras.map(({ deviceId, label }, index) => ({
                value: deviceId,
                label: label === '' ? t('capture.cameraNumber', { number: index + 1 }) : label,
              }))}
              data-testid="camera-choice"
            />
          )}
          <NativeSelect
            label={t('capture.every')}
            value={String(every)}
            onChange={({ currentTarget }) => setEvery(Number(currentTarget.value))}
            data={intervals.map((seconds) => ({
              value: String(seconds),
              label: seconds === 0 ? t('capture.everyOff') : t('capture.everySeconds', { count: seconds }),
            }))}
            data-testid="camera-every"
          />
          {every > 0 && (
            <Button variant="default" onClick={() => setEvery(0)} data-testid="series-stop">
              {t('capture.stop')}
            </Button>
          )}
          {leftOut > 0 && (
            <p className="soft" data-testid="left-out">
              {t('capture.leftOut', { count: leftOut })}
            </p>
          )}
          <Shots />
        </aside>
      </div>
    </Screen>
  );
}

/**
 * Takes a picture every so many seconds and leaves out those that are nearly the same as the last one.
 * @returns how many were left out
 */
function useSeries(video: { readonly current: HTMLVideoElement | null }, every: number): number {
  const [leftOut, setLeftOut] = useState(0);
  useEffect(() => {
    setLeftOut(0);
    if (every === 0) return;
    const recording = `series_${timeStamp()}`;
    let last: Fingerprint | null = null;
    let busy = false;
    const take = async (): Promise<void> => {
      const print = video.current && printOf(video.current);
      if (busy || !video.current || !print) return;
      if (last && nearlyTheSame(last, print)) return setLeftOut((count) => count + 1);
      busy = true;
      const frame = await takeFrame(video.current);
      if (frame && (await keepFrame(frame, recording, true))) last = print;
      busy = false;
    };
    const timer = setInterval(() => void take(), every * 1000);
    return () => clearInterval(timer);
  }, [every, video]);
  return leftOut;
}
