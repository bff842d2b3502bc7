/**
 * E0 of the fault matrix: what must hold after every refused bundle, tested through the import that a person uses.
 *
 * Each trial has its own copy of one encrypted workspace, its own temporary folder that is watched, and ends with a good import.
 * A bundle arrives through the use case in this process, or through the real `assay` command.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { sha256Hex } from '../../src-main/core/canonical-json.ts';
import { silentJob } from '../../src-main/core/ports.ts';
import { argon2Kdf } from '../../src-main/core/store/kdf.ts';
import { saveTrustedKey } from '../../src-main/core/store/trust-queries.ts';
import { createWorkspace, type OpenWorkspace, openWithKeys } from '../../src-main/core/store/workspace.ts';
import { snapshotsImport } from '../../src-main/core/usecases/snapshots-import.ts';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import type { ContinuityCondition } from '../../src-shared/domain/continuity.ts';
import { AssayError, exitCodeOf } from '../../src-shared/result.ts';
import { assayJson, passphrase } from '../support/assay.ts';
import { sessionOf } from '../support/session.ts';
import { trustedKey } from '../unit/snapshot/fixture.ts';
import { cosigner, type GoodBundle, now, publisher } from './mutator.ts';

export type Imported = OutputOf<'snapshots.import'>;
export type Refusal = { readonly code: string; readonly exit: number };

/** How a bundle gets in. */
export type Host = (trial: Trial, file: string) => Promise<Refusal | Imported>;

export interface Trial {
  readonly folder: string;
  readonly workspace: OpenWorkspace;
  /** Every other file that the trial needs lies here; nothing of it is a leak. */
  path(name: string): string;
  /** Writes a bundle to import. */
  put(bytes: Uint8Array): string;
  import(file: string): Promise<Refusal | Imported>;
  close(): void;
}

/** decisions.md 17, restated here so that a failure class cannot change its exit code unnoticed. */
export function exitOf(code: string): number {
  const area = code.slice(0, code.indexOf('.'));
  if (['container', 'record', 'evidence', 'file'].includes(area)) return 3;
  if (['content', 'signature', 'signer', 'statement', 'continuity'].includes(area)) return 4;
  throw new Error(`the matrix knows no exit code for ${code}`);
}

/** Same strength as the weakest slot that is accepted: what is tested here is not the cost. */
const cheapestKdf = { ...argon2Kdf, choose: async () => ({ m: 64 * 1024, t: 3, p: 1 }) };

export interface Bench {
  /** A fresh copy of the workspace in which the publishers are trusted for one registry. */
  open(): Trial;
  remove(): void;
}

