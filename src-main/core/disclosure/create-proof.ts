/**
 * A proof document for records of a signed snapshot, from its bundle or from the store.
 *
 * The whole snapshot is read and its root compared with the signed one before anything is written: a proof never comes from
 * records that were changed. Memory is 32 bytes a record and the lines that are disclosed.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import { type ProofDocument, proofFormat } from '../../../src-shared/domain/disclosure.ts';
import { formatRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { Statement } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { Identities } from '../encryption/age-source.ts';
import type { JobContext } from '../ports.ts';
import { openContent } from '../snapshot/content.ts';
import { createLeafHashes, createMultiproof } from '../snapshot/merkle.ts';
import { type Container, openContainer } from '../snapshot/read.ts';
import { primaryOf, readSignatures } from '../snapshot/read-signatures.ts';
import { isRecordFailure, recordIdOf } from '../snapshot/record-lines.ts';
import { parseStatement } from '../snapshot/statement.ts';
import { checkDisclosed, nodesToHex, requireWhole } from './disclosed-leaves.ts';
import { leafPicker, type Request } from './pick-leaves.ts';
import { formatProof } from './proof-file.ts';
import { compareRefs, type OrderedLine } from './record-order.ts';
import { refuseRedacted } from './redaction-file.ts';

/** A signed snapshot with its lines, wherever it is kept. */
export interface LineSource {
  /** For messages: the bundle's name, or the snapshot of the workspace. */
  readonly where: string;
  readonly statement: Statement;
  readonly statementSha256: string;
  readonly signatures: readonly { readonly member: string; readonly bytes: Uint8Array }[];
  /** All lines in order; ends only when they are what was signed. */
  lines(): AsyncIterable<readonly OrderedLine[]>;
}

export interface CreatedProof {
  readonly bytes: Buffer;
  readonly proof: ProofDocument;
  readonly statementSha256: string;
}

/**
 * Raises what `leafPicker` and `formatProof` raise, `trust` / `proof.root` when the lines are not what was signed, and
 * `proof.partial` for an absence from an answer to a request.
 */
export async function createProof(source: LineSource, request: Request): Promise<CreatedProof> {
  const { merkle } = source.statement.predicate;
  requireWhole(request.absent, source.statement);
  const picker = leafPicker(request, source.where);
  const hashes = createLeafHashes();
  for await (const batch of source.lines()) {
    for (const line of batch) {
      picker.take(line);
      hashes.append(line.line);
    }
  }
  const leaves = picker.finish();
  const { root, nodes } = createMultiproof(
    hashes.bytes(),
    leaves.map(({ index }) => index),
  );
  if (hashes.leaves !== merkle.leaves || root.toString('hex') !== merkle.root) {
    raise(
      'trust',
      'proof.root',
      `${source.where} no longer holds the records that were signed; no proof was written. Restore it from a backup, or prove from the original bundle.`,
      { where: source.where },
    );
  }
  const proof: ProofDocument = {
    format: proofFormat,
    signatures: source.signatures.map(({ member, bytes }) => ({ member, text: Buffer.from(bytes).toString('utf8') })),
    tree: { size: merkle.leaves, root: merkle.root },
    leaves: leaves.map(({ index, line }) => ({ index, line: line.toString('utf8') })),
    nodes: nodesToHex(nodes),
    absent: sortedDistinct(request.absent),
  };
  // What is handed out has passed the same check that its reader will make.
  checkDisclosed(proof, source.statement);
  return { bytes: formatProof(proof), proof, statementSha256: source.statementSha256 };
}

const sortedDistinct = (refs: readonly RecordRef[]): RecordRef[] =>
  [...new Map(refs.map((ref) => [formatRef(ref), ref])).values()].sort(compareRefs);

/**
 * A proof from a bundle, without a trust decision: whoever verifies it makes that. Raises `input` / `container.*` and
 * `snapshot.redacted`, `trust` / `content.*` for a bundle that is not what its own statement lists.
 */
export async function proveFromBundle(
  file: string,
  name: string,
  request: Request,
  job: JobContext,
  identities?: Identities,
): Promise<CreatedProof> {
  const container = await openContainer(file, identities);
  try {
    refuseRedacted(container, 'proved from', 'Its own records are proven already: see assay proof verify.');
    const bundles = await readSignatures(container, null);
    const { payload } = primaryOf(bundles);
    container.allowAll();
    const statement = parseStatement(payload);
    return await createProof(
      {
        where: name,
        statement,
        statementSha256: sha256Hex(payload),
        signatures: bundles,
        lines: () => bundleLines(container, statement, job),
      },
      request,
    );
  } finally {
    await container.close();
  }
}

/** Lines of a bundle; the end is reached only when every digest, count and the root agree. */
async function* bundleLines(
  container: Container,
  statement: Statement,
  job: JobContext,
): AsyncGenerator<readonly OrderedLine[]> {
  const content = await openContent(container, statement);
  try {
    for await (const batch of content.recordLines(job)) {
      yield batch.map(({ kind, line }) => ({ kind, id: recordIdOf({ kind, line }) ?? unreadableId(kind), line }));
    }
  } catch (error) {
    throw isRecordFailure(error) ? await content.explain(error) : error;
  }
  await content.finish(job);
}

/** The order check before this has read the same id. */
const unreadableId = (kind: Kind): never => {
  throw new Error(`a ${kind} line passed the order check without an id`);
};
