/** One facet: its values as checkboxes, each with how many records it would leave. */
import { Checkbox, Collapse, TextInput, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type JSX, type ReactNode, useId, useState } from 'react';
import { humanWord } from './badges.tsx';
import classes from './filter-bar.module.css';

export interface FacetValue {
  readonly value: string;
  readonly count: number;
  /** Absent: the value as a word. */
  readonly label?: ReactNode;
}

interface FacetGroupProps {
  readonly label: string;
  readonly values: readonly FacetValue[];
  readonly picked: readonly string[];
  readonly onPick: (values: string[]) => void;
  /** Shown before "more"; the picked ones always stay. */
  readonly limit?: number;
  readonly startOpen?: boolean;
}

export function FacetGroup(props: FacetGroupProps): JSX.Element {
  const { label, values, picked, onPick, limit = 6, startOpen = true } = props;
  const [open, setOpen] = useState(startOpen || picked.length > 0);
  const [all, setAll] = useState(false);
  const [search, setSearch] = useState('');
  const id = useId();
  const found = values.filter(({ value }) => value.toLowerCase().includes(search.toLowerCase()));
  const shown = all ? found : found.filter(({ value }, index) => index < limit || picked.includes(value));
  return (
    <fieldset className={classes['group']}>
      <legend className={classes['legend']}>
        <UnstyledButton
          className={classes['legendButton']}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <span>
            {label}
            {picked.length > 0 && <span className={classes['op']}> · {picked.length}</span>}
          </span>
          {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        </UnstyledButton>
      </legend>
      <Collapse expanded={open} id={id} transitionDuration={100}>
        {all && values.length > 12 && (
          <TextInput
            size="xs"
            mb={4}
            aria-label={`Search ${label}`}
            placeholder="Search values"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {shown.map(({ value, count, label: word }) => (
          <Checkbox
            key={value}
            size="xs"
            classNames={{
              root: classes['facet'],
              body: classes['facetBody'],
              labelWrapper: classes['facetLabel'],
              label: classes['facetLabel'],
            }}
            checked={picked.includes(value)}
            onChange={(event) =>
              onPick(event.currentTarget.checked ? [...picked, value] : picked.filter((other) => other !== value))
            }
            label={
              <span className={classes['facetRow']}>
                <span className={classes['facetWord']} title={typeof word === 'string' ? word : value}>
                  {word ?? humanWord(value)}
                </span>
                <span className={classes['facetCount']}>{count.toLocaleString()}</span>
              </span>
            }
          />
        ))}
        {values.length === 0 && <span className={`${classes['facet']} ${classes['op']}`}>No values</span>}
        {found.length > shown.length || all
          ? found.length > limit && (
              <UnstyledButton className={`${classes['facet']} ${classes['op']}`} onClick={() => setAll(!all)}>
                {all ? 'Show fewer' : `Show all ${found.length}`}
              </UnstyledButton>
            )
          : null}
      </Collapse>
    </fieldset>
  );
}
