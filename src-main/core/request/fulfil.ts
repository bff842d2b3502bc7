/**
 * The collector's side: collects from the sources as `collect` does, keeps only what was asked for, and says what it has not.
 *
 * The answer is an unpacked snapshot that `pack` signs; `collection.json` names the request, and the request file lies among
 * the evidence, so that an answer can be read without the one who asked.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Ask } from '../../../src-shared/contract/schemas/requests.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { EvidenceRule } from '../../../src-shared/domain/disclosure.ts';
import { type CanonicalRecord, formatRef } from '../../../src-shared/domain/record.ts';
import { type Collection, collectionSchema } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { collectSources } from '../collect/collector.ts';
import { evidenceUse } from '../disclosure/evidence-use.ts';
import type { JobContext } from '../ports.ts';
import { shardName } from '../snapshot/names.ts';
import { readPackSource, streamSource } from '../snapshot/pack-source.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import { type RecordLine, splitLines } from '../snapshot/record-lines.ts';
import { askTest, describeAsk } from './ask.ts';
import type { SignedRequest } from './request-file.ts';

const newline = Buffer.from('\n');

export interface FulfilOptions {
  readonly request: SignedRequest;
  /** The request file, byte for byte: it goes into the answer. */
  readonly requestFile: Uint8Array;
  readonly sources: readonly { readonly path: string; readonly label: string }[];
  /** Folder to create. */
  readonly out: string;
  readonly evidence: EvidenceRule;
  readonly now: Date;
  readonly job: JobContext;
}

type FulfilOutput = Omit<OutputOf<'request.fulfil'>, 'request'>;

/** Writes the answer, whole or not at all. Raises what collecting raises, `input` / `collect.*`. */
export async function fulfilRequest(options: FulfilOptions): Promise<FulfilOutput> {
  const { document } = options.request;
  const out = resolve(options.out);
  await mkdir(dirname(out), { recursive: true });
  const id = randomUUID().slice(0, 8);
  const collected = join(dirname(out), `.${basename(out)}.collected-${id}`);
  const answer = join(dirname(out), `.${basename(out)}.answer-${id}`);
  try {
    await collectSources({
      sources: options.sources,
      out: collected,
      as: document.registry.role,
      registryId: document.registry.id,
      registryName: document.registry.name,
      strict: false,
      now: options.now,
      job: options.job,
    });
    await mkdir(answer, { mode: 0o700 });
    const output = await writeAnswer(collected, answer, options);
    options.job.throwIfCancelled();
    await replaceEmptyFolder(answer, out);
    return output;
  } finally {
    await rm(collected, { recursive: true, force: true });
    await rm(answer, { recursive: true, force: true });
  }
}

async function writeAnswer(from: string, to: string, options: FulfilOptions): Promise<FulfilOutput> {
  const { document, sha256 } = options.request;
  const source = await readPackSource(from);
  const use = evidenceUse(source.evidence, ({ name }) => [name]);
  const asked = askTest(document.ask);
  const found = new Set<string>();
  const counts: Record<string, number> = {};
  let withheld = 0;

  await mkdir(join(to, 'records'));
  const shards = new Map<Kind, number>();
  for (const file of source.shards) {
    const { kind } = file.shard;
    const kept: Buffer[] = [];
    for await (const batch of splitLines(streamSource(file), kind, file.name, from)) {
      options.job.throwIfCancelled();
      for (const line of batch) {
        const record = parseRecordLine(line, from);
        const goes = asked(record);
        use.note(record.prov, goes);
        if (!goes) withheld += 1;
        else keep(line, record, kept);
      }
    }
    if (kept.length === 0) continue;
    const number = (shards.get(kind) ?? 0) + 1;
    shards.set(kind, number);
    await writeFile(join(to, shardName(kind, number)), Buffer.concat(kept));
  }

  const evidence = use.chosen(options.evidence);
  for (const file of evidence) await copyInto(file.path, join(to, file.name));
  const requestMember = `evidence/request/${document.requestId}.request.json`;
  await mkdir(join(to, dirname(requestMember)), { recursive: true });
  await writeFile(join(to, requestMember), options.requestFile);

  const notFound = document.ask.records.filter((ref) => !found.has(formatRef(ref)));
  const emptyKinds = document.ask.kinds.filter((kind) => !((counts[kind] ?? 0) > 0));
  const sourcesComplete = source.collection.sources.every((one) => one.complete);
  const answers = { requestId: document.requestId, requestSha256: sha256, notFound, emptyKinds, sourcesComplete };
  const collection = asAnswer(source.collection, document.ask, { answers, counts });
  await writeFile(join(to, 'collection.json'), `${JSON.stringify(collection, null, 2)}\n`);
  return {
    counts,
    withheld,
    unread: source.collection.sources.reduce((sum, { coverage }) => sum + coverage.inputsSkipped, 0),
    notFound,
    emptyKinds,
    sourcesComplete,
    evidence: { rule: options.evidence, files: evidence.length, shared: use.shared().map(({ name }) => name) },
  };

  function keep(line: RecordLine, record: CanonicalRecord, kept: Buffer[]): void {
    found.add(formatRef(record));
    counts[record.kind] = (counts[record.kind] ?? 0) + 1;
    kept.push(Buffer.from(line.line), newline);
  }
}

/** No reader may take an answer for everything there is: its sources are not complete, and their scope is what was asked. */
function asAnswer(
  collection: Collection,
  ask: Ask,
  { answers, counts }: Pick<Collection, 'answers' | 'counts'>,
): Collection {
  return collectionSchema.parse({
    ...collection,
    answers,
    counts,
    sources: collection.sources.map(({ coverage, ...source }) => {
      const { reportedTotals: _, ...partial } = coverage;
      return {
        ...source,
        complete: false,
        coverage: { ...partial, scope: [`only what was asked: ${describeAsk(ask)}`] },
      };
    }),
  });
}

async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

async function replaceEmptyFolder(from: string, out: string): Promise<void> {
  await rmdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    raise('usage', 'collect.out_exists', `${basename(out)}: already there and not an empty folder; name a new one.`, {
      out: basename(out),
    });
  });
  await rename(from, out);
}
