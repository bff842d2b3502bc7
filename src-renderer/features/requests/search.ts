/** The address of the requests screen. */
import { z } from 'zod';

export const requestsSearch = z.object({ id: z.string().optional().catch(undefined) });
