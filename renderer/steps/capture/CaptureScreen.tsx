import type { JSX } from 'react';
import type { CaptureSource } from '../../store/capture';
import { CameraCapture } from './CameraCapture';
import { VideoCapture } from './VideoCapture';

/** Takes pictures from a camera or a video, in place of the wall of pictures. */
export function CaptureScreen({ source }: { readonly source: CaptureSource }): JSX.Element {
  switch (source.kind) {
    case 'camera':
      return <CameraCapture />;
    case 'video':
      return <VideoCapture key={source.file.name + source.file.lastModified} file={source.file} />;
    default:
      return source satisfies never;
  }
}
