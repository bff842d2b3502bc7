/** Makes sure that the built page exists and is not older than its sources. */
import { applicationPath } from '../../core/resources.ts';
import { ensureFresh } from '../window/fresh-build.ts';

/** Folder of the built page. `log` gets one line when it has to be built first. */
export function ensureRenderer(log: (line: string) => void): Promise<string> {
  const root = applicationPath('src-renderer');
  return ensureFresh({
    folder: applicationPath('dist', 'renderer'),
    marker: 'index.html',
    sources: [
      root,
      applicationPath('src-shared'),
      applicationPath('resources', 'help'),
      applicationPath('resources', 'dictionary'),
    ],
    announce: () => log('Building the window (its sources changed)…'),
    async build(draft) {
      const { build } = await import('vite');
      await build({
        configFile: applicationPath('vite.config.ts'),
        root,
        logLevel: 'error',
        build: { outDir: draft, emptyOutDir: true },
      });
    },
  });
}
