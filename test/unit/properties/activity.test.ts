/** The activity log: whatever is done to stored entries shows when the log is verified. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { appendActivity, verifyActivity } from '../../../src-main/core/ledger/activity.ts';
import type { OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { cleanUp, now, testWorkspace } from '../store/support.ts';
import { applyEdits, bytes, edit } from './arbitraries.ts';
import { holds } from './property.ts';

let workspace: OpenWorkspace;
let total = 0;
let head = '';
beforeAll(async () => {
  workspace = (await testWorkspace()).workspace;
  append('Step');
  const check = verifyActivity(workspace.reader, workspace.actors);
  total = check.entries;
  head = check.head;
  expect(check.ok).toBe(true);
  tamper(() => {
    workspace.writer.write<[]>('DELETE FROM activity WHERE seq > 1').run();
    append('Elsewhere');
    for (let seq = 2; seq <= total; seq += 1)
      for (const column of columns) otherCopy.set(`${seq} ${column}`, stored(seq, column));
  });
});
afterAll(cleanUp);

/** What the log would hold had the same person done nine other things in a copy of this workspace. */
const otherCopy = new Map<string, Buffer>();

function append(what: string): void {
  for (let step = 1; step <= 9; step += 1)
    appendActivity(
      workspace,
      { action: 'test.done', summary: `${what} ${step}`, details: { step, text: 'ü"\\' } },
      now,
    );
}

class Undo extends Error {}

/** What verification says after `change`, which is undone again. */
function tamper(change: () => void): ReturnType<typeof verifyActivity> {
  const { writer } = workspace;
  let check: ReturnType<typeof verifyActivity> | undefined;
  try {
    writer.transaction(() => {
      change();
      check = verifyActivity(writer, workspace.actors);
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  if (!check) throw new Error('nothing was verified');
  return check;
}

const columns = ['at', 'actor', 'action', 'summary', 'entry', 'hash', 'key_id', 'signature'] as const;
const blobs: ReadonlySet<string> = new Set(['hash', 'signature']);
const stored = (seq: number, column: string): Buffer => {
  const value = workspace.writer
    .readRaw<[number], [string | Buffer]>(`SELECT ${column} FROM activity WHERE seq = ?`)
    .get(seq)?.[0];
  return Buffer.from(value ?? '');
};
const write = (seq: number, column: string, value: Buffer): void => {
  const sql = `UPDATE activity SET ${column} = ? WHERE seq = ?`;
  workspace.writer
    .write<[string | Uint8Array, number]>(sql)
    .run(blobs.has(column) ? value : value.toString('utf8'), seq);
};
const pick = fc.nat().map((n) => 1 + (n % 10));

describe('the activity log', () => {
  holds(
    'shows every edit of any column of any entry, and which entry is the first that does not hold',
    300,
    [pick, fc.constantFrom(...columns), edit],
    (seq, column, change) => {
      const before = stored(seq, column);
      const edited = applyEdits(before, [change]);
      // Text columns are compared as text: bytes that are no UTF-8 become other text on their way in.
      fc.pre(
        edited.toString('latin1') !== before.toString('latin1') && edited.toString('utf8') !== before.toString('utf8'),
      );
      const check = tamper(() => write(seq, column, edited));
      expect(check).toMatchObject({ ok: false, firstBad: seq, entries: seq - 1 });
    },
  );

  holds(
    'shows an edited entry also when its hash, which needs no key, was made to fit',
    300,
    [
      pick,
      fc.oneof(
        edit.map((change) => ({ change, whole: null })),
        bytes(30).map((whole) => ({ change: null, whole })),
      ),
    ],
    (seq, { change, whole }) => {
      const before = stored(seq, 'entry');
      const edited = Buffer.from((change ? applyEdits(before, [change]) : whole).toString('utf8'));
      fc.pre(!edited.equals(before));
      const check = tamper(() => {
        write(seq, 'entry', edited);
        write(seq, 'hash', createHash('sha256').update(edited).digest());
      });
      expect(check).toMatchObject({ ok: false, firstBad: seq });
    },
  );

  holds(
    'shows every deletion; cutting off the newest entries leaves a shorter log with another head',
    200,
    [fc.uniqueArray(pick, { minLength: 1, maxLength: 6 })],
    (seqs) => {
      const check = tamper(() => {
        for (const seq of seqs) workspace.writer.write<[number]>('DELETE FROM activity WHERE seq = ?').run(seq);
      });
      const cut = seqs.every((_, index) => seqs.includes(total - index));
      expect(check.ok).toBe(cut);
      if (cut) expect(check.entries).toBe(total - seqs.length);
      expect(check.head).not.toBe(head);
    },
  );

  holds(
    'shows every change of order',
    200,
    [fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { minLength: 2 })],
    (order) => {
      const from = [...order].sort((a, b) => a - b);
      fc.pre(order.some((seq, index) => seq !== from[index]));
      const move = 'UPDATE activity SET seq = ? WHERE seq = ?';
      const check = tamper(() => {
        for (const seq of from) workspace.writer.write<[number, number]>(move).run(seq + 100, seq);
        for (const [index, seq] of order.entries())
          workspace.writer.write<[number, number]>(move).run(seq, (from[index] ?? 0) + 100);
      });
      expect(check.ok).toBe(false);
      expect(check.firstBad).toBe(from.find((seq, index) => order[index] !== seq));
    },
  );

  holds('shows every entry that is put in, copies of genuine ones included', 200, [pick, pick], (copied, at) => {
    const check = tamper(() => {
      const { writer } = workspace;
      writer.write<[number]>('UPDATE activity SET seq = seq + 1000 WHERE seq >= ?').run(at);
      writer.write<[number]>('UPDATE activity SET seq = seq - 999 WHERE seq >= 1000 AND seq - 1000 >= ?').run(at);
      const source = copied >= at ? copied + 1 : copied;
      writer
        .write<[number, number]>(
          `INSERT INTO activity (seq, ${columns.join(', ')}) SELECT ?, ${columns.join(', ')} FROM activity WHERE seq = ?`,
        )
        .run(at, source);
    });
    expect(check).toMatchObject({ ok: false });
    expect(check.firstBad).toBeLessThanOrEqual(at + 1);
  });

  holds(
    'shows genuine entries of another copy of the log between those of this one',
    200,
    [fc.subarray([2, 3, 4, 5, 6, 7, 8, 9, 10], { minLength: 1 })],
    (seqs) => {
      const check = tamper(() => {
        for (const seq of seqs)
          for (const column of columns) write(seq, column, otherCopy.get(`${seq} ${column}`) ?? Buffer.alloc(0));
      });
      // All of them together are that other copy, whole: only a head noted elsewhere tells the two apart.
      expect(check.ok).toBe(seqs.length === 9);
      expect(check.head).not.toBe(head);
    },
  );

  holds('accepts no entry once its signer is unknown', 50, [pick], (seq) => {
    expect(verifyActivity(workspace.reader, new Map())).toMatchObject({ ok: false, firstBad: 1 });
    expect(tamper(() => write(seq, 'key_id', Buffer.from('0'.repeat(64))))).toMatchObject({ ok: false, firstBad: seq });
  });
});
