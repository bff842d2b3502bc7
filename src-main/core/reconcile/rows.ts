/** Verdict rows: what each pair, each unmatched claim and each unmatched observation amounts to, in words. */

import type { VerdictRow } from '../../../src-shared/domain/verdict.ts';
import type { StoredRecord } from '../record-set.ts';
import { compareFields, type RowRecords, type Sides } from './compare.ts';
import { missingForAbsence, type Scope } from './coverage.ts';
import type { Leftover, Pair } from './match.ts';
import { type Claim, isUnresolved, type Observation } from './parties.ts';
import { type FindingVerdict, rowOf } from './row.ts';
import { algorithmOf, compareDigests, nameOf, refOf, textOf, textsOf } from './values.ts';

type Severity = VerdictRow['severity'];

const claimRecords = (claim: Claim) => ({
  ...(claim.deployment ? { deployment: claim.deployment } : {}),
  ...(claim.version ? { model_version: claim.version } : {}),
  ...(claim.model ? { model: claim.model } : {}),
});

function observedRecords(sides: Sides, observation: Observation) {
  const modelRef = refOf(observation.version, 'model_ref');
  const model = modelRef && sides.discovery.get(modelRef);
  return {
    deployment: observation.record,
    ...(observation.version ? { model_version: observation.version } : {}),
    ...(model ? { model } : {}),
  };
}

function previousRecords(sides: Sides, claim: Claim) {
  const before = (record: StoredRecord | undefined) =>
    record && sides.baseline?.get({ kind: record.kind, id: record.id });
  const [deployment, version, model] = [before(claim.deployment), before(claim.version), before(claim.model)];
  return {
    ...(deployment ? { deployment } : {}),
    ...(version ? { model_version: version } : {}),
    ...(model ? { model } : {}),
  };
}

/** How people call a claim: model and version, else the deployment's own name. */
export function claimName(claim: Claim): string {
  const label = textOf(claim.version, 'version_label');
  if (claim.model) return label === undefined ? nameOf(claim.model) : `${nameOf(claim.model)} ${label}`;
  return textOf(claim.deployment, 'deployment_name') ?? claim.ref.id;
}

export const observationName = (observation: Observation): string =>
  textOf(observation.record, 'declared_model_name') ??
  textOf(observation.record, 'deployment_name') ??
  observation.ref.id;

const placeText = (record: StoredRecord | undefined): string =>
  textOf(record, 'location_ref') ??
  textOf(record, 'cluster') ??
  textOf(record, 'namespace') ??
  'a place that is not stated';

function where(claim: Claim | undefined, observation: Observation | undefined): { region: string; segment: string } {
  const region = textOf(claim?.deployment, 'region') ?? textOf(observation?.record, 'region') ?? '';
  const segments = textsOf(claim?.deployment, 'customer_segments');
  const seen = segments.length > 0 ? segments : textsOf(observation?.record, 'customer_segments');
  return { region, segment: [...seen].sort().join(', ') };
}

const ended = new Set(['retired', 'rolled_back', 'archived', 'withdrawn', 'rejected']);
/** A manifest says what somebody means to run; nobody saw it run. */
export const onlyDeclared = (observation: Observation): boolean => observation.basis === 'manifest';

