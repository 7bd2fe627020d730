import { useCallback, useEffect, useRef, useState, type JSX, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '../../../shared/contract';
import { LinesideError } from '../../../shared/errors';
import { Boxes, type DrawnBox } from '../../components/Picture';
import type { CaptureSource } from '../../store/capture';
import { lookAt, useTryModel } from '../../store/tryModel';
import captureClasses from '../capture/Capture.module.css';
import { CameraNotice } from '../capture/CameraNotice';
import { encode } from '../capture/frames';
import { useCamera } from '../capture/useCamera';
import { useFileUrl } from '../capture/useFileUrl';

/** What is asked of a camera, in pixels of the long side: more would only be made smaller again. */
const cameraSide = 1280;
/** What the model gets, in pixels of the long side: more than twice its own input. */
const frameSide = 720;
const frameQuality = 0.85;
/** Milliseconds between two frames, so that the page and the video keep their share of the processor. */
const pause = 60;

export type Seen = OutputOf<'evaluation.look'>;

interface LiveViewProps {
  readonly source: CaptureSource;
  readonly boxes: readonly DrawnBox[];
  readonly classNames: readonly string[];
  readonly seen: Seen | null;
  readonly onSeen: (seen: Seen | null) => void;
}

/** A camera or a video with what the model sees in it drawn over it, several times a second. */
export function LiveView({ source, ...rest }: LiveViewProps): JSX.Element {
  return source.kind === 'camera' ? <LiveCamera {...rest} /> : <LiveVideo file={source.file} {...rest} />;
}

type ViewProps = Omit<LiveViewProps, 'source'>;

function LiveCamera(props: ViewProps): JSX.Element {
  const { t } = useTranslation();
  const { stream, trouble, tryAgain } = useCamera(cameraSide);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  const { waiting, frames } = useLooking(video, props.onSeen);
  if (trouble !== null) return <CameraNotice trouble={trouble} onTryAgain={tryAgain} />;
  return (
    <View {...props} waiting={stream === null ? 'camera' : waiting} frames={frames}>
      <video ref={video} className={captureClasses.video} autoPlay muted playsInline aria-label={t('capture.view')} />
    </View>
  );
}

function LiveVideo({ file, ...props }: ViewProps & { readonly file: File }): JSX.Element {
  const url = useFileUrl(file);
  const video = useRef<HTMLVideoElement>(null);
  const [broken, setBroken] = useState(false);
  const { waiting, frames } = useLooking(video, props.onSeen);
  if (broken) return <CameraNotice trouble="video" />;
  return (
    <View {...props} waiting={waiting} frames={frames}>
      <video
        ref={video}
        className={captureClasses.video}
        src={url ?? undefined}
        autoPlay
        loop
        muted
        playsInline
        aria-label={file.name}
        onError={() => setBroken(true)}
      />
    </View>
  );
}

interface FrameProps extends ViewProps {
  readonly waiting: 'camera' | 'model' | 'busy' | null;
  readonly frames: number;
  readonly children: JSX.Element;
}

function View({ seen, boxes, classNames, waiting, frames, children }: FrameProps): JSX.Element {
  const { t } = useTranslation();
  return (
    <div className={captureClasses.view} style={{ flex: 1 }} data-testid="live" data-frames={frames}>
      {children}
      {seen && <Boxes size={seen} boxes={boxes} classNames={classNames} labels />}
      {waiting !== null && (
        <p className={captureClasses.waiting} role="status">
          {t(`tryModel.waiting.${waiting}`)}
        </p>
      )}
    </div>
  );
}

interface Looking {
  /** Why there is nothing to see yet. */
  readonly waiting: 'model' | 'busy' | null;
  /** How many frames have been looked at. */
  readonly frames: number;
}

/** Hands frame after frame to the model. */
function useLooking(video: RefObject<HTMLVideoElement | null>, onSeen: (seen: Seen | null) => void): Looking {
  const model = useTryModel((state) => state.model);
  const [waiting, setWaiting] = useState<Looking['waiting']>('model');
  const [frames, setFrames] = useState(0);
  const look = useCallback(async (): Promise<Seen | null> => {
    const frame = video.current && (await encode(video.current, frameSide, frameQuality));
    return frame ? lookAt(frame) : null;
  }, [video]);
  useEffect(() => {
    let ended = false;
    setWaiting('model');
    const run = async (): Promise<void> => {
      while (!ended) {
        try {
          const seen = await look();
          if (seen && !ended) {
            onSeen(seen);
            setWaiting(null);
            setFrames((count) => count + 1);
          }
        } catch (error) {
          if (ended) return;
          onSeen(null);
          setWaiting(error instanceof LinesideError && error.code === 'busy' ? 'busy' : 'model');
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    void run();
    return () => {
      ended = true;
      onSeen(null);
    };
  }, [model, look, onSeen]);
  return { waiting, frames };
}
