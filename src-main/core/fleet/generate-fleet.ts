/**
 * Generates a fleet of well-governed models with planted faults, one unit at a time, so that memory does not grow with it.
 *
 * The generator alone decides which faults are planted where; `planted` is the sealed answer. Every unit has its own random
 * sequence, so that it can be made twice: once to see which faults fit it, once to write it.
 */
import { cleanUnit } from './clean-unit.ts';
import { type FleetClock, fleetClock } from './clock.ts';
import { type Expectation, type Fault, faults } from './faults.ts';
import { addPeople, type People } from './people.ts';
import { seededRandom } from './random.ts';
import type { Side, Unit } from './unit.ts';
import { loadVocabulary, type Vocabulary } from './vocabulary.ts';

export interface FleetOptions {
  /** 1 to 99,999: ids carry five digits, which keeps their order. */
  readonly models: number;
  readonly seed: number;
  readonly now: Date;
}

export interface PlantedFault {
  readonly fault: string;
  readonly title: string;
  readonly model: string;
  readonly expects: readonly Expectation[];
}

export interface Fleet {
  readonly options: FleetOptions;
  readonly clock: FleetClock;
  readonly vocabulary: Vocabulary;
  /** Records that every unit refers to. */
  readonly shared: Side;
  /** Units in id order with their faults planted; `onPlanted` hears of each fault as it is planted. */
  units(onPlanted: (planted: PlantedFault) => void): Generator<Unit>;
}

/** Every kind of fault at least once where it fits, else one in 250 models; a model has one fault at most. */
export function generateFleet(options: FleetOptions): Fleet {
  const vocabulary = loadVocabulary();
  const clock = fleetClock(options.now);
  const shared: Side = new Map();
  const staff = Math.min(60, Math.max(4, Math.ceil(options.models / 25)));
  const people = addPeople(shared, vocabulary, seededRandom(options.seed), clock, staff);
  const make = (index: number): Unit =>
    cleanUnit(index, { vocabulary, people, clock, random: randomOf(options.seed, index) });
  const assigned = assignFaults(options, make);
  return {
    options,
    clock,
    vocabulary,
    shared,
    *units(onPlanted) {
      for (let index = 0; index < options.models; index++) {
        const unit = make(index);
        const fault = assigned.get(index);
        if (fault) onPlanted(plant(fault, unit, { vocabulary, people, clock, seed: options.seed }));
        yield unit;
      }
    },
  };
}

const randomOf = (seed: number, index: number) => seededRandom((seed + 1) * 1_000_003 + index);

function plant(
  fault: Fault,
  unit: Unit,
  context: { vocabulary: Vocabulary; people: People; clock: FleetClock; seed: number },
): PlantedFault {
  const random = seededRandom((context.seed + 1) * 7_000_003 + unit.index);
  return {
    fault: fault.id,
    title: fault.title,
    model: unit.modelId,
    expects: fault.plant(unit, { ...context, random }),
  };
}

/** Which unit gets which fault: a shuffled deal, each fault to the first free unit that it fits. */
function assignFaults(options: FleetOptions, make: (index: number) => Unit): ReadonlyMap<number, Fault> {
  const assigned = new Map<number, Fault>();
  const rounds = Math.max(1, Math.round(options.models / 250));
  const needed = rounds * faults.length;
  const order = seededRandom(options.seed + 17).shuffle(Array.from({ length: options.models }, (_, index) => index));
  const waiting = new Map(faults.map((fault) => [fault, rounds]));
  for (const index of order) {
    if (assigned.size >= needed) break;
    const unit = make(index);
    for (const [fault, left] of waiting) {
      if (!(fault.fits ?? isLive)(unit)) continue;
      assigned.set(index, fault);
      // Moved to the end, so that every kind gets its turn before one gets a second.
      waiting.delete(fault);
      if (left > 1) waiting.set(fault, left - 1);
      break;
    }
  }
  return assigned;
}

const isLive = (unit: Unit): boolean => unit.live;
