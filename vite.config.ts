import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { guide } from './scripts/guide.mjs';

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react(), guide()],
  html: {
    // electron/main/appProtocol.ts puts a fresh nonce here each time the page is loaded.
    cspNonce: '__CSP_NONCE__',
  },
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome130',
    chunkSizeWarningLimit: 2000,
  },
});
