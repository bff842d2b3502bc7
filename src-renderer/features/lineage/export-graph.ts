/**
 * The graph as a file: SVG drawn from the layout itself, PNG rendered from that SVG, CSV of the edges with their evidence.
 *
 * Nothing is taken from the screen, so nodes that are not mounted and every edge are in it (open-metadata/OpenMetadata#29124).
 */
import type { LineageEdge, LineageGraph, LineageNode } from '../../../src-shared/domain/lineage.ts';
import { middleCut, withShortDigests } from '../../ui/record-name.ts';
import { boundsOf, edgePath, nodeHeight, nodeWidth, type Positions, type Routes, routePath } from './layout.ts';
import { edgeKey } from './merge-graph.ts';

const ink: Readonly<Record<LineageNode['change'], string>> = {
  same: '#5a6862',
  added: '#2f8f52',
  removed: '#c92a2a',
  changed: '#a06c00',
};

const xml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'));

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Stand-alone SVG on white, with title and the number of nodes shown of those reachable. */
export function toSvg(graph: LineageGraph, positions: Positions, routes: Routes, title: string): string {
  const box = boundsOf(positions);
  const [margin, head] = [32, 48];
  const [width, height] = [Math.ceil(box.width + 2 * margin), Math.ceil(box.height + 2 * margin + head)];
  const edges = graph.edges.flatMap((edge) => {
    const [from, to] = [positions.get(edge.from), positions.get(edge.to)];
    const route = routes.get(edgeKey(edge));
    return from && to ? [drawEdge(edge, route ? routePath(route) : edgePath(from, to))] : [];
  });
  const nodes = graph.nodes.flatMap((node) => {
    const at = positions.get(node.id);
    return at ? [drawNode(node, at.x, at.y, node.id === graph.root)] : [];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, Arial, sans-serif">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#5a6862"/></marker></defs>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${margin}" y="${margin}" font-size="16" font-weight="600" fill="#16201e">${xml(title)}</text>
<text x="${margin}" y="${margin + 18}" font-size="11" fill="#5a6862">${graph.nodes.length} of ${graph.reachable} records shown, ${graph.edges.length} links</text>
<g transform="translate(${margin - box.x},${margin + head - box.y})">
${edges.join('\n')}
${nodes.join('\n')}
</g>
</svg>
`;
}

function drawEdge(edge: LineageEdge, path: string): string {
  const dash = edge.change === 'removed' ? ' stroke-dasharray="6 4"' : '';
  return `<path class="edge" d="${path}" fill="none" stroke="${ink[edge.change]}" stroke-width="1.4"${dash} marker-end="url(#arrow)"><title>${xml(`${edge.from} ${edge.relation} ${edge.to} (${edge.evidence})`)}</title></path>`;
}

function drawNode(node: LineageNode, x: number, y: number, root: boolean): string {
  const dash = node.dangling || node.change === 'removed' ? ' stroke-dasharray="5 4"' : '';
  return `<g transform="translate(${x},${y})"><rect width="${nodeWidth}" height="${nodeHeight}" rx="7" fill="#ffffff" stroke="${root ? '#0f6a59' : ink[node.change]}" stroke-width="${root ? 2.4 : 1.2}"${dash}/>
<text x="12" y="19" font-size="10.5" fill="#5a6862">${xml(node.kind.replaceAll('_', ' '))}${node.change === 'same' ? '' : ` · ${node.change}`}</text>
<text x="12" y="36" font-size="13" font-weight="600" fill="#16201e">${xml(middleCut(node.label, 25))}</text>
<text x="12" y="52" font-size="10.5" fill="#5a6862">${xml(cut(withShortDigests(node.detail), 34))}</text></g>`;
}

/** PNG at twice the size, less where the picture would exceed what a canvas holds. */
export async function toPng(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(2, 16_000 / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(image.width * scale));
  canvas.height = Math.max(1, Math.floor(image.height * scale));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large to draw'))),
      'image/png',
    );
  });
}

/** Edges as CSV (RFC 4180); a value that a spreadsheet would take for a formula gets a leading apostrophe. */
export function toCsv(graph: LineageGraph): string {
  const labels = new Map(graph.nodes.map((node) => [node.id, node.label]));
  const rows = graph.edges.map((edge) => [
    edge.from,
    labels.get(edge.from) ?? '',
    edge.relation,
    edge.to,
    labels.get(edge.to) ?? '',
    edge.evidence,
    edge.change,
  ]);
  const quote = (value: string): string => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [['from', 'from_name', 'relation', 'to', 'to_name', 'evidence', 'change'], ...rows]
    .map((row) => `${row.map(quote).join(',')}\r\n`)
    .join('');
}
