/**
 * Generates a fleet of well-governed models with planted faults, as the three collections that a real audit starts from:
 * the registry now, the registry a month ago, and what discovery found running.
 *
 * The generator alone decides which faults are planted where; they are returned as the sealed answer.
 */
import { cleanUnit } from './clean-unit.ts';
import { type FleetClock, fleetClock } from './clock.ts';
import { type Expectation, faults } from './faults.ts';
import { addPeople } from './people.ts';
import { seededRandom } from './random.ts';
import { copySide, type FleetRecord, type Side, type Unit } from './unit.ts';
import { loadVocabulary, type Vocabulary } from './vocabulary.ts';

export interface PlantedFault {
  readonly fault: string;
  readonly title: string;
  readonly model: string;
  readonly expects: readonly Expectation[];
}

export interface Fleet {
  readonly seed: number;
  readonly models: number;
  readonly clock: FleetClock;
  readonly vocabulary: Vocabulary;
  /** Sorted by (kind, id) as UTF-8 bytes. */
  readonly registry: readonly FleetRecord[];
  readonly previous: readonly FleetRecord[];
  readonly discovery: readonly FleetRecord[];
  readonly planted: readonly PlantedFault[];
}

/** At least one of every kind that fits somewhere, else one in 250 models, each model with one fault at most. */
export function generateFleet(options: { readonly models: number; readonly seed: number; readonly now: Date }): Fleet {
  const vocabulary = loadVocabulary();
  const clock = fleetClock(options.now);
  const random = seededRandom(options.seed);
  const shared: Side = new Map();
  const people = addPeople(shared, vocabulary, random, clock, Math.min(60, Math.max(4, Math.ceil(options.models / 25))));
  const units: Unit[] = [];
  for (let index = 0; index < options.models; index++) units.push(cleanUnit(index, { vocabulary, people, clock, random }));

  const planted: PlantedFault[] = [];
  const free = random.shuffle(units);
  const rounds = Math.max(1, Math.round(options.models / 250));
  for (let round = 0; round < rounds; round++) {
    for (const fault of faults) {
      const fits = fault.fits ?? ((unit: Unit) => unit.live);
      const at = free.findIndex(fits);
      const unit = free[at];
      if (!unit) continue;
      free.splice(at, 1);
      planted.push({
        fault: fault.id,
        title: fault.title,
        model: unit.modelId,
        expects: fault.plant(unit, { vocabulary, people, clock, random }),
      });
    }
  }
  return {
    ...options,
    clock,
    vocabulary,
    registry: sortedRecords([shared, ...units.map((unit) => unit.registry)]),
    previous: sortedRecords([copySide(shared), ...units.map((unit) => unit.previous)]),
    discovery: sortedRecords(units.map((unit) => unit.discovery)),
    planted,
  };
}

function sortedRecords(sides: readonly Side[]): FleetRecord[] {
  // Ids of the fleet are ASCII, where the order of UTF-16 units is the order of UTF-8 bytes.
  return sides.flatMap((side) => [...side.values()]).sort((a, b) => (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind < b.kind ? -1 : 1));
}
