/**
 * Cycles of a directed graph: one shortest example for every strongly connected component, and every self-reference.
 *
 * Tarjan's algorithm with its own stack, since a chain of 100,000 versions would overflow the call stack.
 */

interface Rows {
  readonly starts: Uint32Array;
  readonly edges: Uint32Array;
}

/** `down` are the out-edges per node, `to` the target of each edge. Linear time. */
export function findCycles(count: number, down: Rows, to: Uint32Array): number[][] {
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const component = new Int32Array(count).fill(-1);
  const next = down.starts.slice(0, count);
  const open: number[] = [];
  const cycles: number[][] = [];
  let counter = 0;
  let components = 0;

  const target = (position: number): number => to[down.edges[position] ?? 0] ?? 0;
  const end = (node: number): number => down.starts[node + 1] ?? 0;

  for (let start = 0; start < count; start += 1) {
    if (order[start] !== -1) continue;
    const path = [start];
    order[start] = counter;
    low[start] = counter;
    counter += 1;
    open.push(start);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const position = next[node] ?? 0;
      if (position < end(node)) {
        next[node] = position + 1;
        const other = target(position);
        if (order[other] === -1) {
          order[other] = counter;
          low[other] = counter;
          counter += 1;
          open.push(other);
          path.push(other);
        } else if (component[other] === -1) low[node] = Math.min(low[node] ?? 0, order[other] ?? 0);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
      if (low[node] !== order[node]) continue;
      const members: number[] = [];
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = components;
        members.push(member);
        if (member === node) break;
      }
      components += 1;
      const selfReference = members.length === 1 && hasEdge(node);
      if (members.length > 1) cycles.push(shortestCycle(members.reduce((a, b) => Math.min(a, b))));
      else if (selfReference) cycles.push([node]);
    }
  }
  return cycles.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));

  function hasEdge(node: number): boolean {
    for (let i = down.starts[node] ?? 0; i < end(node); i += 1) if (target(i) === node) return true;
    return false;
  }

  /** Breadth first from a node back to itself, inside its component. */
  function shortestCycle(from: number): number[] {
    const cameFrom = new Map<number, number>();
    const queue = [from];
    for (let head = 0; head < queue.length; head += 1) {
      const node = queue[head] ?? from;
      for (let i = down.starts[node] ?? 0; i < end(node); i += 1) {
        const other = target(i);
        if (component[other] !== component[from]) continue;
        if (other === from) {
          const cycle = [node];
          for (let back = node; back !== from; ) {
            back = cameFrom.get(back) ?? from;
            cycle.push(back);
          }
          return cycle.reverse();
        }
        if (!cameFrom.has(other)) {
          cameFrom.set(other, node);
          queue.push(other);
        }
      }
    }
    return [from];
  }
}
