/**
 * One spelling per model reference, so that a registry's address and a cluster's address of the same model can be joined.
 *
 * `normaliseModelReference` is idempotent and loses only what names no model: credentials, query, fragment, default port,
 * trailing slash, the moving branch `main`. Case: scheme and host are lower-cased everywhere; paths keep theirs, because
 * object stores are case-sensitive. Hugging Face, Azure and OCI names keep theirs for display but compare case-blind.
 *
 * Sources: KServe storage URIs (hf, gs, s3, pvc, oci), MLflow `models:/` and `runs:/` URIs, Azure ML asset ids, package-url
 * types `huggingface` and `mlflow`, fsspec's `hf://org/name@revision`, OCI distribution references.
 */

/** A reference taken apart. `revision` is null when the reference names the model but no particular version of it. */
export interface ModelReference {
  /** The one spelling, e.g. `hf://org/name@rev`. */
  readonly text: string;
  /** The same without its revision. */
  readonly model: string;
  readonly revision: string | null;
  /** `pinned` never moves (version number, commit, digest); `moving` is a branch, stage, alias or tag. */
  readonly revisionKind: 'pinned' | 'moving' | null;
  /** Where the reference means something: everywhere, inside one cluster's namespace (pvc), or on one host (file). */
  readonly scope: 'global' | 'cluster' | 'host';
}

type Parts = Omit<ModelReference, 'text'> & { readonly text?: string };

const hexCommit = /^[0-9a-f]{7,64}$/i;
/** First path segments of huggingface.co that are pages of the site, not owners of models. */
const hubPages = new Set(['api', 'blog', 'collections', 'docs', 'join', 'login', 'models', 'papers', 'posts', 'tasks']);

const trimSlashes = (path: string): string => path.replace(/\/{2,}/g, '/').replace(/^\/+|\/+$/g, '');

/**
 * Percent-encoding normalised (RFC 3986 6.2.2): only unreserved characters are decoded, so that no delimiter comes into being.
 * Repeated, since malformed input such as `%%341` decodes to another escape; every round shortens the text.
 */
function decode(text: string): string {
  const once = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : `%${hex.toUpperCase()}`;
  });
  return once.length === text.length ? once : decode(once);
}

/** hf://[datasets/|spaces/]org/name[@rev | :rev][/file]; `main` is where every reference without a revision points. */
function huggingFace(path: string): Parts | null {
  const match = /^((?:datasets|spaces)\/)?([\w.-]+(?:\/[\w.-]+)?)(?:[@:]([^/]+))?(\/.*)?$/.exec(trimSlashes(path));
  if (!match) return null;
  const [, prefix = '', id = '', stated = '', file = ''] = match;
  const revision = stated === '' || stated === 'main' ? null : decode(stated);
  const model = `hf://${prefix}${id}`;
  return {
    text: `${model}${revision === null ? '' : `@${revision}`}${file}`,
    model: `${model}${file}`,
    revision,
    revisionKind: revision === null ? null : hexCommit.test(revision) ? 'pinned' : 'moving',
    scope: 'global',
  };
}

/** huggingface.co/org/name[/(tree|blob|resolve|raw)/rev[/file]] */
function huggingFacePage(path: string): Parts | null {
  const segments = trimSlashes(path).split('/');
  const prefixed = segments[0] === 'datasets' || segments[0] === 'spaces';
  if (segments[0] === undefined || segments[0] === '' || hubPages.has(segments[0])) return null;
  const at = segments.findIndex((s, i) => i > (prefixed ? 1 : 0) && /^(tree|blob|resolve|raw|commit)$/.test(s));
  const id = segments.slice(0, at === -1 ? (prefixed ? 3 : 2) : at).join('/');
  const revision = at === -1 ? '' : (segments[at + 1] ?? '');
  const file = at === -1 ? '' : segments.slice(at + 2).join('/');
  return huggingFace(`${id}${revision === '' ? '' : `@${revision}`}${file === '' ? '' : `/${file}`}`);
}

