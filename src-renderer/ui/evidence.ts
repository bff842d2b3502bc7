/**
 * "Copy as evidence": one value with everything that lets another person find it again.
 *
 * Times and numbers stay in their plain form, because evidence is compared by eye and by program.
 */
import { copyToClipboard, escapeHtml } from './clipboard.ts';

export interface Evidence {
  /** What it is: `Owner of model/credit-pd`. */
  readonly subject: string;
  readonly value: string;
  readonly snapshot?: number | undefined;
  readonly statementSha256?: string | undefined;
  readonly locator?: string | undefined;
  readonly confidence?: string | undefined;
}

/** Label and value of each line, in reading order; `at` is an RFC 3339 instant in UTC. */
export function evidenceLines(
  evidence: Evidence,
  at: string,
  permalink: string,
): readonly (readonly [string, string])[] {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Subject', evidence.subject],
    ['Value', evidence.value],
    ['Snapshot', evidence.snapshot?.toString()],
    ['Statement SHA-256', evidence.statementSha256],
    ['Locator', evidence.locator],
    ['Confidence', evidence.confidence],
    ['Copied at (UTC)', at],
    ['Link', permalink],
  ];
  return lines.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** Copies as text and HTML; tab-separated, so that a spreadsheet takes it as two columns. */
export function copyEvidence(evidence: Evidence): boolean {
  const lines = evidenceLines(evidence, new Date().toISOString(), window.location.hash);
  return copyToClipboard({
    text: `${lines.map(([label, value]) => `${label}\t${value.replace(/[\t\r\n]+/g, ' ')}`).join('\n')}\n`,
    html: `<table>${lines.map(([label, value]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`,
  });
}
