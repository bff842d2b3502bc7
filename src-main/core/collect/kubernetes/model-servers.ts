/**
 * Model servers by the image they ship in or the command that starts them.
 *
 * A pattern matches the repository path of an image (no registry host needed, no tag), or the joined command line. `hub`:
 * a bare `org/name` given to this server is a Hugging Face id, because that is where it would load it from.
 */

export interface ModelServer {
  readonly id: string;
  readonly image: RegExp;
  readonly command?: RegExp;
  readonly hub: boolean;
  /** Flags that carry the model, most telling first; the shared list of `workload.ts` follows them. */
  readonly flags?: readonly string[];
  /** Word after which the model stands without a flag, e.g. `vllm serve <model>`. */
  readonly positional?: readonly string[];
  /** The image itself is the packaged model. */
  readonly imageIsModel?: boolean;
}

export const modelServers: readonly ModelServer[] = [
  {
    id: 'vLLM',
    image: /(^|\/)(vllm(-openai|-cpu|-tpu|-rocm|-ascend|-xpu)?|rhaiis\/vllm[\w-]*|llm-d(-\w+)?)$/,
    command: /(^|[\s/])vllm serve\b|vllm\.entrypoints\./,
    hub: true,
    flags: ['--model'],
    positional: ['serve'],
  },
  {
    id: 'Text Generation Inference',
    image: /(^|\/)(text-generation-inference|tgi)([\w-]*)$|text-generation-inference/,
    command: /text-generation-launcher/,
    hub: true,
    flags: ['--model-id'],
  },
  {
    id: 'Text Embeddings Inference',
    image: /(^|\/)(text-embeddings-inference|tei)([\w-]*)$/,
    command: /text-embeddings-router/,
    hub: true,
    flags: ['--model-id'],
  },
  {
    id: 'SGLang',
    image: /(^|\/)sglang$/,
    command: /sglang\.launch_server/,
    hub: true,
    flags: ['--model-path', '--model'],
  },
  { id: 'LMDeploy', image: /(^|\/)lmdeploy$/, command: /lmdeploy serve/, hub: true, positional: ['api_server'] },
  {
    id: 'TensorRT-LLM',
    image: /(^|\/)tensorrt-?llm[\w-]*(\/release)?$/,
    command: /trtllm-serve/,
    hub: true,
    positional: ['trtllm-serve', 'serve'],
  },
  {
    id: 'Triton',
    image: /(^|\/)(tritonserver|triton-inference-server)([\w-]*)$/,
    command: /(^|[\s/])tritonserver\b/,
    hub: false,
    flags: ['--model-repository', '--model-store'],
  },
  {
    id: 'TorchServe',
    image: /(^|\/)torchserve([\w-]*)$/,
    command: /(^|[\s/])torchserve\b/,
    hub: false,
    flags: ['--models', '--model-store'],
  },
  {
    id: 'TensorFlow Serving',
    image: /(^|\/)tensorflow\/serving$|(^|\/)(tensorflow-serving|tensorflow_serving|tf-serving|tf_serving)[\w-]*$/,
    command: /tensorflow_model_server/,
    hub: false,
    flags: ['--model_base_path', '--model_config_file'],
  },
  {
    id: 'MLServer',
    image: /(^|\/)mlserver([\w-]*)$/,
    command: /(^|[\s/])mlserver start\b/,
    hub: false,
    positional: ['start'],
  },
  {
    id: 'Ollama',
    image: /(^|\/)ollama$/,
    command: /(^|[\s/])ollama (serve|run)\b/,
    hub: false,
    positional: ['run', 'pull'],
  },
  {
    id: 'llama.cpp',
    image: /(^|\/)llama(\.|-|_)cpp([\w.-]*)$/,
    command: /(^|[\s/])llama-server\b|llama_cpp\.server/,
    hub: false,
    flags: ['--hf-repo', '-hf', '-hfr', '--model-url', '--model', '-m'],
  },
  {
    id: 'LocalAI',
    image: /(^|\/)(local-ai|localai)$/,
    command: /(^|[\s/])local-ai\b/,
    hub: false,
    positional: ['run'],
  },
  {
    id: 'Hugging Face server',
    image: /(^|\/)huggingfaceserver([\w-]*)$/,
    command: /huggingfaceserver/,
    hub: true,
    flags: ['--model_id', '--model_dir'],
  },
  {
    id: 'sklearn server',
    image: /(^|\/)(sklearnserver|sklearn-server)([\w-]*)$/,
    command: /sklearnserver/,
    hub: false,
    flags: ['--model_dir'],
  },
  {
    id: 'XGBoost server',
    image: /(^|\/)(xgbserver|xgboostserver|xgboost-server)([\w-]*)$/,
    command: /xgbserver/,
    hub: false,
    flags: ['--model_dir'],
  },
  { id: 'LightGBM server', image: /(^|\/)lgbserver$/, command: /lgbserver/, hub: false, flags: ['--model_dir'] },
  { id: 'PMML server', image: /(^|\/)pmmlserver$/, command: /pmmlserver/, hub: false, flags: ['--model_dir'] },
  {
    id: 'Paddle server',
    image: /(^|\/)(paddleserver|paddleserving)$|(^|\/)paddlepaddle\/serving$/,
    command: /paddle_serving_server|paddleserver/,
    hub: false,
    flags: ['--model_dir'],
  },
  {
    id: 'MLflow server',
    image: /(^|\/)(mlflowserver|mlflow-pyfunc)([\w-]*)$/,
    command: /mlflow models serve/,
    hub: false,
    flags: ['--model-uri', '-m'],
  },
  {
    id: 'OpenVINO Model Server',
    image: /(^|\/)(openvino\/model_server|openvino-model-server|ovms)([\w-]*)$/,
    command: /(^|[\s/])ovms\b/,
    hub: true,
    flags: ['--source_model', '--model_path'],
  },
  { id: 'DJL Serving', image: /(^|\/)djl-(serving|inference)([\w-]*)$/, command: /djl-serving/, hub: true },
  { id: 'NVIDIA NIM', image: /(^|\/)nim\/[\w.-]+\/[\w.-]+$/, hub: false, imageIsModel: true },
  { id: 'Ray LLM', image: /(^|\/)ray-llm$/, hub: true },
  { id: 'BentoML', image: /(^|\/)bentoml\/[\w.-]+$/, command: /bentoml serve/, hub: false, positional: ['serve'] },
  {
    id: 'Infinity',
    image: /(^|\/)michaelf34\/infinity$/,
    command: /infinity_emb/,
    hub: true,
    flags: ['--model-id', '--model-name-or-path'],
  },
  { id: 'Model Asset Exchange', image: /(^|\/)codait\/max-[\w-]+$/, hub: false, imageIsModel: true },
];

/** Repository path of an image: no tag, no digest. */
export const imageRepository = (image: string): string =>
  image
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .toLowerCase();

/** The server that an image or a command line starts, image first. */
export function recogniseServer(image: string | undefined, commandLine: string): ModelServer | undefined {
  const repository = image === undefined ? '' : imageRepository(image);
  return (
    modelServers.find((server) => repository !== '' && server.image.test(repository)) ??
    modelServers.find((server) => server.command?.test(commandLine) === true)
  );
}
