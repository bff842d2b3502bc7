/**
 * The pictures of the dashboard: plain bars with their words and numbers beside them.
 *
 * Bars, because lengths are compared more easily than angles; and because a bar in a list with a link in front of it is
 * read the same way by a person who hears it. No colour stands without its word.
 */
import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { JSX, ReactNode } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, isKind } from '../../../src-shared/domain/dictionary.ts';
import { verdictLabels } from '../../../src-shared/domain/verdict.ts';
import { humanWord, severityTone, severityWord, type Tone, toneClass, verdictTone } from '../../ui/badges.tsx';
import { Instant } from '../../ui/instant.tsx';
import { count, countOf, outOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';

type Dashboard = OutputOf<'dashboard.show'>;
interface Props {
  readonly data: Dashboard;
}

interface Row {
  readonly key: string;
  readonly label: ReactNode;
  readonly value: number;
  readonly text: string;
  readonly tone: Tone;
}

function BarList({ rows, of }: { readonly rows: readonly Row[]; readonly of: number }): JSX.Element {
  const most = Math.max(1, of);
  return (
    <ul className="assay-bars">
      {rows.map((row) => (
        <li key={row.key}>
          <span className="assay-bar-label">{row.label}</span>
          <span className="assay-bar-track" aria-hidden>
            <span className={`assay-bar ${toneClass(row.tone)}`} style={{ width: `${(100 * row.value) / most}%` }} />
          </span>
          <span className="assay-bar-text">{row.text}</span>
        </li>
      ))}
    </ul>
  );
}

interface Segment {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly tone: Tone;
}

/** One bar in parts, with the parts named below it. */
function Stacked({ segments, label }: { readonly segments: readonly Segment[]; readonly label: string }): JSX.Element {
  const total = segments.reduce((sum, s) => sum + s.value, 0);
  return (
    <div>
      <div
        className="assay-stack"
        role="img"
        aria-label={`${label}: ${segments.map((s) => `${s.label} ${count(s.value)}`).join(', ')}`}
      >
        {segments.map((s) =>
          s.value > 0 ? (
            <span key={s.key} className={`assay-bar ${toneClass(s.tone)}`} style={{ flexGrow: s.value }} />
          ) : null,
        )}
      </div>
      <ul className="assay-legend" aria-hidden>
        {segments.map((s) => (
          <li key={s.key}>
            <span className={`assay-swatch ${toneClass(s.tone)}`} />
            {s.label} <strong>{outOf(s.value, total)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + humanWord(text).slice(1);

const nothing = (text: string): JSX.Element => (
  <Text size="sm" c="dimmed">
    {text}
  </Text>
);

export function Verdicts({ data }: Props): JSX.Element {
  const total = data.verdicts.reduce((sum, v) => sum + v.count, 0);
  return (
    <Panel
      title="Claimed against observed"
      note={`${countOf(data.observations, 'observation')}, ${countOf(data.claimsLive, 'claim')} to be live; ${countOf(total, 'row')}`}
    >
      {total === 0 ? (
        nothing('Not reconciled yet, or there is no discovery snapshot to compare with.')
      ) : (
        <BarList
          of={Math.max(...data.verdicts.map((v) => v.count))}
          rows={data.verdicts
            .filter((v) => v.count > 0)
            .map((v) => ({
              key: v.verdict,
              label: (
                <Link to="/reconcile" search={{ verdict: v.verdict }} className="assay-plain-link">
                  {verdictLabels[v.verdict]}
                </Link>
              ),
              value: v.count,
              text: outOf(v.count, total),
              tone: verdictTone(v.verdict),
            }))}
        />
      )}
    </Panel>
  );
}

const severityColumns = ['critical', 'high', 'medium', 'low'] as const;

export function SeverityByTier({ data }: Props): JSX.Element {
  const most = Math.max(1, ...data.severityByTier.map((t) => t.critical + t.high + t.medium + t.low));
  return (
    <Panel title="Open findings by risk tier" note="Findings on models of each tier; length is the number of findings.">
      {data.severityByTier.length === 0 ? (
        nothing('No open finding on a model, or the rules were not evaluated yet.')
      ) : (
        <>
          <ul className="assay-bars">
            {data.severityByTier.map((tier) => {
              const total = severityColumns.reduce((sum, s) => sum + tier[s], 0);
              return (
                <li key={tier.tier}>
                  <span className="assay-bar-label">{tier.tier === '' ? 'No tier stated' : capital(tier.tier)}</span>
                  <span
                    className="assay-bar-track"
                    role="img"
                    aria-label={severityColumns.map((s) => `${severityWord(s)} ${tier[s]}`).join(', ')}
                  >
                    <span className="assay-stack" style={{ width: `${(100 * total) / most}%` }}>
                      {severityColumns.map((s) =>
                        tier[s] > 0 ? (
                          <span
                            key={s}
                            className={`assay-bar ${toneClass(severityTone(s))}`}
                            style={{ flexGrow: tier[s] }}
                            title={`${severityWord(s)}: ${count(tier[s])}`}
                          />
                        ) : null,
                      )}
                    </span>
                  </span>
                  <span className="assay-bar-text">{count(total)}</span>
                </li>
              );
            })}
          </ul>
          <ul className="assay-legend">
            {severityColumns.map((s) => (
              <li key={s}>
                <span className={`assay-swatch ${toneClass(severityTone(s))}`} aria-hidden />
                <Link to="/findings" search={{ severities: [s] }} className="assay-plain-link">
                  {severityWord(s)}
                </Link>{' '}
                <strong>{count(data.severityByTier.reduce((sum, t) => sum + t[s], 0))}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

export function RuleOutcomes({ data }: Props): JSX.Element {
  const { pass, fires, cannot_evaluate, not_applicable } = data.ruleOutcomes;
  const total = pass + fires + cannot_evaluate + not_applicable;
  return (
    <Panel
      title="What the rules said"
      note={`${countOf(total, 'evaluation')} of a rule on a record. Missing evidence never passes.`}
    >
      {total === 0 ? (
        nothing('The rules were not evaluated yet.')
      ) : (
        <Stacked
          label="Outcomes"
          segments={[
            { key: 'pass', label: 'Pass', value: pass, tone: 'good' },
            { key: 'fires', label: 'Fires', value: fires, tone: 'critical' },
            { key: 'cannot', label: 'Cannot be evaluated', value: cannot_evaluate, tone: 'violet' },
            { key: 'na', label: 'Not applicable', value: not_applicable, tone: 'neutral' },
          ]}
        />
      )}
    </Panel>
  );
}

export function Lifecycle({ data }: Props): JSX.Element {
  const total = data.lifecycle.reduce((sum, row) => sum + row.count, 0);
  return (
    <Panel title="Models by lifecycle status" note={countOf(total, 'model')}>
      {total === 0 ? (
        nothing('No model in the newest registry snapshots.')
      ) : (
        <BarList
          of={Math.max(...data.lifecycle.map((row) => row.count))}
          rows={data.lifecycle.map((row) => ({
            key: row.status,
            label: row.status === '' ? 'Not stated' : humanWord(row.status),
            value: row.count,
            text: outOf(row.count, total),
            tone: row.status === '' ? 'violet' : 'low',
          }))}
        />
      )}
    </Panel>
  );
}

export function Gaps({ data }: Props): JSX.Element {
  const gaps = data.gaps.filter((gap) => gap.missing > 0).slice(0, 12);
  return (
    <Panel
      title="Documentation gaps"
      note="Mandatory fields by how many records leave them blank. A field that no source supplies cannot be judged."
    >
      {gaps.length === 0 ? (
        nothing('Every mandatory field is filled in every record that was checked.')
      ) : (
        <ul className="assay-bars">
          {gaps.map((gap) => (
            <li key={`${gap.kind}.${gap.field}`}>
              <span className="assay-bar-label">
                <Link
                  to="/inventory"
                  search={{ kind: gap.kind, filters: [{ field: gap.field, op: 'empty', values: [] }] }}
                  className="assay-plain-link"
                >
                  {gap.label}
                </Link>{' '}
                <Text span size="xs" c="dimmed">
                  {isKind(gap.kind) ? entityOf(gap.kind).plural.toLowerCase() : gap.kind}
                </Text>
              </span>
              <span className="assay-bar-track" aria-hidden>
                <span
                  className={`assay-bar ${toneClass(gap.supplied ? 'medium' : 'violet')}`}
                  style={{ width: `${(100 * gap.missing) / Math.max(1, gap.of)}%` }}
                />
              </span>
              <span className="assay-bar-text">
                {outOf(gap.missing, gap.of)}
                {gap.supplied ? '' : ' · no source supplies it'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function Coverage({ data }: Props): JSX.Element {
  return (
    <Panel
      title="What was looked at"
      note="Inputs that each snapshot's collector saw, used and left out: the limit of every statement above."
    >
      <ul className="assay-bars">
        {data.coverage.map((row) => (
          <li key={row.snapshot}>
            <span className="assay-bar-label">
              <Link to="/import" search={{ snapshot: row.snapshot }} className="assay-plain-link">
                #{row.snapshot} {row.name}
              </Link>{' '}
              <Text span size="xs" c="dimmed">
                {row.role === 'registry' ? 'claimed' : 'observed'}, <Instant at={row.takenAt} style="date" />
              </Text>
            </span>
            <span className="assay-bar-track" aria-hidden>
              <span
                className={`assay-bar ${toneClass('good')}`}
                style={{ width: `${(100 * row.used) / Math.max(1, row.seen)}%` }}
              />
            </span>
            <span className="assay-bar-text">
              {outOf(row.used, row.seen)}
              {row.complete ? '' : ' · partial'}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
