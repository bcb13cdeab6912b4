/** JavaScript's operators on known values, without the conversions of objects. */
import type { Budget } from './budget.ts';
import {
  asPrimitive,
  FunctionValue,
  isPrimitive,
  isTruthy,
  NativeFunction,
  ObjectValue,
  type Primitive,
  Unknown,
  type Unsupported,
  unsupported,
  type Value,
} from './values.ts';

export function binaryOperation(
  operator: string,
  leftValue: Value,
  rightValue: Value,
  budget: Budget,
): Value | Unsupported {
  const left = operator === 'in' ? leftValue : asPrimitive(leftValue);
  const right = operator === 'in' ? rightValue : asPrimitive(rightValue);
  if (left instanceof Unknown) return left;
  if (right instanceof Unknown) return right;
  budget.characters(comparisonCost(left, right));
  switch (operator) {
    case '===':
      return left === right;
    case '!==':
      return left !== right;
    case '==':
      return looselyEqual(left, right);
    case '!=':
      return !looselyEqual(left, right);
    case 'in':
      if (!(right instanceof ObjectValue) || !isPrimitive(left)) return unsupported;
      return right.entries.has(String(left)) || (right.incomplete ?? false);
  }
  if (!isPrimitive(left) || !isPrimitive(right)) return unsupported;
  if (operator === '+') return add(left, right, budget);
  const isTextual = typeof left === 'string' && typeof right === 'string';
  const relation = isTextual
    ? compare(operator, left, right)
    : compare(operator, Number(left), Number(right));
  return relation ?? arithmetic(operator, Number(left), Number(right));
}

/** Texts are compared character by character, and read to become numbers; short ones cost nothing to speak of. */
function comparisonCost(left: Value, right: Value): number {
  const length = (value: Value): number =>
    typeof value === 'string' && value.length > 1_000 ? value.length : 0;
  return Math.max(length(left), length(right));
}

function add(left: Primitive, right: Primitive, budget: Budget): Value {
  if (typeof left !== 'string' && typeof right !== 'string') return Number(left) + Number(right);
  const appended = String(right);
  // Only what is appended: a chain of n terms then costs n, and a doubled string its length.
  budget.characters(appended.length);
  return String(left) + appended;
}

/** Texts by code unit, anything else by number; undefined for other operators. */
function compare<Operand extends string | number>(
  operator: string,
  left: Operand,
  right: Operand,
): boolean | undefined {
  switch (operator) {
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

function arithmetic(operator: string, left: number, right: number): Value | Unsupported {
  switch (operator) {
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
    default:
      return unsupported;
  }
}

function looselyEqual(left: Value, right: Value): boolean {
  if (left === null || left === undefined || right === null || right === undefined) {
    return (left ?? undefined) === (right ?? undefined);
  }
  if (typeof left === typeof right || !isPrimitive(left) || !isPrimitive(right)) return left === right;
  return Number(left) === Number(right);
}

export function unaryOperation(operator: string, value: Value, budget: Budget): Value | Unsupported {
  if (value instanceof Unknown) return value;
  budget.characters(comparisonCost(value, undefined));
  switch (operator) {
    case '!':
      return !isTruthy(value);
    case 'typeof':
      return value instanceof FunctionValue || value instanceof NativeFunction
        ? 'function'
        : value === null
          ? 'object'
          : typeof value;
    case 'void':
      return undefined;
    case '-':
      return isPrimitive(value) ? -Number(value) : unsupported;
    case '+':
      return isPrimitive(value) ? Number(value) : unsupported;
    // As in `~list.indexOf(x)`.
    case '~':
      return isPrimitive(value) ? ~Number(value) : unsupported;
    default:
      return unsupported;
  }
}
