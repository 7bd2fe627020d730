import { html, trusted, type Html } from './html';
import { reportStyle } from './style';

/** A page that needs nothing else: no network, no script. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${trusted(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <footer>
            Made by Lineside on this computer. This file is complete: it can be copied, mailed and printed.
          </footer>
        </main>
      </body>
    </html>`.markup;
}
