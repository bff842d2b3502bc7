/** Measures, colours and styles of the printed report: A4, one accent, hairlines, colour never without a word. */
import type { Severity } from '../../../src-shared/domain/finding.ts';

export const page = { width: 595.28, height: 841.89, left: 48, right: 48, top: 70, bottom: 66 } as const;
export const contentWidth = page.width - page.left - page.right;

export const ink = {
  text: '#1b2430',
  muted: '#5a6675',
  accent: '#14385c',
  accentSoft: '#e8eef4',
  hairline: '#cfd6de',
  zebra: '#f6f8fa',
  white: '#ffffff',
} as const;

export const severityColours: Readonly<Record<Severity, string>> = {
  critical: '#8c1c2b',
  high: '#a8440f',
  medium: '#7d6000',
  low: '#2b5c86',
  info: '#5a6675',
};

export const tones = {
  good: { bar: '#2a6b45', fill: '#edf5f0' },
  info: { bar: '#14385c', fill: '#eef3f8' },
  warning: { bar: '#a8660f', fill: '#fbf4e8' },
  critical: { bar: '#8c1c2b', fill: '#faeeef' },
} as const;

/** Colour of a state word; unknown words stay in the text colour. */
export function stateColour(word: string): string {
  const key = word.toLowerCase();
  if (['pass', 'complete', 'unchanged', 'remediated', 'closed, no longer fires'].includes(key)) return tones.good.bar;
  if (['fail', 'open'].includes(key)) return tones.critical.bar;
  if (['warn', 'unknown', 'gaps', 'changed', 'accepted risk'].includes(key)) return tones.warning.bar;
  return ink.text;
}
