/**
 * The activity log: who did what, in an order that cannot be changed unnoticed.
 *
 * Each entry names the hash of the one before and is signed with the actor's Ed25519 key, in the same transaction as what it
 * records. Order is by sequence number, never by time: `at` is the clock, or the entry before where the clock went back.
 * Details hold names, numbers and digests; never record content and never a secret.
 */
import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { toJcs } from '../canonical-json.ts';
import { toInstant } from '../ports.ts';
import type { ReadableDb, WritableDb } from '../store/database.ts';
import { actorKeyId, ed25519PublicBytes, ed25519PublicKey } from '../store/user-keys.ts';

/** Separates these signatures from every other use of the same key. */
const context = Buffer.from('assay.activity.v1\0', 'latin1');
const genesis = '0'.repeat(64);

export interface ActivityInput {
  /** Dotted, past tense: `snapshot.imported`, `trust.key_revoked`. */
  readonly action: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Who acts, and where it is written: an open workspace is one. */
export interface Actor {
  readonly writer: WritableDb;
  readonly user: { readonly id: string; readonly name: string };
  readonly signing: { readonly ed25519: KeyObject };
}

const entrySchema = z.strictObject({
  action: z.string(),
  actor: z.strictObject({ id: z.string(), name: z.string() }),
  at: z.string(),
  details: z.record(z.string(), z.unknown()),
  keyId: z.string(),
  prev: z.string(),
  seq: z.int(),
  summary: z.string(),
});
type Entry = z.infer<typeof entrySchema>;

interface Head {
  readonly seq: number;
  readonly at: string;
  readonly hash: Buffer;
}

const headSql = 'SELECT seq, at, hash FROM activity ORDER BY seq DESC LIMIT 1';

/** Appends one entry; call it inside the transaction of the action that it records. */
export function appendActivity(actor: Actor, input: ActivityInput, now: Date): number {
  const db = actor.writer;
  return db.transaction(() => {
    const head = db.read<[], Head>(headSql).get();
    const clock = toInstant(now);
    const entry: Entry = {
      action: input.action,
      actor: { id: actor.user.id, name: actor.user.name },
      at: head && head.at > clock ? head.at : clock,
      details: { ...input.details },
      keyId: actorKeyId(ed25519PublicBytes(actor.signing.ed25519)),
      prev: head ? head.hash.toString('hex') : genesis,
      seq: (head?.seq ?? 0) + 1,
      summary: input.summary,
    };
    const text = toJcs(entry);
    const hash = createHash('sha256').update(text).digest();
    const signature = sign(null, Buffer.concat([context, hash]), actor.signing.ed25519);
    db.write<[number, string, string, string, string, string, Uint8Array, string, Uint8Array]>(
      'INSERT INTO activity (seq, at, actor, action, summary, entry, hash, key_id, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(entry.seq, entry.at, actor.user.name, entry.action, entry.summary, text, hash, entry.keyId, signature);
    return entry.seq;
  });
}

export interface ActivityCheck {
  readonly ok: boolean;
  readonly entries: number;
  /** hex hash of the newest entry; 64 zeros where there is none. */
  readonly head: string;
  /** Sequence number of the first entry that does not hold. */
  readonly firstBad: number | null;
  readonly text: string;
}

interface StoredEntry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly summary: string;
  readonly entry: string;
  readonly hash: Buffer;
  readonly key_id: string;
  readonly signature: Buffer;
}

/**
 * Recomputes the whole chain: numbers without a hole, each hash over its entry and the one before, each signature by a key
 * of `knownKeys` (key id -> raw public key, from the authenticated header). Cutting off the newest entries leaves a valid,
 * shorter chain: only a head noted elsewhere (a report, an export) shows that.
 */
export function verifyActivity(db: ReadableDb, knownKeys: ReadonlyMap<string, Uint8Array>): ActivityCheck {
  let prev = genesis;
  let seq = 0;
  const page = db.read<[number], StoredEntry>(
    'SELECT seq, at, actor, action, summary, entry, hash, key_id, signature FROM activity WHERE seq > ? ORDER BY seq LIMIT 1000',
  );
  for (let rows = page.all(0); rows.length > 0; rows = page.all(seq)) {
    for (const row of rows) {
      const problem = problemOf(row, seq + 1, prev, knownKeys);
      if (problem) {
        return {
          ok: false,
          entries: seq,
          head: prev,
          firstBad: row.seq,
          text: `Entry ${row.seq} does not hold: ${problem}.`,
        };
      }
      seq = row.seq;
      prev = row.hash.toString('hex');
    }
  }
  return {
    ok: true,
    entries: seq,
    head: prev,
    firstBad: null,
    text: `All ${seq} entries are unbroken and signed; the newest is ${prev.slice(0, 16)}.`,
  };
}

function problemOf(row: StoredEntry, seq: number, prev: string, keys: ReadonlyMap<string, Uint8Array>): string | null {
  if (row.seq !== seq) return `entry ${seq} is missing before it`;
  if (!createHash('sha256').update(row.entry).digest().equals(row.hash)) return 'its text was changed';
  const data = parseEntry(row.entry);
  if (!data) return 'its text is not an entry';
  if (data.prev !== prev) return 'it does not follow the entry before it';
  if (data.seq !== row.seq || data.at !== row.at || data.actor.name !== row.actor || data.keyId !== row.key_id) {
    return 'its columns differ from its signed text';
  }
  if (data.action !== row.action || data.summary !== row.summary) return 'its columns differ from its signed text';
  const publicKey = keys.get(row.key_id);
  if (!publicKey) return 'it is signed by a key that this workspace does not know';
  return verify(null, Buffer.concat([context, row.hash]), ed25519PublicKey(publicKey), row.signature)
    ? null
    : 'its signature does not verify';
}

/** null for any text that is no entry: whoever edits the text can make its hash fit, which takes no key. */
function parseEntry(text: string): Entry | null {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
