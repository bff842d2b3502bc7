/** What an answer takes along: the records that were asked for, and no raw file that speaks of others unless that is wished. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { fulfilRequest } from '../../../src-main/core/request/fulfil.ts';
import { readRequestFile, writeRequestFile } from '../../../src-main/core/request/request-file.ts';
import type { EvidenceRule } from '../../../src-shared/domain/disclosure.ts';
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import { collect, inputFolder } from '../collect/helpers.ts';
import { cleanUp, now, temporaryFolder } from '../store/support.ts';
import { requestLab } from './request-lab.ts';

afterEach(cleanUp);

const inManifest = (model: string, sha: string) => ({
  model,
  model_path: `m/${model}.onnx`,
  opset_version: 9,
  metadata: { model_sha: sha.repeat(32), model_bytes: 1, tags: ['vision'] },
});
const ownFile = (description: string): string =>
  `description: ${description}\ntask_type: detection\nfiles:\n  - name: a.bin\n    size: 3\n    checksum: ${'ab'.repeat(48)}\n    source: https://example.org/a.bin\nframework: dldt\nlicense: MIT\n`;

const input = () =>
  inputFolder({
    'hub.json': [inManifest('asked', 'ab'), inManifest('secret', 'cd')],
    'zoo/asked/model.yml': ownFile('Asked'),
    'zoo/secret/model.yml': ownFile('Secret'),
    'notes.txt': 'nobody reads this',
  });

/** Asks for all records of the manifest entry and the file called "asked". */
async function answer(evidence: EvidenceRule) {
  const path = input();
  const { records } = await collect(path);
  const asked = records.filter(({ id }) => id.includes('asked')).map(({ kind, id }): RecordRef => ({ kind, id }));
  const lab = await requestLab();
  const { signed } = await lab.ask({ records: [{ kind: 'model', id: 'credit' }] });
  const { p256, certificate } = lab.workspace.signing;
  const requestFile = writeRequestFile(
    { ...signed.document, ask: { kinds: [], filters: [], records: asked } },
    p256,
    certificate,
  );
  const request = await readRequestFile(requestFile, 'q.request.json');
  const out = join(temporaryFolder(), 'answer');
  const sources = [{ path, label: 'source' }];
  const output = await fulfilRequest({ request, requestFile, sources, out, evidence, now, job: silentJob });
  const holds = (text: string): boolean => {
    try {
      execFileSync('grep', ['-rqi', '--exclude=*.request.json', text, out]);
      return true;
    } catch {
      return false;
    }
  };
  return { output, out, holds };
}

describe('when a request is fulfilled', () => {
  it('leaves a raw file behind that records rest on which nobody asked for, and names it', async () => {
    const { output, holds } = await answer('exclusive');
    expect(output.evidence).toMatchObject({ rule: 'exclusive', files: 1 });
    expect(output.evidence.shared).toHaveLength(1);
    expect(output.evidence.shared[0]).toContain('hub.json');
    expect(holds('secret')).toBe(false);
  });

  it('takes it along when that is wished', async () => {
    const { output, holds } = await answer('needed');
    expect(output.evidence).toMatchObject({ rule: 'needed', files: 2, shared: [expect.stringContaining('hub.json')] });
    expect(holds('secret')).toBe(true);
  });

  it('takes none along when none is wished', async () => {
    const { output, out } = await answer('none');
    expect(output.evidence.files).toBe(0);
    expect(existsSync(join(out, 'evidence', 'request'))).toBe(true);
    expect(
      execFileSync('find', [join(out, 'evidence'), '-type', 'f'])
        .toString()
        .trim()
        .split('\n'),
    ).toHaveLength(1);
  });

  it('counts what stays behind, also files that no record was made of', async () => {
    const { output } = await answer('exclusive');
    expect(output.withheld).toBeGreaterThan(0);
    expect(output.unread).toBe(1);
  });
});
