/** Printing for people: data on stdout, everything else on stderr, plain when it is not a terminal. */
import { styleText } from 'node:util';
import type { Progress } from '../../../src-shared/contract/progress.ts';

type Style = Parameters<typeof styleText>[0];

/** Colour only where a person looks at it (NO_COLOR and pipes are respected by `styleText`'s stream check). */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream });

export const print = (text = ''): void => {
  process.stdout.write(`${text}\n`);
};

export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Control and bidirectional characters never reach the terminal raw: a record could otherwise rewrite what was printed. */
export const safe = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters to make visible.
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

export const count = (n: number): string => n.toLocaleString('en-GB');

/** Left-aligned columns, numbers right-aligned; the last column is cut to the terminal's width. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : safe(cell))));
  const widths = header.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const limit = process.stdout.isTTY ? (process.stdout.columns ?? 120) : Number.POSITIVE_INFINITY;
  const line = (row: readonly string[], right: (i: number) => boolean) => {
    const text = row
      .map((cell, i) => (right(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
    return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  };
  const isNumber = (i: number) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number');
  return [styled('dim', line(header, isNumber)), ...cells.map((row) => line(row, isNumber))].join('\n');
}

/** A progress line on a terminal, nothing elsewhere. */
export function progressLine(label: string): { update: (progress: Progress) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const started = performance.now();
  return {
    update({ phase, done, total, unit }) {
      const seconds = Math.max(0.1, (performance.now() - started) / 1000);
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const bar = total > 0 ? `${'━'.repeat(Math.round(share * 24)).padEnd(24, '─')} ${Math.round(share * 100)} %` : '';
      const rate = done > 0 ? `${count(Math.round(done / seconds))} ${unit}/s` : '';
      process.stderr.write(
        `\r\u001b[2K${label}: ${phase} ${bar} ${total > 0 ? `${count(done)}/${count(total)}` : count(done)} ${unit} ${rate}`,
      );
    },
    clear: () => process.stderr.write('\r\u001b[2K'),
  };
}
