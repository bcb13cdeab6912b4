/** Names that are bound by a pattern: `const { host, port: p = '' } = location`, `function ({ hostname }, n = 1)`. */
import type { Pattern } from 'acorn';
import { type Evaluation, quoted, unknownAt } from './evaluation.ts';
import { readMember } from './members.ts';
import { type Scope, Unknown, unsupported, type Value } from './values.ts';

/** Whether it is no more than names, members by name or place, and defaults. */
export function isPlainPattern(pattern: Pattern): boolean {
  switch (pattern.type) {
    case 'Identifier':
      return true;
    case 'AssignmentPattern':
      return isPlainPattern(pattern.left);
    case 'ObjectPattern':
      return pattern.properties.every(
        (property) =>
          property.type === 'Property' &&
          !property.computed &&
          property.key.type === 'Identifier' &&
          isPlainPattern(property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.every((element) => element === null || isPlainPattern(element));
    default:
      return false;
  }
}

/** Declares the names of a plain pattern. */
export function declarePattern(evaluation: Evaluation, pattern: Pattern, value: Value, scope: Scope): void {
  evaluation.budget.step();
  const declareMember = (target: Pattern, key: string): void => {
    const member = value instanceof Unknown ? value : readMember(value, key);
    const known =
      member === unsupported ? unknownAt(pattern, `the member ${quoted(key)} is not evaluated`) : member;
    declarePattern(evaluation, target, known, scope);
  };
  switch (pattern.type) {
    case 'Identifier':
      scope.declare(pattern.name, value);
      break;
    case 'AssignmentPattern': {
      const given = value === undefined ? evaluation.evaluate(pattern.right, scope) : value;
      declarePattern(evaluation, pattern.left, given, scope);
      break;
    }
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier')
          declareMember(property.value, property.key.name);
      }
      break;
    case 'ArrayPattern':
      for (const [index, element] of pattern.elements.entries())
        if (element) declareMember(element, String(index));
      break;
    default:
  }
}
