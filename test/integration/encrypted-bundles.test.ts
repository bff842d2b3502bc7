/** Encrypted bundles through the command line: packed to recipients, opened with key files, refused in every other way. */
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assay, assayJson, passphrase, temporaryFolder } from '../support/assay.ts';
import { writeFolder } from '../unit/snapshot/fixture.ts';
import { record } from '../unit/store/support.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
const w = ['-w', at('audit')];
const identity = z.object({ recipient: z.string(), encrypted: z.boolean() });
const makeIdentity = (name: string, ...more: string[]) =>
  identity.parse(assayJson(['keys', 'generate-identity', '--out', at(name), ...more]).value);
const code = (...args: string[]) => assay(args).code;
const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const refusal = (...args: string[]) => {
  const run = assayJson(args);
  return { exit: run.code, ...failure.parse(run.value).error };
};

let own: z.infer<typeof identity>;
let locked: z.infer<typeof identity>;

beforeAll(async () => {
  await writeFolder(at('collected'), {
    records: ['credit', 'fraud'].map((id) => record('model', id, { model_id: id, model_name: `Model ${id}` })),
  });
  assay(['workspace', 'create', at('audit')]);
  assay(['keys', 'generate', '--out', at('publisher')]);
  assay(['trust', 'add', at('publisher.pub.pem'), '--label', 'Publisher', ...w]);
  own = makeIdentity('own.txt', '--no-passphrase');
  locked = makeIdentity('locked.txt');
  makeIdentity('stranger.txt', '--no-passphrase');
  writeFileSync(at('team.txt'), `# audit team\n${locked.recipient}\n`);
});
afterAll(() => folder.remove());

describe('key files', () => {
  it('are readable by their owner alone, never overwritten, and encrypted unless the person says otherwise', () => {
    expect(statSync(at('own.txt')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('own.txt'), 'utf8')).toContain('AGE-SECRET-KEY-1');
    expect(readFileSync(at('locked.txt'), 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    expect([own.encrypted, locked.encrypted]).toEqual([false, true]);
    expect(code('keys', 'generate-identity', '--out', at('own.txt'), '--no-passphrase')).toBe(2);
  });
});

describe('an encrypted bundle', () => {
  const pack = (...more: string[]) =>
    assay([
      'snapshot',
      'pack',
      at('collected'),
      '--key',
      at('publisher.key.pem'),
      '--out',
      at('secret.assay'),
      ...more,
    ]);

  it('is packed to recipients and to a file of them', () => {
    const run = pack('--recipient', own.recipient, '-R', at('team.txt'));
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('to 2 recipients');
    expect(readFileSync(at('secret.assay')).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  });

  it('says what it needs without a key file, and the same to every stranger', () => {
    for (const command of [
      ['import', at('secret.assay'), ...w],
      ['snapshot', 'inspect', at('secret.assay')],
    ]) {
      expect(refusal(...command)).toMatchObject({ exit: 5, code: 'bundle.encrypted' });
    }
    const wrong = refusal('snapshot', 'verify', at('secret.assay'), ...w, '--identity', at('stranger.txt'));
    expect(wrong).toMatchObject({ exit: 5, code: 'bundle.wrong_identity' });
    expect(refusal('snapshot', 'inspect', at('secret.assay'), '--identity', at('publisher.pub.pem')).exit).toBe(3);
  });

  it('is inspected, verified and imported with a key file, open or behind a passphrase', () => {
    const env = { ASSAY_IDENTITY_PASSPHRASE: passphrase };
    expect(code('snapshot', 'inspect', at('secret.assay'), '--identity', at('own.txt'))).toBe(0);
    expect(code('snapshot', 'verify', at('secret.assay'), ...w, '--identity', at('own.txt'))).toBe(0);
    const withLocked = ['import', at('secret.assay'), ...w, '--identity', at('locked.txt'), '--no-input'];
    expect(assay(withLocked).code).toBe(5);
    expect(assay(withLocked, { env: { ASSAY_IDENTITY_PASSPHRASE: 'wrong' } }).code).toBe(5);
    expect(assay(withLocked, { env }).code).toBe(0);
    expect(assay(['snapshots', ...w]).stdout).toContain('Sample registry');
  });

  it('refuses a secret or a mistyped recipient, and repeats no secret', () => {
    const secret = readFileSync(at('own.txt'), 'utf8').trim().split('\n').at(-1) ?? '';
    const run = pack('--recipient', secret);
    expect(run.code).toBe(2);
    expect(run.stderr + run.stdout).not.toContain(secret);
    const last = own.recipient.endsWith('q') ? 'p' : 'q';
    expect(pack('--recipient', `${own.recipient.slice(0, -1)}${last}`).code).toBe(2);
    writeFileSync(at('empty.txt'), '# nobody\n');
    expect(pack('-R', at('empty.txt')).code).toBe(3);
  });

  it('is refused cut or changed, with no rows and no files left, and the good one still imports', () => {
    const bytes = readFileSync(at('secret.assay'));
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('assay-stdin')).length;
    for (const [name, changed] of [
      ['cut.assay', bytes.subarray(0, -1)],
      ['longer.assay', Buffer.concat([bytes, Buffer.from('x')])],
      ['flipped.assay', Buffer.from(bytes).fill(0, bytes.length - 40, bytes.length - 39)],
    ] as const) {
      writeFileSync(at(name), changed);
      const refused = refusal('snapshot', 'inspect', at(name), '--identity', at('own.txt'));
      expect(refused, name).toMatchObject({ exit: 3, code: 'bundle.damaged' });
    }
    expect(refusal('import', at('flipped.assay'), ...w, '--identity', at('own.txt')).exit).toBe(3);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('assay-stdin')).length).toBe(before);
    copyFileSync(at('secret.assay'), at('again.assay'));
    expect(assay(['import', at('again.assay'), ...w, '--identity', at('own.txt')]).stdout).toContain(
      'already imported',
    );
  });

  it('is the previous bundle of the next one', () => {
    const next = [
      'snapshot',
      'pack',
      at('collected'),
      '--key',
      at('publisher.key.pem'),
      '--out',
      at('next.assay'),
      '--previous',
      at('secret.assay'),
    ];
    expect(code(...next)).toBe(5);
    expect(code(...next, '--identity', at('own.txt'))).toBe(0);
    expect(code('import', at('next.assay'), ...w)).toBe(0);
  });
});
