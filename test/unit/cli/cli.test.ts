import { describe, expect, it } from 'vitest';
import { parseWhere } from '../../../src-main/hosts/cli/commands/inventory.ts';
import { refOf } from '../../../src-main/hosts/cli/commands/kind.ts';
import { buildProgram } from '../../../src-main/hosts/cli/main.ts';
import { safe, table } from '../../../src-main/hosts/cli/terminal.ts';
import { exitCodeOf } from '../../../src-shared/result.ts';

describe('parseWhere', () => {
  it.each([
    ['owner=p-1', { field: 'owner', op: 'is', values: ['p-1'] }],
    ['risk_tier=1|2', { field: 'risk_tier', op: 'is', values: ['1', '2'] }],
    ['owner!=p-1', { field: 'owner', op: 'is_not', values: ['p-1'] }],
    ['owner=', { field: 'owner', op: 'empty', values: [] }],
    ['owner!=', { field: 'owner', op: 'not_empty', values: [] }],
    ['description~credit risk', { field: 'description', op: 'contains', values: ['credit risk'] }],
    ['next_review_at<2026-12-01', { field: 'next_review_at', op: 'before', values: ['2026-12-01'] }],
  ])('when given %s it is a filter', (text, filter) => {
    expect(parseWhere(text)).toEqual(filter);
  });

  it('when it is no filter it says how to write one', () => {
    expect(() => parseWhere('owner')).toThrow(/FIELD=VALUE/);
  });
});

describe('refOf', () => {
  it('when the text is KIND/ID it is that record, and otherwise a model', () => {
    expect(refOf('dataset/a/b')).toEqual({ kind: 'dataset', id: 'a/b' });
    expect(refOf('credit-pd')).toEqual({ kind: 'model', id: 'credit-pd' });
    expect(refOf('nonsense/x')).toEqual({ kind: 'model', id: 'nonsense/x' });
  });
});

describe('printing', () => {
  it('when a record holds control or bidirectional characters they are shown, not sent', () => {
    expect(safe('a\u001b[31mb\u202ec\nd')).toBe('a\\u001b[31mb\\u202ec\\u000ad');
  });

  it('when a column holds numbers it is aligned to the right', () => {
    const lines = table(
      ['kind', 'n'],
      [
        ['model', 5],
        ['party', 1200],
      ],
    ).split('\n');
    expect(lines[1]).toBe('model      5');
    expect(lines[2]).toBe('party  1,200');
  });
});

describe('the command line', () => {
  it('when asked for help every command has a description and an example', () => {
    const leaves: string[] = [];
    const walk = (command: ReturnType<typeof buildProgram>, path: string): void => {
      for (const sub of command.commands) {
        if (sub.commands.length > 0) walk(sub, `${path} ${sub.name()}`);
        else {
          leaves.push(`${path} ${sub.name()}`);
          expect(sub.description(), `${path} ${sub.name()}`).not.toBe('');
          let help = '';
          sub.configureOutput({ writeOut: (text) => (help += text) });
          sub.outputHelp();
          expect(help, `${path} ${sub.name()}`).toContain('Example:');
        }
      }
    };
    walk(buildProgram(), 'assay');
    expect(leaves.length).toBeGreaterThan(30);
  });

  it('when a failure has a kind it has the exit code of the contract', () => {
    expect(
      (['usage', 'input', 'trust', 'locked', 'refused', 'internal', 'cancelled'] as const).map(exitCodeOf),
    ).toEqual([2, 3, 4, 5, 6, 70, 130]);
  });
});
