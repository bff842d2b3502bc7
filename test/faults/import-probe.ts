/**
 * One import in a process of its own: `import-probe.ts WORKSPACE KEYS BUNDLE` prints {code, seconds, idleMiB, peakMiB, bytesRead}.
 *
 * Idle is the process with its workspace open. Bytes are counted at the file handles, below everything that Assay does with them.
 */
import { readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { silentJob } from '../../src-main/core/ports.ts';
import { openWithKeys, type WorkspaceKeys } from '../../src-main/core/store/workspace.ts';
import { snapshotsImport } from '../../src-main/core/usecases/snapshots-import.ts';
import { AssayError } from '../../src-shared/result.ts';
import { sessionOf } from '../support/session.ts';
import { now } from '../unit/snapshot/fixture.ts';

export interface Probe {
  readonly code: string;
  readonly seconds: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
  readonly bytesRead: number;
}

const [folder = '', keyFile = '', bundle = ''] = process.argv.slice(2);
const stored: Record<keyof WorkspaceKeys, string> = JSON.parse(readFileSync(keyFile, 'utf8'));
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const workspace = openWithKeys(folder, {
  userId: stored.userId,
  dek: bytes(stored.dek),
  ed25519Seed: bytes(stored.ed25519Seed),
  p256Pkcs8: bytes(stored.p256Pkcs8),
});

/** Counts what every file handle of this process delivers from now on. */
async function countReads(): Promise<() => number> {
  const handle = await open(import.meta.filename);
  const shared: Pick<FileHandle, 'read'> = Object.getPrototypeOf(handle);
  await handle.close();
  const read = shared.read;
  let total = 0;
  shared.read = async function (this: FileHandle, ...args: unknown[]) {
    const result = await Reflect.apply(read, this, args);
    total += result.bytesRead;
    return result;
  } as FileHandle['read'];
  return () => total;
}

/** Of this program alone: `maxRSS` begins with the memory of the process that started it (getrusage(2), kept across exec). */
function peakRssMiB(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kibibytes === undefined) throw new Error('this system does not say how much memory a process had at most');
  return Number(kibibytes) / 1024;
}

async function importCode(): Promise<string> {
  const { context, grant } = sessionOf(workspace, now);
  const input = { file: grant(bundle), historical: false, dryRun: false } as const;
  try {
    return (await snapshotsImport(context, input, silentJob)).outcome;
  } catch (error) {
    if (error instanceof AssayError) return error.failure.code;
    throw error;
  }
}

const bytesRead = await countReads();
const idleMiB = process.memoryUsage.rss() / 2 ** 20;
const started = performance.now();
const code = await importCode();
const probe: Probe = {
  code,
  seconds: (performance.now() - started) / 1000,
  idleMiB,
  peakMiB: peakRssMiB(),
  bytesRead: bytesRead(),
};
process.stdout.write(JSON.stringify(probe));
workspace.close();
