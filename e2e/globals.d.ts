import type { PreloadSurface } from '../shared/bridge';

declare global {
  interface Window {
    readonly lineside: PreloadSurface;
  }
}
