/**
 * In-toto statements about artifacts (Statement v0.1 and v1, in-toto/attestation spec/v1/statement.md), and the predicate of
 * OpenSSF Model Signing v1.0 with its forerunner, as `dsse_payload_to_manifest` of the model-signing library 1.1 reads them.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { raise } from '../../../src-shared/result.ts';
import { nameProblem } from '../snapshot/names.ts';
import { algorithmName, type Digest, isStrong, makeDigest } from './digest.ts';
import { type ExpectedFile, type Manifest, placeBelow } from './manifest.ts';

export const modelSigningType = 'https://model_signing/signature/v1.0';
/** Releases before 0.3: every file is a subject and the predicate is empty. */
const modelDigestsType = 'https://model_signing/Digests/v0.1';

const digestSet = z.record(z.string(), z.string());
const statementSchema = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  subject: z.array(z.object({ name: z.string().optional(), digest: digestSet.optional() })).min(1),
  predicateType: z.string(),
  predicate: z.unknown().optional(),
});

const modelPredicateSchema = z.object({
  serialization: z.object({
    method: z.string(),
    hash_type: z.string(),
    allow_symlinks: z.boolean(),
    shard_size: z.int().min(1).optional(),
    ignore_paths: z.array(z.string()).default([]),
  }),
  resources: z.array(z.object({ name: z.string(), algorithm: z.string(), digest: z.string() })),
});

export interface ArtifactStatement {
  readonly predicateType: string;
  readonly basis: 'model_signing' | 'in_toto';
  /** Name of the model, or of the only subject, or how many there are. */
  readonly subject: string;
  readonly manifest: Manifest;
  /** The signature is over one file and calls it `.`: its name is the subject's. */
  readonly singleFile: boolean;
}

/** Parses a payload whose signature was checked. Raises `trust` / `statement.*`. */
export function readArtifactStatement(payload: Buffer): ArtifactStatement {
  const statement = parse(statementSchema, parseJson(payload));
  if (statement.predicateType === modelSigningType) return readModelStatement(statement);
  const files = statement.subject.map(({ name, digest }) => subjectFile(name ?? '', digest ?? {}));
  const names = files.map(({ name }) => name);
  const isModel = statement.predicateType === modelDigestsType;
  return {
    predicateType: statement.predicateType,
    basis: isModel ? 'model_signing' : 'in_toto',
    subject: names.length === 1 ? (names[0] ?? '') : `${names.length} files`,
    manifest: {
      files: byName(files),
      complete: isModel,
      ignored: [],
      leftOut: [],
      followLinks: false,
    },
    singleFile: isModel && names[0] === '.',
  };
}

/** Every digest of a set must hold; those that cannot be computed are left out as long as a strong one remains. */
function subjectFile(name: string, set: Readonly<Record<string, string>>): ExpectedFile {
  const read = Object.entries(set).map(([algorithm, hex]) => makeDigest(algorithm, hex));
  const digests = read.flatMap((one) => ('digest' in one ? [one.digest] : []));
  const problem = read.flatMap((one) => ('problem' in one ? [one.problem] : []))[0] ?? 'it states no digest';
  return digests.some(isStrong) ? { name, digests } : { name, digests, problem: digests.length > 0 ? weak : problem };
}

export const weak = 'only a weak digest is stated (MD5 or SHA-1), which a match proves nothing by';

function readModelStatement(statement: z.infer<typeof statementSchema>): ArtifactStatement {
  const { serialization, resources } = parse(modelPredicateSchema, statement.predicate);
  const [model, ...more] = statement.subject;
  if (!model || more.length > 0) refuse('malformed', 'a model signature has one subject');
  checkRootDigest(model?.digest?.['sha256'], resources);
  const sharded = serialization.method === 'shards';
  if (!sharded && serialization.method !== 'files')
    refuse('serialization', `its serialisation method "${serialization.method}" is unknown to this version`);
  return {
    predicateType: modelSigningType,
    basis: 'model_signing',
    subject: model?.name ?? '',
    manifest: {
      ...(sharded ? shardedManifest(serialization, resources) : { files: byName(resources.map(resourceFile)) }),
      complete: true,
      ignored: serialization.ignore_paths.map(placeBelow),
      leftOut: [],
      followLinks: serialization.allow_symlinks,
    },
    singleFile: resources.length === 1 && resources[0]?.name === '.',
  };
}

