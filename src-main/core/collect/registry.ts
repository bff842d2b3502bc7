/** Every mapper that Assay has, most specific first: the first that recognises a file maps it. */
import { azuremlAssets } from './azureml-assets/index.ts';
import { huggingfaceCards } from './huggingface-cards/index.ts';
import type { Mapper } from './mapper.ts';
import { mlflowExport } from './mlflow-export/index.ts';
import { onnxHub } from './onnx-hub/index.ts';
import { openModelZoo } from './open-model-zoo/index.ts';

export const allMappers: readonly Mapper[] = [mlflowExport, onnxHub, azuremlAssets, openModelZoo, huggingfaceCards];