/** models:/name/7, models:/name/Production, models:/name@champion, models:/m-<id> (MLflow model URIs). */
function mlflowModel(rest: string): Parts | null {
  const path = trimSlashes(rest);
  const alias = /^(.+)@([^/@]+)$/.exec(path);
  const version = alias ? null : /^(.+)\/([^/]+)$/.exec(path);
  const [, name = path, revision = null] = alias ?? version ?? [];
  if (name === '') return null;
  const model = `models:/${decode(name)}`;
  if (revision === null) return { model, revision: null, revisionKind: null, scope: 'global' };
  return {
    text: alias ? `${model}@${revision}` : `${model}/${revision}`,
    model,
    revision,
    revisionKind: /^\d+$/.test(revision) ? 'pinned' : 'moving',
    scope: 'global',
  };
}

/** azureml://…/models/name[/(versions|labels)/v]; any longer path (data stores, jobs) is kept as it stands. */
function azure(path: string): Parts | null {
  const clean = trimSlashes(path).replace(/(^|\/)providers\/Microsoft\.MachineLearningServices(?=\/)/i, '');
  const match = /^(.*\/)?models\/([^/]+)(?:\/(versions|labels)\/([^/]+))?$/i.exec(clean);
  if (!match) return clean === '' ? null : whole(`azureml://${clean}`);
  const [, prefix = '', name = '', how, revision] = match;
  const model = `azureml://${prefix}models/${name}`;
  if (how === undefined || revision === undefined)
    return { model, revision: null, revisionKind: null, scope: 'global' };
  return {
    text: `${model}/${how.toLowerCase()}/${revision}`,
    model,
    revision,
    revisionKind: how.toLowerCase() === 'versions' ? 'pinned' : 'moving',
    scope: 'global',
  };
}

/** registry/repository[:tag][@digest]; a digest says more than a tag and is the revision where both stand. */
function oci(path: string): Parts | null {
  const match = /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@([a-z0-9]+:[0-9a-fA-F]{32,}))?$/.exec(trimSlashes(path));
  if (!match) return null;
  const [, named = '', tag, digest] = match;
  const repository = named.toLowerCase();
  // Without a registry host (a dot, a port or localhost) the name is one of Docker Hub's (distribution reference).
  const hosted = /^(localhost|[^/]*[.:][^/]*)\//.test(repository);
  const model = `oci://${hosted ? '' : repository.includes('/') ? 'docker.io/' : 'docker.io/library/'}${repository}`;
  if (digest !== undefined) {
    const revision = digest.toLowerCase();
    return { text: `${model}@${revision}`, model, revision, revisionKind: 'pinned', scope: 'global' };
  }
  if (tag === undefined) return { model, revision: null, revisionKind: null, scope: 'global' };
  return { text: `${model}:${tag}`, model, revision: tag, revisionKind: 'moving', scope: 'global' };
}

/** projects/p/locations/l/models/m[@version|alias] of Vertex AI. */
function vertex(path: string): Parts | null {
  const match = /(projects\/[^/]+\/locations\/[^/]+\/(?:models|endpoints)\/[^/@]+)(?:@([^/]+))?$/.exec(
    trimSlashes(path),
  );
  if (!match) return null;
  const [, name = '', revision] = match;
  const model = `vertex://${name}`;
  if (revision === undefined) return { model, revision: null, revisionKind: null, scope: 'global' };
  const revisionKind = /^\d+$/.test(revision) ? 'pinned' : 'moving';
  return { text: `${model}@${revision}`, model, revision, revisionKind, scope: 'global' };
}

const whole = (model: string, scope: ModelReference['scope'] = 'global'): Parts => ({
  model,
  revision: null,
  revisionKind: null,
  scope,
});

