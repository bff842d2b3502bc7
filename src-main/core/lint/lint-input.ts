/**
 * What `lint` was pointed at, as a list of record files to stream: an unpacked snapshot, a bundle, a folder of record files,
 * one NDJSON shard or one JSON record. Nothing here decides whether to believe a bundle: that is `snapshot verify`.
 */
import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { SnapshotRole, Source } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { refuseRedacted } from '../disclosure/redaction-file.ts';
import { compareShards, parseShardName, signatureMember } from '../snapshot/names.ts';
import { readPackSource, streamSource } from '../snapshot/pack-source.ts';
import { type Container, openContainer, walk } from '../snapshot/read.ts';
import { primaryOf, readSignatures } from '../snapshot/read-signatures.ts';
import { parseStatement } from '../snapshot/statement.ts';

export interface LintFile {
  readonly name: string;
  readonly bytes: number;
  /** Kind that the name promises; null: each record says for itself. */
  readonly kind: Kind | null;
  /** `lines`: one canonical record a line. `record`: one record, spelled as its author likes. */
  readonly format: 'lines' | 'record';
  stream(): AsyncIterable<Buffer>;
}

export interface LintInput {
  readonly form: 'snapshot' | 'bundle' | 'folder' | 'file';
  /** Null: the input does not say what its sources supply, so every core field is asked for. */
  readonly sources: readonly Source[] | null;
  readonly role: SnapshotRole;
  readonly files: readonly LintFile[];
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => {};

/** Opens what `path` names. Raises `input` / `lint.*`, `container.*` or `pack.*` for what cannot be read; the caller closes. */
export async function openLintInput(path: string): Promise<LintInput> {
  const info = await statOrRefuse(path);
  if (info.isDirectory()) {
    if (await exists(join(path, 'collection.json'))) return openUnpacked(path);
    if (await exists(join(path, signatureMember))) return openBundle(path);
    return openLooseFolder(path);
  }
  if (!info.isFile()) return refuse('not_a_file', path, 'it is a device, pipe or socket');
  const format = await formatOf(path);
  if (format === 'bundle') return openBundle(path);
  const kind = parseShardName(`records/${basename(path)}`)?.kind ?? null;
  const file: LintFile = { name: basename(path), bytes: info.size, kind, format, stream: () => streamPath(path) };
  return { form: 'file', sources: null, role: 'registry', files: [file], close: nothingToClose };
}

async function openUnpacked(folder: string): Promise<LintInput> {
  const { collection, shards } = await readPackSource(folder);
  return {
    form: 'snapshot',
    sources: collection.sources,
    role: collection.role,
    files: shards.map((shard) => ({
      name: shard.name,
      bytes: shard.bytes,
      kind: shard.shard.kind,
      format: 'lines',
      stream: () => streamSource(shard),
    })),
    close: nothingToClose,
  };
}

async function openBundle(file: string): Promise<LintInput> {
  const container = await openContainer(file);
  try {
    refuseRedacted(container, 'checked', 'Check the whole snapshot instead.');
    const { predicate } = parseStatement(primaryOf(await readSignatures(container, null)).payload);
    container.allowAll();
    return {
      form: 'bundle',
      sources: predicate.sources,
      role: predicate.role,
      files: shardsOf(container),
      close: () => container.close(),
    };
  } catch (error) {
    await container.close();
    throw error;
  }
}

function shardsOf(container: Container): readonly LintFile[] {
  return [...container.members.values()]
    .flatMap((member) => {
      const shard = parseShardName(member.name);
      return shard ? [{ member, shard }] : [];
    })
    .sort((a, b) => compareShards(a.shard, b.shard))
    .map(({ member, shard }) => ({
      name: member.name,
      bytes: member.bytes,
      kind: shard.kind,
      format: 'lines',
      stream: () => container.stream(member.name),
    }));
}

async function openLooseFolder(folder: string): Promise<LintInput> {
  const files: LintFile[] = [];
  for await (const { name, info } of walk(folder, '')) {
    const format = name.endsWith('.ndjson') ? 'lines' : name.endsWith('.json') ? 'record' : null;
    if (format === null) continue;
    const kind = parseShardName(`records/${basename(name)}`)?.kind ?? null;
    files.push({ name, bytes: info.size, kind, format, stream: () => streamPath(join(folder, name)) });
  }
  if (files.length === 0) refuse('no_records', folder, 'it holds no .ndjson or .json file');
  files.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return { form: 'folder', sources: null, role: 'registry', files, close: nothingToClose };
}

/** By name where that says it, else by the first byte: `P` of a ZIP, `{` of a record. */
async function formatOf(path: string): Promise<'bundle' | LintFile['format']> {
  if (path.endsWith('.ndjson')) return 'lines';
  if (path.endsWith('.json')) return 'record';
  const handle = await open(path, 'r').catch((error: unknown) => unreadable(path, error));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const start = buffer.toString('latin1', 0, bytesRead);
    if (start === 'PK') return 'bundle';
    if (start.startsWith('{')) return 'lines';
  } finally {
    await handle.close();
  }
  return refuse(
    'not_records',
    path,
    'it is neither a snapshot folder, a bundle, record lines (.ndjson) nor one record (.json)',
  );
}

const streamPath = (path: string): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: 256 * 1024 });

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const statOrRefuse = (path: string): Promise<Stats> => stat(path).catch((error: unknown) => unreadable(path, error));

function unreadable(path: string, error: unknown): never {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return refuse(
    'unreadable',
    path,
    reason === 'ENOENT' ? 'there is no such file or folder' : `reading failed (${reason})`,
  );
}

export function refuse(code: string, path: string, why: string): never {
  return raise('input', `lint.${code}`, `${path} cannot be checked: ${why}.`, { file: path, reason: why });
}
