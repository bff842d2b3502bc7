/** The built-in pack of findings about the evidence itself: how snapshots arrived, not what they say. */
import {
  type ContinuityCondition,
  conditionRules,
  continuityConditions,
} from '../../../src-shared/domain/continuity.ts';
import type { StandingPack, StandingRule } from './standing-findings.ts';

const ruleOf = (condition: ContinuityCondition): StandingRule => {
  const { ruleId, title, severity, firesWhen, expected } = conditionRules[condition];
  return { id: ruleId, title, severity, firesWhen, expected };
};

/** Raised by checks of files on disk (artifact-findings.ts). */
export const artifactRules = {
  files: {
    id: 'SIG-001',
    title: 'Files on disk are not what was signed or recorded',
    severity: 'critical',
    firesWhen:
      "Artifact or dataset files were compared with their signature or with the record's digests, and some are changed, added or removed.",
    expected: 'Every file has the digest that was signed or recorded, and there are no others.',
  },
  signature: {
    id: 'SIG-002',
    title: 'Artifact signature not accepted',
    severity: 'high',
    firesWhen:
      'The signature that lies with an artifact does not verify, or was made by a key or certificate that is not accepted.',
    expected: 'The artifact is signed by an accepted key, and the signature verifies.',
  },
} as const satisfies Record<string, StandingRule>;

export const evidenceIntegrity: StandingPack = {
  id: 'evidence-integrity',
  version: '1.0.0',
  title: 'Evidence integrity',
  description:
    "Gaps, forks, replay and other breaks in a registry's snapshots. Raised when a bundle is imported or refused, and looked at again by every evaluation.",
  rules: [...continuityConditions.map(ruleOf), ...Object.values(artifactRules)],
};

export const integrityRule = (condition: ContinuityCondition): StandingRule => ruleOf(condition);
