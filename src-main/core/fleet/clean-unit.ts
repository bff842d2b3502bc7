/** A well-governed sample model: every record and field that the rules ask for, consistent with one another. */
import { type CleanContext, sketchUnit } from './sketch.ts';
import { copySide, type Unit } from './unit.ts';
import { addData } from './unit-data.ts';
import { addEvidence } from './unit-evidence.ts';
import { addModel } from './unit-model.ts';
import { addOperation } from './unit-operation.ts';
import { addVersions } from './unit-version.ts';

export function cleanUnit(index: number, context: CleanContext): Unit {
  const sketch = sketchUnit(index, context);
  addModel(sketch);
  addData(sketch);
  addVersions(sketch);
  addEvidence(sketch);
  if (sketch.live) addOperation(sketch);
  const { modelId, live, tier, registry, discovery } = sketch;
  return {
    index,
    modelId,
    live,
    tier,
    parts: {
      version: sketch.versionId,
      deployment: sketch.deploymentId,
      train: sketch.trainId,
      test: sketch.testId,
      approval: sketch.approvalId,
      monitor: sketch.monitorId,
      observation: sketch.observationId,
    },
    registry,
    previous: copySide(registry),
    discovery,
  };
}
