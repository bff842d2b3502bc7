import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLeafHashes,
  createMerkleTree,
  createMultiproof,
  hashLeaf,
  hashNode,
  inclusionProof,
  rootFromMultiproof,
  verifyInclusion,
} from '../../../src-main/core/snapshot/merkle.ts';

/** Inputs and roots of the reference test data of Certificate Transparency (RFC 6962, google/certificate-transparency). */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const treeOf = (leaves: readonly Uint8Array[]) => {
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
};

describe('when record lines are hashed into a tree', () => {
  it('gives the roots of the reference data at every size', () => {
    const tree = createMerkleTree();
    expect(tree.root().toString('hex')).toBe(createHash('sha256').digest('hex'));
    for (const [index, input] of inputs.entries()) {
      tree.append(input);
      expect(tree.root().toString('hex')).toBe(roots[index]);
    }
    expect(tree.leaves).toBe(8);
  });

  it('keeps leaves and nodes apart', () => {
    const [a, b] = [hashLeaf(Buffer.from('a')), hashLeaf(Buffer.from('b'))];
    expect(hashLeaf(Buffer.concat([a, b]))).not.toEqual(hashNode(a, b));
  });

  it('proves every leaf, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (size, pick) => {
        const leaves = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
        const hashes = leaves.map(hashLeaf);
        const index = pick % size;
        const root = treeOf(leaves).root();
        const proof = inclusionProof(hashes, index);
        const leaf = hashes[index] ?? Buffer.alloc(0);
        expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
        expect(verifyInclusion(hashLeaf(Buffer.from('other')), index, size, proof, root)).toBe(false);
        expect(verifyInclusion(leaf, index, size, [...proof, leaf], root)).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(leaf, index, size, proof.slice(1), root)).toBe(false);
        if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, proof, root)).toBe(false);
      }),
    );
  });
});

/** Audit paths of the same reference data: leaf (from 0), tree size, path. */
const paths: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const packed = (hashes: readonly Buffer[]): Buffer => Buffer.concat(hashes);

/** MTH of RFC 6962 section 2.1, word for word, as an oracle that shares nothing with the code. */
function oracle(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (!first) return createHash('sha256').digest();
  if (hashes.length === 1) return first;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(oracle(hashes.slice(0, split)))
    .update(oracle(hashes.slice(split)))
    .digest();
}

const treeWithPicks = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.array(fc.nat({ max: 89 }), { minLength: 1, maxLength: 90 }))
  .map(([size, picks]) => ({
    hashes: Array.from({ length: size }, (_, index) => hashLeaf(Buffer.from(`leaf ${index} of ${size}`))),
    indexes: [...new Set(picks.map((pick) => pick % size))].sort((a, b) => a - b),
  }));

const picked = (hashes: readonly Buffer[], indexes: readonly number[]): Buffer =>
  packed(indexes.map((index) => hashes[index] ?? Buffer.alloc(32)));

