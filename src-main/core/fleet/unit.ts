/**
 * One sample model with everything around it, as three mutable sides: what the registry claims now, what it claimed
 * before, and what discovery found. Faults are planted by changing a side.
 */
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue, RecordRef } from '../../../src-shared/domain/record.ts';
import type { Random } from './random.ts';

export type MutableBody = { [field: string]: JsonValue };

export interface FleetRecord {
  readonly kind: Kind;
  readonly id: string;
  body: MutableBody;
}

/** Records of one side by `kind/id`. */
export type Side = Map<string, FleetRecord>;

export interface Unit {
  readonly index: number;
  readonly modelId: string;
  readonly live: boolean;
  readonly tier: number;
  /** Ids of the parts that faults change; empty when the unit has none. */
  readonly parts: {
    readonly version: string;
    readonly deployment: string;
    readonly train: string;
    readonly test: string;
    readonly approval: string;
    readonly monitor: string;
    readonly observation: string;
  };
  readonly registry: Side;
  readonly previous: Side;
  readonly discovery: Side;
}

export const keyOf = (ref: RecordRef): string => `${ref.kind}/${ref.id}`;

export function put(side: Side, kind: Kind, id: string, body: MutableBody): RecordRef {
  side.set(`${kind}/${id}`, { kind, id, body });
  return { kind, id };
}

/** The body of a record that must be there. */
export function bodyOf(side: Side, kind: Kind, id: string): MutableBody {
  const record = side.get(`${kind}/${id}`);
  if (!record) throw new Error(`sample fleet has no ${kind}/${id}`);
  return record.body;
}

export const copySide = (side: Side): Side =>
  new Map([...side].map(([key, record]) => [key, { ...record, body: structuredClone(record.body) }]));

export const ref = (r: RecordRef): JsonValue => ({ kind: r.kind, id: r.id });

/** A digest of nothing: sample artefacts have no bytes. */
export const digest = (random: Random): string => `sha256:${random.hex(64)}`;
