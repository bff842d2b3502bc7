/**
 * Which raw files an answer needs: those that its records point to. A file to which records point that nobody asked for is
 * named, because whoever hands it out should look at it first.
 */
import type { CanonicalRecord } from '../../../src-shared/domain/record.ts';
import { parseLocator } from '../collect/evidence.ts';

export interface EvidenceLedger {
  /** Every record of the sources, once; `goes` when it is part of the answer. */
  note(record: Pick<CanonicalRecord, 'prov'>, goes: boolean): void;
  needed<File extends { readonly name: string }>(files: readonly File[]): readonly File[];
  isShared(file: { readonly name: string }): boolean;
}

export function evidenceLedger(): EvidenceLedger {
  const asked = new Set<string>();
  const others = new Set<string>();
  return {
    note(record, goes) {
      const members = goes ? asked : others;
      for (const member of evidenceMembersOf(record)) members.add(member);
    },
    needed: (files) => files.filter(({ name }) => asked.has(name)),
    isShared: ({ name }) => others.has(name),
  };
}

/** Members that a record's locators name. */
export const evidenceMembersOf = ({ prov }: Pick<CanonicalRecord, 'prov'>): readonly string[] =>
  [prov.default, ...Object.values(prov.fields ?? {})].map(({ locator }) => parseLocator(locator).member);
