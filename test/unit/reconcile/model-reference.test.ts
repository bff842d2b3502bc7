import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLocalReference, normaliseModelReference, referencesMatch } from '../../../src-main/core/model-reference.ts';

const spellings: readonly (readonly [string, string | null])[] = [
  ['hf://meta-llama/Llama-2-7b-chat-hf', 'hf://meta-llama/Llama-2-7b-chat-hf'],
  ['hf://org/name:0123abcd', 'hf://org/name@0123abcd'],
  ['https://huggingface.co/org/name/', 'hf://org/name'],
  ['https://huggingface.co/org/name/tree/main?x=1', 'hf://org/name'],
  ['https://huggingface.co/org/name/resolve/abc1234/model.onnx', 'hf://org/name@abc1234/model.onnx'],
  ['https://huggingface.co/datasets/squad', 'hf://datasets/squad'],
  ['https://huggingface.co/docs/hub', 'https://huggingface.co/docs/hub'],
  ['pkg:huggingface/microsoft/deberta@559062ad13d3', 'hf://microsoft/deberta@559062ad13d3'],
  ['models:/credit/3', 'models:/credit/3'],
  ['models:///credit@champion', 'models:/credit@champion'],
  ['azureml:bert:3', 'azureml://models/bert/versions/3'],
  [
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/a/versions/2',
    'azureml://subscriptions/s/resourceGroups/g/workspaces/w/models/a/versions/2',
  ],
  ['gs://Bucket/Path/', 'gs://bucket/Path'],
  ['https://storage.googleapis.com/bucket/key', 'gs://bucket/key'],
  ['https://bucket.s3.eu-west-1.amazonaws.com/key?X-Amz-Signature=secret', 's3://bucket/key'],
  ['oci+native://ghcr.io/My-Org/model:v1', 'oci://ghcr.io/my-org/model:v1'],
  ['oci://codait/max-object-detector', 'oci://docker.io/codait/max-object-detector'],
  ['pvc://claim/x/', 'pvc://claim/x'],
  ['https://user:secret@Example.com:443/a/b/?token=1#f', 'https://example.com/a/b'],
  ['"s3://bucket/a"', 's3://bucket/a'],
  ['org/name', null],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an unexpanded variable, as manifests have it
  ['pvc://${PVC_NAME}/export', null],
  ['$(MODEL_ID)', null],
  ['hf://', null],
  ['', null],
];

describe('when a model reference is normalised', () => {
  it.each(spellings)('it writes %s as %s', (text, expected) => {
    expect(normaliseModelReference(text)).toBe(expected);
  });

  it('it is idempotent', () => {
    for (const [, normal] of spellings) if (normal !== null) expect(normaliseModelReference(normal)).toBe(normal);
  });

  it('it survives any text, and its own output stays as it is', () => {
    const scheme = fc.constantFrom(
      'hf://',
      'https://huggingface.co/',
      'https://',
      'models:/',
      'azureml:',
      'azureml://',
      's3://',
      'gs://',
      'oci://',
      'pvc://',
      'file://',
      'pkg:huggingface/',
      '/',
      '',
    );
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('/', '@', ':', 'a', 'models', 'versions', 'main', 'tree', '%2F', 'abc1234'),
    );
    fc.assert(
      fc.property(scheme, fc.array(piece, { maxLength: 6 }), (start, pieces) => {
        const text = start + pieces.join('');
        const normal = normaliseModelReference(text);
        if (normal === null) return;
        expect(normaliseModelReference(normal)).toBe(normal);
        expect(referencesMatch(text, normal)).toBe('exact');
      }),
      { numRuns: 3000 },
    );
  });

  it('it knows which references mean nothing elsewhere', () => {
    expect(['pvc://claim/x', '/mnt/models', 'file:///srv/m'].map(isLocalReference)).toEqual([true, true, true]);
    expect(['hf://a/b', 's3://b/k'].map(isLocalReference)).toEqual([false, false]);
  });
});

describe('when two references are compared', () => {
  it.each([
    ['hf://Org/Name', 'https://huggingface.co/org/name', 'exact'],
    ['hf://org/name@abc1234', 'hf://org/name', 'same_model'],
    ['hf://org/name@abc1234', 'hf://org/name@abc1234def5678', 'exact'],
    ['hf://org/name@abc1234', 'hf://org/name@fff1234', null],
    ['models:/credit/3', 'models:/credit@champion', 'same_model'],
    ['models:/credit/3', 'models:/credit/4', null],
    ['models:/credit/1234567', 'models:/credit/12345678', null],
    ['gs://b/K', 'gs://b/k', null],
    ['not a reference', 'not a reference', null],
  ] as const)('it says that %s and %s are %s', (a, b, expected) => {
    expect(referencesMatch(a, b)).toBe(expected);
    expect(referencesMatch(b, a)).toBe(expected);
  });
});
