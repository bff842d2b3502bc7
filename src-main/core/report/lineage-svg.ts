/** The lineage picture as SVG: boxes with name, kind and findings; direction is left to right. */
import type { Block } from './model.ts';
import { ink, severityColours } from './theme.ts';
import type { Typesetter } from './typesetting.ts';

type LineageBlock = Extract<Block, { type: 'lineage' }>;
type Box = LineageBlock['nodes'][number];

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const n = (value: number): string => String(Math.round(value * 100) / 100);

function edgePath(from: Box, to: Box): string {
  const [fromY, toY] = [from.y + from.height / 2, to.y + to.height / 2];
  if (Math.abs(from.x - to.x) < 1) {
    const bulge = from.x + from.width + 12;
    return `M ${n(from.x + from.width)} ${n(fromY)} C ${n(bulge)} ${n(fromY)} ${n(bulge)} ${n(toY)} ${n(to.x + to.width)} ${n(toY)}`;
  }
  const forward = from.x < to.x;
  const [x1, x2] = forward ? [from.x + from.width, to.x] : [from.x, to.x + to.width];
  const middle = (x1 + x2) / 2;
  return `M ${n(x1)} ${n(fromY)} C ${n(middle)} ${n(fromY)} ${n(middle)} ${n(toY)} ${n(x2)} ${n(toY)}`;
}

/** A small head at the target, so that direction does not depend on reading order alone. */
function arrowHead(from: Box, to: Box): string {
  const y = to.y + to.height / 2;
  const forward = from.x < to.x - 1;
  const x = forward ? to.x : to.x + to.width;
  const back = forward ? -4.5 : 4.5;
  return `<path d="M ${n(x)} ${n(y)} L ${n(x + back)} ${n(y - 2.4)} L ${n(x + back)} ${n(y + 2.4)} Z" fill="${ink.muted}"/>`;
}

function boxSvg(box: Box, typesetter: Typesetter): string {
  const inner = box.width - 12;
  const fill = box.root ? ink.accent : ink.white;
  const stroke = box.dangling ? ink.muted : ink.accent;
  const dash = box.dangling ? ' stroke-dasharray="3 2"' : '';
  const findings = box.findings === 0 ? '' : `${box.findings} finding${box.findings === 1 ? '' : 's'}`;
  const kind = `${box.kind.replaceAll('_', ' ')}${box.dangling ? ', no record' : ''}`;
  const label = typesetter.fit(box.label, 'Body', 7, inner);
  const second = typesetter.fit(findings === '' ? kind : `${kind}, ${findings}`, 'Body', 5.6, inner);
  const secondColour = box.root ? ink.accentSoft : findings === '' ? ink.muted : severityColours.critical;
  return [
    `<rect x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height)}" rx="3" fill="${fill}" stroke="${stroke}" stroke-width="0.8"${dash}/>`,
    `<text x="${n(box.x + 6)}" y="${n(box.y + 14.5)}" font-family="Body" font-size="7" fill="${box.root ? ink.white : ink.text}">${escapeXml(label)}</text>`,
    `<text x="${n(box.x + 6)}" y="${n(box.y + 25.5)}" font-family="Body" font-size="5.6" fill="${secondColour}">${escapeXml(second)}</text>`,
  ].join('');
}

/** SVG text of a lineage block, `width` x `height` points. */
export function lineageSvg(block: LineageBlock, typesetter: Typesetter): string {
  const boxes = new Map(block.nodes.map((node) => [node.id, node]));
  const edges = block.edges.flatMap((edge) => {
    const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
    return from && to && from !== to ? [{ from, to }] : [];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(block.width)}" height="${n(block.height + 4)}" viewBox="0 -2 ${n(block.width)} ${n(block.height + 4)}">`,
    ...edges.map(
      ({ from, to }) =>
        `<path d="${edgePath(from, to)}" fill="none" stroke="${ink.muted}" stroke-width="0.7"/>${arrowHead(from, to)}`,
    ),
    ...block.nodes.map((node) => boxSvg(node, typesetter)),
    '</svg>',
  ].join('');
}
