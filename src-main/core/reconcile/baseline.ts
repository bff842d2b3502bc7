/**
 * The registry against its own earlier snapshot, and against itself: digests that changed under one version (VER-002,
 * DAT-003), records that are gone without a decommission approval (REC-001), one artefact under several entries (VER-012).
 */
import { entityOf, fieldLabel, fieldOf, type Kind, kinds } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { VerdictField, VerdictRow } from '../../../src-shared/domain/verdict.ts';
import type { RecordSet, StoredRecord } from '../record-set.ts';
import type { Sides } from './compare.ts';
import { rowOf } from './row.ts';
import { algorithmOf, cellOf, compareDigests, digestOf, missingCell, nameOf, refOf, textOf } from './values.ts';

const refTo = (record: StoredRecord) => ({ kind: record.kind, id: record.id });

function fieldRow(
  sides: Sides,
  kind: Kind,
  field: string,
  now: StoredRecord | undefined,
  before: StoredRecord | undefined,
): VerdictField {
  const claim = cellOf(sides.registry, now, field, sides.statements);
  const previous = cellOf(sides.baseline, before, field, sides.statements);
  return {
    field,
    label: fieldLabel(kind, field),
    group: fieldOf(kind, field)?.group ?? 'deployment',
    claim,
    observed: missingCell,
    previous,
    agrees: claim.state === 'value' && previous.state === 'value' ? claim.value === previous.value : null,
  };
}

/** Model that a version or deployment belongs to. */
function modelOf(set: RecordSet, record: StoredRecord): StoredRecord | undefined {
  if (record.kind === 'model') return record;
  const versionRef = record.kind === 'deployment' ? refOf(record, 'version_ref') : undefined;
  const version = record.kind === 'model_version' ? record : versionRef && set.get(versionRef);
  const ref = refOf(version, 'model_ref');
  return ref && set.get(ref);
}

function fullName(set: RecordSet, record: StoredRecord): string {
  const model = modelOf(set, record);
  return model && model !== record ? `${nameOf(model)} ${nameOf(record)}` : nameOf(record);
}

/** Digest changes under one identity, of versions and of datasets. */
export function mutatedSinceBaseline(sides: Sides, tick: () => void): VerdictRow[] {
  const rows: VerdictRow[] = [];
  if (sides.baseline === null) return rows;
  const watched = [
    { kind: 'model_version', field: 'artefact_digest', label: 'version_label' },
    { kind: 'dataset', field: 'dataset_digest', label: 'dataset_version' },
  ] as const;
  for (const { kind, field, label } of watched) {
    const earlier = new Map([...sides.baseline.entries(kind)].map((entry) => [entry.id, entry.content]));
    for (const { id, content } of sides.registry.entries(kind)) {
      tick();
      // Only what changed is read.
      if (content !== '' && earlier.get(id) === content) continue;
      const now = sides.registry.get({ kind, id });
      const before = now && sides.baseline.get({ kind, id });
      if (!now || !before) continue;
      const [is, was] = [digestOf(now, field), digestOf(before, field)];
      const compared = compareDigests(is, was);
      if (compared === 'same' || compared === 'absent') continue;
      // A dataset may get new content under a new version; a version id is the version.
      if (kind === 'dataset' && textOf(now, label) !== textOf(before, label)) continue;
      const name = fullName(sides.registry, now);
      const base = {
        claim: refTo(now),
        previous: refTo(before),
        model: modelOf(sides.registry, now),
        region: '',
        segment: '',
        fields: [fieldRow(sides, kind, field, now, before), fieldRow(sides, kind, label, now, before)],
      };
      rows.push(
        compared === 'differs'
          ? rowOf({
              ...base,
              missingEvidence: [],
              verdict: 'mutated',
              severity: 'critical',
              title: `${name}: digest changed under the same version`,
              sentence: `${name} has another digest than in the baseline although its version is the same.`,
            })
          : rowOf({
              ...base,
              missingEvidence: [
                `A digest in one algorithm in both snapshots (now ${algorithmOf(is ?? ':')}, before ${algorithmOf(was ?? ':')})`,
              ],
              verdict: 'cannot_determine',
              severity: 'medium',
              title: `${name}: digest algorithm changed`,
              sentence: `Whether ${name} changed since the baseline cannot be told: the digests are of different algorithms.`,
            }),
      );
    }
  }
  return rows;
}

/** References covered by an approved decommissioning, in either snapshot. */
function decommissioned(sides: Sides): ReadonlySet<string> {
  const covered = new Set<string>();
  for (const set of [sides.registry, sides.baseline]) {
    for (const approval of set?.all('approval') ?? []) {
      if (textOf(approval, 'approval_kind') !== 'decommission') continue;
      const decision = textOf(approval, 'decision');
      const subject = refOf(approval, 'subject_ref');
      if (subject !== undefined && (decision === 'approved' || decision === 'approved_with_conditions'))
        covered.add(formatRef(subject));
    }
  }
  return covered;
}

