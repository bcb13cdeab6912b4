/** Calls: methods of known values, `Object.assign`, and functions of the script that do nothing unusual. */
import type { CallExpression, Function as FunctionNode, NewExpression } from 'acorn';
import { type Evaluation, quoted, unknownAt } from './evaluation.ts';
import { memberKey } from './assignments.ts';
import { declarePattern, isPlainPattern } from './destructuring.ts';
import { copyEntries } from './members.ts';
import { callMethod } from './methods.ts';
import { forgetWrites } from './skipped-code.ts';
import {
  asPrimitive,
  BrowserObject,
  FunctionValue,
  NativeFunction,
  ObjectValue,
  Scope,
  Unknown,
  type Unsupported,
  unsupported,
  type Value,
  WindowObject,
} from './values.ts';
import { hoistedNames, withoutInnerFunctions } from './walk.ts';

export function evaluateCall(evaluation: Evaluation, node: CallExpression, scope: Scope): Value {
  const result = callee(evaluation, node, scope);
  if (result !== unsupported) return result;
  const unknown = unknownAt(node, `the call of ${nameOf(node.callee)} is not evaluated`);
  forgetWrites(evaluation, node, scope, unknown);
  return unknown;
}

function callee(evaluation: Evaluation, node: CallExpression, scope: Scope): Value | Unsupported {
  const args = (): Value[] | undefined => evaluateArguments(evaluation, node.arguments, scope);
  const target = node.callee;
  if (target.type === 'MemberExpression') {
    const method = memberKey(evaluation, target, scope);
    if (method instanceof Unknown) return unsupported;
    if (target.object.type === 'Identifier' && target.object.name === 'Object' && !scope.holder('Object')) {
      return callOfObject(evaluation, method, args());
    }
    const receiver = evaluation.evaluate(target.object, scope);
    if (receiver instanceof Unknown) return unsupported;
    if (target.optional && (receiver === undefined || receiver === null)) return undefined;
    const values = args();
    if (values === undefined) return unsupported;
    if (receiver instanceof WindowObject) return callFunction(evaluation, receiver.get(method), values);
    if (receiver instanceof BrowserObject) return callNative(evaluation, receiver.get(method), values);
    return callMethod(receiver, method, values, evaluation.budget, (inner, innerArgs) =>
      callFunction(evaluation, inner, innerArgs),
    );
  }
  const value = evaluation.evaluate(target, scope);
  if (value instanceof NativeFunction) return callNative(evaluation, value, args() ?? [unknownArguments]);
  if (!(value instanceof FunctionValue)) return unsupported;
  const values = args();
  return values === undefined ? unsupported : callFunction(evaluation, value, values);
}

const unknownArguments = new Unknown('spread arguments');

/** `new URL(…)` and the like. */
export function evaluateNew(evaluation: Evaluation, node: NewExpression, scope: Scope): Value | Unsupported {
  const constructed = evaluation.evaluate(node.callee, scope);
  if (!(constructed instanceof NativeFunction) || !constructed.isConstructor) return unsupported;
  const args = evaluateArguments(evaluation, node.arguments, scope);
  return args === undefined ? unsupported : runNative(evaluation, constructed, args);
}

function callNative(evaluation: Evaluation, called: Value, args: readonly Value[]): Value | Unsupported {
  return called instanceof NativeFunction && !called.isConstructor
    ? runNative(evaluation, called, args)
    : unsupported;
}

function runNative(
  evaluation: Evaluation,
  called: NativeFunction,
  args: readonly Value[],
): Value | Unsupported {
  return (
    args.find((value) => value instanceof Unknown) ?? called.run(args.map(asPrimitive), evaluation.budget)
  );
}

function evaluateArguments(
  evaluation: Evaluation,
  nodes: CallExpression['arguments'],
  scope: Scope,
): Value[] | undefined {
  const values: Value[] = [];
  for (const node of nodes) {
    if (node.type === 'SpreadElement') return undefined;
    values.push(evaluation.evaluate(node, scope));
  }
  return values;
}

/** `Object.assign(…)`, `Object.keys(…)` and the like. */
function callOfObject(
  evaluation: Evaluation,
  method: string,
  args: readonly Value[] | undefined,
): Value | Unsupported {
  if (method === 'assign') return assignEntries(evaluation, args);
  const [object] = args ?? [];
  // Of an incomplete one, and so of any of the browser's, not all is known.
  if (!(object instanceof ObjectValue) || object.incomplete) return unsupported;
  evaluation.budget.step(object.entries.size);
  switch (method) {
    case 'keys':
      return [...object.entries.keys()];
    case 'values':
      return [...object.entries.values()];
    case 'entries':
      return [...object.entries];
    default:
      return unsupported;
  }
}

function assignEntries(evaluation: Evaluation, args: readonly Value[] | undefined): Value | Unsupported {
  const [target, ...sources] = args ?? [];
  if (!(target instanceof ObjectValue)) return unsupported;
  for (const source of sources) if (!copyEntries(target, source, evaluation.budget)) return unsupported;
  return target;
}

function callFunction(evaluation: Evaluation, called: Value, args: readonly Value[]): Value | Unsupported {
  // As in `filter(Boolean)`.
  if (called instanceof NativeFunction) return callNative(evaluation, called, args);
  if (!(called instanceof FunctionValue) || called.running) return unsupported;
  const { node } = called;
  evaluation.budget.step(node.params.length);
  if (!isRunnable(evaluation, node)) return unsupported;
  const scope = new Scope(called.scope);
  for (const name of hoistedNames(node.body, evaluation.budget)) scope.declare(name, undefined);
  for (const [index, parameter] of node.params.entries())
    declarePattern(evaluation, parameter, args[index], scope);
  called.running = true;
  const result =
    node.body.type === 'BlockStatement'
      ? evaluation.run(node.body.body, scope)?.value
      : evaluation.evaluate(node.body, scope);
  called.running = false;
  return result;
}

function isRunnable(evaluation: Evaluation, node: FunctionNode): boolean {
  if (node.async || node.generator || !node.params.every(isPlainPattern)) return false;
  for (const inner of withoutInnerFunctions(node.body, evaluation.budget))
    if (inner.type === 'ThrowStatement') return false;
  return true;
}

function nameOf(node: CallExpression['callee']): string {
  if (node.type === 'Identifier') return quoted(node.name);
  if (node.type === 'MemberExpression' && node.property.type === 'Identifier')
    return quoted(node.property.name);
  return 'a function';
}
