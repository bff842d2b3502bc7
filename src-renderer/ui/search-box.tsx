/** A search field over a list. It is of type search, which is how `/` and Ctrl+F find it. */
import { CloseButton, Loader, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type JSX, useEffect, useRef, useState } from 'react';

interface SearchBoxProps {
  readonly value: string;
  readonly label: string;
  readonly busy?: boolean;
  readonly onChange: (value: string) => void;
  /** Enter or arrow down: on to the rows. */
  readonly onDone?: () => void;
}

/** What is typed shows at once; the search follows 120 ms after the last key, so that typing never waits. */
export function SearchBox({ value, label, busy = false, onChange, onDone }: SearchBoxProps): JSX.Element {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const send = useDebouncedCallback((next: string) => {
    sent.current = next;
    onChange(next);
  }, 120);
  useEffect(() => {
    // The address changed by itself: a link, Back, or "Clear filters".
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  return (
    <TextInput
      style={{ flex: '1 1 auto' }}
      type="search"
      aria-label={label}
      placeholder={`${label}…`}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        busy ? (
          <Loader size={14} />
        ) : text === '' ? null : (
          <CloseButton
            size="sm"
            aria-label="Clear search"
            onClick={() => {
              setText('');
              send('');
            }}
          />
        )
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        onDone?.();
      }}
    />
  );
}
