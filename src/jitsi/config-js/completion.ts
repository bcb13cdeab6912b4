/** How statements end before their last: `return` in a function, `break` in a `switch`. */
import type { AnyNode } from 'acorn';
import type { Budget } from './budget.ts';
import type { Unknown, Value } from './values.ts';
import { childrenOf, isFunction } from './walk.ts';

export interface Completion {
  kind: 'return' | 'break';
  value: Value;
  /** Set where it is not known whether it comes to that: what follows may run, or not. */
  uncertain?: Unknown;
}

/** Statements that a `break` inside them ends. */
const breakable: ReadonlySet<AnyNode['type']> = new Set([
  'DoWhileStatement',
  'ForInStatement',
  'ForOfStatement',
  'ForStatement',
  'LabeledStatement',
  'SwitchStatement',
  'WhileStatement',
]);

/** What code that is skipped may come to. */
export function possibleCompletion(root: AnyNode, unknown: Unknown, budget: Budget): Completion | undefined {
  const open = [{ node: root, isInside: false }];
  let mayBreak = false;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    budget.step();
    const { node } = next;
    if (node.type === 'ReturnStatement') return { kind: 'return', value: unknown, uncertain: unknown };
    mayBreak ||= node.type === 'BreakStatement' && !next.isInside;
    const isInside = next.isInside || breakable.has(node.type);
    for (const child of childrenOf(node)) if (!isFunction(child)) open.push({ node: child, isInside });
  }
  return mayBreak ? { kind: 'break', value: undefined, uncertain: unknown } : undefined;
}
