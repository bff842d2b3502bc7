/**
 * Who is who: party equality is by resolved person, not by string (regulation reference 0.2).
 *
 * A service identity stands for the person it reports to; two party records with the same contact address are one person;
 * ids are compared without regard to case. Where the facts that would show two parties to be one are not supplied, "they
 * differ" is not a conclusion anybody can draw, and the answer is unknown.
 */
import { orUndefined } from './unknown.ts';
import { isBlank, known, text, type View } from './view.ts';
import { perWorld, type World } from './world.ts';

const fold = (value: string): string => value.trim().toLowerCase();

/** Parties by folded id and by folded contact address; the first record wins, in record order. */
const directory = perWorld((world: World) => {
  const byName = new Map<string, View>();
  const contactKnown = world.supplies('party', 'party_contact');
  for (const party of world.all('party')) {
    const id = fold(party.id);
    if (!byName.has(id)) byName.set(id, party);
  }
  for (const party of contactKnown ? world.all('party') : []) {
    const contact = fold(orUndefined(() => text(party, 'party_contact')) ?? '');
    if (contact !== '' && !byName.has(contact)) byName.set(contact, party);
  }
  return { byName, contactKnown };
});

const idOf = (key: string): string => fold(key.slice(key.indexOf('/') + 1));

/** The canonical party behind a reference: aliases and service identities followed, at most eight steps. */
function resolve(world: World, key: string): string {
  const { byName, contactKnown } = directory(world);
  let id = idOf(key);
  for (let step = 0; step < 8; step++) {
    const party = byName.get(id);
    if (!party) return world.probe.miss('party.party_kind (record not found)');
    if (!contactKnown) return world.probe.miss('party.party_contact');
    const contact = fold(text(party, 'party_contact'));
    const person = (contact === '' ? undefined : byName.get(contact)) ?? party;
    if (known(person, 'party_kind') !== 'service_account') return fold(person.id);
    if (isBlank(person, 'party_reports_to')) return fold(person.id);
    id = idOf(text(person, 'party_reports_to'));
  }
  return id;
}

/** Same person? Blank is nobody. Equal ids need no look-up. */
export function sameParty(world: World, a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  if (idOf(a) === idOf(b)) return true;
  return resolve(world, a) === resolve(world, b);
}

/** The party record behind a reference, by folded id; the stand-in when there is none. */
export function partyOf(world: World, key: string): View {
  return (key === '' ? undefined : directory(world).byName.get(idOf(key))) ?? world.absent('party');
}
