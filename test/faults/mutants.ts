/**
 * Judges mutants of one good bundle by the path that import takes: `openVerified`, then `finish`.
 *
 * The rule is decisions.md 7: what is accepted has the identical statement and the identical members and says that its
 * container was altered; all else is refused with a typed failure. Whatever breaks the rule is a violation.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { silentJob } from '../../src-main/core/ports.ts';
import { openContainer } from '../../src-main/core/snapshot/read.ts';
import { openVerified } from '../../src-main/core/snapshot/verify.ts';
import type { TrustStore } from '../../src-shared/domain/trust.ts';
import { AssayError } from '../../src-shared/result.ts';
import { now } from '../unit/snapshot/fixture.ts';

/** What every accepted mutant must still be. */
export interface Original {
  readonly bytes: Uint8Array;
  readonly trust: TrustStore;
  readonly statementSha256: string;
  readonly membersSha256: string;
}

export interface Tally {
  readonly mutants: number;
  /** Accepted with identical content and reported as altered. */
  readonly altered: number;
  readonly refused: number;
  /** Refusals by code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (count: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + count(tally), 0);
  const codes = new Set(tallies.flatMap((tally) => Object.keys(tally.codes)));
  return {
    mutants: sum((tally) => tally.mutants),
    altered: sum((tally) => tally.altered),
    refused: sum((tally) => tally.refused),
    codes: Object.fromEntries([...codes].sort().map((code) => [code, sum((tally) => tally.codes[code] ?? 0)])),
    violations: tallies.flatMap((tally) => tally.violations),
  };
}

/** SHA-256 over name, length and bytes of every member, by name. */
export async function membersDigest(file: string): Promise<string> {
  const container = await openContainer(file);
  try {
    container.allowAll();
    const digest = createHash('sha256');
    for (const name of [...container.members.keys()].sort()) {
      digest.update(`${name}\0${container.members.get(name)?.bytes}\0`);
      for await (const chunk of container.stream(name)) digest.update(chunk);
    }
    return digest.digest('hex');
  } finally {
    await container.close();
  }
}

export interface Judge {
  readonly tally: Tally;
  /** Judges the bundle that lies in `file`; `label` names the mutant in a violation. */
  judge(file: string, label: string): Promise<void>;
}

export function mutantJudge(original: Original): Judge {
  let mutants = 0;
  let altered = 0;
  let refused = 0;
  const codes: Record<string, number> = {};
  const violations: string[] = [];

  async function violationOf(file: string): Promise<string | null> {
    const snapshot = await openVerified(file, { trust: original.trust, now, job: silentJob });
    try {
      const { container, statementSha256 } = await snapshot.finish();
      if (statementSha256 !== original.statementSha256) return 'accepted with another statement';
      if ((await membersDigest(file)) !== original.membersSha256) return 'accepted with other members';
      return container.state === 'pass' ? 'accepted and called as packed' : null;
    } finally {
      await snapshot.close();
    }
  }

  return {
    get tally() {
      return { mutants, altered, refused, codes, violations };
    },
    async judge(file, label) {
      mutants += 1;
      try {
        const violation = await violationOf(file);
        if (violation === null) altered += 1;
        else violations.push(`${label}: ${violation}`);
      } catch (error) {
        const failure = error instanceof AssayError ? error.failure : null;
        if (failure && (failure.kind === 'input' || failure.kind === 'trust')) {
          refused += 1;
          codes[failure.code] = (codes[failure.code] ?? 0) + 1;
        } else violations.push(`${label}: ${error}`);
      }
    },
  };
}

/** Judges whole mutants, one after the other in the same file. */
export async function judgeAll(
  original: Original,
  file: string,
  mutants: Iterable<{ readonly label: string; readonly bytes: Uint8Array }>,
): Promise<Tally> {
  const judge = mutantJudge(original);
  for (const { label, bytes } of mutants) {
    writeFileSync(file, bytes);
    await judge.judge(file, label);
  }
  return judge.tally;
}

/** Judges the bundle with one byte changed, in place, for every position of `positions` and every mask. */
export async function judgeBytes(
  original: Original,
  file: string,
  positions: Iterable<number>,
  masks: readonly number[],
): Promise<Tally> {
  const judge = mutantJudge(original);
  writeFileSync(file, original.bytes);
  const handle = openSync(file, 'r+');
  try {
    for (const at of positions) {
      const honest = original.bytes[at] ?? 0;
      for (const mask of masks) {
        writeSync(handle, Buffer.from([honest ^ mask]), 0, 1, at);
        await judge.judge(file, `byte ${at} ^ 0x${mask.toString(16).padStart(2, '0')}`);
      }
      writeSync(handle, Buffer.from([honest]), 0, 1, at);
    }
  } finally {
    closeSync(handle);
  }
  return judge.tally;
}
