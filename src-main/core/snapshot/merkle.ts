/**
 * RFC 6962 section 2.1 Merkle tree over record lines, built while they stream by.
 *
 * Leaves hash with prefix 0x00 and nodes with 0x01, so that no leaf can pose as a node. Memory is one hash per level.
 */
import { hash } from 'node:crypto';
import { limits } from './limits.ts';

/** One-shot hashing into a shared scratch buffer: a tree over a million lines makes two million small hashes. */
const scratch = Buffer.alloc(limits.lineBytes + 1);
const hashBytes = 32;

/** SHA-256 of the first `length` bytes of the scratch buffer; a binary string costs half of what a Buffer does. */
const hashScratch = (length: number): string => hash('sha256', scratch.subarray(0, length), 'binary');

function leafDigest(leaf: Uint8Array): string {
  if (leaf.length > limits.lineBytes) throw new RangeError(`a leaf has at most ${limits.lineBytes} bytes`);
  scratch[0] = 0x00;
  scratch.set(leaf, 1);
  return hashScratch(1 + leaf.length);
}

function nodeDigest(left: string, right: string): string {
  scratch[0] = 0x01;
  scratch.write(left, 1, 'binary');
  scratch.write(right, 1 + hashBytes, 'binary');
  return hashScratch(1 + 2 * hashBytes);
}

const toBuffer = (digest: string): Buffer => Buffer.from(digest, 'binary');
const toText = (digest: Buffer): string => digest.toString('binary');

/** SHA-256(0x00 || leaf). */
export const hashLeaf = (leaf: Uint8Array): Buffer => toBuffer(leafDigest(leaf));

/** SHA-256(0x01 || left || right). */
export const hashNode = (left: Buffer, right: Buffer): Buffer => toBuffer(nodeDigest(toText(left), toText(right)));

export interface MerkleTree {
  /** Appends a leaf by its bytes. */
  append(leaf: Uint8Array): void;
  readonly leaves: number;
  /** Root over the leaves so far; SHA-256 of nothing for none. */
  root(): Buffer;
}

export function createMerkleTree(): MerkleTree {
  /** Roots of complete subtrees, largest first; sizes are the set bits of `leaves`. */
  const peaks: string[] = [];
  let leaves = 0;
  return {
    append(leaf) {
      let node = leafDigest(leaf);
      for (let size = leaves; size % 2 === 1; size = (size - 1) / 2) {
        const left = peaks.pop();
        if (left === undefined) throw new Error('Merkle peaks out of step with the leaf count');
        node = nodeDigest(left, node);
      }
      peaks.push(node);
      leaves += 1;
    },
    get leaves() {
      return leaves;
    },
    root() {
      const last = peaks.at(-1);
      if (last === undefined) return hash('sha256', Buffer.alloc(0), 'buffer');
      return toBuffer(peaks.slice(0, -1).reduceRight((right, left) => nodeDigest(left, right), last));
    },
  };
}

/** Audit path of leaf `index` among `leafHashes` (RFC 6962 section 2.1.1), nearest sibling first. */
export function inclusionProof(leafHashes: readonly Buffer[], index: number): readonly Buffer[] {
  if (index < 0 || index >= leafHashes.length) throw new RangeError(`no leaf ${index} among ${leafHashes.length}`);
  if (leafHashes.length === 1) return [];
  const split = largestPowerOfTwoBelow(leafHashes.length);
  const left = leafHashes.slice(0, split);
  const right = leafHashes.slice(split);
  return index < split
    ? [...inclusionProof(left, index), rootOf(right)]
    : [...inclusionProof(right, index - split), rootOf(left)];
}

/** Whether `leafHash` is leaf `index` of a tree of `size` leaves with this root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(
  leafHash: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (index < 0 || index >= size) return false;
  let position = index;
  let last = size - 1;
  let node = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      node = hashNode(sibling, node);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      node = hashNode(node, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && node.equals(root);
}

function rootOf(leafHashes: readonly Buffer[]): Buffer {
  const [first] = leafHashes;
  if (!first) return hash('sha256', Buffer.alloc(0), 'buffer');
  if (leafHashes.length === 1) return first;
  const split = largestPowerOfTwoBelow(leafHashes.length);
  return hashNode(rootOf(leafHashes.slice(0, split)), rootOf(leafHashes.slice(split)));
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
