/** Runs the real `assay` command in a child process, as a person would. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repositoryRoot = resolve(import.meta.dirname, '..', '..');

/** Real public data beside the checkout; absent on a machine that only has the project. */
export const sharedData = resolve(repositoryRoot, '..', 'shared', 'data');

export const passphrase = 'correct horse battery staple 7';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function assay(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: Buffer } = {},
): Outcome {
  const launcher = join(repositoryRoot, 'src-main', 'hosts', 'cli', 'assay.mjs');
  const run = spawnSync(process.execPath, [launcher, ...args], {
    cwd: options.cwd ?? repositoryRoot,
    encoding: 'utf8',
    ...(options.input === undefined ? {} : { input: options.input }),
    env: {
      ...process.env,
      ASSAY_PASSPHRASE: passphrase,
      ASSAY_KEY_PASSPHRASE: passphrase,
      NO_COLOR: '1',
      ...options.env,
    },
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** The parsed JSON document that a command printed; throws with everything it said when it is none. */
export function assayJson(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): { code: number | null; value: unknown } {
  const run = assay([...args, '--json'], options);
  try {
    return { code: run.code, value: JSON.parse(run.stdout) };
  } catch {
    throw new Error(`assay ${args.join(' ')} exited ${run.code}\n${run.stdout}\n${run.stderr}`);
  }
}

/** A temporary folder that is gone after `work`, whatever happens. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'assay-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
