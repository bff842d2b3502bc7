import { describe, expect, it, vi } from 'vitest';
import { refOf } from '../../../src-main/hosts/cli/commands/kind.ts';
import { day, dayOrInstant, instant, positive, words } from '../../../src-main/hosts/cli/commands/options.ts';
import { buildProgram } from '../../../src-main/hosts/cli/main.ts';
import { reportFailure } from '../../../src-main/hosts/cli/run.ts';
import {
  columnsOf,
  counted,
  cut,
  note,
  print,
  progressText,
  safe,
  table,
} from '../../../src-main/hosts/cli/terminal.ts';
import { parseWhere } from '../../../src-shared/contract/filter-expression.ts';
import { AssayError, exitCodeOf } from '../../../src-shared/result.ts';

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

  it('what nobody made safe reaches the terminal tamed: colours and lines, nothing that moves or hides', () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const raised = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      print('\u001b[32m✓\u001b[39m a\tb\n\u001b[2J\u001b]0;title\u0007\u001b[8mhidden\r\u202e\u009b2J');
      note('\u001b[1A\u001b[33mover\u001b[39m');
      reportFailure(
        new AssayError({ kind: 'trust', code: 'x', message: 'type "\u001b[2K\nVerified."', details: {} }),
        {},
      );
    } finally {
      spy.mockRestore();
      raised.mockRestore();
    }
    expect(written).toEqual([
      '\u001b[32m✓\u001b[39m a\tb\n\\u001b[2J\\u001b]0;title\\u0007\\u001b[8mhidden\\u000d\\u202e\\u009b2J\n',
      '\\u001b[1A\u001b[33mover\u001b[39m\n',
      expect.stringMatching(/ type "\\u001b\[2K\\u000aVerified\."\n$/),
    ]);
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

describe('a table', () => {
  const rows = [[`mdl-${'x'.repeat(90)}`, 'a sentence that says a good deal more than fits', 3]] as const;

  it('when it is wider than the terminal the widest columns are cut and the numbers are kept', () => {
    const lines = table(['id', 'what', 'n'], rows, 60).split('\n');
    expect(lines.map((line) => columnsOf(line) <= 60)).toEqual([true, true]);
    expect(lines[1]).toMatch(/^mdl-x+… {2}a sentence.*… {2}3$/);
  });

  it('when it goes into a pipe nothing is cut, and one long id does not push the others away', () => {
    const long = table(
      ['id', 'n'],
      [
        ['y'.repeat(200), 1],
        ['short', 2],
      ],
      null,
    ).split('\n');
    expect(long[1]).toBe(`${'y'.repeat(200)}  1`);
    expect(long[2]).toBe(`${'short'.padEnd(60)}  2`);
  });

  it('when a text is East Asian or has combining marks its columns are counted, not its code units', () => {
    expect(columnsOf('模型')).toBe(4);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(cut('模型模型', 5)).toBe('模型…');
    expect(cut('fits', 4)).toBe('fits');
  });
});

describe('words on the terminal', () => {
  it('when something is counted it agrees in number', () => {
    expect([counted(1, 'key'), counted(0, 'key'), counted(1200, 'entry', 'entries')]).toEqual([
      '1 key',
      '0 keys',
      '1,200 entries',
    ]);
  });

  it('when the total of some work is known the progress line shows the share, else only the amount', () => {
    const progress = { phase: 'records', done: 500, total: 2000, unit: 'records' } as const;
    expect(progressText('Import', progress, 1000)).toMatch(
      /^Import: records ━{6}─{18} 25 % {2}500\/2,000 records {2}500\/s$/,
    );
    expect(progressText('Import', { ...progress, total: 0 }, 1000)).toBe('Import: records  500 records  500/s');
  });
});

describe('values of options', () => {
  it.each([
    [day, '2026-12-31', '2026-02-30'],
    [day, '2028-02-29', '2027-02-29'],
    [instant, '2026-12-31T23:59:59Z', '2026-12-31'],
    [instant, '2026-12-31T23:59:59+01:00', '2026-12-31T25:00:00Z'],
    [dayOrInstant, '2026-12-31', 'yesterday'],
    [dayOrInstant, '2026-12-31T00:00:00Z', '2026-02-30T00:00:00Z'],
    [words, 'why', '  '],
    [positive, '1', '0'],
  ] as const)('%o takes %s and refuses %s', (parse, good, bad) => {
    expect(String(parse(good))).toBe(good);
    expect(() => parse(bad)).toThrow();
  });
});

describe('the command line', () => {
  it('when asked for help every command has a description and an example', () => {
    const leaves: string[] = [];
    const walk = (command: ReturnType<typeof buildProgram>, path: string): void => {
      for (const sub of command.commands.filter((one) => one.name() !== 'complete')) {
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
