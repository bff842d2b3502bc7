/**
 * Which evidence files go along with the records that are kept.
 *
 * A file is signed as a whole, so it is included as a whole or not at all. One that withheld records rest on too would disclose
 * them, which is why `exclusive` is the default: only files that kept records name and withheld records do not.
 */
import type { EvidenceRule } from '../../../src-shared/domain/disclosure.ts';
import type { Provenance } from '../../../src-shared/domain/record.ts';
import { wholeMember } from '../snapshot/content.ts';
import { readEvidenceBundle } from '../snapshot/evidence-bundle.ts';
import type { Container } from '../snapshot/read.ts';
import type { SignedMember } from '../snapshot/statement.ts';

export interface EvidenceUse {
  /** Where a record's values came from, and whether the record is kept. */
  note(prov: Provenance, kept: boolean): void;
  /** Members to include, in the order of the signed list. */
  chosen(rule: EvidenceRule): readonly SignedMember[];
}

interface Use {
  kept: boolean;
  withheld: boolean;
}

/** `members`: the signed evidence members; bundles among them are read for the names of their files. */
export async function evidenceUse(container: Container, members: readonly SignedMember[]): Promise<EvidenceUse> {
  const uses = new Map<string, Use>();
  const filesOf = new Map<SignedMember, readonly Use[]>();
  for (const member of members) {
    const files = (await fileNames(container, member)).map((name): Use => {
      const use = { kept: false, withheld: false };
      uses.set(name, use);
      return use;
    });
    filesOf.set(member, files);
  }
  const mark = (locator: string, kept: boolean): void => {
    const hash = locator.indexOf('#');
    const use = uses.get(hash < 0 ? locator : locator.slice(0, hash));
    if (use) use[kept ? 'kept' : 'withheld'] = true;
  };
  return {
    note(prov, kept) {
      mark(prov.default.locator, kept);
      if (prov.fields) for (const { locator } of Object.values(prov.fields)) mark(locator, kept);
    },
    chosen: (rule) => members.filter((member) => isChosen(filesOf.get(member) ?? [], rule)),
  };
}

function isChosen(files: readonly Use[], rule: EvidenceRule): boolean {
  switch (rule) {
    case 'none':
      return false;
    case 'needed':
      return files.some(({ kept }) => kept);
    case 'exclusive':
      return files.length > 0 && files.every(({ kept, withheld }) => kept && !withheld);
  }
}

async function fileNames(container: Container, member: SignedMember): Promise<readonly string[]> {
  if (member.content !== 'evidence-bundle') return [member.name];
  return [...readEvidenceBundle(member.name, await wholeMember(container, member))].map(({ name }) => name);
}
