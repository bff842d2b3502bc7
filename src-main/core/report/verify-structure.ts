/**
 * Is this the file that our writer and signer make, and nothing else?
 *
 * A signature only says that covered bytes are unchanged. Known attacks leave covered bytes alone and bend what readers show:
 * incremental saving (bytes after), universal forgery (broken ranges), signature wrapping (second range or moved gap), shadow
 * content (scripts, layers, forms, hidden revisions). So the report's structure is compared with the only one allowed.
 */
import { type PdfFile, readPdf } from './pdf-file.ts';
import {
  isArray,
  isDict,
  isRef,
  isText,
  nameOf,
  type PdfDictionary,
  PdfSyntaxError,
  type PdfText,
  type PdfValue,
} from './pdf-syntax.ts';

export interface SignatureSlot {
  readonly field: string;
  readonly dictionary: PdfDictionary;
  readonly contents: PdfText;
  /** Bytes that are signed: [0, gapStart) and [gapEnd, end). */
  readonly gapStart: number;
  readonly gapEnd: number;
}

export type StructureCheck =
  | { readonly ok: true; readonly file: PdfFile; readonly slot: SignatureSlot }
  | { readonly ok: false; readonly code: string; readonly text: string };

class StructureError extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}
const refuse = (code: string, text: string): never => {
  throw new StructureError(code, text);
};