/** Evidence of what happened; such records come and go with the period a source exports. */
const notKept = new Set<Kind>(['access_event', 'metric']);

export function vanishedSinceBaseline(sides: Sides, tick: () => void): VerdictRow[] {
  const rows: VerdictRow[] = [];
  const { baseline, registry } = sides;
  if (baseline === null) return rows;
  const covered = decommissioned(sides);
  const incomplete = registry.snapshots.flatMap((meta) =>
    meta.sources.filter((source) => !source.complete).map((source) => `${source.type} ${source.uri}`.trim()),
  );
  const present = new Set(registry.snapshots.map((meta) => meta.registryId));
  const registryOf = new Map(baseline.snapshots.map((meta) => [meta.snapshot, meta.registryId]));
  for (const kind of kinds) {
    if (notKept.has(kind)) continue;
    const kept = new Set([...registry.entries(kind)].map(({ id }) => id));
    for (const { id } of baseline.entries(kind)) {
      tick();
      const before = kept.has(id) ? undefined : baseline.get({ kind, id });
      if (!before) continue;
      const model = modelOf(baseline, before);
      const versionRef = before.kind === 'deployment' ? refOf(before, 'version_ref') : undefined;
      const related = [refTo(before), ...(model ? [refTo(model)] : []), ...(versionRef ? [versionRef] : [])];
      if (related.some((ref) => covered.has(formatRef(ref)))) continue;
      const from = registryOf.get(before.snapshot);
      const missing = [
        ...(from !== undefined && !present.has(from) ? ['A newer snapshot of the registry that held it'] : []),
        ...(incomplete.length > 0
          ? [`A complete registry snapshot; not complete: ${[...new Set(incomplete)].join(', ')}`]
          : []),
      ];
      const name = fullName(baseline, before);
      const what = entityOf(kind).label.toLowerCase();
      const base = {
        previous: refTo(before),
        model,
        region: textOf(before, 'region') ?? '',
        segment: '',
        fields: [fieldRow(sides, kind, entityOf(kind).nameField, undefined, before)],
        missingEvidence: missing,
      };
      rows.push(
        missing.length > 0
          ? rowOf({
              ...base,
              verdict: 'cannot_determine',
              severity: 'medium',
              title: `${name}: not in the new snapshot, which is incomplete`,
              sentence: `The ${what} ${name} was in the baseline and is not in the registry now; what was collected does not show that it is gone.`,
            })
          : rowOf({
              ...base,
              verdict: 'vanished',
              severity: kind === 'model' || kind === 'model_version' || kind === 'deployment' ? 'critical' : 'high',
              title: `${name}: gone since the baseline`,
              sentence: `The ${what} ${name} was in the baseline, is not in the registry now, and no approved decommissioning covers it.`,
            }),
      );
    }
  }
  return rows;
}

/** Versions with one artefact digest: one row for each after the first, whose cells stand in the column of what was found. */
export function duplicatesInRegistry(sides: Sides, tick: () => void): VerdictRow[] {
  const first = new Map<string, StoredRecord>();
  const rows: VerdictRow[] = [];
  for (const version of sides.registry.all('model_version')) {
    tick();
    const digest = digestOf(version, 'artefact_digest');
    if (digest === undefined) continue;
    const original = first.get(digest);
    if (original === undefined) {
      first.set(digest, version);
      continue;
    }
    const [here, there] = [modelOf(sides.registry, version), modelOf(sides.registry, original)];
    const twoModels = refOf(version, 'model_ref')?.id !== refOf(original, 'model_ref')?.id;
    const [name, other] = [fullName(sides.registry, version), fullName(sides.registry, original)];
    const row = (field: string): VerdictField => ({
      ...fieldRow(sides, 'model_version', field, version, undefined),
      observed: cellOf(sides.registry, original, field, sides.statements),
    });
    rows.push(
      rowOf({
        claim: refTo(version),
        model: here ?? there,
        region: '',
        segment: '',
        pair: { key: 'weight_digest', value: digest, confidence: 'high' },
        fields: [row('artefact_digest'), row('version_label'), row('model_ref')],
        missingEvidence: [],
        verdict: 'duplicate',
        severity: twoModels ? 'medium' : 'low',
        title: `${name}: same artefact as ${other}`,
        sentence: `${name} and ${other} are ${twoModels ? 'two registered models' : 'two versions of one model'} with one and the same artefact.`,
      }),
    );
  }
  return rows;
}
