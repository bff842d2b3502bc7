/** Every mapper that Assay has, most specific first: the first that recognises a file maps it. */
import { azureRest } from './azure-rest/index.ts';
import { azuremlAssets } from './azureml-assets/index.ts';
import { croissant } from './croissant/index.ts';
import { cyclonedx } from './cyclonedx/index.ts';
import { huggingfaceCards } from './huggingface-cards/index.ts';
import { kitops } from './kitops/index.ts';
import { kubernetesMappers } from './kubernetes/index.ts';
import type { Mapper } from './mapper.ts';
import { mlflowExport } from './mlflow-export/index.ts';
import { modelpack } from './modelpack/index.ts';
import { onnxHub } from './onnx-hub/index.ts';
import { openModelZoo } from './open-model-zoo/index.ts';
import { openlineage } from './openlineage/index.ts';
import { sagemaker } from './sagemaker/index.ts';
import { spdx3 } from './spdx3/index.ts';

export const allMappers: readonly Mapper[] = [
  mlflowExport,
  onnxHub,
  cyclonedx,
  spdx3,
  croissant,
  openlineage,
  sagemaker,
  azureRest,
  modelpack,
  kitops,
  ...kubernetesMappers,
  azuremlAssets,
  openModelZoo,
  huggingfaceCards,
];
