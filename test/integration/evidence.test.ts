/** Every value of a dossier leads to the raw file it came from, and to the place in it, on real public data. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { collectSources } from '../../src-main/core/collect/collector.ts';
import { silentJob } from '../../src-main/core/ports.ts';
import { packSnapshot } from '../../src-main/core/snapshot/write.ts';
import { evidenceShow } from '../../src-main/core/usecases/evidence-show.ts';
import { inventoryList } from '../../src-main/core/usecases/inventory-list.ts';
import { inventoryShow } from '../../src-main/core/usecases/inventory-show.ts';
import { contract, type OutputOf } from '../../src-shared/contract/contract.ts';
import type { Kind } from '../../src-shared/domain/dictionary.ts';
import { sharedData } from '../support/assay.ts';
import { sessionOf } from '../support/session.ts';
import {
  cleanUp,
  importBundle,
  now,
  publisher,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../unit/store/support.ts';

type Fact = OutputOf<'inventory.show'>['facts'][number];
interface Sampled {
  readonly record: string;
  readonly fact: Fact;
  readonly snapshot: number;
  readonly locator: string;
}

const sources: readonly (readonly [string, 'registry' | 'discovery', readonly Kind[]])[] = [
  ['azureml-assets', 'registry', ['model', 'model_version', 'dataset', 'pipeline']],
  ['huggingface-cards', 'registry', ['model', 'model_version', 'dataset', 'metric']],
  ['mlflow-export-import', 'registry', ['model', 'model_version', 'metric']],
  ['kserve', 'discovery', ['deployment']],
];
if (!existsSync(sharedData)) console.warn('skipped: the public data is not beside the checkout');

describe.skipIf(!existsSync(sharedData))('the evidence of real records', () => {
  afterAll(cleanUp);

  it.each(sources)('when values of %s are looked up each one has its file and its place', async (name, role, kinds) => {
    const folder = temporaryFolder();
    const [unpacked, out] = [join(folder, 'collected'), join(folder, 'real.assay')];
    await collectSources({
      sources: [{ path: join(sharedData, name), label: name }],
      out: unpacked,
      as: role,
      registryId: undefined,
      registryName: name,
      strict: false,
      now,
      job: silentJob,
    });
    await packSnapshot({ folder: unpacked, out, privateKeys: [publisher.privateKey], now, job: silentJob });
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    await importBundle(workspace, out);
    const { context } = sessionOf(workspace, now);

    const facts: Sampled[] = [];
    for (const kind of kinds) {
      const input = contract['inventory.list'].input.parse({ kind, snapshot: 1, limit: 500 });
      const { rows } = await inventoryList(context, input, silentJob);
      const step = Math.max(1, Math.floor(rows.length / 25));
      for (const [index, row] of rows.entries()) {
        if (index % step !== 0) continue;
        const ref = { kind: row.kind, id: row.id };
        const dossier = await inventoryShow(context, { ref, snapshot: 1 }, silentJob);
        for (const fact of dossier.facts) {
          const { state, snapshot, locator } = fact.cell;
          if (state !== 'value' || snapshot === undefined || locator === undefined) continue;
          facts.push({ record: `${row.kind}/${row.id}`, fact, snapshot, locator });
        }
      }
    }
    expect(facts.length).toBeGreaterThan(50);
    const step = Math.max(1, Math.floor(facts.length / 60));
    const sample = facts.filter((_, index) => index % step === 0);
    expect(sample.length).toBeGreaterThanOrEqual(50);

    const lost: string[] = [];
    let verbatim = 0;
    for (const { record, fact, snapshot, locator } of sample) {
      const shown = contract['evidence.show'].output.parse(
        await evidenceShow(context, { snapshot, locator }, silentJob),
      );
      const whole = shown.pointer === '' && shown.match === 'file';
      // What a mapper concluded from an absence points to where the statement would stand.
      const place = shown.match === 'exact' || (shown.match === 'enclosing' && fact.cell.confidence !== 'declared');
      if (shown.bytes === 0 || !(whole || place)) lost.push(`${record} ${fact.field}: ${locator} (${shown.match})`);
      if (shown.fragment === JSON.stringify(fact.cell.value)) verbatim += 1;
    }
    expect(lost).toEqual([]);
    // The place is the right one: texts that no mapper has to convert stand there letter for letter.
    expect(verbatim).toBeGreaterThan(sample.length / 10);
  });
});
