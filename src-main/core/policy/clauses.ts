/** The clause table (`resources/packs/clauses.json`, generated from regulation reference part 1). */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { resourcePath } from '../resources.ts';

const clauseSchema = z.object({
  id: z.string(),
  regime: z.enum(['AIA', 'SR26', 'SR117', 'SS1', 'E23', 'RMF', 'ISO', 'GDPR', 'CCPA', 'HIPAA', 'SOX', 'DORA', 'ACC']),
  force: z.enum(['law', 'guidance', 'rescinded', 'expectation', 'voluntary', 'standard', 'accounting_standard']),
  cite: z.string(),
  /** As the reference writes it; clause-mode reads dates from it. */
  applies: z.string(),
  paraphrase: z.string(),
});
export type Clause = z.infer<typeof clauseSchema>;
export type Regime = Clause['regime'];

const file = z
  .object({ clauses: z.array(clauseSchema) })
  .parse(JSON.parse(readFileSync(resourcePath('packs', 'clauses.json'), 'utf8')));

const byId = new Map(file.clauses.map((clause) => [clause.id, clause]));

export const clauses: readonly Clause[] = file.clauses;
export const clauseById = (id: string): Clause | undefined => byId.get(id);
