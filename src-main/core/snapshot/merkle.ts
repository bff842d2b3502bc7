/**
 * RFC 6962 section 2.1 Merkle tree over record lines: its root while they stream by, and proofs that lines are in it.
 *
 * Leaves hash with prefix 0x00 and nodes with 0x01, so that no leaf can pose as a node. A root alone needs one hash per level.
 */
import { hash } from 'node:crypto';
import { limits } from './limits.ts';

/** One-shot hashing into a shared scratch buffer: a tree over a million lines makes two million small hashes. */
const scratch = Buffer.alloc(limits.lineBytes + 1);
const hashBytes = 32;
/** SHA-256 of nothing: the root of a tree without leaves. */
const emptyRoot = hash('sha256', '', 'binary');

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

/** Anything shorter would leave old bytes in the scratch buffer, anything longer would be cut: two spellings of one proof. */
const isHash = (bytes: Uint8Array): boolean => bytes.length === hashBytes;
const isPosition = (index: number, size: number): boolean => Number.isSafeInteger(index) && index >= 0 && index < size;

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
      if (last === undefined) return toBuffer(emptyRoot);
      return toBuffer(peaks.slice(0, -1).reduceRight((right, left) => nodeDigest(left, right), last));
    },
  };
}

/** Hashes of leaves in order, 32 bytes each, back to back: what proofs are made from. 32 MB for a million leaves. */
export interface LeafHashes {
  append(leaf: Uint8Array): void;
  readonly leaves: number;
  /** A view of what was appended so far; whoever takes it may overwrite it. */
  bytes(): Buffer;
}

export function createLeafHashes(): LeafHashes {
  let hashes = Buffer.allocUnsafe(1024 * hashBytes);
  let leaves = 0;
  return {
    append(leaf) {
      if ((leaves + 1) * hashBytes > hashes.length) hashes = Buffer.concat([hashes], hashes.length * 2);
      hashes.write(leafDigest(leaf), leaves * hashBytes, 'binary');
      leaves += 1;
    },
    get leaves() {
      return leaves;
    },
    bytes: () => hashes.subarray(0, leaves * hashBytes),
  };
}

/** Hash `index` of hashes that lie back to back. */
const hashAt = (hashes: Buffer, index: number): Buffer =>
  Buffer.from(hashes.subarray(index * hashBytes, (index + 1) * hashBytes));

/**
 * One level up, in place: neighbours are hashed together, a last one without neighbour moves up as it is. Level by level this
 * is the tree of RFC 6962 section 2.1, whose left subtree is always the largest full one. Returns the new count.
 */
function raiseLevel(hashes: Buffer, count: number): number {
  const pairs = Math.floor(count / 2);
  for (let pair = 0; pair < pairs; pair += 1) {
    scratch[0] = 0x01;
    hashes.copy(scratch, 1, pair * 2 * hashBytes, (pair + 1) * 2 * hashBytes);
    hashes.write(hashScratch(1 + 2 * hashBytes), pair * hashBytes, 'binary');
  }
  if (count % 2 === 1) hashes.copy(hashes, pairs * hashBytes, (count - 1) * hashBytes, count * hashBytes);
  return Math.ceil(count / 2);
}

const parentOf = (position: number): number => Math.floor(position / 2);
const siblingOf = (position: number): number => (position % 2 === 0 ? position + 1 : position - 1);

export interface Multiproof {
  readonly root: Buffer;
  /**
   * The hashes that are needed besides the proven leaves, back to back: level by level from the leaves up, within a level
   * from left to right, each sibling that is neither proven itself nor computed from what is. For one leaf: its audit path.
   */
  readonly nodes: Buffer;
}

/**
 * Root of the tree over `hashes` and the proof for the leaves at `indexes` (ascending, distinct). Linear in the leaves; works in
 * place, so `hashes` is used up.
 */
export function createMultiproof(hashes: Buffer, indexes: readonly number[]): Multiproof {
  let count = hashes.length / hashBytes;
  if (count === 0) return { root: toBuffer(emptyRoot), nodes: Buffer.alloc(0) };
  const nodes: Buffer[] = [];
  let known = indexes;
  while (count > 1) {
    const here = new Set(known);
    for (const position of known) {
      const sibling = siblingOf(position);
      if (sibling < count && !here.has(sibling)) nodes.push(hashAt(hashes, sibling));
    }
    known = [...new Set(known.map(parentOf))];
    count = raiseLevel(hashes, count);
  }
  return { root: hashAt(hashes, 0), nodes: Buffer.concat(nodes) };
}

/**
 * Root of a tree of `size` leaves, of which those at `indexes` (ascending, distinct) have the given `hashes`, with the `nodes`
 * of `createMultiproof`. Null when there are too few or too many nodes, or indexes that cannot be. Uses `hashes` up.
 */
export function rootFromMultiproof(
  size: number,
  indexes: readonly number[],
  hashes: Buffer,
  nodes: Buffer,
): Buffer | null {
  const ascending = indexes.every((index, at) => isPosition(index, size) && index > (indexes[at - 1] ?? -1));
  if (indexes.length === 0 || !ascending || hashes.length !== indexes.length * hashBytes) return null;
  const positions = Float64Array.from(indexes);
  const given = nodes.length / hashBytes;
  let used = 0;
  let known = positions.length;
  for (let count = size; count > 1; count = Math.ceil(count / 2)) {
    let above = 0;
    for (let at = 0; at < known; above += 1) {
      const position = positions[at] ?? 0;
      const sibling = siblingOf(position);
      const own = at;
      at += 1;
      if (sibling < count) {
        const together = at < known && positions[at] === sibling;
        if (!together && used >= given) return null;
        copyHash(hashes, own, scratch, position % 2);
        if (together) copyHash(hashes, at++, scratch, 1 - (position % 2));
        else copyHash(nodes, used++, scratch, 1 - (position % 2));
        scratch[0] = 0x01;
        hashes.write(hashScratch(1 + 2 * hashBytes), above * hashBytes, 'binary');
      } else {
        hashes.copyWithin(above * hashBytes, own * hashBytes, (own + 1) * hashBytes);
      }
      positions[above] = parentOf(position);
    }
    known = above;
  }
  return used === given ? hashAt(hashes, 0) : null;
}

/** Hash `from` of hashes that lie back to back, as the left (0) or right (1) half of the node in the scratch buffer. */
function copyHash(hashes: Buffer, from: number, node: Buffer, half: number): void {
  hashes.copy(node, 1 + half * hashBytes, from * hashBytes, (from + 1) * hashBytes);
}

/** Audit path of leaf `index` among `leafHashes` (RFC 6962 section 2.1.1), nearest sibling first. */
export function inclusionProof(leafHashes: readonly Buffer[], index: number): readonly Buffer[] {
  if (!Number.isInteger(index) || index < 0 || index >= leafHashes.length)
    throw new RangeError(`no leaf ${index} among ${leafHashes.length}`);
  const { nodes } = createMultiproof(Buffer.concat(leafHashes), [index]);
  return Array.from({ length: nodes.length / hashBytes }, (_, at) => hashAt(nodes, at));
}

/** Whether `leafHash` is leaf `index` of a tree of `size` leaves with this root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(
  leafHash: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!isPosition(index, size) || ![leafHash, ...proof].every(isHash)) return false;
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
