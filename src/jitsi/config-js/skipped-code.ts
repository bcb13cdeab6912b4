/**
 * What code that is not evaluated (an `if` whose condition is not known, a loop, a function with inner returns) would
 * write: those variables and settings become unknown, since neither their old nor their new value can be relied on.
 * An approximation on the careful side: everything that is written anywhere in the code counts, also in callbacks.
 * Not followed: aliases of a part of `config` that the skipped code makes itself.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { type Evaluation, globalObjects } from './evaluation.ts';
import { setEntry } from './members.ts';
import { BrowserObject, FunctionValue, ObjectValue, type Scope, type Unknown, type Value } from './values.ts';
import { childrenOf, isFunction, isNode, withoutInnerFunctions } from './walk.ts';

/** A variable and the keys that lead from it to the place written; undefined stands for a key that is not known. */
interface Place {
  variable: string;
  keys: readonly (string | undefined)[];
}

/** Names that mean something else inside a function: its own variables, and parameters that stand for a known place. */
type Locals = ReadonlyMap<string, Place | undefined>;

const mutatingMethods: ReadonlySet<string> = new Set([
  'copyWithin',
  'fill',
  'pop',
  'push',
  'reverse',
  'shift',
  'sort',
  'splice',
  'unshift',
]);

/** Makes everything that `node` may write `unknown`. */
export function forgetWrites(evaluation: Evaluation, root: AnyNode, scope: Scope, unknown: Unknown): void {
  const open: { node: AnyNode; locals: Locals }[] = [{ node: root, locals: new Map() }];
  const entered = new Set<AnyNode>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    evaluation.budget.step();
    const { node, locals } = next;
    for (const place of writtenBy(node, locals)) forget(place, scope, unknown);

    if (node.type === 'CallExpression') {
      const called = calledFunction(node, scope, locals);
      if (called !== undefined && !entered.has(called)) {
        entered.add(called);
        open.push({ node: called.body, locals: localsOf(evaluation, called, locals, node) });
      }
    }
    for (const child of childrenOf(node)) {
      if (!isFunction(child)) open.push({ node: child, locals });
      else if (!entered.has(child))
        open.push({ node: child.body, locals: localsOf(evaluation, child, locals) });
    }
  }
}

function writtenBy(node: AnyNode, locals: Locals): Place[] {
  switch (node.type) {
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
      return targets(node.left, locals);
    case 'VariableDeclarator':
      return targets(node.id, locals);
    case 'UpdateExpression':
      return targets(node.argument, locals);
    case 'UnaryExpression':
      return node.operator === 'delete' ? targets(node.argument, locals) : [];
    case 'CallExpression':
      return writtenByCall(node, locals);
    default:
      return [];
  }
}

function targets(node: AnyNode, locals: Locals): Place[] {
  if (node.type === 'VariableDeclaration') return []; // its declarators are visited on their own
  const place = placeOf(node, locals);
  if (place !== undefined) return [place];
  // A pattern: its defaults and keys count too, which is more than is written.
  return node.type.endsWith('Pattern') || node.type === 'Property' || node.type === 'RestElement'
    ? childrenOf(node).flatMap((child) => targets(child, locals))
    : [];
}

/** `list.push(…)` and `Object.assign(target, …)`. */
function writtenByCall({ callee, arguments: args }: CallExpression, locals: Locals): Place[] {
  if (callee.type !== 'MemberExpression') return [];
  const method = keyOf(callee);
  if (method === undefined) return [];
  if (callee.object.type === 'Identifier' && callee.object.name === 'Object' && method === 'assign') {
    const target = args[0] && placeOf(args[0], locals);
    return target ? [{ ...target, keys: [...target.keys, undefined] }] : [];
  }
  if (!mutatingMethods.has(method)) return [];
  const list = placeOf(callee.object, locals);
  return list ? [list] : [];
}

/** Of `a.b['c'][d]`: a, with the keys b, c, undefined. */
function placeOf(node: AnyNode, locals: Locals): Place | undefined {
  const keys: (string | undefined)[] = [];
  let object = node;
  while (object.type === 'MemberExpression') {
    keys.push(keyOf(object));
    object = object.object;
  }
  if (object.type !== 'Identifier') return undefined;
  keys.reverse();
  if (locals.has(object.name)) {
    const place = locals.get(object.name);
    return place && { ...place, keys: [...place.keys, ...keys] };
  }
  const [first, ...rest] = keys;
  if (globalObjects.has(object.name))
    return first === undefined ? undefined : { variable: first, keys: rest };
  return { variable: object.name, keys };
}

function keyOf(member: AnyNode & { type: 'MemberExpression' }): string | undefined {
  const { property } = member;
  if (!member.computed) return property.type === 'Identifier' ? property.name : undefined;
  return property.type === 'Literal' && property.regex === undefined ? String(property.value) : undefined;
}

function calledFunction(
  { callee }: CallExpression,
  scope: Scope,
  locals: Locals,
): (FunctionNode & AnyNode) | undefined {
  if (isFunction(callee)) return callee;
  if (callee.type !== 'Identifier' || locals.has(callee.name)) return undefined;
  const value = scope.get(callee.name);
  return value instanceof FunctionValue && isNode(value.node) && isFunction(value.node)
    ? value.node
    : undefined;
}

function localsOf(
  evaluation: Evaluation,
  called: FunctionNode,
  outer: Locals,
  call?: CallExpression,
): Locals {
  evaluation.budget.step(outer.size + called.params.length);
  const locals = new Map(outer);
  for (const node of withoutInnerFunctions(called.body, evaluation.budget)) {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier')
      locals.set(node.id.name, undefined);
    if (node.type === 'FunctionDeclaration' && node.id) locals.set(node.id.name, undefined);
  }
  for (const [index, parameter] of called.params.entries()) {
    if (parameter.type !== 'Identifier') continue;
    const argument = call?.arguments[index];
    locals.set(parameter.name, argument && placeOf(argument, outer));
  }
  return locals;
}

function forget({ variable, keys }: Place, scope: Scope, unknown: Unknown): void {
  const holder = scope.holder(variable) ?? (keys.length === 0 ? scope.top : undefined);
  if (holder === undefined) return; // a browser's object, such as document
  let replace = (value: Value): void => holder.declare(variable, value);
  let value = holder.get(variable);
  for (const key of keys) {
    if (value instanceof BrowserObject) return;
    if (!(value instanceof ObjectValue)) break; // a list is forgotten as a whole
    const object = value;
    if (key === undefined) {
      object.incomplete = unknown;
      return;
    }
    replace = (changed) => setEntry(object, key, changed);
    value = object.get(key);
  }
  replace(unknown);
}
