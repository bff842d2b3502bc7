/** Runs the real collector over files written to a temporary folder, or over a folder of real data. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CollectOutput, collectSources } from '../../../src-main/core/collect/collector.ts';
import { kubernetesMappers } from '../../../src-main/core/collect/kubernetes/index.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';

export interface Collected {
  readonly output: CollectOutput;
  readonly records: readonly CanonicalRecord[];
  one(name: string): CanonicalRecord;
}

export async function collectFolder(...paths: readonly string[]): Promise<Collected> {
  const base = await mkdtemp(join(tmpdir(), 'assay-k8s-'));
  try {
    const out = join(base, 'out');
    const output = await collectSources({
      sources: paths.map((path, i) => ({ path, label: i === 0 ? 'cluster' : `cluster-${i + 1}` })),
      out,
      as: 'discovery',
      strict: false,
      now: new Date('2026-11-01T00:00:00Z'),
      job: silentJob,
      mappers: kubernetesMappers,
    });
    const text =
      output.counts['deployment'] === undefined
        ? ''
        : await readFile(join(out, 'records/deployment-0001.ndjson'), 'utf8');
    const records = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): CanonicalRecord => JSON.parse(line));
    return {
      output,
      records,
      one(name) {
        const found = records.filter((record) => record.body['deployment_name'] === name);
        if (found.length !== 1 || !found[0])
          throw new Error(`${found.length} records named ${name}: ${records.map((r) => r.id).join(', ')}`);
        return found[0];
      },
    };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

export async function collectFiles(files: Readonly<Record<string, unknown>>): Promise<Collected> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-k8s-in-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return await collectFolder(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An object as an API server holds it. */
export const live = (
  kind: string,
  apiVersion: string,
  name: string,
  rest: Readonly<Record<string, unknown>> = {},
  meta: Readonly<Record<string, unknown>> = {},
) => ({
  kind,
  apiVersion,
  metadata: { name, namespace: 'ml', uid: `uid-${kind}-${name}`, resourceVersion: '1', ...meta },
  ...rest,
});

export const ownedBy = (kind: string, name: string) => ({
  ownerReferences: [{ kind, name, uid: `uid-${kind}-${name}`, controller: true, apiVersion: 'x/v1' }],
});

/** A raw API list: items without kind and apiVersion. */
export const rawList = (
  kind: string,
  apiVersion: string,
  items: readonly Readonly<Record<string, unknown>>[],
  metadata: Readonly<Record<string, unknown>> = { resourceVersion: '9' },
) => ({
  kind: `${kind}List`,
  apiVersion,
  metadata,
  items: items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
});
