/** Cells and strings of a model as pdfmake inlines: fonts by coverage, severities as labelled pills, links inside the document. */
import type { Content, ContentText } from 'pdfmake/interfaces.js';
import { type Severity, severitySchema } from '../../../src-shared/domain/finding.ts';
import type { Cell, Span } from './model.ts';
import { ink, severityColours, stateColour } from './theme.ts';
import type { FontName, Typesetter } from './typesetting.ts';
import { severityLabels, showCount } from './wording.ts';

export interface TextContext {
  readonly typesetter: Typesetter;
  /** Anchors that exist in this document; a link to any other is left out. */
  readonly anchors: ReadonlySet<string>;
}

export interface TextStyle {
  readonly font?: FontName;
  readonly bold?: boolean;
  readonly color?: string;
  readonly fontSize?: number;
}

/** Inlines of one string. */
export function inlines(
  context: TextContext,
  text: string,
  mode: 'data' | 'prose',
  style: TextStyle = {},
): ContentText[] {
  const { font = 'Body', bold = false } = style;
  return context.typesetter.runs(text, font, mode, bold).map((run) => ({
    text: run.text,
    font: run.font,
    bold,
    ...(style.fontSize === undefined ? {} : { fontSize: style.fontSize }),
    ...(run.escaped ? { color: ink.muted } : style.color === undefined ? {} : { color: style.color }),
  }));
}

export const pill = (severity: Severity): ContentText => ({
  text: `\u00a0${severityLabels[severity].toUpperCase()}\u00a0`,
  background: severityColours[severity],
  color: ink.white,
  bold: true,
  fontSize: 5.8,
});

function spanInlines(context: TextContext, span: Span, style: TextStyle): ContentText[] {
  switch (span.kind) {
    case 'severity': {
      const severity = severitySchema.safeParse(span.text);
      return severity.success ? [pill(severity.data)] : inlines(context, span.text, 'data', style);
    }
    case 'state':
      return inlines(context, span.text, 'data', { ...style, bold: true, color: stateColour(span.text) });
    case 'code':
      return inlines(context, span.text, 'data', { ...style, font: 'Code', fontSize: (style.fontSize ?? 7.4) * 0.86 });
    case 'number':
      return inlines(context, /^\d+$/.test(span.text) ? showCount(Number(span.text)) : span.text, 'data', style);
    case 'muted':
      return inlines(context, span.text, 'data', { ...style, color: ink.muted });
    case 'strong':
      return inlines(context, span.text, 'data', { ...style, bold: true });
    case 'prose':
      return inlines(context, span.text, 'prose', style);
    case 'data':
      return inlines(context, span.text, 'data', style);
    default:
      return span.kind satisfies never;
  }
}

/** Inlines of a cell; linked spans jump inside the document. */
export function cellInlines(context: TextContext, cell: Cell, style: TextStyle = {}): ContentText[] {
  return cell.flatMap((span) => {
    const link = span.link !== undefined && context.anchors.has(span.link) ? span.link : undefined;
    const parts = spanInlines(context, span, link === undefined ? style : { ...style, color: ink.accent });
    return link === undefined ? parts : parts.map((part) => ({ ...part, linkToDestination: link }));
  });
}

export const text = (context: TextContext, cell: Cell, style: TextStyle = {}): Content => ({
  text: cellInlines(context, cell, style),
  ...(style.fontSize === undefined ? {} : { fontSize: style.fontSize }),
});

/** Rough number of lines that a cell takes in a column of `width` points at 7.4 points. */
export const linesOf = (cell: Cell, width: number): number => {
  const whole = cell.map((span) => span.text).join('');
  return Math.ceil((whole.length * 4.3) / width) + (whole.match(/\n/g)?.length ?? 0);
};

/** Lines of body text that surely fit on one page; what is longer must be allowed to break. */
export const linesPerPage = 50;
