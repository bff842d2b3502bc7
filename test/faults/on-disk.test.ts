/** Matrix A17 and A18: bundles that change while they are read, and paths that are no bundles. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentJob } from '../../src-main/core/ports.ts';
import { openVerified, type VerifiedSnapshot } from '../../src-main/core/snapshot/verify.ts';
import { loadTrustStore } from '../../src-main/core/store/trust-queries.ts';
import { repositoryRoot } from '../support/assay.ts';
import { type Case, inTrial, refuses, refusesByCommand, useMatrix } from './cases.ts';
import { type GoodBundle, goodBundle, now } from './mutator.ts';
import { expectAccepted, type Trial } from './trial.ts';

/** The good bundle as an unpacked folder, then spoiled. */
const folder =
  (spoil: (root: string) => void): Case[1] =>
  ({ members }, trial) => {
    const root = trial.path('unpacked');
    for (const { name, content } of members) {
      mkdirSync(dirname(join(root, String(name))), { recursive: true });
      writeFileSync(join(root, String(name)), content);
    }
    spoil(root);
    return root;
  };

const path =
  (make: (file: string) => void): Case[1] =>
  (_, trial) => {
    const file = trial.path('subject');
    make(file);
    return file;
  };

const raw = 'evidence/registry/raw.bin';

const cases: readonly Case[] = [
  ['A18 a path that does not exist', path(() => {}), 'container.unreadable'],
  ['A18 an empty folder', path((file) => mkdirSync(file)), 'signature.missing'],
  ['A18 a FIFO that nobody writes to', path((file) => execFileSync('mkfifo', [file])), 'container.not_a_file'],
  ['A18 a symbolic link to a FIFO', path((file) => linkToFifo(file)), 'container.not_a_file'],
  [
    'A18 a symbolic link that leads nowhere',
    path((file) => symlinkSync('/nowhere/at/all', file)),
    'container.unreadable',
  ],
  ['A18 a symbolic link to itself', path((file) => symlinkSync(file, file)), 'container.unreadable'],
  ['A18 /dev/zero', () => '/dev/zero', 'container.not_a_file'],
  ['A18 a path below a file', (good, trial) => join(trial.put(good.bytes), 'below'), 'container.unreadable'],
  [
    'A2 a symbolic link in an unpacked bundle',
    folder((root) => symlinkSync('/etc/passwd', join(root, 'evidence/link'))),
    'container.member_type',
  ],
  [
    'A2 a FIFO in an unpacked bundle',
    folder((root) => execFileSync('mkfifo', [join(root, 'evidence/pipe')])),
    'container.member_type',
  ],
  [
    'A14 an unlisted file in an unpacked bundle',
    folder((root) => writeFileSync(join(root, 'evidence/extra'), 'x')),
    'content.unlisted_member',
  ],
  [
    'A14 a file that is missing from an unpacked bundle',
    folder((root) => rmSync(join(root, raw))),
    'content.missing_member',
  ],
  [
    'A10 a file of another size in an unpacked bundle',
    folder((root) => truncateSync(join(root, raw), 5)),
    'content.digest',
  ],
];

function replaced(root: string, make: (file: string) => void): void {
  rmSync(join(root, raw));
  make(join(root, raw));
}

function linkToFifo(file: string): void {
  execFileSync('mkfifo', [`${file}.fifo`]);
  symlinkSync(`${file}.fifo`, file);
}

