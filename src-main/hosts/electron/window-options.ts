/** How the one window is made. Every switch that weakens it is stated, so that a default cannot change it. */
import type { BrowserWindowConstructorOptions } from 'electron';
import type { WindowState } from '../window/config-store.ts';

/** No `persist:` prefix: cookies, storage and caches live in memory and end with the window. */
export const windowPartition = 'assay-window';

export function windowOptions(
  preload: string,
  state: WindowState | undefined,
  packaged: boolean,
): BrowserWindowConstructorOptions {
  return {
    width: state?.width ?? 1440,
    height: state?.height ?? 940,
    minWidth: 760,
    minHeight: 520,
    show: false,
    title: 'Assay',
    backgroundColor: '#12211f',
    webPreferences: {
      preload,
      partition: windowPartition,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      // Dictionaries are downloaded, and a misspelt word is still evidence.
      spellcheck: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      devTools: !packaged,
    },
  };
}
