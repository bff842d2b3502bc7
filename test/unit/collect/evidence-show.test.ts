/** The raw file behind a value: every form of locator, limits, and what is not there. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { fragmentAt } from '../../../src-main/core/collect/evidence-fragment.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { evidenceShow } from '../../../src-main/core/usecases/evidence-show.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import { maxEvidenceText } from '../../../src-shared/contract/schemas/evidence.ts';
import { codeOf, sessionOf } from '../../support/session.ts';
import { bundle, cleanUp, importBundle, now, record, testWorkspace, trustPublisher } from '../store/support.ts';

afterEach(cleanUp);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const json = '{"model":{"name":"PD","tags":["a","b/c"],"x/y~z":1}}\n';
const events = '{"job":{"name":"first"}}\n{"job":{"name":"second"}}\n';
const card = '---\nlicense: mit\ntags:\n- credit\n---\n# Title\n';
const streams = 'kind: Pod\n---\nkind: Service\nmetadata: {name: svc}\n';
const template = 'name: base\nversion: {{ version }}\n';
const gatheredFile = '\ufeff{"a": {"b": 7}}';
const large = JSON.stringify({ text: 'é'.repeat(200_000), list: Array.from({ length: 60_000 }, (_, i) => i) });
const files: Readonly<Record<string, string>> = {
  's/model.json': json,
  's/events.ndjson': events,
  's/README.md': card,
  's/objects.yaml': streams,
  's/spec.yaml': template,
  's/large.json': large,
  's/binary.bin': 'a\0b',
  's/files-0001.ndjson': [
    { name: 'other.json', sha256: sha256('{}'), text: '{}' },
    { name: 'dir/a b.json', sha256: sha256(gatheredFile), text: gatheredFile },
    { name: 'swapped.json', sha256: sha256('{}'), text: '{"changed":1}' },
  ]
    .map((line) => `${toJcs(line)}\n`)
    .join(''),
};

async function shown() {
  const { workspace } = await testWorkspace();
  trustPublisher(workspace);
  await importBundle(workspace, await bundle({ records: [record('model', 'm', { model_id: 'm' })], evidence: files }));
  const { context } = sessionOf(workspace, now);
  return async (locator: string, snapshot = 1) =>
    contract['evidence.show'].output.parse(await evidenceShow(context, { snapshot, locator }, silentJob));
}

describe('when a locator is shown', () => {
  it('gives the file, its digest and the exact place', async () => {
    const show = await shown();
    expect(await show('evidence/s/model.json#/model/tags')).toEqual({
      member: 'evidence/s/model.json',
      name: 'evidence/s/model.json',
      mediaType: 'application/json',
      pointer: '/model/tags',
      bytes: Buffer.byteLength(json),
      sha256: sha256(json),
      text: json,
      textCut: false,
      fragment: '[\n  "a",\n  "b/c"\n]',
      fragmentCut: false,
      match: 'exact',
    });
  });

  it.each([
    ['evidence/s/model.json#/model/tags/1', '"b/c"', 'exact'],
    ['evidence/s/model.json#/model/x~1y~0z', '1', 'exact'],
    ['evidence/s/model.json#/model/tags/7', '[\n  "a",\n  "b/c"\n]', 'enclosing'],
    ['evidence/s/model.json#/model/toString', JSON.stringify(JSON.parse(json).model, null, 2), 'enclosing'],
    ['evidence/s/model.json#', null, 'file'],
    ['evidence/s/events.ndjson#line=2/job/name', '"second"', 'exact'],
    ['evidence/s/events.ndjson#line=2', '{\n  "job": {\n    "name": "second"\n  }\n}', 'exact'],
    ['evidence/s/events.ndjson#line=9', null, 'file'],
    ['evidence/s/README.md#/tags/0', '"credit"', 'exact'],
    ['evidence/s/objects.yaml#/1/metadata/name', '"svc"', 'exact'],
    ['evidence/s/spec.yaml#/version', '"{{ version }}"', 'exact'],
    ['evidence/s/files-0001.ndjson#name=dir%2Fa%20b.json&at=/a/b', '7', 'exact'],
  ])('when it is %s the place is %j', async (locator, fragment, match) => {
    const show = await shown();
    expect(await show(locator)).toMatchObject({ fragment, match });
  });

  it('gives a gathered file as it was, with the digest that stands beside it', async () => {
    const show = await shown();
    const file = await show('evidence/s/files-0001.ndjson#name=dir%2Fa%20b.json&at=/a');
    expect(file).toMatchObject({
      name: 'dir/a b.json',
      sha256: sha256(gatheredFile),
      bytes: Buffer.byteLength(gatheredFile),
    });
    expect(await codeOf(() => show('evidence/s/files-0001.ndjson#name=swapped.json&at='))).toBe(
      'input evidence.malformed',
    );
  });

  it('cuts what is long between characters, and says so', async () => {
    const show = await shown();
    const file = await show('evidence/s/large.json#/list');
    expect(file).toMatchObject({ textCut: true, fragmentCut: true, bytes: Buffer.byteLength(large) });
    for (const text of [file.text, file.fragment ?? '']) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxEvidenceText);
      expect(Buffer.byteLength(text)).toBeGreaterThan(maxEvidenceText - 4);
      expect(text).not.toContain('\ufffd');
    }
    expect(large.startsWith(file.text)).toBe(true);
    expect((await show('evidence/s/large.json#/list/59999')).fragment).toBe('59999');
  });

  it('does not show a binary file as text', async () => {
    const show = await shown();
    expect(await show('evidence/s/binary.bin#')).toMatchObject({ mediaType: 'application/octet-stream', text: '' });
  });

  it('says what is not there', async () => {
    const show = await shown();
    expect(await codeOf(() => show('evidence/s/nothing.json#'))).toBe('usage evidence.unknown');
    expect(await codeOf(() => show('evidence/s/files-0001.ndjson#name=gone&at='))).toBe('usage evidence.unknown');
    expect(await codeOf(() => show('evidence/s/files-0001.ndjson#name=%E0%A4&at='))).toBe('usage evidence.locator');
    expect(await codeOf(() => show('evidence/s/model.json#', 9))).toMatch(/^usage /);
  });
});

describe('when a file is not what its name says', () => {
  it.each(['{"a":', `${'['.repeat(5000)}`, 'a: &a [*a, *b]'])('gives no place in %.12s', async (text) => {
    expect(await fragmentAt('x.json', text, '/a')).toBeNull();
  });
});
