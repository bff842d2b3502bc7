/**
 * One measured phase in a process of its own: `phase.ts PHASE FOLDER NUMBER` prints {seconds, cpuSeconds, peakRssMiB, figures}
 * as JSON. Set-up inside a phase is not timed. NUMBER is the size of the fleet unless the phase says otherwise; of `bare-cel` it is
 * the number of evaluations.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@marcbachmann/cel-js';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { generateFleet } from '../../src-main/core/fleet/generate-fleet.ts';
import { writeFleet } from '../../src-main/core/fleet/write-fleet.ts';
import { importSnapshot } from '../../src-main/core/ingest/import-snapshot.ts';
import { silentJob as job, systemClock } from '../../src-main/core/ports.ts';
import { openVerified, verifySnapshot } from '../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../src-main/core/snapshot/write.ts';
import { argon2Kdf } from '../../src-main/core/store/kdf.ts';
import { loadHeader } from '../../src-main/core/store/key-header.ts';
import { loadTrustStore, saveTrustedKey } from '../../src-main/core/store/trust-queries.ts';
import { createWorkspace, type OpenWorkspace, unlockWorkspace } from '../../src-main/core/store/workspace.ts';
import {
  describePublicKey,
  exportPrivateKeyPem,
  generatePublisherKey,
  loadPrivateKey,
} from '../../src-main/core/trust/keys.ts';
import type { EngineContext } from '../../src-main/core/usecases/context.ts';
import { dispatch } from '../../src-main/engine/dispatch.ts';
import type { MethodName } from '../../src-shared/contract/contract.ts';
import type { TrustStore } from '../../src-shared/domain/trust.ts';
import { evidencePhases, type Phase } from './evidence-phases.ts';

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
    const verified = await openVerified(at(name), { trust: loadTrustStore(workspace.reader), now, job });
    try {
      await importSnapshot(workspace, verified, { historical: false, dryRun: false, now, job, file: name });
    } finally {
      await verified.close();
      workspace.close();
    }
  };
}

/** Calls of the contract against the open workspace, as the engine answers them. */
async function withCalls(work: (call: Call) => Promise<unknown>): Promise<() => Promise<unknown>> {
  const workspace = await opened();
  const context: EngineContext = {
    clock: systemClock,
    grants: { resolve: (grant) => grant },
    hasWorkspace: true,
    workspace: () => workspace,
    setWorkspace: () => {},
  };
  return async () => {
    const figures = await work(async (method, input) => {
      const result = await dispatch(context, method, input, job);
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    });
    workspace.close();
    return figures;
  };
}
type Call = (method: MethodName, input: unknown) => Promise<unknown>;

/** Each phase returns what is timed. */
const phases: Readonly<Record<string, Phase>> = {
  ...evidencePhases({ at, count: Number(count), trust, now }),
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
      for (const key of trust().keys) saveTrustedKey(workspace.writer, key);
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
  'snapshot-diff': () =>
    withCalls(async (call) => {
      const page = z.object({ next: z.string().nullable() });
      let cursor: string | null = null;
      do {
        const from: unknown = await call('snapshots.diff', { from: 1, to: 2, limit: 500, ...(cursor && { cursor }) });
        cursor = page.parse(from).next;
      } while (cursor !== null);
    }),
  reconcile: () => withCalls((call) => call('reconcile.run', {})),
  check: () =>
    withCalls(async (call) => {
      const { evaluations } = z.object({ evaluations: z.number() }).parse(await call('check.run', {}));
      return { evaluations };
    }),
  /** Baseline of P7: one nested rule over plain objects, as often as the pack evaluates its rules. */
  async 'bare-cel'() {
    const program = parse(
      'record.tier == "1" && record.versions.exists(v, v.status == "deployed" && v.regions.all(r, r in record.regions))',
    );
    const versions = [
      { status: 'archived', regions: ['eu-west-1'] },
      { status: 'deployed', regions: ['eu-west-1', 'us-east-1'] },
    ];
    const records = ['1', '2'].map((tier) => ({ tier, versions, regions: ['eu-west-1', 'eu-north-1'] }));
    return () => {
      for (let done = 0; done < Number(count); done++) program({ record: records[done % 2] });
    };
  },
  async kdf() {
    const slot = loadHeader(at('workspace')).header.slots.find((each) => each.type === 'passphrase');
    if (slot?.type !== 'passphrase') throw new Error('bench workspace has no passphrase');
    return () => argon2Kdf.derive(new Uint8Array(16), new Uint8Array(32), slot.kdf).then(() => {});
  },
  /** From the passphrase to what the first screen asks for. */
  async 'first-screen'() {
    return async () => {
      const work = await withCalls(async (call) => {
        await call('dashboard.show', {});
        await call('snapshots.list', {});
        await call('inventory.list', { kind: 'model' });
        await call('inventory.facets', { kind: 'model' });
      });
      await work();
    };
  },
  /** Search as you type: every prefix of some words, first page and facets each time. */
  search: () =>
    withCalls(async (call) => {
      const times: number[] = [];
      for (const word of ['fraud', 'credit risk', 'mdl-00123', 'pricing model', 'churn']) {
        for (let length = 2; length <= word.length; length++) {
          const started = performance.now();
          const search = word.slice(0, length);
          await call('inventory.list', { kind: 'model', search, limit: 50 });
          await call('inventory.facets', { kind: 'model', search });
          times.push(performance.now() - started);
        }
      }
      times.sort((a, b) => a - b);
      const quantile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
      return { p50ms: quantile(0.5), p95ms: quantile(0.95), worstMs: quantile(1) };
    }),
};

const prepare = phases[phase];
if (!prepare) throw new Error(`unknown phase ${phase}`);
const work = await prepare();
const started = performance.now();
const cpuBefore = process.cpuUsage();
const figures = z.record(z.string(), z.number()).safeParse(await work()).data;
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const measured = {
  seconds,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  peakRssMiB: process.resourceUsage().maxRSS / 1024,
  figures: figures ?? {},
};
process.stdout.write(`${JSON.stringify(measured)}\n`);
