/** Lineage for other programs: Graphviz DOT, CSV of edges, JSON; and a plain SVG for the command line. */
import { stringify } from 'csv-stringify/sync';
import type { LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import { toJcs } from '../canonical-json.ts';

const quote = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\r?\n/g, '\\n')}"`;
const changeColour = { same: '#495057', added: '#2b8a3e', removed: '#c92a2a', changed: '#e67700' } as const;
const shapes: Readonly<Record<string, string>> = {
  dataset: 'cylinder',
  feature: 'note',
  pipeline: 'cds',
  model: 'box3d',
  model_version: 'box',
  deployment: 'component',
  monitoring: 'oval',
  third_party: 'house',
};

/** Graphviz: upstream on the left; dangling nodes dashed; changes by colour and by word, since colour alone says nothing to some. */
export function lineageToDot(graph: LineageGraph): string {
  const lines = [
    'digraph lineage {',
    '  rankdir=LR;',
    '  node [fontname="sans-serif", fontsize=10];',
    '  edge [fontname="sans-serif", fontsize=8];',
  ];
  for (const node of graph.nodes) {
    const words = [node.label, node.detail, ...notesOf(node)].filter((text) => text !== '');
    const style = [...(node.dangling ? ['dashed'] : []), ...(node.id === graph.root ? ['bold'] : [])].join(',');
    lines.push(
      `  ${quote(node.id)} [label=${quote(words.join('\n'))}, shape=${shapes[node.kind] ?? 'box'}, color=${quote(changeColour[node.change])}${style === '' ? '' : `, style=${quote(style)}`}];`,
    );
  }
  for (const edge of graph.edges) {
    const label = edge.change === 'same' ? edge.relation : `${edge.relation} (${edge.change})`;
    const style = edge.change === 'removed' ? ', style="dashed"' : '';
    lines.push(
      `  ${quote(edge.from)} -> ${quote(edge.to)} [label=${quote(label)}, color=${quote(changeColour[edge.change])}${style}];`,
    );
  }
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

function notesOf(node: LineageNode): string[] {
  return [
    ...(node.change === 'same' ? [] : [node.change]),
    ...(node.findings > 0 ? [`${node.findings} finding${node.findings === 1 ? '' : 's'}`] : []),
    ...(node.hiddenUp > 0 ? [`${node.hiddenUp} more upstream`] : []),
    ...(node.hiddenDown > 0 ? [`${node.hiddenDown} more downstream`] : []),
  ];
}

/** One line per edge (RFC 4180), both ends described; a node without an edge has a line of its own. Formulas are defused. */
export function lineageToCsv(graph: LineageGraph): string {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const label = (id: string) => byId.get(id)?.label ?? id;
  const linked = new Set(graph.edges.flatMap((edge) => [edge.from, edge.to]));
  const rows = [
    ...graph.edges.map((edge) => [
      edge.from,
      label(edge.from),
      edge.relation,
      edge.to,
      label(edge.to),
      edge.evidence,
      edge.change,
    ]),
    ...graph.nodes
      .filter((node) => !linked.has(node.id))
      .map((node) => [node.id, node.label, '', '', '', '', node.change]),
  ];
  return stringify([['from', 'from_label', 'relation', 'to', 'to_label', 'evidence', 'change'], ...rows], {
    record_delimiter: 'windows',
    escape_formulas: true,
  });
}

/** Canonical JSON (RFC 8785): the same graph gives the same bytes. */
export const lineageToJson = (graph: LineageGraph): string => `${toJcs(graph)}\n`;

const xml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r -\uFFFD]/gu, '\uFFFD');
const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

const box = { width: 210, height: 46, gapX: 70, gapY: 16, margin: 16 };

/** One column per step from the root; no script, no font, no link in it. */
export function lineageToSvg(graph: LineageGraph): string {
  const columns = [...new Set(graph.nodes.map((node) => node.depth))].sort((a, b) => a - b);
  const used = new Map<number, number>();
  const place = new Map<string, { x: number; y: number }>();
  for (const node of graph.nodes) {
    const row = used.get(node.depth) ?? 0;
    used.set(node.depth, row + 1);
    place.set(node.id, {
      x: box.margin + columns.indexOf(node.depth) * (box.width + box.gapX),
      y: box.margin + row * (box.height + box.gapY),
    });
  }
  const rows = Math.max(1, ...used.values());
  const width = 2 * box.margin + Math.max(1, columns.length) * (box.width + box.gapX) - box.gapX;
  const height = 2 * box.margin + rows * (box.height + box.gapY) - box.gapY;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<title>${xml(`Lineage of ${graph.root}: ${graph.nodes.length} of ${graph.reachable} records`)}</title>`,
    '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#868e96"/></marker></defs>',
  ];
  for (const edge of graph.edges) {
    const [from, to] = [place.get(edge.from), place.get(edge.to)];
    if (!from || !to) continue;
    const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2, to.x, to.y + box.height / 2];
    const bend = Math.max(30, Math.abs(x2 - x1) / 2);
    const dash = edge.change === 'removed' ? ' stroke-dasharray="4 3"' : '';
    lines.push(
      `<path d="M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}" fill="none" stroke="${changeColour[edge.change]}"${dash} marker-end="url(#tip)"><title>${xml(`${edge.relation} (${edge.evidence}, ${edge.change})`)}</title></path>`,
    );
  }
  for (const node of graph.nodes) {
    const at = place.get(node.id);
    if (!at) continue;
    const dash = node.dangling ? ' stroke-dasharray="5 3"' : '';
    const weight = node.id === graph.root ? 3 : 1.5;
    lines.push(
      `<g><title>${xml(node.id)}</title><rect x="${at.x}" y="${at.y}" width="${box.width}" height="${box.height}" rx="6" fill="#ffffff" stroke="${changeColour[node.change]}" stroke-width="${weight}"${dash}/>`,
      `<text x="${at.x + 10}" y="${at.y + 19}" font-size="12" fill="#212529">${xml(cut(node.label, 30))}</text>`,
      `<text x="${at.x + 10}" y="${at.y + 36}" font-size="10" fill="#495057">${xml(cut([node.kind.replaceAll('_', ' '), ...notesOf(node)].join(' · '), 38))}</text></g>`,
    );
  }
  lines.push('</svg>');
  return `${lines.join('\n')}\n`;
}
