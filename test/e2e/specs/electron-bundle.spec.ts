/**
 * What Electron would run is built and its engine half is run, as a forked Node process: threads, native database and report
 * worker are found from the flat folder. Electron itself is not part of this.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { createBuilder } from 'vite';
import { applicationPath } from '../../../src-main/core/resources.ts';
import { createEngineClient } from '../../../src-main/engine/engine-client.ts';
import type { FromEngine } from '../../../src-main/engine/protocol.ts';
import { createClient } from '../../../src-shared/contract/client.ts';
import { passphrase } from '../drivers/sample-case.ts';

test('when the desktop application is bundled its engine opens a workspace and the preload is one file', async () => {
  const builder = await createBuilder({ configFile: applicationPath('vite.electron.config.ts'), logLevel: 'error' });
  await builder.buildApp();
  const bundle = (name: string): string => applicationPath('dist', 'main', name);
  for (const name of ['electron.mjs', 'engine-entry.mjs', 'writer-thread.mjs', 'render-worker.mjs'])
    expect(existsSync(bundle(name)), name).toBe(true);
  const required = [...readFileSync(bundle('preload.cjs'), 'utf8').matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)].map(
    (match) => match[1],
  );
  expect(required).toEqual(['electron']);

  const folder = mkdtempSync(join(tmpdir(), 'assay-bundle-'));
  const child = fork(bundle('engine-process.mjs'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const engine = createEngineClient({
    send: (message) => void child.send(message),
    onMessage: (listener) => child.on('message', (message) => listener(message as FromEngine)),
    onExit: (listener) => child.once('exit', listener),
    kill: () => child.kill('SIGKILL'),
  });
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  try {
    expect((await get('packs.list', {})).packs.length).toBeGreaterThan(0);
    const created = await get('workspace.create', {
      folder: engine.registerGrant(join(folder, 'ws')),
      name: 'Bundle',
      userName: 'Ada',
      passphrase,
    });
    expect(created.info.name).toBe('Bundle');
    expect((await get('workspace.state', {})).state).toBe('open');
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