/** SHA-256 over the resources' raw digests in their order: the one digest by which other documents refer to the model. */
function checkRootDigest(root: string | undefined, resources: readonly { readonly digest: string }[]): void {
  const hash = createHash('sha256');
  for (const { digest } of resources) {
    if (!/^([0-9a-f]{2})+$/i.test(digest)) refuse('malformed', 'a resource has a digest that is not hexadecimal');
    hash.update(digest, 'hex');
  }
  if (hash.digest('hex') !== root?.toLowerCase())
    refuse('root_digest', 'its subject has another digest than its resources give');
}

function resourceFile({ name, algorithm, digest }: Resource): ExpectedFile {
  return { name, ...expectationOf(algorithm, digest) };
}

function expectationOf(
  algorithm: string,
  hex: string,
): { readonly digests: readonly Digest[]; readonly problem?: string } {
  const read = makeDigest(algorithm, hex);
  if ('problem' in read) return { digests: [], problem: read.problem };
  return isStrong(read.digest) ? { digests: [read.digest] } : { digests: [read.digest], problem: weak };
}

type Resource = z.infer<typeof modelPredicateSchema>['resources'][number];
type Serialization = z.infer<typeof modelPredicateSchema>['serialization'];

/** Pieces of files. They are all hashed with the one algorithm that the statement names, so each must name the same. */
function shardedManifest(
  { hash_type, shard_size }: Serialization,
  resources: readonly Resource[],
): Pick<Manifest, 'files' | 'shards'> {
  if (shard_size === undefined) return refuse('malformed', 'it names no shard size');
  const algorithm = algorithmName(hash_type);
  const pieces = resources.map((resource) => readShard(resource, algorithm, shard_size));
  const problem = pieces.map((piece) => piece.problem).find((one) => one !== null) ?? null;
  const files = new Map<string, ReadShard[]>();
  for (const piece of pieces) {
    const shards = files.get(piece.path) ?? [];
    shards.push(piece);
    files.set(piece.path, shards);
  }
  return {
    files: byName(
      [...files].map(([name, shards]) => ({
        name,
        digests: [],
        ...(problem === null || problem === weak ? { shards: shards.sort((a, b) => a.start - b.start) } : {}),
        ...(problem === null ? {} : { problem }),
      })),
    ),
    ...(problem === null || problem === weak ? { shards: { algorithm, bytes: shard_size } } : {}),
  };
}

interface ReadShard {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly hex: string;
  readonly problem: string | null;
}

/** Reads `path:start:end`, whose algorithm is spelled `sha256` or, as the library does, `sha256-sharded-1000000`. */
function readShard({ name, algorithm, digest }: Resource, expected: string, size: number): ReadShard {
  const [, path, start, end] = /^([^:]+):(\d{1,15}):(\d{1,15})$/.exec(name) ?? [];
  if (path === undefined) return refuse('malformed', `${JSON.stringify(name)} is not the name of a shard`);
  const plain = algorithm.endsWith(`-sharded-${size}`) ? algorithm.slice(0, -`-sharded-${size}`.length) : algorithm;
  if (algorithmName(plain) !== expected)
    refuse('malformed', `the shard ${JSON.stringify(name)} has another digest algorithm or size than the statement`);
  return {
    path,
    start: Number(start),
    end: Number(end),
    hex: digest.toLowerCase(),
    problem: expectationOf(expected, digest).problem ?? null,
  };
}

/** Names become places on disk, so they must mean the same everywhere and stay below the root. */
function byName(files: readonly ExpectedFile[]): ReadonlyMap<string, ExpectedFile> {
  const named = new Map<string, ExpectedFile>();
  for (const file of files) {
    const why = file.name === '.' ? null : nameProblem(file.name);
    if (why && why !== 'not in Unicode normal form C')
      refuse('file_name', `it names the file ${JSON.stringify(file.name)}: ${why}`);
    if (named.has(file.name)) refuse('malformed', `it names the file ${JSON.stringify(file.name)} twice`);
    named.set(file.name, file);
  }
  return named;
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return refuse('malformed', 'it is not JSON in UTF-8');
  }
}

function parse<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return refuse(
    'malformed',
    `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`,
  );
}

function refuse(code: string, why: string): never {
  return raise('trust', `statement.${code}`, `The signed statement cannot be used: ${why}. Nothing rests on it.`, {
    reason: why,
  });
}
