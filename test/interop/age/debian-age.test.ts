/** Debian's `age` and Assay, both directions: what one encrypts the other opens, and neither opens what was changed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyFile, readIdentities } from '../../../src-main/core/encryption/identity-file.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { failureOf, openAll } from '../../unit/encryption/age-lab.ts';
import { now, openWorkshop, packSample, type SampleBundle, type Workshop } from '../../unit/snapshot/fixture.ts';
import { describeWith, tool } from '../support/tools.ts';

const terminal = spawnSync('script', ['--version']).error ? 'script (util-linux) is not installed' : null;

let workshop: Workshop;
let sample: SampleBundle;
/** Made by age-keygen. */
let recipient: string;

beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
  if (tool('age').version === null) return;
  execFileSync('age-keygen', ['-o', workshop.path('foreign.txt')], { stdio: 'ignore' });
  recipient = execFileSync('age-keygen', ['-y', workshop.path('foreign.txt')], { encoding: 'utf8' }).trim();
});
afterAll(() => workshop.remove());

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const identitiesOf = (name: string, passphrase?: string) =>
  readIdentities(readFileSync(workshop.path(name)), name, passphrase);

async function verified(file: string, identityFile: string, passphrase?: string): Promise<boolean> {
  const identities = await identitiesOf(identityFile, passphrase);
  const { verification } = await verifySnapshot(file, { trust: sample.trust, now, job: silentJob, identities });
  return verification.ok;
}

/** Runs a command that asks for a passphrase on its terminal. */
function withTerminal(command: string, answers: string): void {
  const run = spawnSync('script', ['-qec', command, '/dev/null'], {
    input: answers,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (run.status !== 0) throw new Error(`${command} exited ${run.status}: ${run.stdout}${run.stderr}`);
}

describeWith(['age'], 'encrypts for us and opens what we encrypt', () => {
  it('opens what Assay packed, and finds the ZIP that Assay reads', async () => {
    const out = workshop.path('ours.assay');
    const own = await newKeyFile('2026-11-23T12:00:00Z', undefined);
    writeFileSync(workshop.path('own.txt'), own.text);
    const recipients = [recipient, own.recipient];
    await packSnapshot({
      folder: workshop.path('sample-folder'),
      out,
      privateKeys: [sample.pair.privateKey],
      recipients,
      now,
      job: silentJob,
    });
    for (const key of ['foreign.txt', 'own.txt']) {
      const plain = workshop.path(`${key}.zip`);
      execFileSync('age', ['-d', '-i', workshop.path(key), '-o', plain, out]);
      const inside = await openAll(readFileSync(out), await identitiesOf(key), 64 * 1024);
      expect(sha256(plain)).toBe(createHash('sha256').update(inside).digest('hex'));
      execFileSync('unzip', ['-tq', plain]);
      expect(await verified(plain, key)).toBe(true);
    }
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072])('encrypts %i bytes as Assay reads them', async (length) => {
    const plain = Buffer.alloc(length, 'registry');
    writeFileSync(workshop.path('plain.bin'), plain);
    for (const armor of [[], ['-a']]) {
      const file = workshop.path('theirs.age');
      execFileSync('age', [...armor, '-r', recipient, '-o', file, workshop.path('plain.bin')]);
      expect((await openAll(readFileSync(file), await identitiesOf('foreign.txt'))).equals(plain)).toBe(true);
    }
  });

  it.each([[[]], [['-a']]])('encrypts a bundle that Assay verifies %j', async (armor) => {
    const file = workshop.path('theirs.assay');
    execFileSync('age', [...armor, '-r', recipient, '-o', file, sample.file]);
    expect(await verified(file, 'foreign.txt')).toBe(true);
  });

  it('refuses, as Assay does, what was changed or cut', async () => {
    const file = workshop.path('theirs.assay');
    execFileSync('age', ['-r', recipient, '-o', file, sample.file]);
    const bytes = readFileSync(file);
    for (const change of [
      (copy: Buffer) => copy.subarray(0, -1),
      (copy: Buffer) => Buffer.concat([copy, Buffer.alloc(20)]),
      (copy: Buffer) => copy.fill(copy.readUInt8(300) ^ 1, 300, 301),
    ]) {
      writeFileSync(workshop.path('changed.assay'), change(Buffer.from(bytes)));
      const theirs = spawnSync('age', ['-d', '-i', workshop.path('foreign.txt'), workshop.path('changed.assay')]);
      expect(theirs.status).not.toBe(0);
      expect((await failureOf(verified(workshop.path('changed.assay'), 'foreign.txt'))).kind).toBe('input');
    }
  });

  describe.skipIf(terminal)('with key files behind a passphrase', () => {
    it('writes one that Assay opens', async () => {
      withTerminal(
        `age -p -a -o ${workshop.path('locked.age')} ${workshop.path('foreign.txt')}`,
        'open sesame\nopen sesame\n',
      );
      const file = workshop.path('theirs.assay');
      execFileSync('age', ['-r', recipient, '-o', file, sample.file]);
      expect(await verified(file, 'locked.age', 'open sesame')).toBe(true);
      expect((await failureOf(verified(file, 'locked.age', 'wrong'))).code).toBe('identity.wrong_passphrase');
    });

    it('opens one that Assay wrote', async () => {
      const own = await newKeyFile('2026-11-23T12:00:00Z', 'open sesame');
      writeFileSync(workshop.path('own-locked.age'), own.text);
      execFileSync('age', ['-r', own.recipient, '-o', workshop.path('own.age'), sample.file]);
      const plain = workshop.path('own.zip');
      withTerminal(
        `age -d -i ${workshop.path('own-locked.age')} -o ${plain} ${workshop.path('own.age')}`,
        'open sesame\n',
      );
      expect(sha256(plain)).toBe(sha256(sample.file));
    });
  });
});
