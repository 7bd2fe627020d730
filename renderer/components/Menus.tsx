import { ActionIcon, Menu } from '@mantine/core';
import { IconCheck, IconContrast2, IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import type { JSX } from 'react';
import { useTranslation } from 'react-i18next';
import { i18n, languages, setLanguage } from '../i18n/i18n';
import { useStore, type Language, type Look } from '../store/store';

const looks: readonly { readonly look: Look; readonly Icon: typeof IconSun }[] = [
  { look: 'system', Icon: IconDeviceDesktop },
  { look: 'light', Icon: IconSun },
  { look: 'dark', Icon: IconMoon },
  { look: 'contrast', Icon: IconContrast2 },
];

export function LanguageMenu(): JSX.Element {
  const { t } = useTranslation();
  return (
    <ChoiceMenu
      label={t('language.choose')}
      icon={<IconLanguage size={22} stroke={1.7} />}
      value={i18n.language as Language}
      onChange={(code) => void setLanguage(code)}
      testId="language"
    >
      {languages.map(({ code, name }) => (
        <Menu.RadioItem key={code} value={code} lang={code} closeMenuOnClick data-testid={`language-${code}`}>
          {name}
        </Menu.RadioItem>
      ))}
    </ChoiceMenu>
  );
}

export function LookMenu(): JSX.Element {
  const { t } = useTranslation();
  const current = useStore((state) => state.look);
  const Current = looks.find(({ look }) => look === current)?.Icon ?? IconSun;
  return (
    <ChoiceMenu
      label={t('look.choose')}
      icon={<Current size={22} stroke={1.7} />}
      value={current}
      onChange={(look) => useStore.setState({ look })}
      testId="look"
    >
      {looks.map(({ look, Icon }) => (
        <Menu.RadioItem
          key={look}
          value={look}
          rightSection={<Icon size={18} />}
          closeMenuOnClick
          data-testid={`look-${look}`}
        >
          {t(`look.${look}`)}
        </Menu.RadioItem>
      ))}
    </ChoiceMenu>
  );
}

interface ChoiceMenuProps<T extends string> {
  readonly label: string;
  readonly icon: JSX.Element;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly testId: string;
  /** Radio items with values of T. */
  readonly children: JSX.Element[];
}

/** One of several, behind an icon. It opens inside the rail, so that it belongs to a part of the page. */
function ChoiceMenu<T extends string>(props: ChoiceMenuProps<T>): JSX.Element {
  const { label, icon, value, onChange, testId, children } = props;
  return (
    <Menu position="top-start" width={220} withinPortal={false} withInitialFocusPlaceholder={false} checkIcon={check}>
      <Menu.Target>
        <ActionIcon aria-label={label} title={label} data-testid={testId}>
          {icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={value} onChange={(chosen) => onChange(chosen as T)}>
          {children}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

const check = <IconCheck size={18} />;
