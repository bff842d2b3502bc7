/** Makes sure that the bundle which Electron runs exists and is not older than its sources. */
import { applicationPath } from '../../core/resources.ts';
import { ensureFresh } from './fresh-build.ts';

/** Folder of the bundle. `log` gets one line when it has to be built first. */
export function ensureDesktop(log: (line: string) => void): Promise<string> {
  return ensureFresh({
    folder: applicationPath('dist', 'main'),
    marker: 'electron.mjs',
    sources: [
      applicationPath('src-main'),
      applicationPath('src-shared'),
      applicationPath('vite.electron.config.ts'),
      applicationPath('package.json'),
    ],
    announce: () => log('Building the desktop application (its sources changed)…'),
    async build(draft) {
      const { createBuilder } = await import('vite');
      const builder = await createBuilder({
        configFile: applicationPath('vite.electron.config.ts'),
        logLevel: 'error',
        environments: { main: { build: { outDir: draft } }, preload: { build: { outDir: draft } } },
      });
      await builder.buildApp();
    },
  });
}
