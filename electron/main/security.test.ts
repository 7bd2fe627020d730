import { expect, test } from 'vitest';
import { mayUseCamera } from './security';

const asked = { permission: 'media', requestingUrl: 'app://lineside/index.html', isMainFrame: true };

test('the page may use the camera', () => {
  expect(mayUseCamera({ ...asked, mediaTypes: ['video'] })).toBe(true);
  expect(mayUseCamera({ ...asked, requestingUrl: 'app://lineside', mediaTypes: ['video'] })).toBe(true);
});

test.each([
  ['the microphone', { mediaTypes: ['audio'] }],
  ['camera and microphone at once', { mediaTypes: ['video', 'audio'] }],
  ['the screen, which names no kind', { mediaTypes: [] }],
  ['a frame in the page', { mediaTypes: ['video'], isMainFrame: false }],
  ['another page', { mediaTypes: ['video'], requestingUrl: 'https://example.com/' }],
  ['a page that only begins like ours', { mediaTypes: ['video'], requestingUrl: 'app://lineside.example/' }],
  ['nobody', { mediaTypes: ['video'], requestingUrl: undefined }],
  ['something else', { mediaTypes: ['video'], permission: 'geolocation' }],
])('not for %s', (_what, question) => {
  expect(mayUseCamera({ ...asked, ...question })).toBe(false);
});
