/**
 * "Copy as evidence": one value with everything that lets another person find it again.
 *
 * Times and numbers stay in their plain form, because evidence is compared by eye and by program.
 */
import type { Citation } from '../../src-shared/contract/schemas/disclosure.ts';
import { formatRef, type RecordRef } from '../../src-shared/domain/record.ts';
import { copyToClipboard, escapeHtml } from './clipboard.ts';

export interface Evidence {
  /** What it is: `Owner of model/credit-pd`. */
  readonly subject: string;
  readonly value: string;
  readonly snapshot?: number | undefined;
  readonly statementSha256?: string | undefined;
  readonly locator?: string | undefined;
  readonly confidence?: string | undefined;
  readonly ref?: RecordRef | undefined;
  /** Where the record stands in the signed bytes. */
  readonly citation?: Citation | undefined;
}

/** Label and value of each line, in reading order; `at` is an RFC 3339 instant in UTC. */
export function evidenceLines(
  evidence: Evidence,
  at: string,
  permalink: string,
): readonly (readonly [string, string])[] {
  const { citation } = evidence;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Subject', evidence.subject],
    ['Value', evidence.value],
    ['Record', evidence.ref && formatRef(evidence.ref)],
    ['Snapshot', evidence.snapshot?.toString()],
    ['Registry', citation && `${citation.registry} (${citation.registryId}), sequence ${citation.sequence}`],
    ['Signed by', citation?.signer],
    ['Statement SHA-256', evidence.statementSha256],
    ['Merkle root', citation?.root],
    ['Leaf', citation && `${citation.leafIndex} of ${citation.leaves} (from 0), SHA-256 ${citation.leafHash}`],
    ['Locator', evidence.locator],
    ['Evidence file SHA-256', citation?.evidence?.sha256],
    ['Confidence', evidence.confidence],
    ['To prove it', evidence.ref && citation && proofCommands(evidence.ref, citation.snapshot)],
    ['Copied at (UTC)', at],
    ['Link', permalink],
  ];
  return lines.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** What anybody types to see for themselves; quoted for a shell, because ids may hold anything. */
const proofCommands = (ref: RecordRef, snapshot: number): string =>
  `assay proof create -w WORKSPACE --snapshot ${snapshot} --record '${formatRef(ref).replaceAll("'", "'\\''")}' --out proof.json && assay proof verify proof.json --key PUBLISHER.pub.pem`;

/** Copies as text and HTML; tab-separated, so that a spreadsheet takes it as two columns. */
export function copyEvidence(evidence: Evidence): boolean {
  const lines = evidenceLines(evidence, new Date().toISOString(), window.location.hash);
  return copyToClipboard({
    text: `${lines.map(([label, value]) => `${label}\t${value.replace(/[\t\r\n]+/g, ' ')}`).join('\n')}\n`,
    html: `<table>${lines.map(([label, value]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`,
  });
}
