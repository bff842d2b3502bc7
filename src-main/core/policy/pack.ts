/**
 * Policy packs: rules as data in `resources/packs/*.json`.
 *
 * A pack is read once, and refused as a whole when anything in it is not known: a field, a clause, an entity, a parameter, a
 * function or a type that does not fit. The message names the rule, so that a rule can never be silently dead.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fieldOf, isKind } from '../../../src-shared/domain/dictionary.ts';
import { resourcePath } from '../resources.ts';
import { clauseById } from './clauses.ts';
import { compilePack } from './compile.ts';
import { type Pack, packSchema, refuse } from './pack-schema.ts';
import { snapshotFields } from './snapshot-views.ts';

/** Checks a parsed JSON file as a pack; raises `pack.invalid` naming the file and, where there is one, the rule. */
export function parsePack(json: unknown, file: string): Pack {
  const parsed = packSchema.safeParse(json);
  if (!parsed.success) refuse(file, z.prettifyError(parsed.error));
  const pack = parsed.data;
  const seen = new Set<string>();
  for (const rule of pack.rules) {
    if (seen.has(rule.id)) refuse(file, 'the id is used twice', rule.id);
    seen.add(rule.id);
    for (const clause of rule.clauses) {
      if (!clauseById(clause)) refuse(file, `there is no clause "${clause}"`, rule.id);
    }
    for (const path of rule.reads) {
      if (!isReadable(path)) refuse(file, `reads "${path}", which is no field of the dictionary`, rule.id);
    }
  }
  compilePack(pack, file);
  return pack;
}

function isReadable(path: string): boolean {
  const [entity = '', field = '', ...rest] = path.split('.');
  if (rest.length > 0) return false;
  return entity === 'snapshot'
    ? snapshotFields.includes(field)
    : isKind(entity) && fieldOf(entity, field) !== undefined;
}

let loaded: readonly Pack[] | undefined;

/** All packs under `resources/packs`, by id. Read and checked once per process. */
export function loadPacks(): readonly Pack[] {
  if (loaded) return loaded;
  const folder = resourcePath('packs');
  const packs = readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'clauses.json')
    .sort()
    .map((name) => parsePack(readJson(join(folder, name)), name));
  const ids = packs.map((pack) => pack.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice) refuse(`${twice}.json`, 'another pack has the same id');
  loaded = packs;
  return packs;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return refuse(file, 'it is not readable JSON');
  }
}

export type { Pack, Parameter, Rule } from './pack-schema.ts';
