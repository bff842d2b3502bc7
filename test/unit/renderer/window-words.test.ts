/** Small pure parts of the window: markdown blocks, passphrase words, numbers, instants, digests. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asFileName } from '../../../src-renderer/api/file-name.ts';
import { blocksOf } from '../../../src-renderer/features/help/markdown-blocks.ts';
import { passphraseStrength } from '../../../src-renderer/features/start/passphrase-strength.ts';
import { bytes, countOf, outOf } from '../../../src-renderer/ui/numbers.ts';
import { fileNameSchema } from '../../../src-shared/contract/bridge.ts';
import { findingStateLabels } from '../../../src-shared/domain/finding.ts';
import { verdictLabels } from '../../../src-shared/domain/verdict.ts';

describe('blocksOf', () => {
  it('when a text has every block it splits them in order', () => {
    const text =
      '## Head\n\nOne\ntwo\n\n- a\n- b\n  more\n\n1. x\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n';
    expect(blocksOf(text)).toEqual([
      { type: 'heading', level: 2, text: 'Head' },
      { type: 'paragraph', text: 'One two' },
      { type: 'list', ordered: false, items: ['a', 'b more'] },
      { type: 'list', ordered: true, items: ['x'] },
      { type: 'table', head: ['A', 'B'], rows: [['1', '2']] },
      { type: 'code', text: 'code' },
    ]);
  });

  it('when a line only looks like a block it ends all the same', () => {
    expect(blocksOf('#\n#nothing\nafter')).toHaveLength(3);
  });

  it('when a code block is never closed it takes the rest', () => {
    expect(blocksOf('```\na\nb')).toEqual([{ type: 'code', text: 'a\nb' }]);
  });
});

describe('passphraseStrength', () => {
  it('when it is shorter than the engine accepts the form cannot be sent', () => {
    expect(passphraseStrength('elevenchars').level).toBe(1);
    expect(passphraseStrength('aaaaaaaaaaaaaaaa').level).toBe(1);
  });

  it('when several unrelated words are given it is strong', () => {
    expect(passphraseStrength('quiet river slate ember orchard').level).toBe(4);
  });

  it('when it is a run of the keyboard it is only just accepted', () => {
    expect(passphraseStrength('qwertyuiop1234').level).toBe(2);
  });
});

describe('numbers', () => {
  it('when something is counted its denominator and share are said', () => {
    expect(outOf(37, 1204)).toBe('37 of 1,204 (3%)');
    expect(outOf(1, 1204)).toBe('1 of 1,204 (<1%)');
    expect(outOf(5022, 5025)).toBe('5,022 of 5,025 (>99%)');
    expect(outOf(5, 5)).toBe('5 of 5 (100%)');
    expect(outOf(0, 0)).toBe('0 of 0');
    expect(countOf(1, 'entry', 'entries')).toBe('1 entry');
    expect(bytes(1536)).toBe('1.5 KiB');
  });
});

describe('asFileName', () => {
  it('when a title holds what no file system takes the host accepts what is made of it', () => {
    for (const title of ['a/b\\c', '../../x', '.hidden', 'line\nbreak', '  ', 'Bericht: 2026 "final"?', '漢字 audit']) {
      expect(fileNameSchema.safeParse(asFileName(title)).success, title).toBe(true);
    }
  });
});

describe('offline help', () => {
  const page = (name: string): string =>
    readFileSync(new URL(`../../../resources/help/${name}`, import.meta.url), 'utf8');

  it('when a verdict or a state has a word on the screen the help explains that word', () => {
    const reading = page('03-reading.md');
    for (const label of Object.values(verdictLabels)) expect(reading).toContain(`| ${label} |`);
    const findings = page('04-findings.md');
    for (const label of Object.values(findingStateLabels)) expect(findings).toContain(`| ${label} |`);
  });
});
