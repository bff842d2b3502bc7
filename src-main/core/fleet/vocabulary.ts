/** Names and places of the sample fleet, from `resources/fleet/vocabulary.json`. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { resourcePath } from '../resources.ts';

const vocabularySchema = z.strictObject({
  organisation: z.string(),
  legalEntity: z.string(),
  businessLines: z.array(
    z.strictObject({
      id: z.string(),
      domain: z.string(),
      uses: z.array(z.string()),
      segments: z.array(z.string()),
      people: z.boolean(),
    }),
  ),
  techniques: z.array(
    z.strictObject({ type: z.string(), technique: z.string(), framework: z.string(), image: z.string() }),
  ),
  regions: z.array(z.string()),
  outsideRegion: z.string(),
  clusters: z.array(z.string()),
  givenNames: z.array(z.string()),
  familyNames: z.array(z.string()),
});
export type Vocabulary = z.infer<typeof vocabularySchema>;

export const loadVocabulary = (): Vocabulary =>
  vocabularySchema.parse(JSON.parse(readFileSync(resourcePath('fleet', 'vocabulary.json'), 'utf8')));
