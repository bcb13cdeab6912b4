/** Writing variables and members: `a = …`, `config.hosts.muc = …`, `config['x'] = …`, `delete config.x`. */
import type { AnyNode, MemberExpression } from 'acorn';
import { type Evaluation, globalObjects, reportSkipped, unknownAt } from './evaluation.ts';
import { setEntry } from './members.ts';
import { BrowserObject, isPrimitive, ObjectValue, type Scope, Unknown, type Value } from './values.ts';

/** Assigns, or reports why that is not possible. */
export function assign(evaluation: Evaluation, target: AnyNode, value: Value, scope: Scope): void {
  if (target.type === 'Identifier') {
    (scope.holder(target.name) ?? scope.top).declare(target.name, value);
    return;
  }
  if (target.type !== 'MemberExpression') {
    reportSkipped(evaluation, target, 'a kind of assignment that is not evaluated');
    return;
  }
  const key = memberKey(evaluation, target, scope);
  if (isGlobalObject(target.object, scope)) {
    if (typeof key === 'string') scope.top.declare(key, value);
    else reportSkipped(evaluation, target, key.reason);
    return;
  }
  const container = openContainer(evaluation, target.object, scope);
  if (container instanceof BrowserObject) return;
  if (container instanceof ObjectValue) {
    if (key instanceof Unknown) container.incomplete = key;
    else setEntry(container, key, value);
  } else if (Array.isArray(container)) {
    if (!assignElement(container, key, value)) reportSkipped(evaluation, target, 'not an index of the list');
  } else {
    reportSkipped(
      evaluation,
      target,
      container instanceof Unknown ? container.reason : 'not a member of an object',
    );
  }
}

export function deleteMember(evaluation: Evaluation, target: MemberExpression, scope: Scope): Value {
  const container = evaluation.evaluate(target.object, scope);
  const key = memberKey(evaluation, target, scope);
  if (!(container instanceof ObjectValue) || container instanceof BrowserObject)
    return unknownAt(target, '`delete` outside an object');
  if (key instanceof Unknown) container.incomplete = key;
  else container.entries.delete(key);
  return true;
}

export function memberKey(evaluation: Evaluation, member: MemberExpression, scope: Scope): string | Unknown {
  const { property } = member;
  if (property.type === 'PrivateIdentifier') return unknownAt(member, 'a private member');
  if (!member.computed) return property.type === 'Identifier' ? property.name : unknownAt(member, 'a member');
  const key = evaluation.evaluate(property, scope);
  if (key instanceof Unknown) return key;
  return isPrimitive(key) ? String(key) : unknownAt(member, 'a key that is neither text nor a number');
}

export function isGlobalObject(node: AnyNode, scope: Scope): boolean {
  return node.type === 'Identifier' && globalObjects.has(node.name) && scope.holder(node.name) === undefined;
}

/**
 * The object that is written into. Where its value is not known but its place is (`config.hosts = load();
 * config.hosts.domain = 'x'`) an object takes that place, marked as incomplete: what is written now is certain.
 */
function openContainer(evaluation: Evaluation, node: MemberExpression['object'], scope: Scope): Value {
  const value = evaluation.evaluate(node, scope);
  if (!(value instanceof Unknown)) return value;
  if (node.type === 'MemberExpression' && evaluation.evaluate(node.object, scope) instanceof BrowserObject)
    return value;
  const hasPlace =
    node.type === 'Identifier' ? scope.holder(node.name) !== undefined : node.type === 'MemberExpression';
  if (!hasPlace) return value;
  const opened = new ObjectValue();
  opened.incomplete = value;
  assign(evaluation, node, opened, scope);
  return opened;
}

function assignElement(list: Value[], key: string | Unknown, value: Value): boolean {
  const index = typeof key === 'string' && /^(0|[1-9]\d{0,9})$/.test(key) ? Number(key) : -1;
  if (index < 0 || index > list.length) return false;
  list[index] = value;
  return true;
}
