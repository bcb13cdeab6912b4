/** Walks over the syntax tree without recursion: trees of hostile files are deep. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Budget } from './budget.ts';

export function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

export function isFunction(node: AnyNode): node is AnyNode & FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flat().filter(isNode);
}

/** The node and everything in it, functions inside it only as themselves: their bodies do not run with it. */
export function* withoutInnerFunctions(root: AnyNode, budget: Budget): Generator<AnyNode, void, undefined> {
  const open: AnyNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    budget.step();
    yield node;
    if (node === root || !isFunction(node)) open.push(...childrenOf(node).reverse());
  }
}

/** Names that `var` declares in a program or function body, wherever in it: they exist from its start. */
export function* hoistedNames(body: AnyNode, budget: Budget): Generator<string, void, undefined> {
  for (const node of withoutInnerFunctions(body, budget)) {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'var') continue;
    for (const { id } of node.declarations) if (id.type === 'Identifier') yield id.name;
  }
}
