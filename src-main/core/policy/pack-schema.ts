/** What a policy pack is: the zod schema of `resources/packs/*.json`, and how a pack that cannot be used is refused. */
import { basename } from 'node:path';
import { z } from 'zod';
import { kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { severitySchema } from '../../../src-shared/domain/finding.ts';
import { raise } from '../../../src-shared/result.ts';

const parameterSchema = z.strictObject({
  /** null: the house has not set it; rules that need it cannot be evaluated. */
  value: z.union([
    z.number(),
    z.string(),
    z.boolean(),
    z.array(z.string()),
    z.null(),
    z.record(z.string(), z.number()),
    z.record(z.string(), z.array(z.string())),
  ]),
  source: z.enum(['house', 'law']),
  title: z.string().min(1),
  cite: z.string().optional(),
});
export type Parameter = z.infer<typeof parameterSchema>;

const ruleSchema = z.strictObject({
  id: z.string().regex(/^[A-Z]{3,4}-\d{3}$/),
  title: z.string().min(1),
  severity: severitySchema,
  /** First condition that is surely true replaces the severity. */
  raise: z.array(z.strictObject({ when: z.string().min(1), severity: severitySchema })).optional(),
  entity: z.union([kindSchema, z.literal('snapshot'), z.literal('any')]),
  /** What it runs over where the entity alone does not say: records lost since the baseline, or what a scan saw. */
  over: z.enum(['vanished', 'observations']).optional(),
  appliesWhen: z.string().min(1).optional(),
  firesWhen: z.string().min(1),
  /** The sentence of the reference that `firesWhen` restates. */
  firesWhenText: z.string().min(1),
  /** `entity.field` of everything that the rule reads; findings show these. */
  reads: z.array(z.string()),
  /** Text with CEL expressions in `${…}`. */
  message: z.string().min(1),
  expected: z.string().min(1),
  clauses: z.array(z.string()).min(1),
});
export type Rule = z.infer<typeof ruleSchema>;

export const packSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  title: z.string().min(1),
  description: z.string().min(1),
  /** Rules of the reference that belong here and are left out, with the reason. */
  leftOut: z.record(z.string(), z.string()).default({}),
  parameters: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), parameterSchema),
  rules: z.array(ruleSchema).min(1),
});
export type Pack = z.infer<typeof packSchema>;

/** A pack that cannot be used is not used in part: nothing of it is evaluated. */
export function refuse(file: string, why: string, rule?: string): never {
  const where = rule ? `Rule ${rule} of policy pack ${basename(file)}` : `Policy pack ${basename(file)}`;
  raise(
    'input',
    'pack.invalid',
    `${where} cannot be used: ${why}. No rule of this pack was evaluated; correct the file.`,
    {
      file: basename(file),
      rule: rule ?? null,
    },
  );
}
