/** Every built-in pack, for lists of packs. */
import { evidenceIntegrity } from './evidence-integrity.ts';
import type { StandingPack } from './standing-findings.ts';

export const standingPacks: readonly StandingPack[] = [evidenceIntegrity];
