import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { guide } from '../../scripts/guide.mjs';

/**
 * Shows the page in an ordinary browser with a scripted stand-in for the preload surface (harness.ts), for looking at
 * the screens: `npx vite build -c renderer/dev/vite.config.mjs && npx vite preview -c renderer/dev/vite.config.mjs`, then
 * http://localhost:5199/dev/harness.html. Pictures come from LINESIDE_BCCD, or from ../shared/data/bccd beside the
 * checkout. Not shipped.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = path.join(process.env.LINESIDE_BCCD ?? path.join(root, '../../shared/data/bccd'), 'JPEGImages');

const servePictures = (server) => {
  server.middlewares.use('/pictures/', (request, response, next) => {
    const asked = path.join(pictures, path.basename(new URL(request.url, 'http://localhost').pathname));
    const file = existsSync(asked) ? asked : path.join(pictures, 'BloodImage_00001.jpg');
    if (!existsSync(file)) return next();
    response.setHeader('Content-Type', 'image/jpeg');
    createReadStream(file).pipe(response);
  });
};

export default defineConfig({
  root,
  plugins: [
    react(),
    guide(),
    { name: 'pictures', configureServer: servePictures, configurePreviewServer: servePictures },
  ],
  server: { port: 5199, strictPort: true },
  preview: { port: 5199, strictPort: true },
  build: {
    outDir: '../out/harness',
    emptyOutDir: true,
    target: 'chrome130',
    minify: false,
    rolldownOptions: { input: path.join(root, 'dev/harness.html') },
  },
});
