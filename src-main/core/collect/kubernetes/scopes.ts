/** What a dump looked at: the denominator of every later "not found". */
import type { InputFile } from '../mapper.ts';
import type { FileView } from './cluster.ts';
import type { Surroundings } from './describe.ts';
import { isModelKind } from './grouping.ts';
import type { KubeObject, ParsedFile } from './objects.ts';
import { isWorkload } from './workloads.ts';

/** Kinds of which a list shows what runs in a namespace: its pods, or both controllers of long-running pods. */
const shows = (kinds: ReadonlySet<string>): boolean =>
  kinds.has('Pod') || (kinds.has('Deployment') && kinds.has('StatefulSet'));
const witnesses = new Set(['Pod', 'Deployment', 'StatefulSet']);

const isListed = (object: KubeObject): boolean => object.listed && object.basis === 'api_dump';

/** Namespaces that a file says something about, each with the witnesses it lists there. One object alone lists nothing. */
function listedIn(file: InputFile, content: ParsedFile): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const kindsIn = (namespace: string) => {
    const kinds = found.get(namespace) ?? new Set<string>();
    found.set(namespace, kinds);
    return kinds;
  };
  for (const object of content.objects) {
    if (object.basis !== 'api_dump' || object.namespace === undefined) continue;
    if (!isWorkload(object) && !isModelKind(object)) continue;
    const kinds = kindsIn(object.namespace);
    if (isListed(object) && witnesses.has(object.kind)) kinds.add(object.kind);
  }
  // An empty list of a support bundle still says that the namespace it is named after was looked at.
  if (found.size === 0 && /(^|\/)cluster-resources\/[^/]+\/[^/]+$/.test(file.path)) {
    const stem = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.(json|ya?ml)$/, '');
    for (const kind of content.listedKinds) if (witnesses.has(kind)) kindsIn(stem).add(kind);
  }
  return found;
}

/**
 * Scope of a dump: `cluster/namespace` for every namespace of which lists show what runs, and the cluster itself once its
 * namespaces are listed and all of them are shown. In a cluster without a name it is `namespace:x`, which is the scope of
 * that dump and of no registered place. A manifest looks at no cluster and adds none.
 */
export function addScopes(
  parsed: ReadonlyMap<InputFile, ParsedFile>,
  files: ReadonlyMap<InputFile, FileView>,
  place: Surroundings,
): void {
  const cluster = place.cluster?.name;
  const listed = new Map<string, { readonly kinds: Set<string>; readonly views: FileView[] }>();
  for (const [file, content] of parsed) {
    const view = files.get(file);
    if (!view) continue;
    if (content.cutShort > 0)
      view.denied.push(`${file.path}: the list ends with a continue token, later pages are missing`);
    for (const [namespace, kinds] of listedIn(file, content)) {
      const entry = listed.get(namespace) ?? { kinds: new Set<string>(), views: [] };
      entry.views.push(view);
      for (const kind of kinds) entry.kinds.add(kind);
      listed.set(namespace, entry);
    }
  }
  const covered = [...listed].filter(([, { kinds }]) => shows(kinds)).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [namespace, { views }] of covered) {
    const scope = cluster === undefined ? `namespace:${namespace}` : `${cluster}/${namespace}`;
    for (const view of views) view.scopes.push(scope);
  }
  const names = new Set(covered.map(([namespace]) => namespace));
  const namespaces = [...place.namespaces.values()];
  const first = covered[0]?.[1].views[0];
  if (first && cluster !== undefined && namespaces.some(isListed) && namespaces.every(({ name }) => names.has(name)))
    first.scopes.push(cluster);
}
