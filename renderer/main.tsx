import './withoutEval';
import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import 'uplot/dist/uPlot.min.css';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { main } from './client';
import { startLanguages } from './i18n/i18n';
import { openLeft } from './store/actions';
import { watchTrainer } from './store/trainer';

const { locale } = await main('app.describe', {});
await startLanguages(locale);
watchTrainer();
await openLeft();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
