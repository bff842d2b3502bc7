/** What both window hosts share: the call guard, what is remembered, names of new files, and the life of a session. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngineClient } from '../../../src-main/engine/engine-client.ts';
import type { FromEngine, ToEngine } from '../../../src-main/engine/protocol.ts';
import { checkCall } from '../../../src-main/hosts/window/call-guard.ts';
import { openConfig } from '../../../src-main/hosts/window/config-store.ts';
import { freePath } from '../../../src-main/hosts/window/free-name.ts';
import { createWindowSession } from '../../../src-main/hosts/window/window-session.ts';
import { defaultPreferences } from '../../../src-shared/contract/bridge.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-window-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const id = '11111111-1111-4111-8111-111111111111';

describe('checkCall', () => {
  it('when a call is proper it passes unchanged', () => {
    expect(checkCall('workspace.state', {}, id)).toEqual({
      ok: true,
      value: { method: 'workspace.state', input: {}, callId: id },
    });
  });

  it.each([
    ['__proto__', {}, id, 'call.unknown_method'],
    [{ toString: (): string => 'workspace.state' }, {}, id, 'call.unknown_method'],
    ['workspace.state', {}, 'x', 'call.invalid_id'],
    ['workspace.state', {}, undefined, 'call.invalid_id'],
    ['workspace.state', { a: 1 }, id, 'call.invalid_input'],
    ['workspace.unlock', { folder: '/home/someone', passphrase: 'x' }, id, 'call.invalid_input'],
    ['findings.annotate', { id: 1, text: 'x'.repeat(9 * 1024 * 1024) }, id, 'call.too_large'],
  ])('when %o comes with %o and %s it is refused', (method, input, callId, code) => {
    const result = checkCall(method, input, callId);
    expect(result.ok ? 'passed' : result.error.code).toBe(code);
  });

  it('when an input is deeper than any stack it is refused without falling over', () => {
    let deep: unknown = {};
    for (let n = 0; n < 200_000; n += 1) deep = { deep };
    expect(checkCall('workspace.state', deep, id).ok).toBe(false);
  });
});

describe('openConfig', () => {
  it('when preferences are set another start finds them, in a file that only this person can read', () => {
    openConfig(folder).setPreferences({ ...defaultPreferences, theme: 'dark', idleLockMinutes: 12 });
    expect(openConfig(folder).preferences()).toEqual({ ...defaultPreferences, theme: 'dark', idleLockMinutes: 12 });
    if (process.platform !== 'win32') expect(statSync(join(folder, 'window.json')).mode & 0o077).toBe(0);
  });

  it('when remembering is switched off the list is emptied and stays empty', () => {
    const config = openConfig(folder);
    config.remember({ path: '/a', name: 'A', openedAt: '2026-01-01T00:00:00Z' });
    expect(config.recents()).toHaveLength(1);
    config.setPreferences({ ...defaultPreferences, rememberRecents: false });
    config.remember({ path: '/b', name: 'B', openedAt: '2026-01-01T00:00:00Z' });
    expect(openConfig(folder).recents()).toEqual([]);
    expect(readFileSync(join(folder, 'window.json'), 'utf8')).not.toContain('/a');
  });

  it('when a workspace is opened again it moves to the front once, and ten are kept', () => {
    const config = openConfig(folder);
    for (let n = 0; n < 12; n += 1)
      config.remember({ path: `/w${n}`, name: `W${n}`, openedAt: '2026-01-01T00:00:00Z' });
    config.remember({ path: '/w5', name: 'W5', openedAt: '2026-01-02T00:00:00Z' });
    expect(config.recents().map((r) => r.path)).toEqual([
      '/w5',
      '/w11',
      '/w10',
      '/w9',
      '/w8',
      '/w7',
      '/w6',
      '/w4',
      '/w3',
      '/w2',
    ]);
  });

  it('when the file is damaged or from another version it counts as empty', () => {
    writeFileSync(join(folder, 'window.json'), '{"preferences":{"theme":"plaid"}}');
    expect(openConfig(folder).preferences()).toEqual(defaultPreferences);
    writeFileSync(join(folder, 'window.json'), 'not json');
    expect(openConfig(folder).recents()).toEqual([]);
  });
});

describe('freePath', () => {
  it('when a name is taken the next one is numbered before its ending', () => {
    writeFileSync(join(folder, 'report.pdf'), '');
    writeFileSync(join(folder, 'report (2).pdf'), '');
    expect(freePath(folder, 'report.pdf')).toBe(join(folder, 'report (3).pdf'));
    expect(freePath(folder, 'other.pdf')).toBe(join(folder, 'other.pdf'));
  });
});

/** An engine end that answers from a table, over the real client: what a session does with engines is what is tested here. */
function scriptedEngine(answers: Readonly<Record<string, unknown>>) {
  const seen: ToEngine[] = [];
  let toHost: (message: FromEngine) => void = () => {};
  let onExit: (code: number | null) => void = () => {};
  const client = createEngineClient({
    send(message) {
      seen.push(message);
      if (message.type === 'call' && message.method in answers) {
        queueMicrotask(() =>
          toHost({ type: 'result', id: message.id, result: { ok: true, value: answers[message.method] } }),
        );
      }
    },
    onMessage: (listener) => {
      toHost = listener;
    },
    onExit: (listener) => {
      onExit = listener;
    },
    kill: () => onExit(null),
  });
  return { client, seen, crash: () => onExit(1) };
}

