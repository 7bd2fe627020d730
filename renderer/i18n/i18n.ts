import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { main } from '../client';
import { useStore, type Language } from '../store/store';
import de from './de.json';
import en from './en.json';
import et from './et.json';
import zh from './zh.json';

export const i18n = i18next.createInstance();

export const languages: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'en', name: en.language.name },
  { code: 'et', name: et.language.name },
  { code: 'de', name: de.language.name },
  { code: 'zh', name: zh.language.name },
];

/** Starts with the operator's language, else the system's, else English. All four are bundled: nothing is fetched. */
export async function startLanguages(systemLocale: string): Promise<void> {
  const system = languages.find(({ code }) => systemLocale.toLowerCase().startsWith(code))?.code;
  await i18n.use(initReactI18next).init({
    lng: useStore.getState().language ?? system ?? 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en }, et: { translation: et }, de: { translation: de }, zh: { translation: zh } },
    interpolation: { escapeValue: false },
  });
  await applyLanguage();
}

export async function setLanguage(language: Language): Promise<void> {
  useStore.setState({ language });
  await i18n.changeLanguage(language);
  await applyLanguage();
}

/** Main has a few sentences of its own to say (dialogs, the question when the window closes). */
async function applyLanguage(): Promise<void> {
  document.documentElement.lang = i18n.language;
  await main('app.configure', {
    texts: {
      closeTitle: i18n.t('desktop.closeTitle'),
      closeMessage: i18n.t('desktop.closeMessage'),
      keepWorking: i18n.t('desktop.keepWorking'),
      stopAndClose: i18n.t('desktop.stopAndClose'),
      pickFolder: i18n.t('desktop.pickFolder'),
      pickPictures: i18n.t('desktop.pickPictures'),
      pictures: i18n.t('desktop.pictures'),
    },
  });
}
