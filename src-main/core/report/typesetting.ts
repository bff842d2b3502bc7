/**
 * Turns text into runs that the bundled fonts can draw.
 *
 * pdfmake has no font fallback: a character without a glyph becomes an empty box, which in an audit report is a lie. So every
 * string is split by coverage first. What records say is shown with visible escapes for what cannot be drawn or must not
 * be invisible (`⟨U+202E⟩`: controls, zero-width and bidirectional marks); in our own prose such a character is a defect and
 * raises `report.unmapped_character` naming it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PDF } from '@libpdf/core';
import { raise } from '../../../src-shared/result.ts';

export type FontName = 'Body' | 'Code' | 'Display';

const ttf = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** Font files by family and style. Bold-oblique stands in nowhere: nothing is set in it. */
export const fontFiles = {
  Body: {
    normal: join(ttf, 'DejaVuSansCondensed.ttf'),
    bold: join(ttf, 'DejaVuSansCondensed-Bold.ttf'),
  },
  Code: { normal: join(ttf, 'DejaVuSansMono.ttf'), bold: join(ttf, 'DejaVuSansMono-Bold.ttf') },
  Display: { normal: join(ttf, 'DejaVuSerifCondensed.ttf'), bold: join(ttf, 'DejaVuSerifCondensed-Bold.ttf') },
} as const satisfies Readonly<Record<FontName, { readonly normal: string; readonly bold: string }>>;

export interface Run {
  readonly text: string;
  readonly font: FontName;
  /** True for `⟨U+XXXX⟩`, which is set apart from the text around it. */
  readonly escaped: boolean;
}

export interface Typesetter {
  /** `data` escapes, `prose` refuses. */
  runs(text: string, font: FontName, mode: 'data' | 'prose', bold?: boolean): readonly Run[];
  /** Longest beginning and end of `text` that fit in `width` points, joined by an ellipsis; escapes included. */
  fit(text: string, font: FontName, size: number, width: number): string;
}

/** Controls, soft hyphen, zero-width and bidirectional format characters, separators, lone surrogates: never drawn as they are. */
const unseen =
  /\p{Cc}|\p{Cs}|\p{Co}|[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/u;

export const escapeOf = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

const rightToLeftRun =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}][\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{M} ]*/gu;
const wordsPerLine = 6;

interface Segment {
  readonly text: string;
  readonly rightToLeft: boolean;
}

/**
 * Cuts text where its direction changes. The layout engine shapes each unbreakable piece in the direction of its script and sets
 * pieces left to right, so right-to-left words must stay in one piece: they are joined by no-break spaces. A passage of more
 * than six words gets a line of its own for every six, because a wrapped line would begin with the passage's end.
 */
export function directionSegments(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const match of text.matchAll(rightToLeftRun)) {
    const words = match[0].trim().split(/ +/);
    const passage = match[0].trimEnd();
    if (match.index > at) segments.push({ text: text.slice(at, match.index), rightToLeft: false });
    for (let first = 0; first < words.length; first += wordsPerLine) {
      if (first > 0) segments.push({ text: '\n', rightToLeft: false });
      segments.push({ text: words.slice(first, first + wordsPerLine).join('\u00a0'), rightToLeft: true });
    }
    at = match.index + passage.length;
  }
  if (at < text.length) segments.push({ text: text.slice(at), rightToLeft: false });
  return segments;
}

export function createTypesetter(): Typesetter {
  const scratch = PDF.create();
  const load = (file: string) => scratch.embedFont(readFileSync(file));
  const faces = {
    Body: { normal: load(fontFiles.Body.normal), bold: load(fontFiles.Body.bold) },
    Code: { normal: load(fontFiles.Code.normal), bold: load(fontFiles.Code.bold) },
    Display: { normal: load(fontFiles.Display.normal), bold: load(fontFiles.Display.bold) },
  };
  const covers = (font: FontName, bold: boolean, character: string): boolean =>
    faces[font][bold ? 'bold' : 'normal'].canEncode(character);

  const runs: Typesetter['runs'] = (text, font, mode, bold = false) => {
    const out: { text: string; font: FontName; escaped: boolean }[] = [];
    let fresh = true;
    const push = (part: string, face: FontName, escaped: boolean): void => {
      const last = out.at(-1);
      if (!fresh && last && last.font === face && last.escaped === escaped) last.text += part;
      else out.push({ text: part, font: face, escaped });
      fresh = false;
    };
    const draw = (character: string): void => {
      if (character === '\n') push('\n', font, false);
      else if (!unseen.test(character) && covers(font, bold, character)) push(character, font, false);
      else if (!unseen.test(character) && covers('Body', bold, character)) push(character, 'Body', false);
      else if (mode === 'data') push(escapeOf(character), 'Body', true);
      else {
        raise(
          'internal',
          'report.unmapped_character',
          `The report text “${text.slice(0, 60)}” holds ${escapeOf(character)}, which no bundled font can draw; nothing was written.`,
          { character: escapeOf(character) },
        );
      }
    };
    for (const segment of directionSegments(text.replaceAll('\r\n', '\n').replaceAll('\t', '    '))) {
      fresh = true;
      for (const character of segment.text) draw(character);
    }
    return out;
  };

  return {
    runs,
    fit(text, font, size, width) {
      const drawable = [
        ...runs(text.replaceAll('\n', ' '), font, 'data')
          .map((run) => run.text)
          .join(''),
      ];
      const face = faces[font].normal;
      const fits = (candidate: string): boolean => face.getTextWidth(candidate, size) <= width;
      const whole = drawable.join('');
      if (fits(whole)) return whole;
      for (let kept = Math.min(drawable.length - 1, 80); kept > 1; kept -= 1) {
        const start = Math.ceil(kept * 0.6);
        const candidate = `${drawable.slice(0, start).join('')}…${drawable.slice(drawable.length - (kept - start)).join('')}`;
        if (fits(candidate)) return candidate;
      }
      return '…';
    },
  };
}