/** Why the stage that is claimed and the stage that is observed cannot both be right; null when they can. */
function stageConflict(pair: Pair): { severity: Severity; sentence: string } | null {
  const { claim, observation } = pair;
  const name = claimName(claim);
  const claimed = textOf(claim.deployment, 'deployment_status') ?? textOf(claim.version, 'version_status');
  const versionStatus = textOf(claim.version, 'version_status');
  const observedEnvironment = textOf(observation.record, 'environment');
  const claimedEnvironment = textOf(claim.deployment, 'environment');
  // A manifest says what somebody wants to run, not what does.
  if (!onlyDeclared(observation) && observation.runs) {
    const over = [claimed, versionStatus].find((status) => status !== undefined && ended.has(status));
    if (over !== undefined) {
      const severity = over === 'withdrawn' || over === 'rejected' ? 'critical' : 'high';
      return {
        severity,
        sentence: `${name} is registered as ${over.replace('_', ' ')}, but it runs at ${placeText(observation.record)}.`,
      };
    }
    if (claim.deployment !== undefined && (claimed === 'planned' || claimed === 'paused')) {
      return {
        severity: 'medium',
        sentence: `${name} is registered as ${claimed}, but it runs at ${placeText(observation.record)}.`,
      };
    }
    if (claim.deployment === undefined && claimed !== undefined && /^(draft|candidate|approved)$/.test(claimed)) {
      const severity = observedEnvironment === 'production' && claimed !== 'approved' ? 'high' : 'medium';
      return {
        severity,
        sentence: `${name} is registered as ${claimed} and not as deployed, but it runs at ${placeText(observation.record)}.`,
      };
    }
  }
  if (
    claimedEnvironment !== undefined &&
    observedEnvironment !== undefined &&
    claimedEnvironment !== observedEnvironment
  ) {
    return {
      severity: 'high',
      sentence: `${name} is registered in ${claimedEnvironment}, but was found in ${observedEnvironment}.`,
    };
  }
  if (claim.live && !onlyDeclared(observation) && !observation.runs) {
    const status = textOf(observation.record, 'deployment_status') ?? 'stopped';
    return {
      severity: 'medium',
      sentence: `${name} is registered as live, but the platform shows it as ${status.replace('_', ' ')}.`,
    };
  }
  return null;
}

/** The verdict on a claim and an observation that belong together. The gravest difference gives it its name. */
export function pairRow(sides: Sides, pair: Pair): VerdictRow {
  const { claim, observation } = pair;
  const records: RowRecords = {
    claim: claimRecords(claim),
    observed: observedRecords(sides, observation),
    previous: previousRecords(sides, claim),
  };
  const { fields, drift } = compareFields(sides, records);
  const name = claimName(claim);
  const base = { claim, observation, pair, fields, ...where(claim, observation) };
  const previous = records.previous[claim.ref.kind];
  const finish = (verdict: FindingVerdict, missingEvidence: readonly string[] = []) =>
    rowOf({ ...base, ...verdict, missingEvidence, previous: previous && { kind: previous.kind, id: previous.id } });

  const weights = compareDigests(claim.identity.weights, observation.identity.weights);
  if (weights === 'differs') {
    return finish({
      verdict: 'mutated',
      severity: 'critical',
      title: `${name}: what runs is not what was registered`,
      sentence: `${name} runs at ${placeText(observation.record)} with other weights than the registry holds for it.`,
    });
  }
  const stage = stageConflict(pair);
  if (stage)
    return finish({
      verdict: 'stage_mismatch',
      severity: stage.severity,
      title: `${name}: stage differs`,
      sentence: stage.sentence,
    });
  if (drift.length > 0) {
    const labels = drift.map((field) => field.label.toLowerCase());
    const grave = drift.some((field) =>
      /^(region|exposure|image_digest|input_schema_digest|output_schema_digest|version_label)$/.test(field.field),
    );
    return finish({
      verdict: 'metadata_drift',
      severity: grave ? 'high' : 'medium',
      title: `${name}: ${labels.length === 1 ? `${labels[0]} differs` : `${labels.length} fields differ`}`,
      sentence: `${name} was found where the registry says, but registry and runtime disagree on ${labels.join(', ')}.`,
    });
  }
  if (weights === 'incomparable') {
    const [a, b] = [algorithmOf(claim.identity.weights ?? ':'), algorithmOf(observation.identity.weights ?? ':')];
    return finish(
      {
        verdict: 'cannot_determine',
        severity: 'medium',
        title: `${name}: digests are not comparable`,
        sentence: `${name} was found by ${pair.key.replace('_', ' ')}, but its weights cannot be compared: one side has ${a}, the other ${b}.`,
      },
      [`A ${a} digest of what runs, or a ${b} digest in the registry`],
    );
  }
  const weak = pair.confidence === 'low' ? ' They were matched by name only, which is weak evidence.' : '';
  return finish({
    verdict: 'matched',
    severity: 'info',
    title: `${name}: matched`,
    sentence: onlyDeclared(observation)
      ? `${name} is registered, and a manifest declares it; whether it runs was not observed.${weak}`
      : `${name} is registered and runs at ${placeText(observation.record)}; nothing that was compared differs.${weak}`,
  });
}

