/** The unpacked snapshot that `collect` leaves (decisions.md 18): what is there, and its digests. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Collection, collectionSchema } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { toJcs } from '../canonical-json.ts';
import { limits } from './limits.ts';
import { compareShards, foldName, isReservedEvidence, nameProblem, parseShardName, type Shard } from './names.ts';
import { walk } from './read.ts';

export interface SourceFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

export interface PackSource {
  readonly folder: string;
  readonly collection: Collection;
  /** In record order. */
  readonly shards: readonly (SourceFile & { readonly shard: Shard })[];
  /** By name as UTF-8 bytes. */
  readonly evidence: readonly SourceFile[];
}

/** Lists the folder. Raises `input` / `pack.*` for a file that has no place in a snapshot. */
export async function readPackSource(folder: string): Promise<PackSource> {
  const shards: (SourceFile & { shard: Shard })[] = [];
  const evidence: SourceFile[] = [];
  const folded = new Set<string>();
  for await (const { name, info } of walk(folder, '')) {
    if (name === 'collection.json') continue;
    const file = { name, path: join(folder, name), bytes: info.size };
    const problem = nameProblem(name) ?? (folded.has(foldName(name)) ? 'differs from another name in case only' : null);
    if (problem) refusePack('name', folder, `the file name ${JSON.stringify(name)} cannot be packed: ${problem}`, name);
    if (info.size > limits.memberBytes) {
      refusePack(
        'too_large',
        folder,
        `${name} has ${info.size} bytes; split it, the limit is ${limits.memberBytes}`,
        name,
      );
    }
    folded.add(foldName(name));
    const shard = parseShardName(name);
    if (shard) shards.push({ ...file, shard });
    else if (name.startsWith('evidence/') && !isReservedEvidence(name)) evidence.push(file);
    else refusePack('stray_file', folder, `${name} has no place in a snapshot; move it away`, name);
  }
  shards.sort((a, b) => compareShards(a.shard, b.shard));
  evidence.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return { folder, collection: await readCollection(folder), shards, evidence };
}

async function readCollection(folder: string): Promise<Collection> {
  const path = join(folder, 'collection.json');
  const text = await readFile(path, 'utf8').catch(() =>
    refusePack(
      'no_collection',
      folder,
      'it has no collection.json; give the folder that `collect --out` wrote',
      'collection.json',
    ),
  );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refusePack('collection', folder, 'collection.json is not JSON', 'collection.json');
  }
  const parsed = collectionSchema.safeParse(json);
  if (parsed.success) return requireSignable(folder, parsed.data);
  const issue = parsed.error.issues[0];
  return refusePack(
    'collection',
    folder,
    `collection.json: ${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`,
    'collection.json',
  );
}

/** What the collection says goes into the statement, whose canonical form has no room for half a surrogate pair. */
function requireSignable(folder: string, collection: Collection): Collection {
  try {
    toJcs(collection);
    return collection;
  } catch {
    return refusePack(
      'collection',
      folder,
      'collection.json holds a text with half a surrogate pair, which cannot be signed',
      'collection.json',
    );
  }
}

export const streamSource = (file: SourceFile): AsyncIterable<Buffer> =>
  createReadStream(file.path, { highWaterMark: 256 * 1024 });

export async function digestOf(
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: digest.digest('hex'), bytes };
}

export function refusePack(code: string, folder: string, why: string, member?: string): never {
  return raise('input', `pack.${code}`, `${folder} cannot be packed: ${why}. No file was changed.`, {
    file: folder,
    reason: why,
    ...(member === undefined ? {} : { member }),
  });
}
