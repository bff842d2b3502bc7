/** An import of 100,000 records stays inside its memory bound (issue "The main job"; goal P11). Each phase is a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot, temporaryFolder } from '../support/assay.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function phase(name: string): number {
  const script = join(repositoryRoot, 'test', 'bench', 'phase.ts');
  const run = spawnSync(process.execPath, [script, name, join(folder.path, 'fleet'), '6200'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  return z.object({ peakRssMiB: z.number() }).parse(JSON.parse(run.stdout)).peakRssMiB;
}

it('when 100,000 records are imported the process peaks below 600 MiB', () => {
  for (const name of ['generate', 'pack', 'create']) phase(name);
  expect(phase('import-first')).toBeLessThan(600);
});
