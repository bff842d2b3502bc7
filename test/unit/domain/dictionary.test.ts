import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entities, fieldLabel, fieldOf, kinds } from '../../../src-shared/domain/dictionary.ts';
import { dictionaryMarkdown } from '../../../src-shared/domain/dictionary-table.ts';
import { formatRef, parseRef } from '../../../src-shared/domain/record.ts';
import { repositoryRoot } from '../../support/assay.ts';

describe('the dictionary', () => {
  it('has one entry per kind, with an id field and a name field of its own', () => {
    expect(entities.map((entity) => entity.entity)).toEqual([...kinds]);
    for (const entity of entities) {
      expect(entity.byName.get(entity.idField)?.need, `${entity.entity}.${entity.idField}`).toBe('core');
      expect(entity.byName.has(entity.nameField), `${entity.entity}.${entity.nameField}`).toBe(true);
      expect(new Set(entity.fields.map((field) => field.name)).size).toBe(entity.fields.length);
    }
  });

  it('has as many fields as the README says', () => {
    const fields = entities.reduce((sum, entity) => sum + entity.fields.length, 0);
    expect(readFileSync(join(repositoryRoot, 'README.md'), 'utf8')).toContain(`dictionary of ${fields} fields`);
  });

  it('has help for every field', () => {
    for (const entity of entities)
      for (const field of entity.fields) expect(field.help, `${entity.entity}.${field.name}`).not.toBe('');
  });

  it('when a field is unknown it is shown by its own name', () => {
    expect(fieldLabel('model', 'owner')).toBe('Owner');
    expect(fieldLabel('model', 'x_custom')).toBe('x_custom');
    expect(fieldOf('model', 'x_custom')).toBeUndefined();
  });
});

describe('the dictionary as a document', () => {
  it('has one row per field, each with all six cells', () => {
    const rows = dictionaryMarkdown()
      .split('\n')
      .filter((line) => /^\| [a-z]/.test(line));
    expect(rows).toHaveLength(entities.reduce((sum, entity) => sum + entity.fields.length, 0));
    for (const row of rows) expect(row.split('|'), row).toHaveLength(8);
  });
});

describe('record references', () => {
  it('when an id holds slashes it survives the way there and back', () => {
    const ref = { kind: 'model_version', id: 'hf://org/name@main' } as const;
    expect(parseRef(formatRef(ref))).toEqual(ref);
  });

  it.each(['', 'model', 'model/', '/x', 'robot/x'])('when the text is "%s" there is no reference', (text) => {
    expect(parseRef(text)).toBeNull();
  });
});
