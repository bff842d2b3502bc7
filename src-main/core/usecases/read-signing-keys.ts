/** Private keys that a person named, opened. */

import type { KeyObject } from 'node:crypto';
import { basename } from 'node:path';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { loadPrivateKey, type PublisherKey, readPublicKey } from '../trust/keys.ts';
import type { EngineContext } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';

/** A key file is a few hundred bytes; whatever is larger is none. */
const maxKeyBytes = 16_384;

const keyText = (context: EngineContext, file: Grant): string =>
  Buffer.from(readBoundedFile(context.grants.resolve(file), 'key', maxKeyBytes)).toString('utf8');

/** Raises `input` / `key.*`, `locked` / `key.*`. */
export const privateKeyOf = (
  context: EngineContext,
  { file, passphrase }: { readonly file: Grant; readonly passphrase?: string | undefined },
): KeyObject => loadPrivateKey(keyText(context, file), passphrase);

/** Raises `input` / `key.*`. */
export const publicKeyOf = (context: EngineContext, file: Grant): PublisherKey => readPublicKey(keyText(context, file));

/** Name of a file for messages: never its folder. */
export const nameOf = (context: EngineContext, file: Grant): string => basename(context.grants.resolve(file));
