import { createReadStream, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Shows the page in an ordinary browser with a scripted stand-in for the preload surface (harness.tsx), for looking at
 * the screens. Pictures come from LINESIDE_BCCD, or from ../shared/data/bccd beside the checkout. Not shipped.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = path.join(process.env.LINESIDE_BCCD ?? path.join(root, '../../shared/data/bccd'), 'JPEGImages');

const servePictures = {
  name: 'pictures',
  configureServer(server) {
    server.middlewares.use('/pictures/', (request, response, next) => {
      const file = path.join(pictures, path.basename(new URL(request.url, 'http://localhost').pathname));
      if (!existsSync(file)) return next();
      response.setHeader('Content-Type', 'image/jpeg');
      createReadStream(file).pipe(response);
    });
  },
};

export default defineConfig({ root, plugins: [react(), servePictures], server: { port: 5199, strictPort: true } });
