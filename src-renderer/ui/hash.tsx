/** A digest: twelve characters in a line of text, all of them on hover or focus, in groups, and a way to copy it whole. */
import { Group, HoverCard, Text } from '@mantine/core';
import type { JSX } from 'react';
import { CopyIcon } from './copy-button.tsx';

interface HashProps {
  readonly value: string;
  /** What it is a digest of, for people who hear the page: "Statement digest". */
  readonly label?: string;
  /** Characters shown; default 12. */
  readonly length?: number;
  readonly copy?: boolean;
}

/** `sha256:` and the like stay; the digits behind are cut. */
export function shortDigest(value: string, length = 12): string {
  const colon = value.indexOf(':');
  const digits = value.slice(colon + 1);
  return digits.length <= length + 4 ? value : `${value.slice(0, colon + 1)}${digits.slice(0, length)}…`;
}

export function Hash({ value, label = 'Digest', length = 12, copy = true }: HashProps): JSX.Element {
  return (
    <Group gap={2} wrap="nowrap" display="inline-flex">
      <HoverCard openDelay={250} shadow="md" position="top-start">
        <HoverCard.Target>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the full digest appears on focus, so focus must reach it. */}
          <span className="assay-hash" tabIndex={0} aria-label={`${label} ${value}`} role="note">
            {shortDigest(value, length)}
          </span>
        </HoverCard.Target>
        <HoverCard.Dropdown maw={460}>
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
            {grouped(value)}
          </Text>
        </HoverCard.Dropdown>
      </HoverCard>
      {copy ? <CopyIcon text={value} label={`Copy ${label.toLowerCase()}`} /> : null}
    </Group>
  );
}

/** A key's fingerprint, always whole and in groups of four, for reading aloud and comparing. */
export function Fingerprint({ value }: { readonly value: string }): JSX.Element {
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Text component="span" ff="monospace" size="sm" className="assay-fingerprint">
        {grouped(value)}
      </Text>
      <CopyIcon text={value} label="Copy fingerprint" />
    </Group>
  );
}

function grouped(value: string): string {
  return /^[0-9a-f]{32,}$/i.test(value) ? (value.match(/.{1,4}/g) ?? [value]).join(' ') : value;
}

/** A key id as cosign writes it (base64 of SHA-256) as the fingerprint that people compare; other text stays as it is. */
export function fingerprintOfKeyId(keyId: string): string {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(keyId)) return keyId;
  const hex = Array.from(atob(keyId), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return grouped(hex);
}
