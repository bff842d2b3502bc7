/** A signed case on disk, made by the product itself: a generated fleet, a publisher's key, three bundles, and a workspace when asked. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateFleet } from '../../../src-main/core/fleet/generate-fleet.ts';
import { writeFleet } from '../../../src-main/core/fleet/write-fleet.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { forkEngine } from '../../../src-main/engine/fork-engine.ts';
import { createClient } from '../../../src-shared/contract/client.ts';

export const passphrase = 'quiet river slate ember 42';

export interface SampleCase {
  readonly folder: string;
  readonly publicKey: string;
  readonly previous: string;
  readonly registry: string;
  readonly discovery: string;
  /** Set by `withWorkspace`: everything imported, reconciled and evaluated. */
  readonly workspace: string;
}

interface SampleOptions {
  readonly models: number;
  readonly withWorkspace: boolean;
}

export async function makeSampleCase({ models, withWorkspace }: SampleOptions): Promise<SampleCase> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-case-'));
  mkdirSync(join(folder, 'fleet'));
  const fleet = writeFleet(generateFleet({ models, seed: 7, now: new Date() }), join(folder, 'fleet'), silentJob);
  const sample: SampleCase = {
    folder,
    publicKey: join(folder, 'publisher.pub.pem'),
    previous: join(folder, 'registry-1.assay'),
    registry: join(folder, 'registry-2.assay'),
    discovery: join(folder, 'discovery-1.assay'),
    workspace: join(folder, 'workspace'),
  };
  const engine = forkEngine();
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  const grant = (path: string) => engine.registerGrant(path);
  const privateKey = join(folder, 'publisher.key.pem');
  try {
    await get('keys.generate', {
      privateKey: grant(privateKey),
      publicKey: grant(sample.publicKey),
      name: 'Publisher',
      passphrase,
    });
    const pack = (from: string, out: string, previous?: string) =>
      get('snapshot.pack', {
        folder: grant(from),
        keys: [{ file: grant(privateKey), passphrase }],
        out: grant(out),
        ...(previous ? { previous: grant(previous) } : {}),
      });
    await pack(fleet.previous, sample.previous);
    await pack(fleet.registry, sample.registry, sample.previous);
    await pack(fleet.discovery, sample.discovery);
    if (withWorkspace) {
      await get('workspace.create', {
        folder: grant(sample.workspace),
        name: 'Sample audit',
        userName: 'Ada Auditor',
        passphrase,
      });
      const { rawBytes } = await get('trust.read', { file: grant(sample.publicKey) });
      await get('trust.add', { rawBytes, label: 'Sample publisher', registryIds: ['*'] });
      for (const bundle of [sample.previous, sample.registry, sample.discovery])
        await get('snapshots.import', { file: grant(bundle) });
      await get('reconcile.run', {});
      await get('check.run', {});
      await get('workspace.lock', {});
    }
  } finally {
    await engine.stop();
  }
  return sample;
}
