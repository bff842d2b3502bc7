import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMerkleTree,
  hashLeaf,
  hashNode,
  inclusionProof,
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