describe('A container', () => {
  const matrix = useMatrix();

  refuses(matrix, cases);
  refusesByCommand(matrix, cases, ['A18 an empty folder', 'A18 a FIFO that nobody writes to', 'A18 /dev/zero']);

  const opened = (trial: Trial, file: string): Promise<VerifiedSnapshot> =>
    openVerified(file, { trust: loadTrustStore(trial.workspace.reader), now, job: silentJob });
  const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  it('A17 a bundle that another replaces after its signature was checked is read to the end as it was opened', () =>
    inTrial(matrix, async (trial, good) => {
      const file = trial.put(good.bytes);
      const snapshot = await opened(trial, file);
      renameSync(trial.put((await goodBundle({ sequence: 2 })).bytes), file);
      expect((await snapshot.finish()).statementSha256).toBe(good.statementSha256);
      await snapshot.close();
    }));

  it('A17 whatever a race of renames shows the importer, it imports one of the two bundles whole', async ({ task }) => {
    const rival = await goodBundle({ sequence: 2 });
    task.meta.mutants = 30;
    for (let round = 0; round < 30; round += 1) {
      await inTrial(matrix, async (trial, good) => {
        const imported = await expectAccepted(trial, trial.put(good.bytes), renaming(trial, good, rival));
        const known = [good, rival].find(
          ({ statementSha256 }) => statementSha256 === imported.verification.statementSha256,
        );
        expect(imported.records).toBe(known?.statement.predicate.merkle.leaves);
      });
    }
  });

  it.for<readonly [string, (file: string) => void]>([
    ['is cut short', (file) => truncateSync(file, 30_000)],
    ['is emptied', (file) => truncateSync(file, 0)],
    ['is overwritten', (file) => writeFileSync(file, Buffer.alloc(80_000, 7))],
  ])('A18 a bundle that %s while it is read is refused', ([, change]) =>
    inTrial(matrix, async (trial, good) => {
      const file = trial.put(good.bytes);
      const snapshot = await opened(trial, file);
      change(file);
      expect(await failureOf(snapshot.finish())).toMatchObject({
        failure: { kind: expect.stringMatching(/^(input|trust)$/) },
      });
      await snapshot.close();
    }),
  );

  it.for<readonly [string, (root: string) => void]>([
    ['grows', (root) => writeFileSync(join(root, raw), 'more', { flag: 'a' })],
    ['vanishes', (root) => rmSync(join(root, raw))],
    ['becomes a link', (root) => replaced(root, (file) => symlinkSync('/etc/passwd', file))],
    ['becomes a folder', (root) => replaced(root, (file) => mkdirSync(file))],
  ])('A17 a file of an unpacked bundle that %s after the list was checked is refused', ([, change]) =>
    inTrial(matrix, async (trial, good) => {
      const root = String(await folder(() => {})(good, trial));
      const snapshot = await opened(trial, root);
      change(root);
      expect(await failureOf(snapshot.finish())).toMatchObject({
        failure: { kind: expect.stringMatching(/^(input|trust)$/) },
      });
      await snapshot.close();
    }),
  );

  it.skipIf(!canBecomeNobody())('A18 a bundle without permission to read is refused by name', () =>
    inTrial(matrix, async (trial, good) => {
      const file = trial.put(good.bytes);
      chmodSync(file, 0o600);
      expect(inspectAsNobody(file)).toContain('input container.unreadable');
      const root = trial.path('folder');
      mkdirSync(root, { mode: 0o700 });
      expect(inspectAsNobody(root)).toContain('input container.unreadable');
    }),
  );
});

/** Swaps two bundles under one name as fast as the event loop allows, until told to stop. */
function renaming(trial: Trial, good: GoodBundle, rival: GoodBundle) {
  return (file: string) => {
    let turn = 0;
    const timer = setInterval(() => {
      turn += 1;
      const next = trial.path('next');
      writeFileSync(next, turn % 2 === 0 ? good.bytes : rival.bytes);
      renameSync(next, file);
    });
    return () => clearInterval(timer);
  };
}

const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

/** Only root may become somebody else, and the tests of a person who is not root cannot be refused their own files. */
function canBecomeNobody(): boolean {
  return process.getuid?.() === 0 && spawnSync('setpriv', [...nobody, 'true']).status === 0;
}

/** `kind code` of what inspecting the path raises for a user without rights. The code is loaded before the rights are given up. */
function inspectAsNobody(file: string): string {
  const script = `
    const { inspectSnapshot } = await import('${repositoryRoot}/src-main/core/snapshot/verify.ts');
    const { silentJob } = await import('${repositoryRoot}/src-main/core/ports.ts');
    process.setgroups([]);
    process.setgid(65534);
    process.setuid(65534);
    try {
      await inspectSnapshot(process.argv[1], silentJob);
      console.log('read');
    } catch (error) {
      console.log(error.failure ? error.failure.kind + ' ' + error.failure.code : String(error));
    }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script, file], { encoding: 'utf8' }).stdout;
}
