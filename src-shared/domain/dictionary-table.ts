/** The data dictionary as a document for people: one table per entity, derived from the same files as the validators. */
import { entities, type FieldType } from './dictionary.ts';

const typeInText = (type: FieldType): string => {
  switch (type.kind) {
    case 'enum':
      return type.values.join(', ');
    case 'ref':
      return type.to === 'any' ? 'reference' : `reference to ${type.to}`;
    case 'list':
      return `list of ${typeInText(type.of)}`;
    default:
      return type.kind.replace('_', ' ');
  }
};

/** Bars and line breaks would end a cell. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '/');

/** Markdown, headings of the second level; `core` fields belong in every record (regulation reference, part 2). */
export function dictionaryMarkdown(): string {
  const sections = entities.map(({ entity, plural, fields }) =>
    [
      `## ${plural} (${entity})`,
      '',
      '| Field | Name | Need | Type | Meaning | Clauses |',
      '|---|---|---|---|---|---|',
      ...fields.map(
        ({ name, label, need, type, help, clauses }) =>
          `| ${name} | ${cell(label)} | ${need} | ${cell(typeInText(type))} | ${cell(help)} | ${clauses?.join(', ') ?? ''} |`,
      ),
    ].join('\n'),
  );
  const total = entities.reduce((sum, { fields }) => sum + fields.length, 0);
  return `${entities.length} kinds of record, ${total} fields.\n\n${sections.join('\n\n')}\n`;
}
