/**
 * Which evidence files go along with the records that are shown: for redacted snapshots and for answers to requests.
 *
 * A file goes out as a whole or not at all. One that withheld records rest on too would disclose them, which is why `exclusive`
 * is the default everywhere: only files that kept records name and withheld records do not.
 */
import type { EvidenceRule } from '../../../src-shared/domain/disclosure.ts';
import type { Provenance } from '../../../src-shared/domain/record.ts';

export interface EvidenceUse<Member> {
  /** Where a record's values came from, and whether the record is kept. */
  note(prov: Provenance, kept: boolean): void;
  /** Members to include, in the order in which they were given. */
  chosen(rule: EvidenceRule): readonly Member[];
  /** Members that kept and withheld records rest on: what `needed` includes beyond `exclusive`. */
  shared(): readonly Member[];
}

interface Use {
  kept: boolean;
  withheld: boolean;
}

/** `namesIn`: what locators call the files in a member, which is the member's own name or those of the files that it gathers. */
export function evidenceUse<Member>(
  members: readonly Member[],
  namesIn: (member: Member) => readonly string[],
): EvidenceUse<Member> {
  const uses = new Map<string, Use>();
  const filesOf = new Map<Member, readonly Use[]>();
  for (const member of members) {
    const files = namesIn(member).map((name): Use => {
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
  const chosen = (rule: EvidenceRule): readonly Member[] =>
    members.filter((member) => isChosen(filesOf.get(member) ?? [], rule));
  return {
    note(prov, kept) {
      mark(prov.default.locator, kept);
      if (prov.fields) for (const { locator } of Object.values(prov.fields)) mark(locator, kept);
    },
    chosen,
    shared() {
      const exclusive = new Set(chosen('exclusive'));
      return chosen('needed').filter((member) => !exclusive.has(member));
    },
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
