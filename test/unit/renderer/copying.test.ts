/** What lands on the clipboard, and which filters reach the store. */
import { describe, expect, it } from 'vitest';
import { findingEvidence } from '../../../src-renderer/features/findings/finding-evidence.ts';
import { tableForClipboard } from '../../../src-renderer/ui/clipboard.ts';
import { evidenceLines } from '../../../src-renderer/ui/evidence.ts';
import { recordName, withShortDigests } from '../../../src-renderer/ui/record-name.ts';

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

  it('when the place among the signed records is known it names leaf, root and evidence digest, and how to prove it', () => {
    const lines = new Map(
      evidenceLines(
        {
          subject: "Owner of model/a'b",
          value: 'Ada',
          ref: { kind: 'model', id: "a'b" },
          snapshot: 2,
          statementSha256: 'aa',
          citation: {
            snapshot: 2,
            registry: 'Models',
            registryId: 'urn:uuid:1',
            sequence: 7,
            statementSha256: 'aa',
            root: 'bb',
            leafIndex: 3,
            leaves: 10,
            leafHash: 'cc',
            signer: 'Publisher',
            evidence: { name: 'evidence/a.json', sha256: 'dd' },
          },
        },
        '2026-03-01T08:00:00.000Z',
        '#/record/model/a',
      ),
    );
    expect(lines.get('Registry')).toBe('Models (urn:uuid:1), sequence 7');
    expect(lines.get('Leaf')).toBe('3 of 10 (from 0), SHA-256 cc');
    expect(lines.get('Merkle root')).toBe('bb');
    expect(lines.get('Evidence file SHA-256')).toBe('dd');
    expect(lines.get('To prove it')).toContain("--snapshot 2 --record 'model/a'\\''b' --out proof.json");
  });
});

describe('findingEvidence', () => {
  it('when a value was blank it says so, with the snapshot and the place it was read from', () => {
    const lines = findingEvidence(
      {
        kind: 'finding',
        id: 7,
        name: 'No owner',
        ruleId: 'OWN-001',
        packId: 'core',
        packVersion: '1.0.0',
        severity: 'high',
        state: 'open',
        message: 'Nobody answers for credit-pd.',
        subject: { kind: 'model', id: 'credit-pd', name: 'Credit PD' },
        assignee: null,
        dueAt: null,
        firstSeenAt: '2026-03-01T08:00:00Z',
        changedSinceReview: false,
        annotations: 0,
        firesWhen: 'owner is blank',
        expected: '',
        values: [
          {
            ref: { kind: 'model', id: 'credit-pd' },
            field: 'model.owner',
            label: 'Owner',
            state: 'empty',
            value: '',
            snapshot: 2,
            locator: 'evidence/registry.json#/owner',
          },
        ],
        clauses: [],
        snapshots: [{ snapshot: 2, statementSha256: 'ab'.repeat(32) }],
        thread: [],
      },
      '2026-03-02T09:00:00.000Z',
      '#/findings/7',
    );
    expect(lines).toContainEqual([
      'Read: Owner of model/credit-pd',
      '(empty), snapshot 2, evidence/registry.json#/owner',
    ]);
    expect(lines).toContainEqual(['Snapshot 2', `statement sha256:${'ab'.repeat(32)}`]);
    expect(lines.at(-1)).toEqual(['Link', '#/findings/7']);
  });
});

describe('recordName', () => {
  it('when a name says nothing by itself the id stands before it', () => {
    expect(recordName('mdl-1-v2', '2')).toBe('mdl-1-v2 (2)');
    expect(recordName('mdl-1', 'Credit PD')).toBe('Credit PD');
    expect(recordName('mdl-1', '')).toBe('mdl-1');
  });
});

describe('withShortDigests', () => {
  it('when a sentence holds digests they are cut and nothing else is', () => {
    expect(withShortDigests(`changed from sha256:${'a1'.repeat(32)} to 2026-03-01`)).toBe(
      'changed from sha256:a1a1a1a1… to 2026-03-01',
    );
  });
});
