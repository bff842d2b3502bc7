/** Makes one verdict row with its stable id. */
import type { RecordRef } from '../../../src-shared/domain/record.ts';
import type { Verdict, VerdictField, VerdictRow } from '../../../src-shared/domain/verdict.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import type { StoredRecord } from '../record-set.ts';
import type { Match } from './match.ts';
import type { Claim, Observation } from './parties.ts';

export interface FindingVerdict {
  readonly verdict: Verdict;
  readonly severity: VerdictRow['severity'];
  readonly title: string;
  readonly sentence: string;
}

export interface RowParts extends FindingVerdict {
  readonly claim?: Claim | RecordRef | undefined;
  readonly observation?: Observation | undefined;
  readonly previous?: RecordRef | undefined;
  readonly model?: StoredRecord | undefined;
  readonly pair?: Match | undefined;
  readonly region: string;
  readonly segment: string;
  readonly fields: readonly VerdictField[];
  readonly missingEvidence: readonly string[];
}

const isClaim = (claim: Claim | RecordRef): claim is Claim => 'identity' in claim;

/** `rowId` is the digest of verdict and references, so the same case keeps its id from run to run. */
export function rowOf(parts: RowParts): VerdictRow {
  const claim = parts.claim === undefined ? undefined : isClaim(parts.claim) ? parts.claim.ref : parts.claim;
  const model = parts.model ?? (parts.claim !== undefined && isClaim(parts.claim) ? parts.claim.model : undefined);
  const involved = [parts.verdict, claim ?? null, parts.observation?.ref ?? null, parts.previous ?? null];
  return {
    rowId: sha256Hex(toJcs(involved)).slice(0, 32),
    verdict: parts.verdict,
    severity: parts.severity,
    title: parts.title,
    sentence: parts.sentence,
    ...(claim ? { claim } : {}),
    ...(parts.observation ? { observation: parts.observation.ref } : {}),
    ...(parts.previous ? { previous: parts.previous } : {}),
    ...(model ? { model: { kind: 'model' as const, id: model.id } } : {}),
    region: parts.region,
    segment: parts.segment,
    ...(parts.pair
      ? { match: { key: parts.pair.key, value: parts.pair.value, confidence: parts.pair.confidence } }
      : {}),
    fields: [...parts.fields],
    missingEvidence: [...parts.missingEvidence],
  };
}