const info = {
  workspaceId: 'w',
  name: 'Audit',
  user: { id: 'u', name: 'Ada', role: 'owner' },
  createdAt: '2026-01-01T00:00:00Z',
  formatVersion: 1,
  snapshots: 0,
  records: 0,
  storeBytes: 0,
  readOnly: false,
};

describe('createWindowSession', () => {
  const begin = () => {
    const engines: ReturnType<typeof scriptedEngine>[] = [];
    let locked = 0;
    const config = openConfig(join(folder, 'config'));
    const session = createWindowSession({
      config,
      startEngine: () => {
        const engine = scriptedEngine({
          'workspace.unlock': info,
          'workspace.lock': { done: true },
          'workspace.state': { state: 'closed' },
        });
        engines.push(engine);
        return engine.client;
      },
      onLocked: () => {
        locked += 1;
      },
    });
    const workspace = join(folder, 'ws');
    mkdirSync(workspace);
    const unlock = () =>
      session.call(
        'workspace.unlock',
        { folder: session.grantExisting(workspace)?.grant, passphrase: 'secret' },
        id,
        () => {},
      );
    return { session, engines, config, workspace, unlock, lockedTimes: () => locked };
  };

  it('when nothing was asked yet no engine runs', async () => {
    const { session, engines } = begin();
    await session.stop();
    expect(engines).toHaveLength(0);
  });

  it('when a workspace was unlocked it is remembered by its path, and the page gets a grant for it', async () => {
    const { session, config, workspace, unlock } = begin();
    expect((await unlock()).ok).toBe(true);
    expect(session.workspaceFolder()).toBe(workspace);
    expect(config.recents()).toMatchObject([{ path: workspace, name: 'Audit' }]);
    expect(JSON.stringify(session.recents())).not.toContain(workspace);
  });

  it('when it is locked the engine is asked to close, then ended, and the next call meets a fresh one', async () => {
    const { session, engines, unlock, lockedTimes } = begin();
    await unlock();
    expect((await session.call('workspace.lock', {}, id, () => {})).ok).toBe(true);
    expect(lockedTimes()).toBe(1);
    expect(session.workspaceFolder()).toBeNull();
    expect((await engines[0]?.client.call('workspace.state', {}))?.ok).toBe(false);
    expect((await session.call('workspace.state', {}, id, () => {})).ok).toBe(true);
    expect(engines).toHaveLength(2);
  });

  it('when a job runs it is cancelled before the engine is asked to close, and its call ends', async () => {
    const { session, engines, unlock } = begin();
    await unlock();
    const job = session.call('activity.verify', {}, id, () => {});
    await session.lock();
    const [engine] = engines;
    const said = (engine?.seen ?? []).map((message) => (message.type === 'call' ? message.method : message.type));
    expect(said.slice(said.indexOf('activity.verify'))).toEqual(['activity.verify', 'cancel', 'workspace.lock']);
    expect(await job).toMatchObject({ ok: false, error: { code: 'engine.gone' } });
  });

  it('when two things lock at once the page is reloaded once, and a call in between meets an engine without the key', async () => {
    const { session, engines, unlock, lockedTimes } = begin();
    await unlock();
    const both = [session.lock(), session.lock()];
    expect(session.workspaceFolder()).toBeNull();
    expect((await session.call('workspace.state', {}, id, () => {})).ok).toBe(true);
    await Promise.all(both);
    expect(lockedTimes()).toBe(1);
    expect(engines).toHaveLength(2);
    expect(
      engines[0]?.seen.filter((message) => message.type === 'call' && message.method === 'workspace.lock'),
    ).toHaveLength(1);
  });

  it('when no workspace is open a lock ends the engine without asking it', async () => {
    const { session, engines } = begin();
    await session.call('workspace.state', {}, id, () => {});
    await session.lock();
    expect(engines[0]?.seen.map((message) => message.type === 'call' && message.method)).not.toContain(
      'workspace.lock',
    );
    expect((await engines[0]?.client.call('workspace.state', {}))?.ok).toBe(false);
  });

  it('when the engine crashes the call says so and one new engine is started for the next', async () => {
    const { session, engines, unlock } = begin();
    await unlock();
    engines[0]?.crash();
    await Promise.resolve();
    expect(session.workspaceFolder()).toBeNull();
    expect((await session.call('workspace.state', {}, id, () => {})).ok).toBe(true);
    expect(engines).toHaveLength(2);
  });

  it('when a call is cancelled by its id the engine is told, and a stranger id changes nothing', async () => {
    const { session, engines } = begin();
    const pending = session.call('activity.list', {}, id, () => {});
    session.cancel('22222222-2222-4222-8222-222222222222');
    session.cancel({ id });
    expect(engines[0]?.seen.filter((message) => message.type === 'cancel')).toHaveLength(0);
    session.cancel(id);
    expect(engines[0]?.seen.filter((message) => message.type === 'cancel')).toHaveLength(1);
    engines[0]?.crash();
    expect((await pending).ok).toBe(false);
  });

  it('when something that does not exist was picked there is no grant', () => {
    const { session } = begin();
    expect(session.grantExisting(join(folder, 'nothing'))).toBeNull();
  });
});
