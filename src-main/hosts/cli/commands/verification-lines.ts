/** The answers of a verification on a terminal: one line per question, and behind it what it is made of. */
import { type CheckLine, partsOf, type Verification } from '../../../../src-shared/domain/trust.ts';
import { print, safe, styled } from '../terminal.ts';

const marks = { pass: ['green', '✓'], fail: ['red', '✗'], warn: ['yellow', '!'], unknown: ['yellow', '?'] } as const;

const marked = (state: keyof typeof marks): string => {
  const [style, mark] = marks[state];
  return styled(style, mark);
};

/** One question and its answer. */
export const printLine = (label: string, { state, text }: CheckLine): void =>
  print(`${marked(state)} ${label.padEnd(10)} ${safe(text)}`);

/** A proof has no container to judge. */
type Answers = Omit<Verification, 'ok' | 'statementSha256' | 'container'> & Partial<Pick<Verification, 'container'>>;

/** The questions; signer and freshness with the answers that they rest on. */
export function printVerificationLines(v: Answers, indent = ''): void {
  const lines = [
    ['Content', v.content, []],
    ['Signer', v.signer, partsOf(v.signer)],
    ['Freshness', v.freshness, partsOf(v.freshness)],
    ...(v.container ? [['Container', v.container, []] as const] : []),
  ] as const;
  for (const [label, line, parts] of lines) {
    print(`${indent}${marked(line.state)} ${label.padEnd(10)} ${safe(line.text)}`);
    for (const part of parts) print(`${indent}             ${marked(part.state)} ${safe(part.text)}`);
  }
}

export function printVerification(v: Verification): void {
  printVerificationLines(v);
  print(v.ok ? styled('green', 'Verified.') : styled('red', 'Not verified.'));
}
