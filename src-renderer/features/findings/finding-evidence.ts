/** A finding as evidence: what was found, what the rule read and where, and the snapshots it rests on, ready to paste. */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { copyToClipboard, tableForClipboard } from '../../ui/clipboard.ts';

type Finding = OutputOf<'findings.show'>;

/** Label and value of each line, in reading order; `at` is an RFC 3339 instant in UTC. */
export function findingEvidence(
  finding: Finding,
  at: string,
  permalink: string,
): readonly (readonly [string, string])[] {
  return [
    ['Finding', `${finding.id}: ${finding.name}`],
    ['Severity and state', `${finding.severity}, ${finding.state}`],
    ['What was found', finding.message],
    ['Subject', `${finding.subject.kind}/${finding.subject.id}`],
    ['Rule', `${finding.ruleId} of ${finding.packId} ${finding.packVersion}`],
    ['Clauses', finding.clauses.map(({ cite }) => cite).join('; ')],
    ...finding.values.map(({ label, ref, state, value, snapshot, locator }): readonly [string, string] => [
      `Read: ${label}${ref ? ` of ${formatRef(ref)}` : ''}`,
      [state === 'value' ? value : `(${state})`, snapshot === undefined ? '' : `snapshot ${snapshot}`, locator ?? '']
        .filter((part) => part !== '')
        .join(', '),
    ]),
    ...finding.snapshots.map(({ snapshot, statementSha256 }): readonly [string, string] => [
      `Snapshot ${snapshot}`,
      `statement sha256:${statementSha256}`,
    ]),
    ['Copied at (UTC)', at],
    ['Link', permalink],
  ];
}

export const copyFinding = (finding: Finding): boolean =>
  copyToClipboard(
    tableForClipboard(
      ['What', 'Value'],
      findingEvidence(finding, new Date().toISOString(), `#/findings/${finding.id}`).map((line) => [...line]),
    ),
  );
