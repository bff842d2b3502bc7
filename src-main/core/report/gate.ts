/**
 * May this report be issued? (regulation reference part 4, generic gating)
 *
 * Never while REC-003 fires, evidence altered; only "with qualification" while REC-001, REC-002 or DEP-002 fire, or where these
 * could not be or were not evaluated. A snapshot of which too few signers still count blocks, unless another one of its registry
 * does and it is left out; a fork or gap in its history qualifies,
 * and so do two truths for one sequence and the use of a revoked key. A person's disposition does not silence a gate: the
 * qualification is printed beside it.
 */
import { conditionRules } from '../../../src-shared/domain/continuity.ts';
import { fullText } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import type { ReportInputs } from './inputs.ts';
import type { GateLine } from './model.ts';
import { historyLine } from './snapshot-history.ts';
import { fewerSigners } from './snapshot-trust.ts';
import { plural } from './wording.ts';

const qualifying = ['REC-001', 'REC-002', 'DEP-002'] as const;

const titles: Readonly<Record<string, string>> = {
  'REC-001': 'records vanished between snapshots',
  'REC-002': 'control totals do not agree',
  'REC-003': 'evidence was altered',
  'DEP-002': 'models were found that the inventory does not know',
};

export type GateInputs = Pick<
  ReportInputs,
  'staleRuns' | 'check' | 'findings' | 'snapshots' | 'disowned' | 'reconcile' | 'preparedBy' | 'reviewedBy'
>;

/** How often a rule fires: the evaluation's own count, or open findings where they outlived it. */
export function firesOf(inputs: Pick<ReportInputs, 'check' | 'findings'>, ruleId: string): number {
  const counted =
    inputs.check?.rules.filter((rule) => rule.ruleId === ruleId).reduce((sum, rule) => sum + rule.counts.fires, 0) ?? 0;
  const open = inputs.findings.filter((finding) => finding.ruleId === ruleId && finding.state === 'open').length;
  return Math.max(counted, open);
}

/** Who signed the evidence, as the keys are trusted today, and whether its history is whole; each line names the snapshot. */
function snapshotLines(snapshots: GateInputs['snapshots']): GateLine[] {
  return snapshots.flatMap(({ meta, verification, history }): GateLine[] => {
    const name = nameOf(meta);
    const { signer, freshness } = verification;
    const lines: GateLine[] = [];
    if (signer.state === 'fail')
      lines.push({ level: 'block', text: `${name} is no longer trusted: ${signer.text}`, link: 'section-3' });
    else if (signer.code === fewerSigners)
      lines.push({ level: 'qualify', text: `${name}: ${signer.text}`, link: 'section-3' });
    if (freshness.state === 'warn')
      lines.push({ level: 'note', text: `${name}: ${fullText(freshness)}`, link: 'section-3' });
    const place = historyLine(history);
    if (place.state === 'warn') lines.push({ level: 'qualify', text: `${name}: ${place.text}`, link: 'section-3' });
    return lines;
  });
}

/**
 * What was imported and no longer counts is left out of the report. Where nothing of its registry is left a report would be silent
 * about the registry, so there is none.
 */
function disownedLines({ snapshots, disowned }: Pick<GateInputs, 'snapshots' | 'disowned'>): GateLine[] {
  const speaking = new Set(snapshots.map(({ meta }) => meta.registryId));
  return disowned.map(({ meta, verification }): GateLine => {
    const isSilent = !speaking.has(meta.registryId);
    return {
      level: isSilent ? 'block' : 'note',
      text: `${nameOf(meta)} is no longer trusted${isSilent ? '' : ' and left out'}: ${verification.signer.text}`,
      link: 'section-3',
    };
  });
}

const nameOf = ({ snapshot, registryName, sequence }: GateInputs['snapshots'][number]['meta']): string =>
  `Snapshot S${snapshot} (${registryName}, sequence ${sequence})`;

/** Refused bundles that put a publisher itself in question; a fork is said of the snapshot that has it. */
const incidents = ['equivocation', 'key_used_after_revocation'] as const;

function incidentLines(findings: GateInputs['findings']): GateLine[] {
  return incidents.flatMap((condition): GateLine[] => {
    const { ruleId, title } = conditionRules[condition];
    const found = findings.filter((finding) => finding.ruleId === ruleId);
    if (found.length === 0) return [];
    const who = [...new Set(found.map((finding) => finding.subject.name))].join(', ');
    return [{ level: 'qualify', text: `${ruleId}: ${title} (${who}).`, link: `finding:${ruleId}` }];
  });
}

/** The checks before building, in the order in which a person should deal with them. */
export function reportGate(inputs: GateInputs): readonly GateLine[] {
  const lines: GateLine[] = inputs.staleRuns.map((text) => ({ level: 'block', text, link: 'section-4' }));
  const altered = firesOf(inputs, 'REC-003');
  if (altered > 0) {
    lines.push({
      level: 'block',
      text: `REC-003 fires on ${plural(altered, 'record')}: ${titles['REC-003']}. The report cannot be issued until it no longer does.`,
      link: 'finding:REC-003',
    });
  }
  lines.push(...snapshotLines(inputs.snapshots), ...disownedLines(inputs), ...incidentLines(inputs.findings));
  for (const id of qualifying) {
    const fires = firesOf(inputs, id);
    if (fires > 0) {
      lines.push({
        level: 'qualify',
        text: `${id} fires on ${plural(fires, 'record')}: ${titles[id]}.`,
        link: `finding:${id}`,
      });
    }
  }
  for (const id of ['REC-003', ...qualifying]) {
    if (inputs.check === null) continue;
    const rule = inputs.check.rules.find((candidate) => candidate.ruleId === id);
    if (!rule) {
      lines.push({
        level: 'qualify',
        text: `${id} was not evaluated: the packs that were run do not hold it, so nothing says whether ${titles[id]}.`,
        link: 'section-9',
      });
    } else if (rule.counts.cannot_evaluate > 0 && rule.counts.fires === 0) {
      lines.push({
        level: 'qualify',
        text: `${id} could not be evaluated: ${titles[id]}, no evidence supplied.`,
        link: 'section-9',
      });
    }
  }
  if (inputs.snapshots.length === 0)
    lines.push({ level: 'qualify', text: 'No snapshot was imported: no evidence supplied.', link: 'section-3' });
  if (inputs.check === null)
    lines.push({ level: 'qualify', text: 'No policy pack was evaluated: no evidence supplied.', link: 'section-5' });
  if (inputs.reconcile === null) lines.push({ level: 'note', text: 'No reconciliation was run.', link: 'section-4' });
  if (inputs.reviewedBy.trim() === '') lines.push({ level: 'note', text: 'No reviewer is named.', link: 'section-1' });
  else if (inputs.preparedBy.trim().toLowerCase() === inputs.reviewedBy.trim().toLowerCase()) {
    lines.push({
      level: 'qualify',
      text: 'Preparer and reviewer are the same person; they must differ.',
      link: 'section-1',
    });
  }
  return lines;
}

/** The lines that a report must print; raises `refused` / `report.blocked` while a blocking line stands. */
export function requireIssuable(inputs: GateInputs): GateLine[] {
  const lines = reportGate(inputs);
  const blocking = lines.filter((line) => line.level === 'block');
  if (blocking.length > 0) {
    raise(
      'refused',
      'report.blocked',
      `The report was not built and nothing was changed: ${blocking.map((line) => line.text).join(' ')} Look into this first.`,
      { reasons: blocking.map((line) => line.text) },
    );
  }
  return lines.filter((line) => line.level === 'qualify');
}
