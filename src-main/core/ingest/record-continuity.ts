/**
 * Keeps what continuity showed: one event and one finding per condition and statement, in the transaction of the import, the
 * rejection or the evaluation that saw it.
 *
 * Two kinds of condition differ in how they end. A gap, an expired snapshot, one that no longer counts and times that run backwards
 * are states of the store: they are looked at again and close by themselves once the evidence is there. Everything else happened, and stays until a person has decided on it.
 */
import type { ContinuityCondition } from '../../../src-shared/domain/continuity.ts';
import type { ReadValue } from '../../../src-shared/domain/finding.ts';
import { evidenceIntegrity, integrityRule } from '../review/evidence-integrity.ts';
import { endExpiredAcceptances, openStandingFinding, settleStandingFinding } from '../review/standing-findings.ts';
import { type EventKey, eventTextOf, settleEvent, standingEvents, upsertEvent } from '../store/continuity-queries.ts';
import type { WritableDb } from '../store/database.ts';
import { type ChainLink, chainOf, newestOf } from './continuity.ts';
import { type ContinuityFact, chainFacts, disownedFacts, staleFacts } from './continuity-facts.ts';
import { type PlacedSnapshot, registryLine, registryLines } from './registry-line.ts';

/** Longest registry name in a subject: it comes from the statement, which may make it any length. */
const longestName = 200;

/** One bundle was handed in and shows this. `at`: RFC 3339. The caller holds the transaction and writes the activity entry. */
export function recordPresented(db: WritableDb, facts: readonly ContinuityFact[], at: string): void {
  for (const fact of facts) record(db, fact, at, true);
}

/**
 * Looks at a registry's chain again: opens what is there, closes the gaps that were filled and the staleness that a newer
 * snapshot ended. `clock`: the effective one. The caller holds the transaction.
 */
export function refreshRegistry(db: WritableDb, registryId: string, clock: string, at: string): void {
  refreshLine(db, registryId, registryLine(db, registryId), clock, at);
}

/** The same for every registry, and acceptances that have run out: part of each evaluation. */
export function refreshAllRegistries(db: WritableDb, clock: string, at: string): void {
  for (const [registryId, line] of registryLines(db)) refreshLine(db, registryId, line, clock, at);
  endExpiredAcceptances(db, evidenceIntegrity, clock);
}

/** An older snapshot was imported on request: whoever did that has decided on its rollback. */
export function settleRollback(
  db: WritableDb,
  registryId: string,
  imported: { readonly snapshot: number; readonly statementSha256: string; readonly by: string },
  at: string,
): void {
  const rollback = standingEvents(db, registryId).find(
    (event) => event.condition === 'rollback' && event.statementSha256 === imported.statementSha256,
  );
  if (!rollback) return;
  const why = `${imported.by} imported it as historical (snapshot ${imported.snapshot}): it never counts as the newest.`;
  settleEvent(db, rollback.id, at, why);
  settleStandingFinding(db, rollback.findingId, why, at);
}

const states: ReadonlySet<ContinuityCondition> = new Set(['gap', 'stale', 'disowned', 'time_backwards']);
const isState = (condition: ContinuityCondition): boolean => states.has(condition);

function refreshLine(
  db: WritableDb,
  registryId: string,
  line: readonly PlacedSnapshot[],
  clock: string,
  at: string,
): void {
  const chain = chainOf(line);
  const newest = newestOf(line);
  const facts = [
    ...chainFacts(registryId, chain),
    ...staleFacts(registryId, newest, clock),
    ...disownedFacts(registryId, line),
  ];
  const present = new Set(facts.map(keyOf));
  const standing = standingEvents(db, registryId);
  for (const event of standing) {
    if (!isState(event.condition) || present.has(keyOf(event))) continue;
    const why = whyEnded(event, chain, newest, clock);
    settleEvent(db, event.id, at, why);
    settleStandingFinding(db, event.findingId, why, at);
  }
  const known = new Set(standing.map(keyOf));
  for (const fact of facts) if (isState(fact.condition) || !known.has(keyOf(fact))) record(db, fact, at, false);
}

const keyOf = ({ condition, statementSha256 }: EventKey): string => `${condition} ${statementSha256}`;

function whyEnded(
  event: EventKey,
  chain: readonly ChainLink<PlacedSnapshot>[],
  newest: PlacedSnapshot | null,
  clock: string,
): string {
  switch (event.condition) {
    case 'gap':
      return whyGapEnded(event, chain);
    case 'stale':
      return whyStaleEnded(newest, clock);
    case 'disowned':
      return 'Enough of its signers count again.';
    default:
      return 'One of the two no longer counts, or another snapshot now lies between them.';
  }
}

function whyGapEnded({ statementSha256 }: EventKey, chain: readonly ChainLink<PlacedSnapshot>[]): string {
  const now = chain.find(({ snapshot }) => snapshot.statementSha256 === statementSha256);
  if (!now) return 'The snapshot after the gap no longer counts: too few of its signers do.';
  if (now.link.kind === 'linked')
    return `What was missing was imported: sequence ${now.snapshot.sequence} continues ${now.below?.sequence}, by its digest.`;
  return now.link.kind === 'fork'
    ? 'What was imported since contradicts it: this is a fork, see there.'
    : 'Nothing older than it counts any more.';
}

function whyStaleEnded(newest: PlacedSnapshot | null, clock: string): string {
  if (!newest) return 'No snapshot of this registry counts any more: too few of their signers do.';
  const until = newest.expiresAt === null ? 'states no expiry' : `is good until ${newest.expiresAt}`;
  return `As of ${clock} the newest snapshot is sequence ${newest.sequence}, which ${until}.`;
}

function record(db: WritableDb, seen: ContinuityFact, at: string, presented: boolean): void {
  // What an event says of a stored snapshot is not rewritten by a copy that was refused: anybody can spoil a copy.
  const known = seen.snapshot === null ? eventTextOf(db, seen) : null;
  const fact = known !== null && known.snapshot !== null ? { ...seen, ...known } : seen;
  const registry = { ...fact.registry, name: clipped(fact.registry.name) };
  const findingId = openStandingFinding(
    db,
    {
      pack: evidenceIntegrity,
      rule: integrityRule(fact.condition),
      subject: {
        kind: 'snapshot',
        id: fact.statementSha256,
        name: `${registry.name || clipped(registry.id)} #${fact.sequence}`,
      },
      message: fact.sentence,
      values: valuesOf(fact, registry),
    },
    at,
  );
  upsertEvent(db, { ...fact, registry, findingId }, at, presented);
}

const clipped = (text: string): string => (text.length > longestName ? `${text.slice(0, longestName)}…` : text);

/** What a decision is bound to: if one of these is another, it is another matter. */
function valuesOf(fact: ContinuityFact, registry: ContinuityFact['registry']): ReadValue[] {
  const value = (field: string, label: string, text: string, snapshot: number | null = null): ReadValue => ({
    field: `snapshot.${field}`,
    label,
    state: 'value',
    value: text,
    ...(snapshot === null ? {} : { snapshot }),
  });
  const stored = fact.snapshot === null ? 'Statement that was refused' : 'Statement';
  return [
    value('registry_id', 'Registry', registry.id),
    value('sequence', 'Sequence', String(fact.sequence), fact.snapshot),
    value('statement_sha256', stored, fact.statementSha256, fact.snapshot),
    ...(fact.otherSha256 === null
      ? []
      : [value('other_statement_sha256', 'Statement it contradicts', fact.otherSha256)]),
  ];
}
