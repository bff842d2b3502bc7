/**
 * One good bundle, and everything a hostile publisher, courier or medium could make of it.
 *
 * A courier changes bytes and cannot sign: he works on `members` with the ZIP writer that can lie. A hostile or broken
 * publisher signs whatever he likes: `publish` makes a genuine signature over content that no packer of ours would write.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordLine, sha256Hex, toJcs } from '../../src-main/core/canonical-json.ts';
import { silentJob } from '../../src-main/core/ports.ts';
import { limits } from '../../src-main/core/snapshot/limits.ts';
import { createMerkleTree } from '../../src-main/core/snapshot/merkle.ts';
import { coSignatureName, parseShardName, signatureMember } from '../../src-main/core/snapshot/names.ts';
import { mediaTypes, parseStatement } from '../../src-main/core/snapshot/statement.ts';
import { packSnapshot } from '../../src-main/core/snapshot/write.ts';
import { readBundle, writeBundle } from '../../src-main/core/trust/bundle.ts';
import {
  describePublicKey,
  generatePublisherKey,
  keyIdHex,
  type PublisherKeyPair,
} from '../../src-main/core/trust/keys.ts';
import type { Kind } from '../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord, RecordBody } from '../../src-shared/domain/record.ts';
import type { Collection, Predicate, Statement } from '../../src-shared/domain/snapshot.ts';
import { now, openWorkshop, registryId, writeFolder } from '../unit/snapshot/fixture.ts';
import { buildZip, type LabEntry, membersOf } from '../unit/snapshot/zip-lab.ts';

export { now, registryId } from '../unit/snapshot/fixture.ts';

/** Trusted by every workspace of these tests; the second one signs too where two are asked for. */
export const publisher: PublisherKeyPair = generatePublisherKey();
export const cosigner: PublisherKeyPair = generatePublisherKey();
/** Somebody whom nobody trusts. */
export const stranger: PublisherKeyPair = generatePublisherKey();

export interface GoodBundle {
  readonly bytes: Buffer;
  readonly members: readonly LabEntry[];
  /** The signed bytes. */
  readonly payload: Buffer;
  readonly statement: Statement;
  readonly statementSha256: string;
}

/** Bytes that do not compress and are the same in every run. */
export function noise(label: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash('sha256').update(`${label} ${index}`).digest(),
  );
  return Buffer.concat(blocks, length);
}

export function record(kind: Kind, id: string, body: RecordBody = {}): CanonicalRecord {
  const locator = `evidence/registry/export.json#/${kind}/${id}`;
  return { kind, id, body, prov: { source: 0, default: { confidence: 'declared', locator } } };
}

/** Five kinds whose records refer to each other; the texts make shards of many KiB after deflate. */
export function goodRecords(): readonly CanonicalRecord[] {
  const numbered = (count: number, make: (index: number) => CanonicalRecord) =>
    Array.from({ length: count }, (_, n) => make(n));
  const text = (id: string) => noise(id, 450).toString('base64');
  return [
    ...numbered(3, (n) =>
      record('party', `party-${n}`, { party_id: `party-${n}`, party_name: `Größe & "Söhne" ${n}` }),
    ),
    ...numbered(50, (n) =>
      record('dataset', `dataset-${n}`, {
        dataset_id: `dataset-${n}`,
        dataset_name: `Data ${n}`,
        description: text(`d${n}`),
      }),
    ),
    ...numbered(20, (n) =>
      record('model', `model-${n}`, {
        model_id: `model-${n}`,
        model_name: `Model ${n}`,
        owner: { kind: 'party', id: `party-${n % 3}` },
        description: text(`m${n}`),
      }),
    ),
    ...numbered(10, (n) =>
      record('model_version', `version-${n}`, {
        version_id: `version-${n}`,
        version_label: '1',
        model_ref: { kind: 'model', id: `model-${n}` },
      }),
    ),
    record('deployment', 'with "quotes" and \\', { note: 'escapes in an id' }),
  ];
}

const goodEvidence = {
  'evidence/registry/export.json': `${JSON.stringify({ models: goodRecords().map(({ id }) => id) })}\n`,
  'evidence/registry/raw.bin': noise('raw', 14 * 1024),
};

/** Many scopes make a statement of many KiB, so that the signature file is a good part of the bundle too. */
async function widenScope(folder: string): Promise<void> {
  const file = join(folder, 'collection.json');
  const collection: Collection = JSON.parse(await readFile(file, 'utf8'));
  const scope = Array.from({ length: 360 }, (_, n) => `namespace/${noise(`scope ${n}`, 24).toString('hex')}`);
  const sources = collection.sources.map((source) => ({ ...source, coverage: { ...source.coverage, scope } }));
  await writeFile(file, JSON.stringify({ ...collection, sources }));
}

export interface GoodOptions {
  readonly sequence?: number;
  readonly registry?: string;
  readonly records?: readonly CanonicalRecord[];
  readonly keys?: readonly KeyObject[];
}