function bucket(scheme: 's3' | 'gs', path: string): Parts | null {
  const [name = '', ...key] = trimSlashes(path).split('/');
  return name === '' ? null : whole([`${scheme}://${name.toLowerCase()}`, ...key].join('/'));
}

/** https and http: object stores and the Hub have a scheme of their own, whichever way they were written. */
function web(scheme: string, rest: string): Parts | null {
  const url = URL.parse(`${scheme}://${rest}`);
  if (!url || url.hostname === '') return null;
  const path = decode(url.pathname);
  if (/^(www\.)?(huggingface\.co|hf\.co)$/.test(url.hostname)) {
    const hub = huggingFacePage(path);
    if (hub) return hub;
  }
  if (/^storage(\.cloud)?\.google(apis)?\.com$/.test(url.hostname)) return bucket('gs', path);
  const hosted = /^([\w.-]+)\.s3[.-](?:[\w-]+\.)*amazonaws\.com$/.exec(url.hostname);
  if (hosted) return bucket('s3', `${hosted[1]}/${path}`);
  if (/^s3[.-](?:[\w-]+\.)*amazonaws\.com$/.test(url.hostname)) return bucket('s3', path);
  if (url.hostname.endsWith('aiplatform.googleapis.com')) return vertex(path) ?? whole(`https://${url.host}${path}`);
  const clean = trimSlashes(path);
  return whole(`${scheme}://${url.host}${clean === '' ? '' : `/${clean}`}`);
}

/** abfs[s]://container@account.dfs.core.windows.net/path names the same blob as the account's https address. */
function azureBlob(rest: string): Parts | null {
  const match = /^([^@/]+)@([\w-]+)\.(?:dfs|blob)\.([\w.-]+)\/?(.*)$/.exec(rest);
  if (!match) return null;
  const [, container = '', account = '', domain = '', path = ''] = match;
  return whole(trimSlashes(`${account}.blob.${domain}/${container}/${path}`).replace(/^/, 'https://'));
}

