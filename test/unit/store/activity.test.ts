import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { appendActivity, verifyActivity } from '../../../src-main/core/ledger/activity.ts';
import type { OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { cleanUp, now, testWorkspace } from './support.ts';

afterEach(cleanUp);

async function withEntries(): Promise<OpenWorkspace> {
  const { workspace } = await testWorkspace();
  for (const index of [1, 2, 3, 4]) {
    appendActivity(workspace, { action: 'test.done', summary: `Step ${index}`, details: { index } }, now);
  }
  return workspace;
}
const check = (workspace: OpenWorkspace) => verifyActivity(workspace.reader, workspace.actors);
const alter = (workspace: OpenWorkspace, sql: string) => workspace.writer.write<[]>(sql).run();

describe('when the activity log is verified', () => {
  it('holds as it was written', async () => {
    expect(check(await withEntries())).toMatchObject({ ok: true, entries: 5, firstBad: null });
  });

  it.each([
    ['an edited column', "UPDATE activity SET summary = 'Nothing happened' WHERE seq = 3", 3],
    ['an edited entry', "UPDATE activity SET entry = replace(entry, 'Step 2', 'Step 9') WHERE seq = 3", 3],
    ['a deleted middle', 'DELETE FROM activity WHERE seq = 3', 4],
    ['two entries swapped', 'UPDATE activity SET seq = CASE seq WHEN 3 THEN 14 ELSE 13 END WHERE seq IN (3, 4)', 3],
    ['another hash', 'UPDATE activity SET hash = zeroblob(32) WHERE seq = 2', 2],
    ['another signature', 'UPDATE activity SET signature = zeroblob(64) WHERE seq = 5', 5],
  ])('finds %s', async (_, sql, firstBad) => {
    const workspace = await withEntries();
    alter(workspace, sql);
    // A unique key cannot be swapped in one statement; the swapped pair moves back into place here.
    alter(workspace, 'UPDATE activity SET seq = seq - 10 WHERE seq > 10');
    expect(check(workspace)).toMatchObject({ ok: false, firstBad });
  });

  it('finds an entry signed by a stranger, correct chain and all', async () => {
    const workspace = await withEntries();
    const { privateKey } = generateKeyPairSync('ed25519');
    appendActivity(
      { writer: workspace.writer, user: workspace.user, signing: { ed25519: privateKey } },
      { action: 'test.forged', summary: 'Not by Ada', details: {} },
      now,
    );
    expect(check(workspace)).toMatchObject({ ok: false, firstBad: 6 });
  });

  it('never lets time run backwards', async () => {
    const workspace = await withEntries();
    appendActivity(
      workspace,
      { action: 'test.done', summary: 'Clock set back', details: {} },
      new Date('2016-01-01T00:00:00Z'),
    );
    const at = workspace.reader.readRaw<[], [string]>('SELECT at FROM activity ORDER BY seq DESC LIMIT 1').get()?.[0];
    expect(at).toBe('2026-11-23T12:00:00Z');
  });

  it('rolls back together with what it records', async () => {
    const workspace = await withEntries();
    expect(() =>
      workspace.writer.transaction(() => {
        appendActivity(workspace, { action: 'test.done', summary: 'Never', details: {} }, now);
        throw new Error('the action failed');
      }),
    ).toThrow('the action failed');
    expect(check(workspace)).toMatchObject({ ok: true, entries: 5 });
  });
});