/** Packed and signed the way `assay snapshot pack` does it, by default with a co-signature; about 64 KiB with one signature. */
export async function goodBundle(options: GoodOptions = {}): Promise<GoodBundle> {
  const workshop = await openWorkshop();
  try {
    const folder = await writeFolder(workshop.path('folder'), {
      registry: options.registry ?? registryId,
      records: options.records ?? goodRecords(),
      evidence: goodEvidence,
    });
    await widenScope(folder);
    const out = workshop.path('good.assay');
    const privateKeys = options.keys ?? [publisher.privateKey, cosigner.privateKey];
    const sequence = options.sequence ?? 1;
    const { statementSha256 } = await packSnapshot({ folder, out, privateKeys, sequence, now, job: silentJob });
    const bytes = await readFile(out);
    const members = membersOf(bytes);
    const { payload } = readBundle(signatureMember, contentOf(members, signatureMember));
    return { bytes, members, payload, statement: parseStatement(payload), statementSha256 };
  } finally {
    await workshop.remove();
  }
}

export function contentOf(members: readonly LabEntry[], name: string): Buffer {
  const member = members.find((entry) => entry.name === name);
  if (!member) throw new Error(`the good bundle has no member ${name}`);
  return member.content;
}

/** The members with one of them changed. */
export const changed = (members: readonly LabEntry[], name: string, change: Partial<LabEntry>): LabEntry[] =>
  members.map((entry) => (entry.name === name ? { ...entry, ...change } : entry));

/** The members with their signature file replaced and co-signatures left out: what another signer would hand over. */
export const withSignature = (members: readonly LabEntry[], content: Buffer | string): LabEntry[] => [
  { name: signatureMember, content: Buffer.from(content) },
  ...members.filter(({ name }) => name !== signatureMember && !String(name).startsWith('signatures/')),
];

export const coSignature = (payload: Buffer, pair: PublisherKeyPair): LabEntry => ({
  name: coSignatureName(keyIdHex(describePublicKey(pair.publicKey).keyId)),
  content: writeBundle(payload, pair.privateKey),
});

/** The JSON of a signature file, open for spoiling. */
export interface LooseBundle {
  mediaType: string;
  verificationMaterial: { publicKey: { hint: string }; tlogEntries?: unknown[]; [key: string]: unknown };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
  [key: string]: unknown;
}

export function spoilSignature(
  good: GoodBundle,
  change: (bundle: LooseBundle, first: { sig: string; keyid?: string }) => void,
): Buffer {
  const bundle: LooseBundle = JSON.parse(contentOf(good.members, signatureMember).toString());
  const [first] = bundle.dsseEnvelope.signatures;
  if (first) change(bundle, first);
  return buildZip(withSignature(good.members, JSON.stringify(bundle)));
}

export interface Publication {
  /** Record shards and evidence by member name; default: those of the good bundle. */
  readonly content?: readonly LabEntry[];
  readonly predicate?: Partial<Predicate>;
  /** Last word over the statement's text, for what no object can say (duplicate keys, white space). */
  readonly payload?: (text: string) => string;
  readonly signer?: PublisherKeyPair;
}

/** Signs content as it is, however wrong: digests, counts and Merkle root are true, everything else is up to the caller. */
export function publish(good: GoodBundle, publication: Publication = {}): Buffer {
  const content = publication.content ?? good.members.filter(({ name }) => !String(name).includes('sigstore'));
  const statement: Statement = {
    ...good.statement,
    subject: content.map(({ name, content: bytes }) => ({ name: String(name), digest: { sha256: sha256Hex(bytes) } })),
    predicate: {
      ...good.statement.predicate,
      files: content.map(fileOf),
      merkle: merkleOf(content),
      ...publication.predicate,
    },
  };
  const text = toJcs(statement);
  const payload = Buffer.from(publication.payload ? publication.payload(text) : text);
  const signature = writeBundle(payload, (publication.signer ?? publisher).privateKey);
  return buildZip([{ name: signatureMember, content: signature }, ...content]);
}

/** One more or other shard beside the good bundle's evidence: a publication of records only. */
export function publishLines(good: GoodBundle, kind: Kind, lines: Buffer | string): Buffer {
  return publish(good, { content: [{ name: `records/${kind}-0001.ndjson`, content: Buffer.from(lines) }] });
}

/** Canonical lines, each with its newline. */
export const recordLines = (records: readonly CanonicalRecord[]): string =>
  records.map((item) => `${recordLine(item)}\n`).join('');

function fileOf({ name, content }: LabEntry): Predicate['files'][number] {
  const shard = parseShardName(String(name));
  return {
    name: String(name),
    kind: shard?.kind ?? 'evidence',
    mediaType: shard ? mediaTypes.records : mediaTypes.evidence,
    bytes: content.length,
    records: shard ? leavesOf(content).length : 0,
  };
}

function merkleOf(content: readonly LabEntry[]): Predicate['merkle'] {
  const tree = createMerkleTree();
  for (const { name, content: bytes } of content) {
    // A line that is too long for a leaf is refused before the root is compared.
    const leaves = parseShardName(String(name))
      ? leavesOf(bytes).filter(({ length }) => length <= limits.lineBytes)
      : [];
    for (const leaf of leaves) tree.append(leaf);
  }
  return { alg: 'rfc6962-sha256', root: tree.root().toString('hex'), leaves: tree.leaves };
}

/** What stands before each newline. */
function leavesOf(bytes: Buffer): Buffer[] {
  const leaves: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    leaves.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return leaves;
}
