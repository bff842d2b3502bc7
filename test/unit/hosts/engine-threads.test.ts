/**
 * The real engine with its two threads: what the reader may do, what happens when it cannot follow, how Electron's entry hands
 * over messages, and that a lock ends an engine that is busy.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src-main/core/ports.ts';
import { createEngineClient, type EngineClient } from '../../../src-main/engine/engine-client.ts';
import { createEngineContext, type OpenedWorkspace } from '../../../src-main/engine/engine-context.ts';
import { forkEngine } from '../../../src-main/engine/fork-engine.ts';
import type { FromEngine } from '../../../src-main/engine/protocol.ts';
import { openConfig } from '../../../src-main/hosts/window/config-store.ts';
import { createWindowSession } from '../../../src-main/hosts/window/window-session.ts';
import { cleanUp, passphrase, testWorkspace } from '../store/support.ts';

let folder: string;
let engine: EngineClient | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-engine-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = null;
  cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

describe('the reading thread', () => {
  it('when it follows an unlock it can read and has nothing to write with', async () => {
    const { workspace } = await testWorkspace();
    const context = createEngineContext(systemClock, new Map());
    context.adopt({ folder: workspace.folder, keys: structuredClone(workspace.keys) });
    expect(context.workspace().reader.readRaw('SELECT count(*) FROM meta').get()?.[0]).toBeGreaterThan(0);
    expect(context.workspace().readOnly).toBe(false);
    expect(() => context.workspace().writer).toThrow('for reading only');
    context.adopt(null);
    expect(context.hasWorkspace).toBe(false);
  });

  it('when it cannot follow it has nothing open, not even what was open before', async () => {
    const { workspace } = await testWorkspace();
    const context = createEngineContext(systemClock, new Map());
    const opened: OpenedWorkspace = { folder: workspace.folder, keys: structuredClone(workspace.keys) };
    context.adopt(opened);
    expect(() => context.adopt({ ...opened, folder: join(folder, 'gone') })).toThrow();
    expect(context.hasWorkspace).toBe(false);
  });
});

describe('the engine process', () => {
  const create = async (client: EngineClient, path: string) =>
    client.call('workspace.create', {
      folder: client.registerGrant(path),
      name: 'Audit',
      userName: 'Ada',
      passphrase,
    });

  it('when its reader cannot follow the writer the unlock fails in a sentence and the engine lives on, locked', async () => {
    const client = forkEngine();
    engine = client;
    const path = join(folder, 'ws');
    expect((await create(client, path)).ok).toBe(true);
    expect((await client.call('workspace.lock', {})).ok).toBe(true);
    const unlock = client.call('workspace.unlock', { folder: client.registerGrant(path), passphrase });
    // The writer has read the header by now and is deriving the key; the reader will look for it afterwards.
    await delay(100);
    for (const name of ['keys.a', 'keys.b']) renameSync(join(path, name), join(folder, name));
    const failed = await unlock;
    expect(failed).toMatchObject({ ok: false, error: { message: expect.stringMatching(/\.$/) } });
    expect(failed.ok ? '' : failed.error.code).not.toBe('engine.gone');
    expect(await client.call('workspace.state', {})).toMatchObject({ ok: true, value: { state: 'closed' } });
    for (const name of ['keys.a', 'keys.b']) renameSync(join(folder, name), join(path, name));
    const again = await client.call('workspace.unlock', { folder: client.registerGrant(path), passphrase });
    expect(again.ok).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('locking a busy engine', () => {
  it('when the engine answers nothing any more it is gone within seconds, and the workspace opens again', async () => {
    const children: ChildProcess[] = [];
    const startEngine = () => {
      const child = fork(fileURLToPath(new URL('../../../src-main/engine/engine-process.ts', import.meta.url)), [], {
        serialization: 'advanced',
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      children.push(child);
      return createEngineClient({
        send: (message) => void child.send(message),
        onMessage: (listener) => child.on('message', (message) => listener(message as FromEngine)),
        onExit: (listener) => child.once('exit', listener),
        kill: () => child.kill('SIGKILL'),
      });
    };
    let reloads = 0;
    const session = createWindowSession({
      startEngine,
      config: openConfig(join(folder, 'config')),
      onLocked: () => {
        reloads += 1;
      },
    });
    const call = (method: string, input: unknown) => session.call(method, input, randomUUID(), () => {});
    const path = join(folder, 'ws');
    try {
      const made = await call('workspace.create', {
        folder: session.grantTarget(path, 'here').grant,
        name: 'Audit',
        userName: 'Ada',
        passphrase,
      });
      expect(made.ok).toBe(true);
      const busy = children[0];
      busy?.kill('SIGSTOP');
      const pending = call('activity.list', {});
      const began = performance.now();
      const locked = await session.lock();
      expect(locked.ok).toBe(true);
      expect(performance.now() - began).toBeLessThan(6000);
      expect(busy?.signalCode).toBe('SIGKILL');
      expect(await pending).toMatchObject({ ok: false, error: { code: 'engine.gone' } });
      expect(reloads).toBe(1);
      const again = await call('workspace.unlock', { folder: session.grantExisting(path)?.grant, passphrase });
      expect(again.ok).toBe(true);
      expect(children).toHaveLength(2);
    } finally {
      await session.stop();
      for (const child of children) child.kill('SIGKILL');
    }
  });
});

describe("Electron's engine entry", () => {
  it('when messages arrive before the engine is loaded they are answered', async () => {
    const entry = new URL('../../../src-main/hosts/electron/engine-entry.ts', import.meta.url).href;
    // As Electron's parentPort: what came early waits for the first listener and is delivered to it at once.
    const worker = new Worker(
      `import { once } from 'node:events';
       import { parentPort } from 'node:worker_threads';
       const [early] = await once(parentPort, 'message');
       process.parentPort = {
         postMessage: (message) => parentPort.postMessage(message),
         on: (name, listener) => {
           queueMicrotask(() => listener({ data: early }));
           parentPort.on(name, (data) => listener({ data }));
         },
       };
       await import(${JSON.stringify(entry)});`,
      { eval: true, execArgv: ['--input-type=module', '--disable-warning=ExperimentalWarning'] },
    );
    try {
      const client = createEngineClient({
        send: (message) => worker.postMessage(message),
        onMessage: (listener) => worker.on('message', (message: FromEngine) => listener(message)),
        onExit: (listener) => worker.once('exit', listener),
        kill: () => void worker.terminate(),
      });
      const answer = await Promise.race([client.call('workspace.state', {}), delay(10_000, 'no answer')]);
      expect(answer).toMatchObject({ ok: true });
    } finally {
      await worker.terminate();
    }
  });
});
