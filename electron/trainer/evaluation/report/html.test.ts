import { expect, test } from 'vitest';
import { html, trusted } from './html';

test('strings are escaped, markup and lists of it are not, undefined is nothing', () => {
  const item = html`<b title="${'"a"'}">${"<x> & 'y'"}</b>`;
  expect(item.markup).toBe('<b title="&quot;a&quot;">&lt;x&gt; &amp; &#39;y&#39;</b>');
  expect(html`<p>${[item, html`${2}`]}${undefined}${trusted('<i>')}</p>`.markup).toBe(`<p>${item.markup}2<i></p>`);
});
