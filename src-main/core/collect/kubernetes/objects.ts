/**
 * Kubernetes objects out of whatever they were written to: raw API lists, `kubectl get -o json|yaml`, support bundles,
 * plain arrays and manifests.
 *
 * A raw list leaves `kind` and `apiVersion` out of its items (Kubernetes API conventions, "Lists are named"): they come from
 * the list. Pointers are RFC 6901 into the file; in a stream of several YAML documents the first token is the document's
 * index.
 */
import type { InputFile } from '../mapper.ts';
import { at, type Bag, bagAt, isBag, listAt, pointer, stringsAt, textAt } from './read.ts';

/** `api_dump`: written by an API server (uid, resourceVersion or status); `manifest`: only declared. */
export type Basis = 'api_dump' | 'manifest';

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly uid: string | undefined;
}

export interface KubeObject {
  readonly file: InputFile;
  readonly pointer: string;
  readonly apiVersion: string;
  /** API group, `''` for core. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner: OwnerReference | undefined;
  readonly basis: Basis;
  /** An item of a list: its neighbours were asked for too. False for an object that stands alone. */
  readonly listed: boolean;
  readonly body: Bag;
}

export interface ParsedFile {
  readonly objects: readonly KubeObject[];
  /** Documents and items that are no Kubernetes object, by reason. */
  readonly notes: ReadonlyMap<string, number>;
  /** Kinds of the `<X>List` objects in it: they were asked for, even where the answer was empty. */
  readonly listedKinds: readonly string[];
  /** Lists that end with a continue token: pages are missing. */
  readonly cutShort: number;
}

/** Objects that an API server always knows; recognises bare arrays whose items leave their kind out. */
function inferKind(item: Bag): { apiVersion: string; kind: string } | undefined {
  if (textAt(item, 'metadata', 'uid') === undefined) return undefined;
  if (Array.isArray(at(item, 'spec', 'containers')) && textAt(item, 'status', 'phase') !== undefined) {
    return { apiVersion: 'v1', kind: 'Pod' };
  }
  return undefined;
}

function controllerOf(item: Bag): OwnerReference | undefined {
  const owners = listAt(item, 'metadata', 'ownerReferences');
  const chosen = owners.find((owner) => at(owner, 'controller') === true) ?? owners[0];
  const kind = textAt(chosen, 'kind');
  const name = textAt(chosen, 'name');
  return kind === undefined || name === undefined ? undefined : { kind, name, uid: textAt(chosen, 'uid') };
}

function toObject(
  file: InputFile,
  item: Bag,
  where: string,
  fallback: { apiVersion: string; kind: string } | undefined,
  listed: boolean,
) {
  const inferred = fallback ?? inferKind(item);
  const kind = textAt(item, 'kind') ?? inferred?.kind;
  const apiVersion = textAt(item, 'apiVersion') ?? inferred?.apiVersion;
  const name = textAt(item, 'metadata', 'name') ?? textAt(item, 'metadata', 'generateName');
  if (kind === undefined || apiVersion === undefined || name === undefined) return undefined;
  const seen = textAt(item, 'metadata', 'uid') ?? textAt(item, 'metadata', 'resourceVersion');
  return {
    file,
    pointer: where,
    apiVersion,
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind,
    name,
    namespace: textAt(item, 'metadata', 'namespace'),
    uid: textAt(item, 'metadata', 'uid'),
    labels: stringsAt(item, 'metadata', 'labels'),
    annotations: stringsAt(item, 'metadata', 'annotations'),
    owner: controllerOf(item),
    basis: seen === undefined ? 'manifest' : 'api_dump',
    listed,
    body: item,
  } satisfies KubeObject;
}

/** Every object of a file, with the reasons for what is none. */
export async function parseObjects(file: InputFile): Promise<ParsedFile> {
  const objects: KubeObject[] = [];
  const notes = new Map<string, number>();
  const listedKinds: string[] = [];
  let cutShort = 0;
  const note = (reason: string) => notes.set(reason, (notes.get(reason) ?? 0) + 1);

  const visit = (
    value: unknown,
    where: string,
    fallback: { apiVersion: string; kind: string } | undefined,
    listed: boolean,
  ): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, pointer(where, index), fallback, true);
      return;
    }
    if (!isBag(value)) {
      note('not a Kubernetes object');
      return;
    }
    const kind = textAt(value, 'kind');
    const items = at(value, 'items');
    if (kind?.endsWith('List') === true && (Array.isArray(items) || items === null || items === undefined)) {
      // `List` of kubectl holds full objects; `<X>List` of the API holds items without kind.
      const itemKind = kind.slice(0, -'List'.length);
      if (itemKind !== '') listedKinds.push(itemKind);
      if (textAt(value, 'metadata', 'continue') !== undefined) cutShort += 1;
      const apiVersion = textAt(value, 'apiVersion') ?? 'v1';
      listAt(value, 'items').forEach((item, index) => {
        visit(item, pointer(where, 'items', index), itemKind === '' ? undefined : { apiVersion, kind: itemKind }, true);
      });
      return;
    }
    const object = toObject(file, value, where, fallback, listed);
    if (object) objects.push(object);
    else note(bagAt(value, 'metadata') ? 'Kubernetes object without kind or name' : 'not a Kubernetes object');
  };

  const documents = await file.documents();
  for (const [index, document] of documents.entries()) {
    visit(document, documents.length === 1 ? '' : pointer('', index), undefined, false);
  }
  return { objects, notes, listedKinds, cutShort };
}

/** What the first 64 KiB say: a dump of an API, a manifest, an error list of a support bundle, or nothing of ours. */
export function recogniseHead(path: string, head: string): Basis | 'errors' | null {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (/(^|\/)[\w.-]+-errors\.json$/.test(path) && /^(\{\s*"[^"]*"\s*:\s*"|\[\s*")/.test(text)) return 'errors';
  const dumped = /(^|["\s])(uid|resourceVersion)"?\s*:/.test(text);
  if (text.startsWith('{') || text.startsWith('[')) {
    const typed = /"apiVersion"\s*:\s*"[\w.-]+(\/v\w+)?"/.test(text) && /"kind"\s*:\s*"[A-Z]\w*"/.test(text);
    if (typed) return dumped || /"kind"\s*:\s*"\w*List"/.test(text) ? 'api_dump' : 'manifest';
    const bare = text.startsWith('[') && /"metadata"\s*:/.test(text) && dumped && /"containers"\s*:/.test(text);
    return bare ? 'api_dump' : null;
  }
  // Top level, or the items of a top-level sequence; quotes round keys are YAML too.
  if (!/^(- )?["']?apiVersion["']?\s*:\s*\S/m.test(text)) return null;
  if (!/^(- | {2})?["']?kind["']?\s*:\s*["']?[A-Z]\w*/m.test(text)) return null;
  return dumped || /^["']?kind["']?\s*:\s*["']?\w*List\b/m.test(text) ? 'api_dump' : 'manifest';
}
