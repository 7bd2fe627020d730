import { useEffect, useState } from 'react';

/** Why there is no picture. */
export type CameraTrouble = 'none' | 'refused' | 'inUse' | 'unplugged' | 'failed';

export interface Camera {
  readonly stream: MediaStream | null;
  readonly trouble: CameraTrouble | null;
  readonly cameras: readonly MediaDeviceInfo[];
  /** deviceId of the one in use. */
  readonly chosen: string | null;
  readonly choose: (deviceId: string) => void;
  readonly tryAgain: () => void;
}

/** Names of the errors of getUserMedia (W3C Media Capture and Streams, section 10.2). */
const troubles: Readonly<Record<string, CameraTrouble>> = {
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotReadableError: 'inUse',
  AbortError: 'inUse',
};

/**
 * Opens a camera for as long as the component is shown, and again when one is plugged in after trouble.
 * @param longSide pixels asked for; the camera gives what it has that is nearest
 */
export function useCamera(longSide: number): Camera {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [trouble, setTrouble] = useState<CameraTrouble | null>(null);
  const [cameras, setCameras] = useState<readonly MediaDeviceInfo[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let ended = false;
    let opened: MediaStream | null = null;
    const open = async (): Promise<void> => {
      const size = { width: { ideal: longSide }, height: { ideal: (longSide * 9) / 16 } };
      try {
        opened = await navigator.mediaDevices.getUserMedia({
          video: chosen === null ? size : { ...size, deviceId: { exact: chosen } },
        });
      } catch (error) {
        if (!ended) setTrouble(troubles[error instanceof Error ? error.name : ''] ?? 'failed');
        return;
      }
      if (ended) return stop(opened);
      opened.getVideoTracks()[0]?.addEventListener('ended', () => {
        setStream(null);
        setTrouble('unplugged');
      });
      setTrouble(null);
      setStream(opened);
      setCameras(await listCameras());
    };
    void open();
    return () => {
      ended = true;
      if (opened) stop(opened);
      setStream(null);
    };
  }, [chosen, attempt, longSide]);

  useEffect(() => {
    const onChange = async (): Promise<void> => {
      const found = await listCameras();
      setCameras(found);
      if (trouble === null || found.length === 0) return;
      // The one that was unplugged may have come back as another.
      setChosen(null);
      setAttempt((count) => count + 1);
    };
    const listener = (): void => void onChange();
    navigator.mediaDevices.addEventListener('devicechange', listener);
    return () => navigator.mediaDevices.removeEventListener('devicechange', listener);
  }, [trouble]);

  return {
    stream,
    trouble,
    cameras,
    chosen: chosen ?? stream?.getVideoTracks()[0]?.getSettings().deviceId ?? null,
    choose: setChosen,
    tryAgain: () => {
      setTrouble(null);
      setAttempt((count) => count + 1);
    },
  };
}

async function listCameras(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
