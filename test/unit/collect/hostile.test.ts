/** Hostile and damaged input: each bad file fails by itself, quickly, and is counted. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conformBody } from '../../../src-main/core/collect/conform.ts';
import { maxDepth, nesting, parseDocuments, parseJson } from '../../../src-main/core/collect/parse-limits.ts';
import { mapperFault } from '../../../src-main/core/collect/recognise.ts';
import { kinds } from '../../../src-shared/domain/dictionary.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { collect, failureOf, inputFolder, realData } from './helpers.ts';

const good = {
  'good/a.json': [{ model: 'm', model_path: 'm.onnx', metadata: { model_sha: 'ab'.repeat(32), tags: [] } }],
};
const onnxHead = '[{"model":"x","model_path":"x.onnx","metadata":{"model_sha":"00","x":';
const mlflow = (value: string): string =>
  `{"system":{"script":"export_model.py","export_time":1},"mlflow":{"registered_model":${value}}}`;

describe('when a file is damaged', () => {
  const bad: Readonly<Record<string, readonly [string | Uint8Array, string]>> = {
    'truncated JSON': [onnxHead, 'malformed JSON'],
    'a raw control character': [mlflow('{"name":"a\u0001b"}'), 'malformed JSON'],
    'bytes that are not UTF-8': [
      Buffer.concat([Buffer.from(onnxHead), Buffer.from([0xff, 0xfe, 0x80])]),
      'not UTF-8 text',
    ],
    'very deep JSON': [`${onnxHead}${'['.repeat(100_000)}${']'.repeat(100_000)}}}]`, 'nested too deeply'],
    'very deep YAML': [
      `task_type: a\nframework: b\ndescription: c\nfiles: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`,
      'malformed YAML',
    ],
    'an alias bomb': [
      `task_type: a\nframework: b\ndescription: c\nl0: &l0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(',')}]`).join('\n')}\n`,
      'malformed YAML',
    ],
    'the same key twice': ['task_type: a\ntask_type: b\nframework: c\ndescription: d\n', 'malformed YAML'],
    'an unknown alias': ['task_type: *nowhere\nframework: c\ndescription: d\n', 'malformed YAML'],
  };

  test.each(Object.entries(bad))('it refuses %s and keeps the rest', async (_, [content, reason]) => {
    const name = typeof content === 'string' && content.startsWith('task_type') ? 'bad/model.yml' : 'bad/x.json';
    const started = performance.now();
    const { result, records } = await collect(inputFolder({ ...good, [name]: content }));
    expect(result.inputs.byReason).toEqual([{ reason, files: 1, examples: [name] }]);
    expect(result.inputs).toMatchObject({ used: 1, refused: 1 });
    expect(records).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('it reads a map with very many keys in linear time', () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');
    const started = performance.now();
    expect(parseDocuments('x', text)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('when keys and numbers are hostile', () => {
  test('it treats __proto__ as data and never as a prototype', async () => {
    const model =
      '{"name":"evil","__proto__":{"polluted":true},"tags":{"__proto__":"x","constructor":"y"},"versions":[{"version":"1","tags":{"__proto__":"1"}}]}';
    const { find } = await collect(inputFolder({ 'm.json': mlflow(model) }));
    expect(find('model', 'mlflow:evil').body['tags']).toEqual(['__proto__=x', 'constructor=y']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { find: fromYaml } = await collect(
      inputFolder({
        'z/model.yml': 'task_type: a\nframework: b\ndescription: d\n__proto__: {polluted: true}\nfiles: []\n',
      }),
    );
    expect(fromYaml('model', 'omz:z').body['task']).toBe('a');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('it survives numbers that JSON cannot say exactly', async () => {
    const model =
      '{"name":"n","creation_timestamp":1e400,"versions":[{"version":99999999999999999999,"creation_timestamp":-5,"status":1e999}]}';
    const { records } = await collect(inputFolder({ 'm.json': mlflow(model) }));
    expect(records.map((record) => record.kind)).toEqual(['model', 'model_version']);
    expect(records[0]?.body['inventory_created_at']).toBeUndefined();
  });
});

describe('when text is parsed within limits', () => {
  test('it counts nesting outside of strings only', () => {
    expect(nesting('{"a":"[[[[\\"[[","b":[{}]}')).toBe(3);
    expect(() => parseJson('f', '['.repeat(maxDepth) + ']'.repeat(maxDepth))).not.toThrow();
    expect(() => parseJson('f', '['.repeat(maxDepth + 1) + ']'.repeat(maxDepth + 1))).toThrow(AssayError);
  });

  test('it either gives a value or refuses, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.string().map((s) => `a: ${s}\nb: &x [1]\nc: *x`),
        ),
        (text) => {
          for (const parse of [parseJson, parseDocuments]) {
            try {
              parse('f', text);
            } catch (error) {
              expect(error).toBeInstanceOf(AssayError);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('when any body is made to fit the dictionary', () => {
  test('it never throws, never loses a value, and fits when it is done again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.dictionary(
          fc.oneof(
            fc.string(),
            fc.constantFrom(
              'model_name',
              'tags',
              'owner',
              'version_status',
              'metric_value',
              'artefact_files',
              'model_ref',
              '__proto__',
            ),
          ),
          fc.jsonValue(),
        ),
        (kind, draft) => {
          const { body } = conformBody(kind, 'id', draft as never);
          const again = conformBody(kind, 'id', body);
          expect(again.moved.size).toBe(0);
          expect(again.body).toEqual(body);
          const given = Object.entries(draft).filter(([name, value]) => value !== null && !name.endsWith('_id')).length;
          expect(Object.keys(body).length).toBeGreaterThanOrEqual(given);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('when published files are cut, flipped and mixed', () => {
  const sources = [
    'onnx-models',
    'mlflow-export-import',
    'sagemaker-moto-generated',
    'croissant',
    'cyclonedx/1.6',
    'spdx',
    'openlineage/spec/tests',
    'azure-rest-api-specs',
    'huggingface-cards',
    'open-model-zoo/intel/face-detection-0206',
    'azureml-assets/assets/models/system/gpt2',
  ];
  const present = sources.map((name) => realData(name)).filter((data) => data.present);

  const filesBelow = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && statSync(path).size < 64 * 1024)
      .sort()
      .slice(0, 12);

  test.skipIf(present.length === 0)('it counts each of them and no mapper fails unexpectedly', async () => {
    const originals = present
      .flatMap((data) => filesBelow(data.path))
      .map((path) => [path, readFileSync(path, 'utf8')] as const);
    // A fixed sequence, so that a failure can be repeated.
    let state = 20261123;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const mutate = (text: string, round: number): string => {
      const at = random(Math.max(1, text.length));
      switch (round % 6) {
        case 0:
          return text.slice(0, at);
        case 1:
          return `${text.slice(0, at)}\u0000`.replace('\u0000', '\u0002') + text.slice(at + 1);
        case 2:
          return text.replace(/"[^"]*"(?=\s*[,}\]])/g, (match) => (random(4) === 0 ? '{"a":[1]}' : match));
        case 3:
          return text.replace(/: (\S+)$/gm, (match) => (random(5) === 0 ? ': [~, {}, 1e400]' : match));
        case 4:
          return text.replace(/\{/g, (match) => (random(6) === 0 ? '[{' : match));
        default:
          return text.replace(/"([A-Za-z_]+)"\s*:/g, (match) => (random(8) === 0 ? '"__proto__":' : match));
      }
    };
    const files: Record<string, unknown> = {};
    for (const [index, [path, text]] of originals.entries()) {
      for (let round = 0; round < 6; round += 1)
        files[`${index}/${round}/${path.split('/').at(-1)}`] = mutate(text, round);
    }
    const { result, collection } = await collect(inputFolder({ ...files, ...good }));
    expect(result.inputs.seen).toBe(Object.keys(files).length + 1);
    expect(result.inputs.used + result.inputs.skipped + result.inputs.refused).toBe(result.inputs.seen);
    expect(result.inputs.refused).toBeGreaterThan(20);
    const faults = collection.sources
      .flatMap((source) => source.coverage.errors)
      .filter((error) => error.startsWith('A mapper failed'));
    expect(faults).toEqual([]);
    expect(result.inputs.byReason.map((reason) => reason.reason)).not.toContain(mapperFault);
  });

  test('it says so when every file is bad', async () => {
    expect(await failureOf(collect(inputFolder({ 'x.json': onnxHead })))).toMatchObject({
      code: 'collect.nothing',
      message: expect.stringContaining('malformed JSON: 1'),
    });
  });
});
