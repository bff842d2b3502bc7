/**
 * Builds what Electron runs into dist/main: the main process and the engine with its threads as ES modules in one flat folder,
 * and the preload as one CommonJS file (a sandboxed preload cannot load a second one). Packages stay outside the bundle.
 */
import { defineConfig, type Plugin } from 'vite';

const source = (path: string): string => new URL(`./src-main/${path}`, import.meta.url).pathname;

/** Threads are named by the source file beside them; in the flat folder that file ends in .mjs. */
const threadNames: Plugin = {
  name: 'assay-thread-names',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('/src-main/')) return null;
    return code.replace(/new URL\('\.\/([a-z-]+)\.ts', import\.meta\.url\)/g, "new URL('./$1.mjs', import.meta.url)");
  },
};

const external = (id: string): boolean =>
  id === 'electron' || id.startsWith('node:') || /^(@[a-z0-9-]+\/)?[a-z]/.test(id);

export default defineConfig({
  plugins: [threadNames],
  publicDir: false,
  builder: {
    async buildApp(builder) {
      for (const name of ['main', 'preload']) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
    },
  },
  environments: {
    main: {
      consumer: 'server',
      build: {
        outDir: 'dist/main',
        emptyOutDir: true,
        target: 'node24',
        ssr: true,
        minify: false,
        rolldownOptions: {
          input: {
            electron: source('hosts/electron/main.ts'),
            'engine-entry': source('hosts/electron/engine-entry.ts'),
            'engine-process': source('engine/engine-process.ts'),
            'writer-thread': source('engine/writer-thread.ts'),
            'render-worker': source('core/report/render-worker.ts'),
          },
          external: (id) => !id.startsWith('.') && !id.startsWith('/') && external(id),
          output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
        },
      },
    },
    preload: {
      consumer: 'server',
      build: {
        outDir: 'dist/main',
        emptyOutDir: false,
        target: 'node24',
        ssr: true,
        minify: false,
        rolldownOptions: {
          input: { preload: source('hosts/electron/preload.ts') },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: 'preload.cjs' },
        },
      },
    },
  },
});
