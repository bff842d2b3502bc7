/** RFC 6962 trees over record lines, against the RFC's own recursive definition. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  createMerkleTree,
  createMultiproof,
  hashLeaf,
  hashNode,
  inclusionProof,
  rootFromMultiproof,
  verifyInclusion,
} from '../../../src-main/core/snapshot/merkle.ts';
import { applyEdits, bytes, edit } from './arbitraries.ts';
import { holds } from './property.ts';
import { merkleTreeHash } from './reference.ts';

const leaves = (minLength = 0): fc.Arbitrary<Buffer[]> => fc.array(bytes(12), { minLength, maxLength: 40 });

function rootOf(list: readonly Buffer[]): Buffer {
  const tree = createMerkleTree();
  for (const leaf of list) tree.append(leaf);
  return tree.root();
}

/** A tree of distinct leaves with one of them picked: equal leaves may rightly stand in for each other. */
const picked = fc
  .tuple(fc.uniqueArray(bytes(12), { minLength: 1, maxLength: 40, selector: (leaf) => leaf.toString('hex') }), fc.nat())
  .map(([list, pick]) => {
    const index = pick % list.length;
    const hashes = list.map(hashLeaf);
    return {
      list,
      index,
      hashes,
      leaf: hashes[index] ?? Buffer.alloc(0),
      root: rootOf(list),
      proof: inclusionProof(hashes, index),
    };
  });

/** Numbers that are rarely the place of a leaf. */
const noIndex = fc.oneof(
  fc.nat(100),
  fc.integer(),
  fc.double(),
  fc.constantFrom(Number.NaN, -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY),
);

describe('a Merkle tree', () => {
  holds('built while lines stream by has the root of the recursive definition', 500, [leaves()], (list) => {
    expect(rootOf(list).equals(merkleTreeHash(list))).toBe(true);
  });

  holds(
    'has another root as soon as a leaf is changed, added, dropped or moved',
    500,
    [picked, bytes(12)],
    ({ list, index, root }, other) => {
      const changed = list.with(index, Buffer.concat([list[index] ?? other, Buffer.of(0)]));
      const moved = list.toSpliced(index, 1).concat(list.slice(index, index + 1));
      for (const variant of [changed, [...list, other], list.toSpliced(index, 1), moved])
        expect(rootOf(variant).equals(root)).toBe(
          variant.length === list.length && variant.every((leaf, at) => leaf.equals(list[at] ?? other)),
        );
    },
  );

  holds('has no leaf that passes for one of its nodes', 500, [fc.tuple(bytes(12), bytes(12))], ([a, b]) => {
    const node = hashNode(hashLeaf(a), hashLeaf(b));
    const forged = [Buffer.concat([hashLeaf(a), hashLeaf(b)]), Buffer.concat([Buffer.of(1), hashLeaf(a), hashLeaf(b)])];
    for (const leaf of forged) expect(hashLeaf(leaf).equals(node)).toBe(false);
    expect(rootOf([forged[0] ?? a]).equals(rootOf([a, b]))).toBe(false);
  });
});