/** A claim of a live stage that nothing was found for. */
export function absentRow(sides: Sides, scope: Scope, claim: Claim): VerdictRow {
  const records: RowRecords = { claim: claimRecords(claim), observed: {}, previous: previousRecords(sides, claim) };
  const { fields } = compareFields(sides, records);
  const missing = missingForAbsence(scope, claim);
  const name = claimName(claim);
  const previous = records.previous[claim.ref.kind];
  const base = {
    claim,
    fields,
    ...where(claim, undefined),
    missingEvidence: missing,
    previous: previous && { kind: previous.kind, id: previous.id },
  };
  if (missing.length > 0) {
    return rowOf({
      ...base,
      verdict: 'cannot_determine',
      severity: 'medium',
      title: `${name}: not found, and not proven absent`,
      sentence: `${name} is registered as live and was not found, but the evidence does not show that it does not run.`,
    });
  }
  return rowOf({
    ...base,
    verdict: 'orphaned',
    severity: 'medium',
    title: `${name}: registered as live, not found`,
    sentence: `${name} is registered as live at ${placeText(claim.deployment)}, and a complete scan of that place did not find it.`,
  });
}

/** An observation that no claim accounts for. */
export function strayRow(sides: Sides, leftover: Leftover, gaps: readonly string[]): VerdictRow {
  const { observation, known } = leftover;
  const { fields } = compareFields(sides, {
    claim: known ? claimRecords(known.claim) : {},
    observed: observedRecords(sides, observation),
    previous: {},
  });
  const name = observationName(observation);
  const place = placeText(observation.record);
  const base = { observation, pair: known, fields, ...where(undefined, observation), model: known?.claim.model };
  const declared = onlyDeclared(observation);
  if (isUnresolved(observation)) {
    return rowOf({
      ...base,
      missingEvidence: ['Which model it loads: no digest, and no reference that resolves'],
      verdict: 'cannot_determine',
      severity: 'medium',
      title: `${name}: which model is unknown`,
      sentence: `A model server ${declared ? 'is declared' : 'runs'} at ${place}, but nothing that was collected says which model it loads.`,
    });
  }
  const renamed =
    known !== undefined &&
    known.key === 'weight_digest' &&
    !observation.identity.names.some((own) => known.claim.identity.names.includes(own));
  if (renamed) {
    const original = claimName(known.claim);
    return rowOf({
      ...base,
      claim: known.claim,
      missingEvidence: [],
      verdict: 'duplicate',
      severity: 'high',
      title: `${name}: renamed copy of ${original}`,
      sentence: `${name} at ${place} holds the same weights as the registered ${original}, under a name that the registry does not know.`,
    });
  }
  const production = textOf(observation.record, 'environment') === 'production';
  const severity: Severity = declared ? 'medium' : production && gaps.length === 0 ? 'critical' : 'high';
  const whose = known
    ? `${claimName(known.claim)} is registered, but not at ${place}, where it ${declared ? 'is declared' : 'runs'}.`
    : '';
  return rowOf({
    ...base,
    missingEvidence: gaps,
    verdict: 'unregistered',
    severity,
    title: `${name}: ${declared ? 'declared, not registered' : 'runs, not registered'}`,
    sentence:
      whose ||
      `${name} ${declared ? 'is declared by a manifest' : `runs at ${place}`}, and no registry record matches it by digest, reference, id or name.`,
  });
}
