/** Entry of the window. `prelude` must come first: it prepares style nonces and zod for the content security policy. */
import './app/prelude.ts';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/app.css';
import { createRoot } from 'react-dom/client';
import { loadPreferences } from './api/preferences.ts';
import { App } from './app/app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const mount = root;

loadPreferences().then(
  () => createRoot(mount).render(<App />),
  (error: unknown) => {
    mount.textContent = error instanceof Error ? error.message : String(error);
  },
);
