/** Real bundles and real encrypted workspaces in temporary folders, for the tests of store, import and queries. */
import { createHash, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordLine } from '../../../src-main/core/canonical-json.ts';
import { type ImportOptions, importSnapshot } from '../../../src-main/core/ingest/import-snapshot.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { openVerified } from '../../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import type { Kdf } from '../../../src-main/core/store/kdf.ts';
import { loadTrustStore, saveTrustedKey } from '../../../src-main/core/store/trust-queries.ts';
import { createWorkspace, type OpenWorkspace } from '../../../src-main/core/store/workspace.ts';
import { describePublicKey, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { CanonicalRecord, RecordBody } from '../../../src-shared/domain/record.ts';
import type { SnapshotRole } from '../../../src-shared/domain/snapshot.ts';

/** The registry of a bundle that names no other. */
export const registryOne = 'urn:uuid:6f6a4a52-9d5c-4a0f-8a52-2f1f0a1b2c3d';

export const now = new Date('2026-11-23T12:00:00Z');
export const passphrase = 'a test passphrase 42';

/** Same shape as Argon2id and none of its cost: what is tested here is not the cost. */
export const fastKdf: Kdf = {
  choose: async () => ({ m: 64 * 1024, t: 3, p: 1 }),
  derive: async (secret, salt) => Uint8Array.from(createHash('sha256').update(salt).update(secret).digest()),
};

/** A temporary folder that `cleanUp` removes. */
const folders: string[] = [];
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-store-'));
  folders.push(folder);
  return folder;
}
const workspaces: OpenWorkspace[] = [];
export function cleanUp(): void {
  for (const workspace of workspaces.splice(0)) workspace.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export async function testWorkspace(
  folder = join(temporaryFolder(), 'ws'),
): Promise<{ workspace: OpenWorkspace; recoveryCode: string; folder: string }> {
  const { workspace, recoveryCode } = await createWorkspace(
    { folder, name: 'Test fleet', userName: 'Ada Auditor', passphrase, now },
    { kdf: fastKdf },
  );
  workspaces.push(workspace);
  return { workspace, recoveryCode, folder };
}

export const record = (
  kind: Kind,
  id: string,
  body: RecordBody,
  locator = `evidence/r.json#/${id}`,
): CanonicalRecord => ({
  kind,
  id,
  body,
  prov: { source: 0, default: { confidence: 'declared', locator } },
});

export interface BundleInput {
  readonly records: readonly CanonicalRecord[];
  readonly sequence?: number;
  readonly previousPath?: string;
  readonly role?: SnapshotRole;
  readonly registryId?: string;
  readonly supplied?: Partial<Record<Kind, string[]>>;
  readonly evidence?: Readonly<Record<string, string>>;
  readonly key?: KeyObject;
  readonly collectedAt?: string;
  readonly scope?: readonly string[];
  /** When the publisher says it was made; absent: `now`. */
  readonly createdAt?: Date;
  readonly expiresAt?: string;
}

export const publisher = generatePublisherKey();

/** Packs and signs a bundle the way `assay pack` does. */
export async function bundle(input: BundleInput): Promise<string> {
  const folder = temporaryFolder();
  const out = join(temporaryFolder(), 'registry.assay.zip');
  const unpacked = join(folder, 'collection');
  mkdirSync(join(unpacked, 'records'), { recursive: true });
  const byKind = new Map<Kind, CanonicalRecord[]>();
  for (const item of input.records) byKind.set(item.kind, [...(byKind.get(item.kind) ?? []), item]);
  for (const [kind, list] of byKind) {
    const sorted = list.sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
    writeFileSync(
      join(unpacked, 'records', `${kind}-0001.ndjson`),
      sorted.map((item) => `${recordLine(item)}\n`).join(''),
    );
  }
  for (const [name, text] of Object.entries(input.evidence ?? {})) {
    const path = join(unpacked, 'evidence', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  const registryId = input.registryId ?? registryOne;
  writeFileSync(
    join(unpacked, 'collection.json'),
    JSON.stringify({
      schemaVersion: 1,
      registry: { id: registryId, name: 'Registry One', uri: 'https://registry.example' },
      role: input.role ?? 'registry',
      collector: { name: 'test', version: '1' },
      sources: [
        {
          type: 'test',
          uri: 'https://registry.example',
          collectedAt: input.collectedAt ?? '2026-11-20T08:00:00Z',
          complete: true,
          coverage: {
            inputsSeen: 1,
            inputsUsed: 1,
            inputsSkipped: 0,
            reasons: {},
            denied: [],
            errors: [],
            scope: [...(input.scope ?? ['*'])],
          },
          suppliedFields: input.supplied ?? { model: ['model_name', 'owner', 'risk_tier'] },
        },
      ],
      counts: Object.fromEntries([...byKind].map(([kind, list]) => [kind, list.length])),
    }),
  );
  await packSnapshot({
    folder: unpacked,
    out,
    privateKeys: [input.key ?? publisher.privateKey],
    now: input.createdAt ?? now,
    job: silentJob,
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt }),
    ...(input.sequence === undefined ? {} : { sequence: input.sequence }),
    ...(input.previousPath === undefined ? {} : { previousPath: input.previousPath }),
  });
  return out;
}

/** Pins the test publisher's key for every registry. */
export function trustPublisher(workspace: OpenWorkspace, key: KeyObject = publisher.publicKey): void {
  const { keyId, rawBytes } = describePublicKey(key);
  saveTrustedKey(workspace.writer, {
    hint: keyId,
    rawBytes,
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    label: 'Test publisher',
    validFor: {},
    registryIds: ['*'],
    addedAt: '2026-11-01T00:00:00Z',
    addedBy: 'test',
  });
}

/** Verifies and imports a bundle as the use case does. */
export async function importBundle(workspace: OpenWorkspace, path: string, options: Partial<ImportOptions> = {}) {
  const job = options.job ?? silentJob;
  const verified = await openVerified(path, { trust: loadTrustStore(workspace.reader), now, job });
  try {
    return await importSnapshot(workspace, verified, {
      historical: false,
      dryRun: false,
      now,
      file: 'registry.assay.zip',
      ...options,
      job,
    });
  } finally {
    await verified.close();
  }
}

export const rowCount = (workspace: OpenWorkspace, table: string): number =>
  workspace.reader.readRaw<[], [number]>(`SELECT count(*) FROM ${table}`).get()?.[0] ?? -1;
