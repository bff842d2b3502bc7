import { describe, expect, it } from 'vitest';
import { collectFiles } from './collect.ts';

const deployment = (container: string, extra = '') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: server
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: server
${container.replaceAll(/^/gm, '        ')}
${extra}`;

describe('when a manifest runs a model server', () => {
  it.each([
    [
      'a flag with an expanded variable',
      'image: vllm/vllm-openai:v0.9\nargs: ["--model=$(MODEL_ID)", "--revision", "abc1234"]\nenv:\n- {name: MODEL_ID, value: org/chat}',
      'hf://org/chat@abc1234',
      'vLLM',
      'declared',
    ],
    [
      'a positional model',
      'image: registry.example.com/vllm:1\ncommand: [vllm, serve, org/chat, --port, "80"]',
      'hf://org/chat',
      'vLLM',
      'declared',
    ],
    [
      'a shell script',
      'image: python:3\ncommand: [/bin/sh, -c]\nargs: ["pip install vllm && python -m vllm.entrypoints.openai.api_server --model \\"$MODEL\\" --port 80"]\nenv:\n- {name: MODEL, value: org/chat}',
      'hf://org/chat',
      'vLLM',
      'declared',
    ],
    [
      'a variable out of a Secret',
      'image: vllm/vllm-openai\nargs: ["--model=$(MODEL_ID)"]\nenv:\n- name: MODEL_ID\n  valueFrom: {secretKeyRef: {name: s, key: k}}',
      '$(MODEL_ID)',
      'vLLM',
      'unresolved',
    ],
    [
      'the environment of TGI',
      'image: ghcr.io/huggingface/text-generation-inference:2.4\nenv:\n- {name: MODEL_ID, value: mistralai/Mistral-7B}',
      'hf://mistralai/Mistral-7B',
      'Text Generation Inference',
      'declared',
    ],
    [
      'a Triton repository',
      'image: nvcr.io/nvidia/tritonserver:24.08-py3\nargs: [tritonserver, --model-repository=s3://bucket/models]',
      's3://bucket/models',
      'Triton',
      'declared',
    ],
    [
      'TensorFlow Serving',
      'image: tensorflow/serving:2.14\nargs: [--model_base_path=gs://bucket/half, --model_name=half]',
      'gs://bucket/half',
      'TensorFlow Serving',
      'declared',
    ],
    [
      'an Ollama pull',
      'image: ollama/ollama:latest\nlifecycle: {postStart: {exec: {command: [/bin/sh, -c, "ollama pull llama3:8b"]}}}',
      'ollama://llama3:8b',
      'Ollama',
      'declared',
    ],
    [
      'llama.cpp',
      'image: ghcr.io/ggml-org/llama.cpp:server\nargs: [-hf, "ggml-org/gemma-3-1b-it-GGUF:Q4_K_M"]',
      'hf://ggml-org/gemma-3-1b-it-GGUF',
      'llama.cpp',
      'declared',
    ],
    [
      'MLflow',
      'image: python:3\nargs: [mlflow, models, serve, -m, "models:/credit/7"]',
      'models:/credit/7',
      'MLflow server',
      'declared',
    ],
    [
      'a NIM image',
      'image: nvcr.io/nim/meta/llama3-8b-instruct:1.0.0',
      'oci://nvcr.io/nim/meta/llama3-8b-instruct:1.0.0',
      'NVIDIA NIM',
      'declared',
    ],
    [
      'a path on the host',
      'image: vllm/vllm-openai\nargs: [--model, /models/chat]',
      '/models/chat',
      'vLLM',
      'unresolved',
    ],
  ])('it reads the model from %s', async (_, container, uri, runtime, confidence) => {
    const { one, output } = await collectFiles({ 'server.yaml': deployment(container) });
    const { body, prov } = one('server');
    expect(body).toMatchObject({
      model_uri: uri,
      serving_runtime: runtime,
      observation_basis: 'manifest',
      deployment_status: 'planned',
    });
    expect((prov.fields?.['model_uri'] ?? prov.default).confidence).toBe(confidence);
    expect(output.sources[0]?.type).toBe('kubernetes-manifest');
  });

  it('it resolves a path on a claim, and a ConfigMap of the same file', async () => {
    const volumes =
      '      volumes:\n      - {name: v, persistentVolumeClaim: {claimName: weights}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {path: /models/chat}\n';
    const container =
      'image: vllm/vllm-openai\nargs: ["--model=$(P)"]\nenv:\n- name: P\n  valueFrom: {configMapKeyRef: {name: settings, key: path}}\nvolumeMounts:\n- {name: v, mountPath: /models}';
    const { one } = await collectFiles({ 'server.yaml': deployment(container, volumes) });
    expect(one('server').body['model_uri']).toBe('pvc://weights/chat');
    expect(one('server').prov.fields?.['model_uri']?.locator).toBe(
      'evidence/cluster/server.yaml#/0/spec/template/spec/containers/0',
    );
  });

  it('it keeps the same name in two files apart', async () => {
    const text = deployment('image: vllm/vllm-openai\nargs: [--model, org/chat]');
    const { records } = await collectFiles({ 'dev/s.yaml': text, 'prod/s.yaml': text });
    expect(records.map((record) => record.id)).toEqual([
      'manifest:dev/s.yaml#/Deployment/server',
      'manifest:prod/s.yaml#/Deployment/server',
    ]);
  });
});

const kserve = (spec: string, status = '') =>
  `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: m, namespace: ml}\nspec:\n${spec}\n${status}`;

describe('when a manifest uses KServe', () => {
  it('it tells the canary from the revision that keeps the rest of the traffic', async () => {
    const { records } = await collectFiles({
      'm.yaml': kserve(
        '  predictor: {canaryTrafficPercent: 10, model: {modelFormat: {name: sklearn}, storageUri: "gs://b/v2"}}',
        'status: {url: "http://m", conditions: [{type: Ready, status: "True"}], components: {predictor: {traffic: [{revisionName: m-00002, percent: 10, latestRevision: true}, {revisionName: m-00001, percent: 90, tag: prev}]}}}',
      ),
    });
    expect(records.map(({ body }) => [body['model_uri'], body['deployment_status'], body['traffic_percent']])).toEqual([
      ['gs://b/v2', 'canary', 10],
      ['revision:m-00001', 'planned', 90],
    ]);
    expect(records[1]?.prov.fields?.['model_uri']?.confidence).toBe('unresolved');
  });

  it('it counts as running what its status calls ready', async () => {
    const { one } = await collectFiles({
      'm.yaml': kserve(
        '  predictor: {sklearn: {storageUri: "gs://b/v1"}}',
        'status: {conditions: [{type: Ready, status: "True"}]}',
      ),
    });
    expect(one('m').body).toMatchObject({ deployment_status: 'active', health: 'ready', serving_framework: 'sklearn' });
  });

  it('it reads v1alpha2, Hugging Face arguments, storage keys and runtimes', async () => {
    const { records } = await collectFiles({
      'old.yaml':
        'apiVersion: serving.kubeflow.org/v1alpha2\nkind: InferenceService\nmetadata: {name: older}\nspec: {default: {predictor: {pytorch: {storageUri: "gs://b/p"}}}}\n---\napiVersion: serving.kserve.io/v1alpha2\nkind: InferenceService\nmetadata: {name: old}\nspec: {default: {predictor: {onnx: {storageUri: "s3://b/o"}}}, canary: {predictor: {onnx: {storageUri: "s3://b/c"}}}, canaryTrafficPercent: 5}\n',
      'hf.yaml': kserve(
        '  predictor: {model: {modelFormat: {name: huggingface}, args: ["--model_id=org/chat", "--model_revision=abc1234", "--model_name=chat"]}}',
      ),
      'key.yaml': kserve('  predictor: {model: {modelFormat: {name: sklearn}, storage: {key: minio, path: a/b}}}'),
      'rt/runtime.yaml': `${kserve('  predictor: {model: {modelFormat: {name: sklearn}, runtime: mine, storageUri: "gs://b/r"}}')}\n---\napiVersion: serving.kserve.io/v1alpha1\nkind: ServingRuntime\nmetadata: {name: mine}\nspec: {containers: [{name: kserve-container, image: "my/server:1"}]}\n`,
    });
    expect(
      records.map(({ id, body }) => [
        id.replace(/^manifest:/, ''),
        body['model_uri'],
        body['deployment_status'],
        body['image_ref'],
      ]),
    ).toEqual([
      ['hf.yaml#ml/InferenceService/m', 'hf://org/chat@abc1234', 'planned', undefined],
      ['key.yaml#ml/InferenceService/m', 'storage-key:minio/a/b', 'planned', undefined],
      ['old.yaml#/InferenceService/old', 's3://b/o', 'planned', undefined],
      ['old.yaml#/InferenceService/old/canary', 's3://b/c', 'planned', undefined],
      ['old.yaml#/InferenceService/older', 'gs://b/p', 'planned', undefined],
      ['rt/runtime.yaml#ml/InferenceService/m', 'gs://b/r', 'planned', 'my/server:1'],
    ]);
  });

  it('it reads LLMInferenceService with its adapters', async () => {
    const { records } = await collectFiles({
      'llm.yaml':
        'apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nmetadata: {name: chat}\nspec: {replicas: 2, model: {uri: "hf://org/chat", name: org/chat, lora: {adapters: [{name: legal, uri: "hf://org/legal-lora"}]}}}\n',
    });
    expect(
      records.map(({ body }) => [body['model_uri'], body['declared_model_name'], body['serving_runtime']]),
    ).toEqual([
      ['hf://org/chat', 'org/chat', 'vLLM'],
      ['hf://org/legal-lora', 'legal', 'vLLM'],
    ]);
  });
});

describe('when a manifest uses Seldon or Ray', () => {
  it('it reads Seldon Core 1 graphs and Seldon Core 2 models', async () => {
    const { records } = await collectFiles({
      'v1.yaml':
        'apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: iris}\nspec: {predictors: [{name: default, replicas: 1, traffic: 90, graph: {name: router, type: ROUTER, children: [{name: classifier, implementation: SKLEARN_SERVER, modelUri: "gs://seldon-models/iris"}]}}]}\n',
      'v2.yaml':
        'apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\nmetadata: {name: iris2}\nspec: {storageUri: "gs://seldon-models/iris2", requirements: [sklearn]}\n---\napiVersion: mlops.seldon.io/v1alpha1\nkind: Pipeline\nmetadata: {name: p}\nspec: {steps: [{name: iris2}]}\n',
    });
    expect(
      records.map(({ body }) => [body['model_uri'], body['serving_runtime'], body['declared_model_name']]),
    ).toEqual([
      ['gs://seldon-models/iris', 'SKLEARN_SERVER', 'classifier'],
      ['gs://seldon-models/iris2', 'Seldon Core 2', 'iris2'],
    ]);
  });

  it('it reads the YAML inside a RayService', async () => {
    const config =
      'applications:\n- name: llms\n  import_path: ray.serve.llm:build_openai_app\n  args:\n    llm_configs:\n    - model_loading_config: {model_id: small, model_source: Qwen/Qwen2.5-0.5B}\n    - model_loading_config: {model_id: big, model_source: {bucket_uri: "s3://bucket/big"}}\n- name: text\n  import_path: app:deployment\n';
    const { records } = await collectFiles({
      'ray.yaml': `apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: llm}\nspec:\n  serveConfigV2: |\n${config.replaceAll(/^/gm, '    ')}`,
    });
    expect(
      records.map(({ body, prov }) => [
        body['model_uri'],
        body['declared_model_name'],
        prov.fields?.['model_uri']?.confidence ?? 'declared',
      ]),
    ).toEqual([
      ['s3://bucket/big', 'big', 'declared'],
      ['hf://Qwen/Qwen2.5-0.5B', 'small', 'declared'],
      ['import:app:deployment', 'text', 'unresolved'],
    ]);
  });

  it('it survives a RayService whose inner YAML is malformed', async () => {
    const { records } = await collectFiles({
      'ray.yaml': 'apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: llm}\nspec: {serveConfigV2: "a: [1"}\n',
    });
    expect(records.map(({ body }) => body['model_uri'])).toEqual(['serveConfigV2 without applications']);
  });
});
