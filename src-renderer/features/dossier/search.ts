/** Address of a dossier: as of which snapshot, compared with which other, on which tab. */
import { z } from 'zod';
import { optional } from '../../ui/search-schema.ts';

export const dossierTabs = ['facts', 'lineage', 'changes', 'findings', 'history'] as const;

export const dossierSearch = z.object({
  snapshot: optional(z.int()),
  compareTo: optional(z.int()),
  tab: z.enum(dossierTabs).default('facts').catch('facts'),
});
