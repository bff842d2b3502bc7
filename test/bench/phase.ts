/** One measured phase in a process of its own: prints {seconds, peakRssMiB} as JSON. Set-up inside a phase is not timed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { generateFleet } from '../../src-main/core/fleet/generate-fleet.ts';
import { writeFleet } from '../../src-main/core/fleet/write-fleet.ts';
import { importSnapshot } from '../../src-main/core/ingest/import-snapshot.ts';
import { evaluatePacks } from '../../src-main/core/policy/evaluate.ts';
import { loadPacks } from '../../src-main/core/policy/pack.ts';
import { silentJob as job } from '../../src-main/core/ports.ts';
import { reconcileReads } from '../../src-main/core/reconcile/reads.ts';
import { reconcile } from '../../src-main/core/reconcile/reconcile.ts';
import { openVerified, verifySnapshot } from '../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../src-main/core/snapshot/write.ts';
import { recordKeeper } from '../../src-main/core/store/keeper.ts';
import { defaultSnapshots, loadRecordSet } from '../../src-main/core/store/record-set.ts';
import { createWorkspace, type OpenWorkspace, unlockWorkspace } from '../../src-main/core/store/workspace.ts';
import {
  describePublicKey,
  exportPrivateKeyPem,
  generatePublisherKey,
  loadPrivateKey,
} from '../../src-main/core/trust/keys.ts';
import type { TrustStore } from '../../src-shared/domain/trust.ts';

const [phase = '', folder = '', count = '0'] = process.argv.slice(2);
const now = new Date();
const at = (...parts: string[]) => join(folder, ...parts);
const secret = 'bench passphrase, not a secret';

function trust(): TrustStore {
  const key = describePublicKey(loadPrivateKey(readFileSync(at('key.pem'), 'utf8')));
  return {
    schemaVersion: 1,
    threshold: 1,
    keys: [
      {
        hint: key.keyId,
        rawBytes: key.rawBytes,
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        label: 'bench',
        validFor: {},
        registryIds: ['*'],
        addedAt: now.toISOString(),
        addedBy: 'bench',
      },
    ],
  };
}

async function opened(): Promise<OpenWorkspace> {
  return unlockWorkspace({ folder: at('workspace'), passphrase: secret });
}

async function importOne(name: string): Promise<() => Promise<void>> {
  const workspace = await opened();
  return async () => {
    const verified = await openVerified(at(name), { trust: trust(), now, job });
    try {
      await importSnapshot(workspace, verified, { historical: false, dryRun: false, now, job, file: name });
    } finally {
      await verified.close();
      workspace.close();
    }
  };
}

/** Each phase returns what is timed. */
const phases: Readonly<Record<string, () => Promise<() => unknown>>> = {
  async generate() {
    mkdirSync(folder, { recursive: true });
    writeFileSync(at('key.pem'), exportPrivateKeyPem(generatePublisherKey().privateKey));
    return () => writeFleet(generateFleet({ models: Number(count), seed: 3, now }), folder, job);
  },
  async pack() {
    const key = loadPrivateKey(readFileSync(at('key.pem'), 'utf8'));
    return async () => {
      await packSnapshot({
        folder: at('registry-previous'),
        out: at('registry-1.assay'),
        privateKeys: [key],
        now,
        job,
      });
    };
  },
  async 'pack-rest'() {
    const key = loadPrivateKey(readFileSync(at('key.pem'), 'utf8'));
    return async () => {
      await packSnapshot({
        folder: at('registry'),
        out: at('registry-2.assay'),
        previousPath: at('registry-1.assay'),
        privateKeys: [key],
        now,
        job,
      });
      await packSnapshot({ folder: at('discovery'), out: at('discovery-1.assay'), privateKeys: [key], now, job });
    };
  },
  async verify() {
    return async () => {
      const { verification } = await verifySnapshot(at('registry-1.assay'), { trust: trust(), now, job });
      if (!verification.ok) throw new Error('bench bundle did not verify');
    };
  },
  async create() {
    return async () => {
      const { workspace } = await createWorkspace({
        folder: at('workspace'),
        name: 'bench',
        userName: 'bench',
        passphrase: secret,
        now,
      });
      workspace.close();
    };
  },
  'import-first': () => importOne('registry-1.assay'),
  'import-next': () => importOne('registry-2.assay'),
  'import-discovery': () => importOne('discovery-1.assay'),
  /** Baseline B1: plain better-sqlite3, hash, parse, insert, two indexes; no verification, no encryption, no search. */
  async 'plain-import'() {
    const { readdirSync } = await import('node:fs');
    const { createHash } = await import('node:crypto');
    return () => {
      const db = new Database(at('plain.db'));
      db.exec(
        'CREATE TABLE record (kind TEXT, id TEXT, owner TEXT, body TEXT); CREATE INDEX a ON record (kind, id); CREATE INDEX b ON record (kind, owner)',
      );
      const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?)');
      db.exec('BEGIN');
      for (const shard of readdirSync(at('registry-previous', 'records')).sort()) {
        const bytes = readFileSync(at('registry-previous', 'records', shard));
        createHash('sha256').update(bytes).digest('hex');
        for (const line of bytes.toString('utf8').split('\n')) {
          if (line === '') continue;
          const record = JSON.parse(line) as { kind: string; id: string; body: { owner?: { id?: string } } };
          insert.run(record.kind, record.id, record.body.owner?.id ?? null, JSON.stringify(record.body));
        }
      }
      db.exec('COMMIT');
      db.close();
    };
  },
  async reconcile() {
    const workspace = await opened();
    const sides = defaultSnapshots(workspace.reader);
    const options = { keep: recordKeeper(reconcileReads) };
    return async () => {
      await reconcile({
        registry: loadRecordSet(workspace.reader, sides.registry, options),
        discovery: loadRecordSet(workspace.reader, sides.discovery, options),
        baseline: loadRecordSet(workspace.reader, sides.baseline, options),
        asOf: now.toISOString(),
        job,
      });
      workspace.close();
    };
  },
  async check() {
    const workspace = await opened();
    const sides = defaultSnapshots(workspace.reader);
    return async () => {
      const run = evaluatePacks({
        packs: loadPacks(),
        registry: loadRecordSet(workspace.reader, sides.registry),
        discovery: loadRecordSet(workspace.reader, sides.discovery),
        baseline: loadRecordSet(workspace.reader, sides.baseline),
        verdictRows: [],
        asOf: now.toISOString(),
        job,
        listCannotEvaluate: false,
      });
      for await (const batch of run) void batch;
      workspace.close();
    };
  },
};

const prepare = phases[phase];
if (!prepare) throw new Error(`unknown phase ${phase}`);
const work = await prepare();
const started = performance.now();
const cpuBefore = process.cpuUsage();
await work();
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const measured = {
  seconds,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  peakRssMiB: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
