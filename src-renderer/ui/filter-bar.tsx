/**
 * Filters as chips: field, condition, values. Each chip opens its own small editor, so that a filter can be changed without
 * being built again.
 */
import {
  Button,
  CloseButton,
  Group,
  Menu,
  Popover,
  ScrollArea,
  Select,
  Stack,
  TagsInput,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilterPlus } from '@tabler/icons-react';
import { type JSX, useState } from 'react';
import type { Filter } from '../../src-shared/contract/schemas/inventory.ts';
import type { Field } from '../../src-shared/domain/dictionary.ts';
import { humanWord } from './badges.tsx';
import classes from './filter-bar.module.css';

type Op = Filter['op'];

const opWords: Readonly<Record<Op, string>> = {
  is: 'is',
  is_not: 'is not',
  empty: 'is empty',
  not_empty: 'is not empty',
  contains: 'contains',
  before: 'is before',
  after: 'is after',
};

/** Conditions that make sense for a field's type. */
export function opsFor(field: Field): readonly Op[] {
  const { kind } = field.type;
  if (kind === 'date' || kind === 'datetime') return ['before', 'after', 'is', 'empty', 'not_empty'];
  if (kind === 'int' || kind === 'decimal' || kind === 'bool' || kind === 'enum')
    return ['is', 'is_not', 'empty', 'not_empty'];
  return ['is', 'is_not', 'contains', 'empty', 'not_empty'];
}

const needsValue = (op: Op): boolean => op !== 'empty' && op !== 'not_empty';

interface FilterBarProps {
  readonly fields: readonly Field[];
  readonly filters: readonly Filter[];
  readonly onChange: (filters: Filter[]) => void;
}

export function FilterBar({ fields, filters, onChange }: FilterBarProps): JSX.Element {
  const [editing, setEditing] = useState<number | null>(null);
  const add = (field: Field): void => {
    onChange([...filters, { field: field.name, op: opsFor(field)[0] ?? 'is', values: [] }]);
    setEditing(filters.length);
  };
  return (
    <div className={classes['chips']}>
      {filters.map((filter, index) => {
        const field = fields.find(({ name }) => name === filter.field);
        return (
          <FilterChip
            // biome-ignore lint/suspicious/noArrayIndexKey: two chips may filter the same field, and a chip has no other identity.
            key={`${filter.field}-${index}`}
            field={field}
            filter={filter}
            startOpen={editing === index}
            onChange={(next) => onChange(filters.map((other, i) => (i === index ? next : other)))}
            onRemove={() => onChange(filters.filter((_, i) => i !== index))}
          />
        );
      })}
      <AddFilter fields={fields} onAdd={add} />
      {filters.length > 0 && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange([])}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

function AddFilter({
  fields,
  onAdd,
}: {
  readonly fields: readonly Field[];
  readonly onAdd: (field: Field) => void;
}): JSX.Element {
  const [search, setSearch] = useState('');
  const found = fields.filter(({ label, name }) => `${label} ${name}`.toLowerCase().includes(search.toLowerCase()));
  return (
    <Menu position="bottom-start" width={260} withinPortal onClose={() => setSearch('')}>
      <Menu.Target>
        <Button size="compact-sm" variant="default" leftSection={<IconFilterPlus size={15} aria-hidden />}>
          Filter
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Search
          aria-label="Search fields"
          placeholder="Search fields"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <ScrollArea.Autosize mah={320} type="auto">
          {found.map((field) => (
            <Menu.Item key={field.name} onClick={() => onAdd(field)}>
              {field.label}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}

interface FilterChipProps {
  readonly field: Field | undefined;
  readonly filter: Filter;
  readonly startOpen: boolean;
  readonly onChange: (filter: Filter) => void;
  readonly onRemove: () => void;
}

function FilterChip({ field, filter, startOpen, onChange, onRemove }: FilterChipProps): JSX.Element {
  const [opened, { toggle, close }] = useDisclosure(startOpen);
  const label = field?.label ?? filter.field;
  const values = filter.values.map(humanWord).join(' or ');
  const sentence = `${label} ${opWords[filter.op]}${needsValue(filter.op) ? ` ${values || '…'}` : ''}`;
  return (
    <span className={classes['chip']}>
      <Popover
        opened={opened}
        onClose={close}
        onDismiss={close}
        position="bottom-start"
        width={300}
        shadow="md"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <UnstyledButton className={classes['chipText']} onClick={toggle} title={sentence}>
            {label} <span className={classes['op']}>{opWords[filter.op]}</span>{' '}
            {needsValue(filter.op) && (values || '…')}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterEditor field={field} filter={filter} onChange={onChange} onDone={close} />
        </Popover.Dropdown>
      </Popover>
      <CloseButton size={26} iconSize={14} radius="xl" aria-label={`Remove filter: ${sentence}`} onClick={onRemove} />
    </span>
  );
}

interface FilterEditorProps {
  readonly field: Field | undefined;
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly onDone: () => void;
}

function FilterEditor({ field, filter, onChange, onDone }: FilterEditorProps): JSX.Element {
  const ops: readonly Op[] = field ? opsFor(field) : ['is', 'is_not', 'contains', 'empty', 'not_empty'];
  const single = filter.op === 'before' || filter.op === 'after' || filter.op === 'contains';
  return (
    <Stack gap="xs">
      <Select
        size="xs"
        label={field?.label ?? filter.field}
        description={field?.help}
        data={ops.map((op) => ({ value: op, label: opWords[op] }))}
        value={filter.op}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={(op) => onChange({ ...filter, op: ops.find((other) => other === op) ?? filter.op })}
      />
      {needsValue(filter.op) && single && (
        <TextInput
          size="xs"
          data-autofocus
          aria-label="Value"
          type={filter.op === 'contains' ? 'text' : 'date'}
          value={filter.values[0] ?? ''}
          onChange={(event) =>
            onChange({ ...filter, values: event.currentTarget.value ? [event.currentTarget.value] : [] })
          }
          onKeyDown={(event) => event.key === 'Enter' && onDone()}
        />
      )}
      {needsValue(filter.op) && !single && (
        <TagsInput
          size="xs"
          data-autofocus
          aria-label="Values"
          placeholder={filter.values.length === 0 ? 'Type a value, then Enter' : ''}
          data={suggestions(field)}
          value={filter.values}
          acceptValueOnBlur
          comboboxProps={{ withinPortal: false }}
          onChange={(values) => onChange({ ...filter, values })}
        />
      )}
      <Group justify="flex-end">
        <Button size="compact-sm" variant="light" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

function suggestions(field: Field | undefined): string[] {
  const type = field?.type.kind === 'list' ? field.type.of : field?.type;
  if (type?.kind === 'enum') return [...type.values];
  return type?.kind === 'bool' ? ['true', 'false'] : [];
}

/** Filters that say something: a chip without its value yet does not narrow the list. */
export const effective = (filters: readonly Filter[]): Filter[] =>
  filters.filter(({ op, values }) => !needsValue(op) || values.length > 0);
