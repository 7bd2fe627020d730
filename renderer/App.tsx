import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { useEffect, type JSX } from 'react';
import { I18nextProvider } from 'react-i18next';
import { Frame } from './components/Frame';
import { main } from './client';
import { i18n } from './i18n/i18n';
import { useStore } from './store/store';
import { theme } from './theme';

/** Styles that Mantine writes at run time carry the nonce that the page was served with. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

export function App(): JSX.Element {
  const look = useStore((state) => state.look);
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const scheme = look === 'system' ? system : look === 'contrast' ? 'dark' : look;

  useEffect(() => {
    document.documentElement.dataset.contrast = look === 'contrast' ? 'high' : 'normal';
    void main('app.configure', { theme: look === 'contrast' ? 'dark' : look });
  }, [look]);

  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={theme} forceColorScheme={scheme} getStyleNonce={styleNonce}>
        <Frame />
      </MantineProvider>
    </I18nextProvider>
  );
}
