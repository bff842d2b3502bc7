/** Lineage: who feeds whom, from raw source to production. */
import { z } from 'zod';

export const lineageNodeSchema = z.strictObject({
  /** `kind/id`, or `external/…` for something referred to that no record describes. */
  id: z.string(),
  kind: z.string(),
  label: z.string(),
  detail: z.string(),
  /** Steps from the root: negative upstream, positive downstream. */
  depth: z.int(),
  /** Neighbours that the current depth does not show. */
  hiddenUp: z.int(),
  hiddenDown: z.int(),
  /** True when a record refers to it and no record describes it. */
  dangling: z.boolean(),
  findings: z.int(),
  change: z.enum(['same', 'added', 'removed', 'changed']),
});
export type LineageNode = z.infer<typeof lineageNodeSchema>;

export const lineageEdgeSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  /** `trained_on`, `version_of`, `deployed_as`, `derived_from`, … */
  relation: z.string(),
  /** Field that states the edge, e.g. `model_version.training_data_refs`. */
  evidence: z.string(),
  change: z.enum(['same', 'added', 'removed', 'changed']),
});
export type LineageEdge = z.infer<typeof lineageEdgeSchema>;

export const lineageGraphSchema = z.strictObject({
  root: z.string(),
  nodes: z.array(lineageNodeSchema),
  edges: z.array(lineageEdgeSchema),
  /** Nodes reachable in total, so that "N of M shown" can be said. */
  reachable: z.int(),
  cycles: z.array(z.array(z.string())),
});
export type LineageGraph = z.infer<typeof lineageGraphSchema>;
