/** What lands on the clipboard, and which filters reach the store. */
import { describe, expect, it } from 'vitest';
import { tableForClipboard } from '../../../src-renderer/ui/clipboard.ts';
import { evidenceLines } from '../../../src-renderer/ui/evidence.ts';

describe('tableForClipboard', () => {
  it('when a value holds tabs or line breaks it stays one cell of one row', () => {
    const { text, html } = tableForClipboard(['Name', 'Text'], [['a<b', 'one\ttwo\nthree']]);
    expect(text).toBe('Name\tText\na<b\tone two three\n');
    expect(html).toContain('<td>a&lt;b</td>');
  });
});

describe('evidenceLines', () => {
  it('when parts are not known it leaves their lines out and always says when and where it was copied', () => {
    const lines = evidenceLines(
      { subject: 'Owner of model/a', value: '(missing)', snapshot: 2 },
      '2026-03-01T08:00:00.000Z',
      '#/record/model/a',
    );
    expect(lines.map(([label]) => label)).toEqual(['Subject', 'Value', 'Snapshot', 'Copied at (UTC)', 'Link']);
  });
});
