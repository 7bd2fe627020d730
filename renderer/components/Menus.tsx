import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconContrast2, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { i18n, languages, setLanguage } from '../i18n/i18n';
import { useStore, type Look } from '../store/store';

const looks: readonly { readonly look: Look; readonly Icon: typeof IconSun }[] = [
  { look: 'system', Icon: IconDeviceDesktop },
  { look: 'light', Icon: IconSun },
  { look: 'dark', Icon: IconMoon },
  { look: 'contrast', Icon: IconContrast2 },
];

export function LanguageMenu(): JSX.Element {
  const { t } = useTranslation();
  return (
    <Menu position="top-start" width={200}>
      <Menu.Target>
        <ActionIcon aria-label={t('language.choose')} title={t('language.choose')} data-testid="language">
          <IconLanguage size={22} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map(({ code, name }) => (
          <Menu.Item
            key={code}
            lang={code}
            onClick={() => void setLanguage(code)}
            rightSection={i18n.language === code ? <IconCheck size={18} /> : null}
            data-testid={`language-${code}`}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function LookMenu(): JSX.Element {
  const { t } = useTranslation();
  const current = useStore((state) => state.look);
  const Current = looks.find(({ look }) => look === current)?.Icon ?? IconSun;
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <ActionIcon aria-label={t('look.choose')} title={t('look.choose')} data-testid="look">
          <Current size={22} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {looks.map(({ look, Icon }) => (
          <Menu.Item
            key={look}
            leftSection={<Icon size={18} />}
            rightSection={current === look ? <IconCheck size={18} /> : null}
            onClick={() => useStore.setState({ look })}
            data-testid={`look-${look}`}
          >
            {t(`look.${look}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