/** pkg:huggingface/org/name@rev and pkg:mlflow/name@version (package-url). */
function packageUrl(rest: string): Parts | null {
  const match = /^(huggingface|mlflow|oci)\/([^?#@]+)(?:@([^?#]+))?/i.exec(rest);
  if (!match) return null;
  const [, type = '', name = '', version] = match;
  if (type.toLowerCase() === 'huggingface') return huggingFace(version === undefined ? name : `${name}@${version}`);
  if (type.toLowerCase() === 'mlflow') return mlflowModel(version === undefined ? name : `${name}/${version}`);
  return null;
}

/** Takes a reference apart; null for what is not an address of a model (bare names, unexpanded variables, blanks). */
export function parseModelReference(input: string): ModelReference | null {
  const text = input
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
  if (text === '' || /\s/.test(text) || /\$\(|\$\{|\{\{|<[A-Za-z_]/.test(text)) return null;
  return settle(text, 4);
}

/** Reads again what was written until it stays as it is: that makes the spelling one, whatever odd text it came from. */
function settle(text: string, rounds: number): ModelReference | null {
  const parts = partsOf(text);
  if (parts === null || rounds === 0) return null;
  const written = parts.text ?? parts.model;
  return written === text ? { ...parts, text: written } : settle(written, rounds - 1);
}

function partsOf(text: string): Parts | null {
  if (/^\/?\/?(aiplatform\.googleapis\.com\/)?projects\/[^/]+\/locations\//.test(text)) return vertex(text);
  if (/^\/subscriptions\//i.test(text)) return azure(text);
  if (text.startsWith('/')) return whole(`file:///${trimSlashes(text)}`, 'host');
  const match = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text);
  if (!match) return null;
  const scheme = (match[1] ?? '').toLowerCase();
  const full = match[2] ?? '';
  // Queries and fragments hold credentials and download options. Only schemes of the web's syntax have them.
  const rest = full.replace(/^\/\//, '').replace(/[?#].*$/s, '');
  if (scheme === 'arn') return whole(`arn:${full}`);
  if (scheme === 'models') return mlflowModel(rest);
  if (scheme === 'pkg') return packageUrl(full);
  if (scheme === 'azureml') {
    if (full.startsWith('//')) return azure(rest);
    const short = /^([^:@/]+)(?:([:@])([^:@/]+))?$/.exec(full);
    if (!short) return full.startsWith('/') ? azure(full) : null;
    const [, name = '', how, revision] = short;
    return azure(
      `models/${name}${revision === undefined ? '' : `/${how === '@' ? 'labels' : 'versions'}/${revision}`}`,
    );
  }
  if (scheme === 'runs' || scheme === 'dbfs' || scheme === 'mlflow-artifacts') {
    return trimSlashes(rest) === '' ? null : whole(`${scheme}:/${trimSlashes(rest)}`);
  }
  if (!full.startsWith('//') || trimSlashes(rest) === '') return null;
  switch (scheme) {
    case 'hf':
    case 'huggingface':
      return huggingFace(rest);
    case 's3':
    case 's3a':
    case 's3n':
      return bucket('s3', rest);
    case 'gs':
    case 'gcs':
      return bucket('gs', rest);
    case 'http':
    case 'https':
      return web(scheme, rest);
    case 'oci':
    case 'oci+native':
    case 'oci+fetch':
    case 'docker':
    case 'oras':
      return oci(rest);
    case 'abfs':
    case 'abfss':
    case 'wasb':
    case 'wasbs':
      return azureBlob(rest);
    case 'pvc':
      return whole(`pvc://${trimSlashes(rest)}`, 'cluster');
    case 'file':
      return whole(`file:///${trimSlashes(rest)}`, 'host');
    case 'vertex':
      return vertex(rest);
    default:
      return whole(`${scheme}://${trimSlashes(rest)}`);
  }
}

/** The one spelling of a model reference, or null when the text is not one. Idempotent. */
export const normaliseModelReference = (text: string): string | null => parseModelReference(text)?.text ?? null;

const caseBlind = /^(hf|azureml|oci):/;
const fold = (text: string): string => (caseBlind.test(text) ? text.toLowerCase() : text);

/** Keys for hash joins: equal `exact` keys are the same version, equal `model` keys the same model. */
export const referenceKeys = (reference: ModelReference): { readonly exact: string; readonly model: string } => ({
  exact: fold(reference.text),
  model: fold(reference.model),
});

/** True when the reference only means something beside its cluster or host (`pvc://`, `file://`, a path). */
export const isLocalReference = (text: string): boolean => (parseModelReference(text)?.scope ?? 'host') !== 'global';

/**
 * Whether two references name the same thing. `same_model`: one model, while at least one side states no revision or only
 * a moving one (branch, stage, alias, tag), so that the version stays open. Two different pinned revisions do not match.
 */
export function referencesMatch(a: string, b: string): 'exact' | 'same_model' | null {
  const left = parseModelReference(a);
  const right = parseModelReference(b);
  return left && right ? parsedReferencesMatch(left, right) : null;
}

/** `referencesMatch` for references that are parsed already. */
export function parsedReferencesMatch(left: ModelReference, right: ModelReference): 'exact' | 'same_model' | null {
  if (fold(left.text) === fold(right.text)) return 'exact';
  if (fold(left.model) !== fold(right.model)) return null;
  if (left.revisionKind !== 'pinned' || right.revisionKind !== 'pinned') return 'same_model';
  const [short, long] = [left.revision ?? '', right.revision ?? ''].sort((x, y) => x.length - y.length);
  // A short commit id names the commit it is a prefix of; version numbers have no such reading.
  const commits = left.model.startsWith('hf://') && short !== undefined && hexCommit.test(short);
  return commits && long?.toLowerCase().startsWith(short.toLowerCase()) === true ? 'exact' : null;
}
