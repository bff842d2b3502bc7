/** A workspace whose registries have a history worth seeing: a gap, a refused rival, a fork, a stale scan, a key out of scope. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forkEngine } from '../../../src-main/engine/fork-engine.ts';
import { createClient } from '../../../src-shared/contract/client.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { type BundleInput, bundle, cleanUp, publisher, record } from '../../unit/store/support.ts';
import { passphrase } from './sample-case.ts';

export interface EventfulCase {
  readonly folder: string;
  readonly workspace: string;
  /** The bundle that fills the gap. */
  readonly missing: string;
}

const day = 86_400_000;

export async function makeEventfulCase(): Promise<EventfulCase> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-eventful-'));
  const workspace = join(folder, 'workspace');
  const pem = join(folder, 'publisher.pub.pem');
  writeFileSync(pem, publisher.publicKey.export({ type: 'spki', format: 'pem' }));
  const engine = forkEngine();
  const { get } = createClient((method, input, options) => engine.call(method, input, options));
  const grant = (path: string) => engine.registerGrant(path);
  const pack = (name: string, more: Partial<BundleInput> = {}): Promise<string> =>
    bundle({
      records: [record('model', 'credit', { model_name: name })],
      createdAt: new Date(Date.now() - day),
      ...more,
    });
  const load = (path: string) => get('snapshots.import', { file: grant(path) });
  const refused = async (path: string): Promise<void> => {
    try {
      await load(path);
    } catch (error) {
      if (error instanceof AssayError && error.failure.kind === 'trust') return;
      throw error;
    }
    throw new Error(`${path} was to be refused`);
  };
  try {
    await get('workspace.create', {
      folder: grant(workspace),
      name: 'Eventful audit',
      userName: 'Ada Auditor',
      passphrase,
    });
    const { rawBytes } = await get('trust.read', { file: grant(pem) });
    const own = ['urn:registry:credit', 'urn:scan:cluster', 'urn:registry:forked'];
    await get('trust.add', { rawBytes, label: 'Risk registry', registryIds: own });

    const credit = { registryId: 'urn:registry:credit' };
    const chain = [await pack('1', credit)];
    for (let n = 2; n <= 12; n += 1) chain.push(await pack(String(n), { ...credit, previousPath: chain.at(-1) ?? '' }));
    for (const [index, path] of chain.entries()) if (index !== 9) await load(path);
    await refused(await pack('another 12', { ...credit, sequence: 12 }));
    await refused(await pack('far', { ...credit, sequence: Number.MAX_SAFE_INTEGER }));

    const scan = { registryId: 'urn:scan:cluster', role: 'discovery' as const };
    const old = new Date(Date.now() - 3 * day);
    await load(await pack('seen', { ...scan, createdAt: old, expiresAt: new Date(Date.now() - day).toISOString() }));

    const forked = { registryId: 'urn:registry:forked' };
    const first = await pack('1', forked);
    await load(first);
    await load(await pack('2', { ...forked, previousPath: first }));
    const other = await pack('another 2', { ...forked, previousPath: first });
    await load(await pack('3', { ...forked, previousPath: other }));
    await refused(await pack('theirs', { registryId: 'urn:registry:of-somebody-else' }));
    await get('workspace.lock', {});
    return { folder, workspace, missing: chain[9] ?? '' };
  } finally {
    await engine.stop();
  }
}

export { cleanUp as removeBundles };
