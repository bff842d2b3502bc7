/**
 * A screen's state in the address: what a deep link restores.
 *
 * The address comes from outside, so it is parsed with the screen's own schema each time; an empty value leaves the address.
 */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { z } from 'zod';

type Patch<S extends z.ZodType> = { readonly [K in keyof z.output<S>]?: z.output<S>[K] | undefined };

/** Value of the current address and a way to change parts of it; `push` makes a step that Back returns from. */
export function useScreenSearch<S extends z.ZodType<object>>(
  schema: S,
): readonly [z.output<S>, (patch: Patch<S>, how?: 'replace' | 'push') => void] {
  const raw: unknown = useSearch({ strict: false });
  const value = useMemo(() => schema.parse(raw), [schema, raw]);
  const navigate = useNavigate();
  const patch = useCallback(
    (change: Patch<S>, how: 'replace' | 'push' = 'replace') => {
      void navigate({
        to: '.',
        replace: how === 'replace',
        search: (before: object) => withoutBlanks({ ...before, ...change }),
      });
    },
    [navigate],
  );
  return [value, patch];
}

function withoutBlanks(search: object): object {
  return Object.fromEntries(
    Object.entries(search).filter(
      ([, value]) =>
        value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
