/** Printing for people: data on stdout, everything else on stderr, plain when it is not a terminal. */
import { styleText } from 'node:util';
import type { Progress } from '../../../src-shared/contract/progress.ts';

type Style = Parameters<typeof styleText>[0];

/** Colour only where a person looks at it (NO_COLOR and pipes are respected by `styleText`'s stream check). */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string =>
  styleText(style, text, { stream });

const closed = new Set<NodeJS.WriteStream>();

/**
 * `assay … | head` closes the pipe early. That is no error of ours, and no reason to stop half-way through an import: what
 * nobody reads is simply not written any more.
 */
export function toleratePipesThatClose(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      closed.add(stream);
    });
  }
}

const write = (stream: NodeJS.WriteStream, text: string): void => {
  if (!closed.has(stream)) stream.write(text);
};

export const print = (text = ''): void => write(process.stdout, `${tame(text)}\n`);

export const note = (text: string): void => write(process.stderr, `${tame(text)}\n`);

const escaped = (c: string): string => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Control and bidirectional characters never reach the terminal raw: a record could otherwise rewrite what was printed. */
export const safe = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters to make visible.
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    escaped,
  );

/**
 * What is left to a text that somebody forgot to make `safe`: new lines, tabs and the few weights and colours of `styled`. Nothing
 * in it moves the cursor, hides text or talks to the terminal. In JSON the escapes mean the same characters.
 */
const tame = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters to make visible.
    /(\u001b\[(?:1|2|22|31|32|33|39)m)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (match, style: string | undefined) => style ?? escaped(match),
  );

export const count = (n: number): string => n.toLocaleString('en-GB');

/** `1 finding`, `3 findings`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns a text takes on a terminal: East Asian wide characters take two, combining marks none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += wide.test(char) ? 2 : /\p{M}/u.test(char) ? 0 : 1;
  return columns;
}

/** The text in at most so many columns, with an ellipsis where something is left out. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let out = '';
  let used = 1;
  for (const char of text) {
    used += columnsOf(char);
    if (used > columns) break;
    out += char;
  }
  return `${out}…`;
}

/** A column of a pipe is padded to this at most: one id of 200 characters does not push everything else away. */
const widestPadding = 60;
const narrowestColumn = 8;
const gap = 2;

/**
 * Left-aligned columns, numbers right-aligned. On a terminal the widest columns are shortened until the line fits; in a pipe
 * nothing is ever left out.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  terminalColumns = process.stdout.isTTY ? process.stdout.columns || 80 : null,
): string {
  const isNumber = header.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : safe(cell))));
  const natural = header.map((title, i) => Math.max(columnsOf(title), ...cells.map((row) => columnsOf(row[i] ?? ''))));
  const widths =
    terminalColumns === null
      ? natural.map((width) => Math.min(width, widestPadding))
      : fitted(natural, isNumber, terminalColumns);
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        const text = terminalColumns === null ? cell : cut(cell, width);
        const padding = ' '.repeat(Math.max(0, width - columnsOf(text)));
        return isNumber[i] ? padding + text : text + padding;
      })
      .join(' '.repeat(gap))
      .trimEnd();
  return [styled('dim', line(header)), ...cells.map(line)].join('\n');
}

/** Takes columns away from the widest texts, evenly, until the line fits or nothing can be taken. */
function fitted(natural: readonly number[], isNumber: readonly boolean[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - available;
  while (excess > 0) {
    let widest = -1;
    for (let i = 0; i < widths.length; i += 1)
      if (!isNumber[i] && (widths[i] ?? 0) > Math.max(narrowestColumn, widths[widest] ?? 0)) widest = i;
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

const progressDelay = 300;

/** A progress line on a terminal, nothing elsewhere. It appears only when the work takes a moment. */
export function progressLine(label: string): { update: (progress: Progress) => void; clear: () => void } {
  if (!process.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const started = performance.now();
  let shown = false;
  const show = (text: string) => {
    shown = true;
    write(process.stderr, `\r\u001b[2K${cut(text, (process.stderr.columns || 80) - 1)}`);
  };
  const first = setTimeout(() => show(`${label}…`), progressDelay);
  return {
    update(progress) {
      if (performance.now() - started >= progressDelay)
        show(progressText(label, progress, performance.now() - started));
    },
    clear() {
      clearTimeout(first);
      if (shown) write(process.stderr, '\r\u001b[2K');
    },
  };
}

/** `Import a bundle: records ━━━━━━────── 50 %  1,000/2,000 records  900/s`. */
export function progressText(label: string, { phase, done, total, unit }: Progress, elapsed: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const bar = total > 0 ? ` ${'━'.repeat(Math.round(share * 24)).padEnd(24, '─')} ${Math.round(share * 100)} %` : '';
  const amount = total > 0 ? `${count(done)}/${count(total)}` : count(done);
  const rate = done > 0 && elapsed > 0 ? `  ${count(Math.round((done * 1000) / elapsed))}/s` : '';
  return `${label}: ${phase}${bar}  ${amount} ${unit}${rate}`;
}
