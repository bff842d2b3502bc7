/**
 * What a report says of a snapshot's place in the history of its registry. Pure.
 *
 * Judged on what is stored today, not on what was there at import: a gap that was filled since is whole, and one that a later
 * import tore open is not.
 */
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { assertNever } from '../../../src-shared/result.ts';
import type { ChainState, SnapshotHistory } from '../ingest/continuity.ts';

export function historyLine({ chain, link, unseen, disownedBelow }: SnapshotHistory): CheckLine {
  const say = (state: CheckLine['state'], code: string, text: string): CheckLine => ({ state, code, text });
  switch (link) {
    case 'first':
      if (disownedBelow > 0)
        return say(
          'warn',
          'chain.first_counting',
          `The first of its registry that counts: below it ${disownedBelow === 1 ? 'one snapshot is' : `${disownedBelow} snapshots are`} stored of which too few signers still count.`,
        );
      if (unseen !== null)
        return say(
          'warn',
          'chain.first_seen',
          `The first of its registry in this workspace, and not the first that there is: it continues sequence ${unseen}, which was never imported here.`,
        );
      return say('pass', 'chain.first', `The first of its registry in this workspace.${importedAs(chain)}`);
    case 'linked':
      return chain === 'gap'
        ? say('pass', 'chain.gap_filled', 'Continues the snapshot before it; what was missing was imported later.')
        : say('pass', 'chain.continues', `Continues the snapshot before it.${importedAs(chain)}`);
    case 'gap':
      return say('warn', 'chain.gap', 'Snapshots are missing between it and the one stored before it.');
    case 'fork':
      return say(
        'warn',
        'chain.fork',
        "It names another predecessor than the one stored here: the registry's history has forked.",
      );
    case 'disowned':
      return say(
        'warn',
        'chain.disowned',
        'It is no part of the history any more: too few of its signers still count.',
      );
    default:
      return assertNever(link);
  }
}

const importedAs = (chain: ChainState): string => (chain === 'historical' ? ' Imported later, as historical.' : '');
