/** Evaluates expressions. What is not covered gives an `Unknown` that carries the reason. */
import type {
  AnyNode,
  ArrayExpression,
  AssignmentExpression,
  BinaryExpression,
  Expression,
  Identifier,
  LogicalExpression,
  MemberExpression,
  ObjectExpression,
  Super,
  TemplateLiteral,
  UnaryExpression,
  UpdateExpression,
} from 'acorn';
import { assign, deleteMember, isGlobalObject, memberKey } from './assignments.ts';
import { evaluateCall, evaluateNew } from './calls.ts';
import { type Evaluation, globalObjects, quoted, reportSkipped, unknownAt } from './evaluation.ts';
import { copyEntries, readMember, setEntry } from './members.ts';
import { binaryOperation, unaryOperation } from './operators.ts';
import { forgetWrites } from './skipped-code.ts';
import { Pattern } from './patterns.ts';
import { placeholderName } from './ssi.ts';
import {
  asPrimitive,
  FunctionValue,
  isPrimitive,
  isTruthy,
  ObjectValue,
  type Scope,
  Unknown,
  type Unsupported,
  unsupported,
  type Value,
} from './values.ts';

export function evaluateExpression(evaluation: Evaluation, node: Expression | Super, scope: Scope): Value {
  const { budget } = evaluation;
  const evaluate = (inner: Expression | Super): Value => evaluation.evaluate(inner, scope);
  switch (node.type) {
    case 'Literal':
      if (node.regex !== undefined) {
        const { pattern, flags } = node.regex;
        return Pattern.from(pattern, flags) ?? unknownAt(node, 'a regular expression that may take long');
      }
      return typeof node.value === 'bigint' || node.value instanceof RegExp
        ? unknownAt(node, 'a kind of literal that no setting has')
        : node.value;
    case 'TemplateLiteral':
      return evaluateTemplate(evaluation, node, scope);
    case 'Identifier':
      return evaluateIdentifier(node, scope);
    case 'ThisExpression':
      return scope === scope.top ? scope.window : unknownAt(node, '`this` in a function');
    case 'ObjectExpression':
      return evaluateObject(evaluation, node, scope);
    case 'ArrayExpression':
      return evaluateArray(evaluation, node, scope);
    case 'MemberExpression':
      return evaluateMember(evaluation, node, scope);
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return evaluate(node.expression);
    case 'CallExpression':
      return evaluateCall(evaluation, node, scope);
    case 'NewExpression': {
      const made = evaluateNew(evaluation, node, scope);
      return made === unsupported
        ? skip(evaluation, node, scope, 'a kind of object that is not evaluated')
        : made;
    }
    case 'BinaryExpression':
      return evaluateBinary(evaluation, node, scope);
    case 'UnaryExpression':
      return evaluateUnary(evaluation, node, scope);
    case 'LogicalExpression':
      return evaluateShortCircuit(evaluation, node, evaluate(node.left), scope);
    case 'ConditionalExpression': {
      const test = evaluate(node.test);
      if (!(test instanceof Unknown)) return evaluate(isTruthy(test) ? node.consequent : node.alternate);
      forgetWrites(evaluation, node.consequent, scope, test);
      forgetWrites(evaluation, node.alternate, scope, test);
      return test;
    }
    case 'AssignmentExpression':
      return evaluateAssignment(evaluation, node, scope);
    case 'UpdateExpression':
      return evaluateUpdate(evaluation, node, scope);
    case 'SequenceExpression': {
      let last: Value;
      for (const expression of node.expressions) last = evaluate(expression);
      return last;
    }
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      budget.step();
      return new FunctionValue(node, scope);
    default:
      return skip(evaluation, node, scope, 'a kind of expression that is not evaluated');
  }
}

function skip(evaluation: Evaluation, node: AnyNode, scope: Scope, reason: string): Unknown {
  const unknown = unknownAt(node, reason);
  forgetWrites(evaluation, node, scope, unknown);
  return unknown;
}

function orUnknown(node: AnyNode, value: Value | Unsupported, what: string): Value {
  return value === unsupported ? unknownAt(node, `${what} is not evaluated`) : value;
}

function evaluateIdentifier(node: Identifier, scope: Scope): Value {
  const { name } = node;
  if (scope.holder(name)) return scope.get(name);
  if (globalObjects.has(name)) return scope.window;
  switch (name) {
    case 'undefined':
      return undefined;
    case 'Infinity':
      return Infinity;
    case 'NaN':
      return NaN;
    case placeholderName:
      return unknownAt(node, 'a server-side placeholder that the web server did not fill in');
    default:
      return unknownAt(node, `${quoted(name)} is not defined in the file`);
  }
}

function evaluateTemplate(evaluation: Evaluation, node: TemplateLiteral, scope: Scope): Value {
  let text = '';
  for (const [index, quasi] of node.quasis.entries()) {
    const written = quasi.value.cooked ?? '';
    evaluation.budget.characters(written.length);
    text += written;
    const expression = node.expressions[index];
    if (expression === undefined) continue;
    const value = asPrimitive(evaluation.evaluate(expression, scope));
    if (value instanceof Unknown) return value;
    if (!isPrimitive(value)) return unknownAt(expression, 'an object as text');
    const inserted = String(value);
    evaluation.budget.characters(inserted.length);
    text += inserted;
  }
  return text;
}

function evaluateObject(evaluation: Evaluation, node: ObjectExpression, scope: Scope): Value {
  const object = new ObjectValue();
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      const source = evaluation.evaluate(property.argument, scope);
      if (!copyEntries(object, source, evaluation.budget)) {
        object.incomplete = unknownAt(property, 'something other than an object is spread');
      }
      continue;
    }
    const key = propertyKey(evaluation, property, scope);
    const value =
      property.kind === 'init'
        ? evaluation.evaluate(property.value, scope)
        : unknownAt(property, 'a getter or setter');
    if (key instanceof Unknown) object.incomplete = key;
    else setEntry(object, key, value);
  }
  return object;
}

