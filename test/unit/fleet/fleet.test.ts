import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faults } from '../../../src-main/core/fleet/faults.ts';
import { generateFleet, type PlantedFault } from '../../../src-main/core/fleet/generate-fleet.ts';
import { scoreFleet } from '../../../src-main/core/fleet/score.ts';
import { writeFleet } from '../../../src-main/core/fleet/write-fleet.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { collectionSchema } from '../../../src-shared/domain/snapshot.ts';
import { temporaryFolder } from '../../support/assay.ts';

const now = new Date('2026-11-23T12:00:00Z');

function plantedIn(models: number, seed: number): PlantedFault[] {
  const planted: PlantedFault[] = [];
  for (const unit of generateFleet({ models, seed, now }).units((fault) => planted.push(fault))) void unit;
  return planted;
}

describe('sample fleet', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('when the fleet is large enough it plants every kind of fault', () => {
    const kinds = new Set(plantedIn(400, 1).map((fault) => fault.fault));
    expect([...kinds].sort()).toEqual(faults.map((fault) => fault.id).sort());
  });

  it('when the seed is the same it plants the same, and otherwise another fleet', () => {
    expect(plantedIn(120, 5)).toEqual(plantedIn(120, 5));
    expect(plantedIn(120, 5)).not.toEqual(plantedIn(120, 6));
  });

  it('when it plants a fault it plants one per model, and each expects something', () => {
    const planted = plantedIn(1000, 2);
    expect(new Set(planted.map((fault) => fault.model)).size).toBe(planted.length);
    for (const fault of planted) expect(fault.expects.length).toBeGreaterThan(0);
  });

  it('when it is written the three sides are sorted, counted and parse as collections', () => {
    const out = join(folder.path, 'fleet');
    mkdirSync(out);
    const folders = writeFleet(generateFleet({ models: 40, seed: 1, now }), out, silentJob);
    let records = 0;
    for (const side of [folders.previous, folders.registry, folders.discovery]) {
      const collection = collectionSchema.parse(JSON.parse(readFileSync(join(side, 'collection.json'), 'utf8')));
      for (const shard of readdirSync(join(side, 'records'))) {
        const lines = readFileSync(join(side, 'records', shard), 'utf8')
          .trimEnd()
          .split('\n');
        const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
        expect(ids).toEqual([...ids].sort());
        expect(lines.length).toBe(collection.counts[shard.replace(/-\d{4}\.ndjson$/, '')]);
        records += lines.length;
      }
    }
    expect(records).toBe(folders.records);
  });
});

describe('scoreFleet', () => {
  const folder = temporaryFolder();
  const answer = join(folder.path, 'answer.json');
  writeFileSync(
    answer,
    JSON.stringify({
      planted: [
        {
          fault: 'a',
          title: 'A',
          model: 'm1',
          expects: [
            { check: 'X-1', subject: 'model/m1' },
            { check: 'verdict:orphaned', subject: 'deployment/d1' },
          ],
        },
        { fault: 'b', title: 'B', model: 'm2', expects: [{ check: 'X-2', subject: 'model/m2' }] },
      ],
    }),
  );
  afterAll(() => folder.remove());
  const all = [
    { check: 'X-1', subjects: ['model/m1'] },
    { check: 'verdict:orphaned', subjects: ['deployment/d1', 'deployment/d0'] },
    { check: 'X-2', subjects: ['model/m2'] },
  ];

  it('when everything planted is reported and nothing else it agrees', () => {
    expect(scoreFleet(answer, all)).toMatchObject({ planted: 2, found: 2, missed: [], invented: [], agrees: true });
  });

  it('when one consequence is missing the fault is not found', () => {
    const score = scoreFleet(answer, all.slice(1));
    expect(score).toMatchObject({ found: 1, agrees: false });
    expect(score.missed).toEqual(['X-1 model/m1 (a)']);
  });

  it('when something unplanted is reported it is invented', () => {
    const score = scoreFleet(answer, [...all, { check: 'X-9', subjects: ['model/m3'] }]);
    expect(score.invented).toEqual(['X-9 model/m3']);
    expect(score.agrees).toBe(false);
  });
});
