/**
 * Where raw files lie inside the bundle, and how a locator names a place in them.
 *
 * Each used file is one member, `evidence/<source>/<path>`, byte for byte. A bundle holds at most 4,096 members (decisions.md
 * 7), so when there are very many files the small ones are gathered into NDJSON members instead: one line
 * `{name, sha256, text}` per file, from which the file can be restored exactly.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import { toJcs } from '../canonical-json.ts';
import type { JobContext } from '../ports.ts';
import type { FoundFile } from './input-files.ts';
import { readWhole } from './input-files.ts';
import { writeLines } from './line-writer.ts';
import { decodeUtf8 } from './parse-limits.ts';

/** Above this many files the small ones are gathered; the rest of the 4,096 members is for shards and signatures. */
export const maxEvidenceMembers = 3500;
/** Files over this size stay members of their own. */
const gatherBelowBytes = 1024 * 1024;
/** Raw bytes per gathered member: JSON can grow text sixfold, and a member may hold 64 MiB. */
const gatheredBytes = 10 * 1024 * 1024;

interface Place {
  readonly member: string;
  /** Name inside a gathered member. */
  readonly name?: string;
}

/** hex SHA-256 of a file as it was read for mapping, if it was. */
export type DigestOf = (file: FoundFile) => string | undefined;

export interface EvidenceLayout {
  memberOf(file: FoundFile): string;
  /** `<member>#<pointer>`, in a gathered member `<member>#name=<percent-encoded name>&at=<pointer>`. */
  locator(file: FoundFile, pointer: string): string;
  /** Copies the files that were used below `folder`; `digestOf` is what was read when they were mapped. */
  write(folder: string, used: ReadonlySet<FoundFile>, digestOf: DigestOf, job: JobContext): Promise<void>;
}

/** Parts of a locator, as a viewer needs them. */
export function parseLocator(locator: string): {
  readonly member: string;
  readonly name?: string;
  readonly pointer: string;
} {
  const hash = locator.indexOf('#');
  const member = hash < 0 ? locator : locator.slice(0, hash);
  const fragment = hash < 0 ? '' : locator.slice(hash + 1);
  const gathered = /^name=([^&]*)&at=([\s\S]*)$/.exec(fragment);
  return gathered
    ? { member, name: decodeURIComponent(gathered[1] ?? ''), pointer: gathered[2] ?? '' }
    : { member, pointer: fragment };
}

/** A path that is safe as a member name on every system and free of `#`; reversible, since `%` is escaped too. */
export const memberPath = (path: string): string =>
  [...path]
    .map((c) =>
      c < ' ' || '\u007f\\:*?"<>|%#'.includes(c)
        ? `%${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`
        : c,
    )
    .join('');

export interface PlannedInput {
  readonly folder: string;
  readonly files: readonly FoundFile[];
  /** How many of them will be used at most. */
  readonly expected: number;
}

/** Plans the members; `inputs` are the recognised files of each input in order, under that input's folder name. */
export function planEvidence(inputs: readonly PlannedInput[]): EvidenceLayout {
  const total = inputs.reduce((sum, input) => sum + input.expected, 0);
  const places = new Map<FoundFile, Place>();
  const members = new Set<string>();
  for (const { folder, files } of inputs) {
    let shard = 0;
    let room = 0;
    for (const file of files) {
      const path = memberPath(file.path);
      if (total <= maxEvidenceMembers || file.bytes > gatherBelowBytes) {
        places.set(file, { member: `evidence/${folder}/${path}` });
      } else {
        if (file.bytes > room) {
          shard += 1;
          room = gatheredBytes;
        }
        room -= file.bytes;
        places.set(file, {
          member: `evidence/${folder}/files-${String(shard).padStart(4, '0')}.ndjson`,
          name: file.path,
        });
      }
    }
  }
  for (const place of places.values()) members.add(place.member);
  if (members.size > maxEvidenceMembers) {
    raise(
      'input',
      'collect.too_many_files',
      `${members.size} files over 1 MiB do not fit into one bundle; collect in parts.`,
      {
        files: members.size,
      },
    );
  }
  const placeOf = (file: FoundFile): Place => {
    const place = places.get(file);
    if (!place) throw new Error(`no place planned for ${file.path}`);
    return place;
  };
  return {
    memberOf: (file) => placeOf(file).member,
    locator(file, pointer) {
      const place = placeOf(file);
      return place.name === undefined
        ? `${place.member}#${pointer}`
        : `${place.member}#name=${encodeURIComponent(place.name)}&at=${pointer}`;
    },
    async write(folder, used, digestOf, job) {
      const gathered = new Map<string, FoundFile[]>();
      let done = 0;
      for (const [file, place] of places) {
        if (!used.has(file)) continue;
        job.throwIfCancelled();
        done += 1;
        if (done % 64 === 0) job.report({ phase: 'evidence', done, total: used.size, unit: 'files' });
        if (place.name !== undefined) {
          const files = gathered.get(place.member);
          if (files) files.push(file);
          else gathered.set(place.member, [file]);
          continue;
        }
        const target = join(folder, ...place.member.split('/'));
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, await unchanged(file, digestOf(file)));
      }
      for (const [member, files] of gathered) await writeGathered(join(folder, ...member.split('/')), files, digestOf);
    },
  };
}

async function writeGathered(target: string, files: readonly FoundFile[], digestOf: DigestOf): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const rest = files[Symbol.iterator]();
  await writeLines(target, async () => {
    const { value: file, done } = rest.next();
    if (done) return null;
    const bytes = await unchanged(file, digestOf(file));
    // The decoder drops a byte order mark; the digest is over the file, so put it back.
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? '\ufeff' : '';
    return Buffer.from(toJcs({ name: file.path, sha256: sha256(bytes), text: mark + decodeUtf8(file.path, bytes) }));
  });
}

/** The bytes of a file, provided that they are still what the mapper read: evidence must be what records were made of. */
async function unchanged(file: FoundFile, digest: string | undefined): Promise<Buffer> {
  const bytes = await readWhole(file);
  if (digest !== undefined && sha256(bytes) !== digest) {
    raise(
      'input',
      'collect.changed',
      `${file.path}: changed while it was collected; nothing was written, collect again.`,
      {
        file: file.path,
      },
    );
  }
  return bytes;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