describe('an inclusion proof', () => {
  holds('verifies for every leaf of every tree', 200, [leaves(1)], (list) => {
    const hashes = list.map(hashLeaf);
    const root = merkleTreeHash(list);
    for (const [index, leaf] of hashes.entries())
      expect(verifyInclusion(leaf, index, list.length, inclusionProof(hashes, index), root)).toBe(true);
  });

  holds('fails for any other leaf', 500, [picked, bytes(40)], ({ list, index, hashes, proof, root }, other) => {
    for (const leaf of [
      ...hashes.toSpliced(index, 1),
      hashLeaf(Buffer.concat([list[index] ?? other, other, Buffer.of(1)])),
    ])
      expect(verifyInclusion(leaf, index, list.length, proof, root)).toBe(false);
  });

  holds(
    'fails for any other position, whole number or not',
    500,
    [picked, noIndex],
    ({ list, index, leaf, proof, root }, other) => {
      fc.pre(!Object.is(other, index) && !(Object.is(other, -0) && index === 0));
      expect(verifyInclusion(leaf, other, list.length, proof, root)).toBe(false);
    },
  );

  holds(
    'fails for any other root, and for the tree before or after it',
    500,
    [picked, bytes(32), bytes(12)],
    ({ list, index, leaf, proof, root }, other, added) => {
      if (!other.equals(root)) expect(verifyInclusion(leaf, index, list.length, proof, other)).toBe(false);
      const grown = [...list, added];
      expect(verifyInclusion(leaf, index, grown.length, proof, rootOf(grown))).toBe(false);
      const shrunk = list.slice(0, -1);
      expect(verifyInclusion(leaf, index, shrunk.length, proof, rootOf(shrunk))).toBe(false);
    },
  );

  holds(
    'fails once a hash of it is edited, dropped, doubled or swapped',
    500,
    [picked, fc.nat(), edit],
    ({ list, index, leaf, proof, root }, pick, change) => {
      const at = pick % Math.max(1, proof.length);
      const step = proof[at];
      if (!step) return;
      const variants = [
        proof.with(at, applyEdits(step, [change])),
        proof.toSpliced(at, 1),
        proof.toSpliced(at, 0, step),
        proof.toReversed(),
        [...proof, step],
      ];
      for (const variant of variants) {
        const same = variant.length === proof.length && variant.every((hash, n) => hash.equals(proof[n] ?? step));
        expect(verifyInclusion(leaf, index, list.length, variant, root)).toBe(same);
      }
    },
  );
});

describe('a proof for several leaves', () => {
  /** A tree, the places of the leaves picked from it in ascending order, their hashes, and their proof. */
  const several = fc.tuple(leaves(1), fc.array(fc.nat(), { minLength: 1, maxLength: 8 })).map(([list, picks]) => {
    const indexes = [...new Set(picks.map((pick) => pick % list.length))].sort((a, b) => a - b);
    const hashes = list.map(hashLeaf);
    const proven = Buffer.concat(indexes.map((index) => hashes[index] ?? Buffer.alloc(0)));
    return { size: list.length, list, indexes, proven, ...createMultiproof(Buffer.concat(hashes), indexes) };
  });
  /** `rootFromMultiproof` uses its hashes up. */
  const rootBy = (size: number, indexes: readonly number[], proven: Buffer, nodes: Buffer): Buffer | null =>
    rootFromMultiproof(size, indexes, Buffer.from(proven), nodes);

  holds(
    'gives the root of the tree for every choice of leaves',
    500,
    [several],
    ({ size, list, indexes, proven, nodes, root }) => {
      expect(root.equals(merkleTreeHash(list))).toBe(true);
      expect(rootBy(size, indexes, proven, nodes)?.equals(root)).toBe(true);
    },
  );

  holds('for one leaf is its audit path', 300, [picked], ({ list, index, hashes, proof }) => {
    expect(createMultiproof(Buffer.concat(hashes), [index]).nodes.equals(Buffer.concat(proof))).toBe(true);
    expect(list.length).toBe(hashes.length);
  });

  holds(
    'gives another root or none once a leaf, a place or a hash is changed',
    500,
    [several, fc.nat(), edit, noIndex],
    ({ size, indexes, proven, nodes, root }, pick, change, other) => {
      const at = pick % indexes.length;
      const attempts: (Buffer | null)[] = [
        rootBy(size, [...indexes, indexes[at] ?? 0], Buffer.concat([proven, proven.subarray(0, 32)]), nodes),
      ];
      for (const [hashes, steps] of [
        [applyEdits(proven, [change]), nodes],
        [proven, applyEdits(nodes, [change])],
      ] as const)
        if (!hashes.equals(proven) || !steps.equals(nodes)) attempts.push(rootBy(size, indexes, hashes, steps));
      if (!Number.isSafeInteger(other)) attempts.push(rootBy(size, indexes.with(at, other), proven, nodes));
      for (const attempt of attempts) expect(attempt?.equals(root) ?? false).toBe(false);
    },
  );
});