/** `/ByteRange` in any spelling: each letter may be written as #xx (ISO 32000-1 7.3.5). */
const byteRangeName = new RegExp(
  `/${[...'ByteRange'].map((letter) => `(?:${letter}|#${letter.charCodeAt(0).toString(16)}|#${letter.charCodeAt(0).toString(16).toUpperCase()})`).join('')}`,
  'g',
);

const catalogKeys = new Set([
  'Type',
  'Pages',
  'Names',
  'Lang',
  'ViewerPreferences',
  'AF',
  'Outlines',
  'PageMode',
  'OutputIntents',
  'Metadata',
  'MarkInfo',
  'StructTreeRoot',
  'Dests',
  'AcroForm',
  'Perms',
  'Extensions',
]);
const addedCatalogKeys = ['AcroForm', 'Perms', 'Extensions'];
const signatureKeys = new Set([
  'Type',
  'Filter',
  'SubFilter',
  'ByteRange',
  'Contents',
  'M',
  'Name',
  'Reason',
  'Location',
  'Reference',
]);
const widgetKeys = new Set(['Type', 'Subtype', 'FT', 'T', 'F', 'Rect', 'P', 'V']);
const linkKeys = new Set(['Type', 'Subtype', 'Rect', 'Border', 'F', 'A', 'Dest', 'C', 'StructParent']);
/** Keys that make a document act, hide or fetch; none may stand anywhere. */
const activeKeys = new Set([
  'JS',
  'JavaScript',
  'AA',
  'OpenAction',
  'OC',
  'OCProperties',
  'XFA',
  'Launch',
  'URI',
  'RichMediaContent',
  'Rendition',
  'Movie',
  'Sound',
  'NeedAppearances',
  'FFilter',
  'Alternates',
  'OPI',
  'Ref',
]);
/** Actions other than a jump inside the document (ISO 32000-1 table 198). */
const actionTypes = new Set([
  'GoToR',
  'GoToE',
  'Launch',
  'Thread',
  'URI',
  'Sound',
  'Movie',
  'Hide',
  'Named',
  'SubmitForm',
  'ResetForm',
  'ImportData',
  'JavaScript',
  'SetOCGState',
  'Rendition',
  'Trans',
  'GoTo3DView',
  'RichMediaExecute',
]);

const onlyKeys = (dictionary: PdfDictionary, allowed: ReadonlySet<string>, code: string, what: string): void => {
  for (const key of dictionary.entries.keys())
    if (!allowed.has(key)) refuse(code, `${what} holds the entry /${key}, which a report never has.`);
};

function same(a: PdfValue | undefined, b: PdfValue | undefined): boolean {
  if (isText(a) && isText(b)) return a.bytes.equals(b.bytes);
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (isDict(a) && isDict(b))
    return a.entries.size === b.entries.size && [...a.entries].every(([key, value]) => same(value, b.entries.get(key)));
  if (isRef(a) && isRef(b)) return a.number === b.number;
  const [nameA, nameB] = [nameOf(a), nameOf(b)];
  return nameA !== null || nameB !== null ? nameA === nameB : a === b;
}

/** Walks every value of every object: no scripts, no layers, no action that leaves the document. */
function refuseActiveContent(value: PdfValue): void {
  if (isArray(value)) for (const item of value) refuseActiveContent(item);
  if (!isDict(value)) return;
  for (const [key, inner] of value.entries) {
    if (activeKeys.has(key))
      refuse(
        'structure.active_content',
        `The document holds /${key}: active or hidden content, which a report never has.`,
      );
    const action = key === 'S' ? nameOf(inner) : null;
    if (action !== null && actionTypes.has(action))
      refuse('structure.active_content', `The document holds a ${action} action, which a report never has.`);
    refuseActiveContent(inner);
  }
}

function checkAnnotations(file: PdfFile, widget: number): void {
  let widgets = 0;
  for (const [, { value }] of [...file.revisions].flatMap((revision) => [...revision.objects])) {
    if (!isDict(value) || nameOf(value.entries.get('Type')) !== 'Page') continue;
    const annotations = file.resolve(value.entries.get('Annots'));
    if (annotations === undefined) continue;
    if (!isArray(annotations)) throw new StructureError('structure.annotations', 'A page’s annotations are malformed.');
    for (const item of annotations) {
      const annotation = file.resolve(item);
      if (!isDict(annotation)) throw new StructureError('structure.annotations', 'An annotation is missing.');
      if (nameOf(annotation.entries.get('Subtype')) === 'Link') {
        onlyKeys(annotation, linkKeys, 'structure.annotations', 'A link');
        const action = file.resolve(annotation.entries.get('A'));
        if (action !== undefined && (!isDict(action) || nameOf(action.entries.get('S')) !== 'GoTo')) {
          refuse('structure.annotations', 'A link leads out of the document.');
        }
        continue;
      }
      if (!isRef(item) || item.number !== widget)
        refuse('structure.annotations', 'A page holds an annotation other than an inner link or the signature.');
      widgets += 1;
    }
  }
  if (widgets !== 1) refuse('structure.annotations', 'The signature’s widget does not stand on exactly one page.');
}

/** The update may add the signature, its field, the form, and touch the catalog and one page for that; nothing else. */
function checkUpdate(file: PdfFile, catalog: number, field: number, signature: number, form: number): void {
  const [base, update] = file.revisions;
  if (!base || !update) return;
  for (const [number, { value, stream }] of update.objects) {
    const before = base.objects.get(number)?.value;
    if (before === undefined) {
      if (stream || ![field, signature, form].includes(number))
        refuse('structure.update', `The signing update adds object ${number}, which signing does not need.`);
      continue;
    }
    if (!isDict(value) || !isDict(before))
      throw new StructureError('structure.update', `The signing update replaces object ${number}.`);
    const added =
      number === catalog ? addedCatalogKeys : nameOf(value.entries.get('Type')) === 'Page' ? ['Annots'] : null;
    if (added === null) throw new StructureError('structure.update', `The signing update replaces object ${number}.`);
    for (const key of new Set([...value.entries.keys(), ...before.entries.keys()])) {
      if (!added.includes(key) && !same(value.entries.get(key), before.entries.get(key))) {
        refuse('structure.update', `The signing update changes /${key} of object ${number}.`);
      }
    }
    if (number === catalog) continue;
    const old = file.resolve(before.entries.get('Annots')) ?? [];
    const now = file.resolve(value.entries.get('Annots')) ?? [];
    if (
      !isArray(old) ||
      !isArray(now) ||
      now.length !== old.length + 1 ||
      !old.every((item, index) => same(item, now[index]))
    ) {
      refuse('structure.update', 'The signing update changes a page’s annotations beyond adding the signature.');
    }
  }
}

function findSlot(
  file: PdfFile,
  catalog: PdfDictionary,
): { slot: SignatureSlot; field: number; signature: number; form: number } {
  const formRef = catalog.entries.get('AcroForm');
  const form = file.resolve(formRef);
  if (!isRef(formRef) || !isDict(form)) throw new StructureError('signature.none', 'The report is not signed.');
  onlyKeys(form, new Set(['Fields', 'SigFlags']), 'structure.form', 'The form');
  const fields = file.resolve(form.entries.get('Fields'));
  const fieldRef = isArray(fields) && fields.length === 1 ? fields[0] : undefined;
  const field = file.resolve(fieldRef);
  if (!isRef(fieldRef) || !isDict(field))
    throw new StructureError('structure.form', 'The form does not hold exactly one field, the signature.');
  onlyKeys(field, widgetKeys, 'structure.form', 'The signature field');
  const signatureRef = field.entries.get('V');
  const signature = isRef(signatureRef) ? file.get(signatureRef.number) : undefined;
  if (!isRef(signatureRef) || !signature || !isDict(signature.value) || nameOf(field.entries.get('FT')) !== 'Sig') {
    throw new StructureError('structure.form', 'The signature field holds no signature.');
  }
  const dictionary = signature.value;
  onlyKeys(dictionary, signatureKeys, 'structure.signature', 'The signature');
  if (nameOf(dictionary.entries.get('SubFilter')) !== 'ETSI.CAdES.detached')
    refuse('structure.signature', 'The signature is not of the kind that reports carry.');
  const permissions = file.resolve(catalog.entries.get('Perms'));
  const certified = isDict(permissions) ? permissions.entries.get('DocMDP') : undefined;
  const reference = dictionary.entries.get('Reference');
  const [transform] = isArray(reference) ? reference : [];
  const parameters = isDict(transform) ? transform.entries.get('TransformParams') : undefined;
  if (!same(certified, signatureRef) || !isDict(parameters) || parameters.entries.get('P') !== 1) {
    refuse('structure.certification', 'The signature does not certify the document as closed to changes.');
  }
  const contents = dictionary.entries.get('Contents');
  const range = dictionary.entries.get('ByteRange');
  if (!isText(contents) || !contents.hex || !isArray(range))
    throw new StructureError('structure.range', 'The signature lacks its bytes or its range.');
  if (!same(range, [0, contents.start, contents.end, file.bytes.length - contents.end])) {
    refuse('structure.range', 'The signed range is not the whole file around the signature’s own bytes.');
  }
  const title = field.entries.get('T');
  return {
    slot: {
      field: isText(title) ? title.bytes.toString('latin1') : '',
      dictionary,
      contents,
      gapStart: contents.start,
      gapEnd: contents.end,
    },
    field: fieldRef.number,
    signature: signatureRef.number,
    form: formRef.number,
  };
}

/** Checks everything but the cryptography. Never throws for a bad file. */
export function checkStructure(bytes: Uint8Array): StructureCheck {
  try {
    const file = readPdf(bytes);
    const latest = file.revisions.at(-1);
    const rootRef = latest?.trailer.entries.get('Root');
    const catalog = file.resolve(rootRef);
    if (!latest || !isRef(rootRef) || !isDict(catalog))
      throw new StructureError('structure.catalog', 'The document has no catalog.');
    for (const revision of file.revisions) {
      if (!same(revision.trailer.entries.get('Root'), rootRef))
        refuse('structure.catalog', 'Revisions disagree on the catalog.');
      for (const [, object] of revision.objects) refuseActiveContent(object.value);
    }
    onlyKeys(catalog, catalogKeys, 'structure.catalog', 'The catalog');
    const names = file.resolve(catalog.entries.get('Names'));
    if (isDict(names)) onlyKeys(names, new Set(['Dests', 'EmbeddedFiles']), 'structure.catalog', 'The name tree');
    const { slot, field, signature, form } = findSlot(file, catalog);
    if (file.revisions.length !== 2)
      refuse(
        'structure.revisions',
        `The file has ${file.revisions.length} revisions; a signed report has exactly two.`,
      );
    const ranges = file.bytes.toString('latin1').match(byteRangeName)?.length ?? 0;
    if (ranges !== 1) refuse('structure.range', `The file holds ${ranges} signed ranges; a report has exactly one.`);
    checkAnnotations(file, field);
    checkUpdate(file, rootRef.number, field, signature, form);
    return { ok: true, file, slot };
  } catch (error) {
    if (error instanceof StructureError) return { ok: false, code: error.code, text: error.message };
    if (error instanceof PdfSyntaxError)
      return {
        ok: false,
        code: 'structure.malformed',
        text: `The file is not a well-formed report: ${error.message}.`,
      };
    throw error;
  }
}