function propertyKey(
  evaluation: Evaluation,
  property: Exclude<ObjectExpression['properties'][number], { type: 'SpreadElement' }>,
  scope: Scope,
): string | Unknown {
  if (!property.computed && property.key.type === 'Identifier') return property.key.name;
  const key = evaluation.evaluate(property.key, scope);
  if (key instanceof Unknown) return key;
  return isPrimitive(key) ? String(key) : unknownAt(property, 'a key that is neither text nor a number');
}

function evaluateArray(evaluation: Evaluation, node: ArrayExpression, scope: Scope): Value {
  const list: Value[] = [];
  for (const element of node.elements) {
    if (element?.type !== 'SpreadElement') {
      list.push(element ? evaluation.evaluate(element, scope) : undefined);
      continue;
    }
    const spread = evaluation.evaluate(element.argument, scope);
    if (!Array.isArray(spread)) return skip(evaluation, node, scope, 'something other than a list is spread');
    evaluation.budget.step(spread.length);
    for (const item of spread) list.push(item);
  }
  return list;
}

function evaluateMember(evaluation: Evaluation, node: MemberExpression, scope: Scope): Value {
  if (isGlobalObject(node.object, scope)) {
    const name = memberKey(evaluation, node, scope);
    if (name instanceof Unknown) return name;
    return scope.holder(name)
      ? scope.get(name)
      : unknownAt(node, `${quoted(name)} is not defined in the file`);
  }
  const object = evaluation.evaluate(node.object, scope);
  if (object instanceof Unknown) return object;
  if (node.optional && (object === undefined || object === null)) return undefined;
  const key = memberKey(evaluation, node, scope);
  if (key instanceof Unknown) return key;
  return orUnknown(node, readMember(object, key), `the member ${quoted(key)}`);
}

/** A chain `a + b + c …` is a tree as deep as the chain is long, on its left side: walked without recursion. */
function evaluateBinary(evaluation: Evaluation, node: BinaryExpression, scope: Scope): Value {
  const chain: BinaryExpression[] = [];
  let leftmost: BinaryExpression['left'] = node;
  while (leftmost.type === 'BinaryExpression') {
    chain.push(leftmost);
    leftmost = leftmost.left;
  }
  if (leftmost.type === 'PrivateIdentifier') return unknownAt(node, 'a private member');
  let value = evaluation.evaluate(leftmost, scope);
  for (let operation = chain.pop(); operation !== undefined; operation = chain.pop()) {
    evaluation.budget.step();
    const right = evaluation.evaluate(operation.right, scope);
    const { operator } = operation;
    value = orUnknown(
      operation,
      binaryOperation(operator, value, right, evaluation.budget),
      quoted(operator),
    );
  }
  return value;
}

function evaluateUnary(evaluation: Evaluation, node: UnaryExpression, scope: Scope): Value {
  if (node.operator === 'delete') {
    return node.argument.type === 'MemberExpression'
      ? deleteMember(evaluation, node.argument, scope)
      : skip(evaluation, node, scope, 'a kind of `delete` that is not evaluated');
  }
  // As in `typeof window !== 'undefined'`.
  if (node.operator === 'typeof' && isGlobalObject(node.argument, scope)) return 'object';
  const value = evaluation.evaluate(node.argument, scope);
  return orUnknown(node, unaryOperation(node.operator, value, evaluation.budget), quoted(node.operator));
}

/** `&&`, `||`, `??` and the assignments made of them: `left` decides whether the right side runs. */
function evaluateShortCircuit(
  evaluation: Evaluation,
  node: LogicalExpression | AssignmentExpression,
  left: Value,
  scope: Scope,
): Value {
  if (left instanceof Unknown) {
    forgetWrites(evaluation, node.right, scope, left);
    return left;
  }
  const operator = node.operator.slice(0, 2);
  const goesOn =
    operator === '&&'
      ? isTruthy(left)
      : operator === '||'
        ? !isTruthy(left)
        : left === undefined || left === null;
  return goesOn ? evaluation.evaluate(node.right, scope) : left;
}

function evaluateAssignment(evaluation: Evaluation, node: AssignmentExpression, scope: Scope): Value {
  const { left, operator } = node;
  if (left.type !== 'Identifier' && left.type !== 'MemberExpression') {
    const unknown = skip(evaluation, node, scope, 'destructuring is not evaluated');
    reportSkipped(evaluation, node, unknown.reason);
    return unknown;
  }
  let value: Value;
  if (operator === '=') value = evaluation.evaluate(node.right, scope);
  else {
    const before = evaluation.evaluate(left, scope);
    if (operator === '||=' || operator === '&&=' || operator === '??=') {
      value = evaluateShortCircuit(evaluation, node, before, scope);
    } else {
      const right = evaluation.evaluate(node.right, scope);
      const result = binaryOperation(operator.slice(0, -1), before, right, evaluation.budget);
      value = orUnknown(node, result, quoted(operator));
    }
  }
  assign(evaluation, left, value, scope);
  return value;
}

/** `x++` and the like. */
function evaluateUpdate(evaluation: Evaluation, node: UpdateExpression, scope: Scope): Value {
  const before = unaryOperation('+', evaluation.evaluate(node.argument, scope), evaluation.budget);
  const number = orUnknown(node, before, quoted(node.operator));
  const after = typeof number === 'number' ? (node.operator === '++' ? number + 1 : number - 1) : number;
  assign(evaluation, node.argument, after, scope);
  return node.prefix ? after : number;
}