describe('when leaves are proven', () => {
  it.each(paths)('gives the reference path of leaf %i in a tree of %i', (index, size, expected) => {
    const hashes = inputs.slice(0, size).map(hashLeaf);
    expect(inclusionProof(hashes, index).map((node) => node.toString('hex'))).toEqual(expected);
    const { root, nodes } = createMultiproof(packed(hashes), [index]);
    expect(root.toString('hex')).toBe(roots[size - 1]);
    expect(nodes.toString('hex')).toBe(expected.join(''));
  });

  it('refuses a leaf that is not there', () => {
    for (const index of [-1, 8, 0.5, Number.NaN])
      expect(() => inclusionProof(inputs.map(hashLeaf), index)).toThrow(RangeError);
  });

  it('collects the hashes of leaves as they pass, however many', () => {
    const hashes = createLeafHashes();
    const leaves = Array.from({ length: 3000 }, (_, index) => Buffer.from(`line ${index}`));
    for (const leaf of leaves) hashes.append(leaf);
    expect(hashes.leaves).toBe(3000);
    expect(hashes.bytes().equals(packed(leaves.map(hashLeaf)))).toBe(true);
  });

  it('leads from any set of leaves to the root of RFC 6962, with as few hashes as there can be', () => {
    fc.assert(
      fc.property(treeWithPicks, ({ hashes, indexes }) => {
        const { root, nodes } = createMultiproof(packed(hashes), indexes);
        expect(root.equals(oracle(hashes))).toBe(true);
        expect(rootFromMultiproof(hashes.length, indexes, picked(hashes, indexes), nodes)?.equals(root)).toBe(true);
        const separately = indexes.reduce((sum, index) => sum + inclusionProof(hashes, index).length, 0);
        expect(nodes.length / 32).toBeLessThanOrEqual(separately);
        if (indexes.length === hashes.length) expect(nodes.length).toBe(0);
      }),
    );
  });

  it('leads nowhere when a leaf, a hash, an index or the number of hashes is another', () => {
    fc.assert(
      fc.property(treeWithPicks, fc.nat(), ({ hashes, indexes }, pick) => {
        const size = hashes.length;
        const { root, nodes } = createMultiproof(packed(hashes), indexes);
        const from = (at: readonly number[], leaves: Buffer, given: Buffer, of = size): boolean =>
          rootFromMultiproof(of, at, Buffer.from(leaves), given)?.equals(root) ?? false;
        const leaves = picked(hashes, indexes);
        const flipped = (bytes: Buffer): Buffer => {
          const copy = Buffer.from(bytes);
          copy[pick % copy.length] = (copy[pick % copy.length] ?? 0) ^ 1;
          return copy;
        };
        expect(from(indexes, flipped(leaves), nodes)).toBe(false);
        expect(from(indexes, leaves, Buffer.concat([nodes, Buffer.alloc(32)]))).toBe(false);
        if (nodes.length > 0) {
          expect(from(indexes, leaves, flipped(nodes))).toBe(false);
          expect(from(indexes, leaves, nodes.subarray(32))).toBe(false);
        }
        const moved = indexes.map((index, at) => (at === indexes.length - 1 ? index + 1 : index));
        if (size > 1) expect(from(moved, leaves, nodes)).toBe(false);
        expect(from([...indexes, indexes.at(-1) ?? 0], Buffer.concat([leaves, leaves.subarray(-32)]), nodes)).toBe(
          false,
        );
        if (indexes.length > 1) expect(from(indexes.toReversed(), leaves, nodes)).toBe(false);
      }),
    );
  });

  it('takes no inner node for a leaf', () => {
    const hashes = inputs.slice(0, 4).map(hashLeaf);
    const [a, b, c, d] = hashes as [Buffer, Buffer, Buffer, Buffer];
    const root = oracle(hashes);
    // The two inner nodes as if they were the leaves of a tree of two: only their hashes fit, no bytes hash to them.
    const posing = hashLeaf(Buffer.concat([a, b]));
    expect(rootFromMultiproof(2, [0], posing, hashNode(c, d))?.equals(root)).toBe(false);
  });

  it.each([
    [0, [0]],
    [5, []],
    [5, [5]],
    [5, [-1]],
    [5, [Number.MAX_SAFE_INTEGER]],
    [5, [Number.NaN]],
  ])('gives no root for a tree of %d and the indexes %j', (size, indexes) => {
    expect(rootFromMultiproof(size, indexes, Buffer.alloc(32 * indexes.length), Buffer.alloc(96))).toBeNull();
  });

  it('answers at once for the largest tree there can be', () => {
    const size = Number.MAX_SAFE_INTEGER;
    expect(rootFromMultiproof(size, [0], Buffer.alloc(32), Buffer.alloc(52 * 32))).toBeNull();
    expect(rootFromMultiproof(size, [0], Buffer.alloc(32), Buffer.alloc(53 * 32))).toHaveLength(32);
  });
});