export async function openBench(): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'assay-faults-'));
  const template = join(root, 'template');
  const { workspace } = await createWorkspace(
    { folder: template, name: 'Faults', userName: 'Ada Auditor', passphrase, now },
    { kdf: cheapestKdf },
  );
  const { keys } = workspace;
  saveTrustedKey(workspace.writer, trustedKey(publisher));
  saveTrustedKey(workspace.writer, trustedKey(cosigner, { label: 'Second publisher' }));
  workspace.close();
  let trials = 0;
  return {
    open() {
      trials += 1;
      return openTrial(join(root, String(trials)), template, keys);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function openTrial(folder: string, template: string, keys: OpenWorkspace['keys']): Trial {
  const outer = process.env['TMPDIR'];
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  mkdirSync(join(folder, 'files'));
  cpSync(template, join(folder, 'workspace'), { recursive: true });
  process.env['TMPDIR'] = temporary;
  const workspace = openWithKeys(join(folder, 'workspace'), keys);
  const { context, grant } = sessionOf(workspace, now);
  const trial: Trial = {
    folder,
    workspace,
    path: (name) => join(folder, 'files', name),
    put(bytes) {
      const file = trial.path(`${sha256Hex(bytes).slice(0, 12)}.assay`);
      writeFileSync(file, bytes);
      return file;
    },
    async import(file) {
      try {
        return await snapshotsImport(context, { file: grant(file), historical: false, dryRun: false }, silentJob);
      } catch (error) {
        if (error instanceof AssayError) return { code: error.failure.code, exit: exitCodeOf(error.failure.kind) };
        throw error;
      }
    },
    close() {
      workspace.close();
      if (outer === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = outer;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return trial;
}

/** The use case, as the engine calls it. */
export const inProcess: Host = (trial, file) => trial.import(file);

/** `assay import FILE`, as a person types it. */
export const commandLine: Host = async (trial, file) => {
  const { code, value } = assayJson(['import', file, '-w', trial.workspace.folder, '--no-input'], {
    env: { TMPDIR: join(trial.folder, 'tmp') },
  });
  const document = value as Imported | { readonly error: { readonly code: string } };
  return 'error' in document ? { code: document.error.code, exit: code ?? -1 } : document;
};

export interface Expectation {
  readonly host?: Host;
  /** What the workspace has seen or been told before. */
  readonly prepare?: (trial: Trial, good: GoodBundle) => unknown;
  /**
   * What trusted keys really signed is evidence although the bundle was refused: one event and one finding for each of these.
   * Default: what the code says by itself (`conditionOf`).
   */
  readonly conditions?: readonly ContinuityCondition[];
  /** The bundle is a path that the host refuses before a workspace hears of it. */
  readonly unlogged?: boolean;
}

const conditionsByCode: Readonly<Record<string, ContinuityCondition>> = {
  'continuity.equivocation': 'equivocation',
  'continuity.rollback': 'rollback',
  'continuity.fast_forward': 'fast_forward',
  'content.digest': 'mixed_members',
  'content.missing_member': 'mixed_members',
  'content.unlisted_member': 'mixed_members',
  'signature.payload_differs': 'mixed_members',
  'signer.out_of_scope': 'wrong_registry',
  'signer.revoked': 'key_used_after_revocation',
};

function conditionOf(code: string): readonly ContinuityCondition[] {
  const condition = conditionsByCode[code];
  return condition ? [condition] : [];
}

/** Tables in which such evidence is kept; nothing else may change. */
const evidenceTables: ReadonlySet<string> = new Set([
  'continuity_event',
  'finding',
  'finding_event',
  'refused_statement',
]);

/** Imports `file` and checks all of E0; `good` must import afterwards. */
export async function expectRefused(
  trial: Trial,
  good: GoodBundle,
  file: string,
  code: string,
  { host = inProcess, conditions = conditionOf(code), unlogged = false }: Expectation = {},
): Promise<void> {
  const before = stateOf(trial);
  const stray = watchRejections();
  expect(await host(trial, file)).toEqual({ code, exit: exitOf(code) });
  expect(await stray.stop()).toEqual([]);
  const after = stateOf(trial);
  expect(after.tables).toEqual(before.tables);
  expect(after.files).toEqual(before.files);
  expect(after.conditions.slice(before.conditions.length)).toEqual(conditions);
  expect(after.findings - before.findings).toBe(conditions.length);
  expect(after.actions.slice(before.actions.length).filter((action) => !action.startsWith('workspace.'))).toEqual(
    unlogged ? [] : ['snapshot.rejected'],
  );
  expect(await host(trial, trial.put(good.bytes))).toMatchObject({
    outcome: 'imported',
    records: good.statement.predicate.merkle.leaves,
  });
  expect(readdirSync(join(trial.folder, 'tmp'))).toEqual([]);
  trial.workspace.close();
  expect(readdirSync(trial.workspace.folder).sort()).toEqual(['keys.a', 'keys.b', 'store.db']);
}

/** Imports `file`, which must be accepted, with nothing left in the temporary folder. `meanwhile` starts and stops a disturbance. */
export async function expectAccepted(
  trial: Trial,
  file: string,
  meanwhile: (file: string) => () => void = () => () => {},
): Promise<Imported> {
  const stop = meanwhile(file);
  try {
    const outcome = await trial.import(file);
    if (!('outcome' in outcome)) throw new Error(`refused: ${outcome.code}`);
    expect(readdirSync(join(trial.folder, 'tmp'))).toEqual([]);
    return outcome;
  } finally {
    stop();
  }
}

/** Rejections that nobody handled, until `stop`. */
function watchRejections() {
  const reasons: unknown[] = [];
  const note = (reason: unknown) => reasons.push(reason);
  process.on('unhandledRejection', note);
  return {
    async stop() {
      await nextTurn();
      process.off('unhandledRejection', note);
      return reasons;
    },
  };
}

/** Everything that a refused bundle could have changed. */
function stateOf(trial: Trial) {
  const { reader } = trial.workspace;
  const actions = reader.readRaw<[], [string]>('SELECT action FROM activity ORDER BY seq').all();
  const events = reader.readRaw<[], [string]>('SELECT condition FROM continuity_event ORDER BY event_id').all();
  return {
    tables: tablesOf(trial),
    conditions: events.map(([condition]) => condition),
    findings: reader.readRaw<[], [number]>('SELECT count(*) FROM finding').get()?.[0] ?? 0,
    actions: actions.map(([action]) => action),
    files: [...readdirSync(trial.workspace.folder), ...readdirSync(join(trial.folder, 'tmp'))].sort(),
  };
}

/** Number and digest of the rows of every table but the activity log and what is kept as evidence. */
export function tablesOf({
  workspace: { reader },
}: Trial): readonly (readonly [name: string, rows: number, digest: string])[] {
  const names = reader
    .readRaw<[], [string]>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all()
    .map(([name]) => name)
    .filter((name) => name !== 'activity' && !evidenceTables.has(name));
  return names.map((name) => {
    const rows = reader.readRaw<[], (string | number | Uint8Array | null)[]>(`SELECT * FROM "${name}"`).all();
    return [name, rows.length, sha256Hex(JSON.stringify(rows))];
  });
}
