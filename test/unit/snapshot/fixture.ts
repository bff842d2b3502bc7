/** Unpacked snapshots and trust stores for the tests of this area, written to a fresh folder each time. */
import type { KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { recordLine } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { type PackedSnapshot, packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { describePublicKey, generatePublisherKey, type PublisherKeyPair } from '../../../src-main/core/trust/keys.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';

export const now = new Date('2026-11-23T12:00:00Z');
export const registryId = 'urn:uuid:7d0a3a2e-0000-5000-8000-000000000001';

export interface Workshop {
  readonly root: string;
  path(...parts: string[]): string;
  remove(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), 'assay-snapshot-'));
  return { root, path: (...parts) => join(root, ...parts), remove: () => rm(root, { recursive: true, force: true }) };
}

export function sampleRecord(kind: Kind, id: string, body: CanonicalRecord['body'] = {}): CanonicalRecord {
  return {
    kind,
    id,
    body: { ...body, note: `record ${id}` },
    prov: { source: 0, default: { confidence: 'declared', locator: `evidence/sample/${kind}.json#/${id}` } },
  };
}

const byId = (a: CanonicalRecord, b: CanonicalRecord): number => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));

export interface FolderOptions {
  readonly registry?: string;
  readonly records?: readonly CanonicalRecord[];
  readonly evidence?: Readonly<Record<string, string | Buffer>>;
}

export const sampleRecords: readonly CanonicalRecord[] = [
  ...Array.from({ length: 20 }, (_, index) => sampleRecord('model', `model-${index}`, { owner: 'Ünïcode & "quotes"' })),
  ...Array.from({ length: 5 }, (_, index) => sampleRecord('model_version', `m/${index}`)),
  sampleRecord('deployment', 'with "quotes" and \\'),
];
export const sampleEvidence: Readonly<Record<string, string | Buffer>> = {
  'evidence/sample/model.json': '{"models": []}\n',
  'evidence/sample/raw.bin': Buffer.from([0, 255, 1, 254]),
};

/** Writes an unpacked snapshot as `collect` does, and returns its folder. */
export async function writeFolder(folder: string, options: FolderOptions = {}): Promise<string> {
  const records = options.records ?? sampleRecords;
  const counts: Record<string, number> = {};
  for (const kind of new Set(records.map((record) => record.kind))) {
    const lines = records.filter((record) => record.kind === kind).sort(byId);
    counts[kind] = lines.length;
    await put(folder, `records/${kind}-0001.ndjson`, lines.map((record) => `${recordLine(record)}\n`).join(''));
  }
  for (const [name, content] of Object.entries(options.evidence ?? sampleEvidence)) await put(folder, name, content);
  await put(
    folder,
    'collection.json',
    JSON.stringify({
      schemaVersion: 1,
      registry: { id: options.registry ?? registryId, name: 'Sample registry', uri: 'https://registry.example' },
      role: 'registry',
      collector: { name: 'assay', version: '0.1.0' },
      sources: [
        {
          type: 'sample',
          uri: 'file:sample',
          collectedAt: '2026-11-23T11:00:00Z',
          complete: true,
          coverage: {
            inputsSeen: 1,
            inputsUsed: 1,
            inputsSkipped: 0,
            reasons: {},
            denied: [],
            errors: [],
            scope: ['*'],
          },
          suppliedFields: { model: ['owner'] },
        },
      ],
      counts,
    }),
  );
  return folder;
}

export async function put(folder: string, name: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

export function trustedKey(pair: PublisherKeyPair, overrides: Partial<TrustedKey> = {}): TrustedKey {
  const { keyId, rawBytes } = describePublicKey(pair.publicKey);
  return {
    hint: keyId,
    rawBytes,
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    label: 'Sample publisher',
    validFor: {},
    registryIds: [registryId],
    addedAt: '2026-11-01T00:00:00Z',
    addedBy: 'tester',
    ...overrides,
  };
}

export const trusting = (...keys: readonly TrustedKey[]): TrustStore => ({
  schemaVersion: 1,
  threshold: 1,
  keys: [...keys],
});

export interface SampleBundle {
  readonly file: string;
  readonly pair: PublisherKeyPair;
  readonly trust: TrustStore;
  readonly packed: PackedSnapshot;
}

/** A good bundle with its trust store. */
export async function packSample(
  workshop: Workshop,
  options: FolderOptions & {
    readonly sequence?: number;
    readonly name?: string;
    readonly keys?: readonly KeyObject[];
    readonly modelSigning?: boolean;
  } = {},
): Promise<SampleBundle> {
  const pair = generatePublisherKey();
  const name = options.name ?? 'sample';
  const folder = await writeFolder(workshop.path(`${name}-folder`), options);
  const file = workshop.path(`${name}.zip`);
  const packed = await packSnapshot({
    folder,
    out: file,
    privateKeys: [pair.privateKey, ...(options.keys ?? [])],
    now,
    job: silentJob,
    ...(options.sequence === undefined ? {} : { sequence: options.sequence }),
    ...(options.modelSigning === undefined ? {} : { modelSigning: options.modelSigning }),
  });
  return { file, pair, trust: trusting(trustedKey(pair)), packed };
}
