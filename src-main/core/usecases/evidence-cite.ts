/** Where a record stands in the signed bytes, for a workpaper: enough to find it again, and to know a proof of it. */
import { formatRef } from '../../../src-shared/domain/record.ts';
import { raise } from '../../../src-shared/result.ts';
import { parseLocator } from '../collect/evidence.ts';
import { hashLeaf } from '../snapshot/merkle.ts';
import { evidenceDigest } from '../store/evidence.ts';
import { storedLeaf } from '../store/proof-queries.ts';
import { findSnapshot } from '../store/snapshot-queries.ts';
import type { Handler } from './context.ts';

export const evidenceCite: Handler<'evidence.cite'> = (context, { snapshot, ref, locator }) => {
  const { reader } = context.workspace();
  const stored = findSnapshot(reader, snapshot);
  const leaf = storedLeaf(reader, snapshot, ref);
  if (!leaf) {
    return raise('usage', 'record.unknown', `Snapshot ${snapshot} does not hold ${formatRef(ref)}.`, {
      ref: formatRef(ref),
    });
  }
  const { registry, sequence, merkle } = stored.statement.predicate;
  const member = locator === undefined ? '' : memberOf(locator);
  const sha256 = evidenceDigest(reader, snapshot, member);
  return {
    snapshot,
    registry: registry.name || registry.id,
    registryId: registry.id,
    sequence,
    statementSha256: stored.statementSha256,
    root: merkle.root,
    leafIndex: leaf.index,
    leaves: merkle.leaves,
    leafHash: hashLeaf(leaf.line).toString('hex'),
    signer: stored.signer,
    evidence: sha256 === null ? null : { name: member, sha256 },
  };
};

function memberOf(locator: string): string {
  try {
    return parseLocator(locator).member;
  } catch {
    return raise('usage', 'evidence.locator', 'The locator is not one that a snapshot holds; copy it from a value.');
  }
}
