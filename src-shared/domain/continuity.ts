/**
 * What can go wrong between the snapshots of one registry, by name (snapshot-format.md "Rollback/freeze", security.md D).
 *
 * Each condition has a rule of the built-in pack `evidence-integrity`, so that it is a finding like any other. The severity
 * says what an honest mistake cannot explain: two truths for one sequence are critical, an old file that was handed in again is
 * not.
 */
import { z } from 'zod';
import type { Severity } from './finding.ts';

export const continuityConditions = [
  'gap',
  'fork',
  'equivocation',
  'rollback',
  'fast_forward',
  'stale',
  'future_dated',
  'mixed_members',
  'wrong_registry',
  'key_used_after_revocation',
  'disowned',
  'time_backwards',
  'role_changed',
] as const;
export type ContinuityCondition = (typeof continuityConditions)[number];
export const continuityConditionSchema = z.enum(continuityConditions);

export interface ConditionRule {
  readonly ruleId: string;
  /** One or two words for a marker or a column. */
  readonly label: string;
  readonly title: string;
  readonly severity: Severity;
  readonly firesWhen: string;
  readonly expected: string;
}

/**
 * A highest step from one sequence to the next: a snapshot every minute for almost two years. Beyond it a snapshot is refused,
 * because whoever signs it, perhaps with a stolen key, would leave the registry no numbers (TUF 5.4, fast-forward attack).
 */
export const greatestStep = 1_000_000;

export const conditionRules: Readonly<Record<ContinuityCondition, ConditionRule>> = {
  gap: {
    ruleId: 'INT-001',
    label: 'Gap',
    title: 'Snapshots are missing from the history of a registry',
    severity: 'medium',
    firesWhen: 'A stored snapshot does not name the stored one before it, and names none that is older.',
    expected: 'Every snapshot names the one before it by its digest, and that one is stored here.',
  },
  fork: {
    ruleId: 'INT-002',
    label: 'Fork',
    title: "A registry's history has forked",
    severity: 'critical',
    firesWhen:
      'A stored snapshot names another predecessor than the one stored before it, at the same place or earlier.',
    expected: 'One registry has one history: each snapshot continues the newest one before it.',
  },
  equivocation: {
    ruleId: 'INT-003',
    label: 'Equivocation',
    title: 'Two different snapshots were signed for one sequence',
    severity: 'critical',
    firesWhen:
      'A snapshot is presented whose sequence another statement of the registry already has: stored, refused before, or named by a successor.',
    expected: 'A publisher signs one statement for each sequence.',
  },
  rollback: {
    ruleId: 'INT-004',
    label: 'Rollback',
    title: 'An older snapshot was presented as current',
    severity: 'medium',
    firesWhen: 'A snapshot is presented as current whose sequence is below the newest stored one.',
    expected:
      'A snapshot that is handed in as current is newer than what is stored; older ones are imported as historical.',
  },
  fast_forward: {
    ruleId: 'INT-005',
    label: 'Fast-forward',
    title: 'The sequence of a registry was pushed far ahead',
    severity: 'high',
    firesWhen: `A snapshot is presented whose sequence is more than ${greatestStep} above the newest stored one, or leaves no room below 2^53.`,
    expected: 'Sequences count up in small steps, so that honest successors keep their numbers.',
  },
  stale: {
    ruleId: 'INT-006',
    label: 'Stale',
    title: 'The newest snapshot of a registry has expired',
    severity: 'medium',
    firesWhen:
      "The expiry of the registry's newest snapshot is before this computer's clock or the newest creation time seen.",
    expected: 'The newest snapshot of each registry is within the validity that its publisher set.',
  },
  future_dated: {
    ruleId: 'INT-007',
    label: 'From the future',
    title: 'A snapshot says it was created in the future',
    severity: 'medium',
    firesWhen:
      'The creation time of a snapshot, or the time at which a source of it was read, was more than five minutes ahead of the clock when it was imported; or a source was read after the snapshot was created.',
    expected: 'The clocks of publisher and auditor agree to within five minutes.',
  },
  mixed_members: {
    ruleId: 'INT-008',
    label: 'Mixed parts',
    title: 'Parts of a bundle do not belong to its signed statement',
    severity: 'high',
    firesWhen:
      'Below a genuine signature a member has another digest, is missing or is not listed, or co-signatures are over another statement.',
    expected: 'Every part of a bundle is what one statement signs.',
  },
  wrong_registry: {
    ruleId: 'INT-009',
    label: 'Wrong registry',
    title: 'A trusted key signed for a registry outside its scope',
    severity: 'high',
    firesWhen:
      'The signature of a trusted key is genuine, and the registry of the statement is not in the scope of that key.',
    expected: 'A key signs only for the registries that it is trusted for.',
  },
  key_used_after_revocation: {
    ruleId: 'INT-010',
    label: 'Revoked key used',
    title: 'A revoked key signed a later snapshot',
    severity: 'critical',
    firesWhen: 'The signature of a revoked key is genuine, on a sequence above the last one that is accepted from it.',
    expected: 'A revoked key signs nothing after its last accepted sequence.',
  },
  disowned: {
    ruleId: 'INT-011',
    label: 'No longer counts',
    title: 'A stored snapshot is no longer backed by enough keys',
    severity: 'high',
    firesWhen:
      'Of the keys that signed a stored snapshot, fewer still count for it than its import needed: revoked, retired, removed or narrowed since.',
    expected: 'Everything that is stored is backed by as many keys as were needed when it was imported.',
  },
  time_backwards: {
    ruleId: 'INT-012',
    label: 'Time goes back',
    title: 'A snapshot says it is older than the one before it',
    severity: 'medium',
    firesWhen:
      'The creation time of a stored snapshot is more than five minutes before that of the stored one with the next lower sequence.',
    expected: 'Later sequences are created later.',
  },
  role_changed: {
    ruleId: 'INT-013',
    label: 'Role changed',
    title: 'A registry presented itself in another role',
    severity: 'high',
    firesWhen:
      'A snapshot is presented whose role, registry or discovery, is not that of the stored ones of its registry.',
    expected: 'A registry keeps its role; a scan is published under an id of its own.',
  },
};
