/** Runs statements: declarations, expressions, blocks, `if`. Loops and everything else are skipped and reported. */
import type {
  Expression,
  IfStatement,
  ModuleDeclaration,
  Pattern,
  Statement,
  VariableDeclaration,
} from 'acorn';
import { assign } from './assignments.ts';
import { type Evaluation, quoted, reportSkipped, unknownAt } from './evaluation.ts';
import { readMember } from './members.ts';
import { forgetWrites } from './skipped-code.ts';
import { FunctionValue, isTruthy, Scope, Unknown, unsupported, type Value } from './values.ts';

export function runStatements(
  evaluation: Evaluation,
  statements: readonly (Statement | ModuleDeclaration)[],
  scope: Scope,
): void {
  for (const statement of statements) {
    if (statement.type === 'FunctionDeclaration') {
      scope.declare(statement.id.name, new FunctionValue(statement, scope));
    }
  }
  for (const statement of statements) runStatement(evaluation, statement, scope);
}

function runStatement(evaluation: Evaluation, node: Statement | ModuleDeclaration, scope: Scope): void {
  const { budget } = evaluation;
  budget.enter();
  switch (node.type) {
    case 'EmptyStatement':
    case 'FunctionDeclaration':
      break;
    case 'VariableDeclaration':
      declareVariables(evaluation, node, scope);
      break;
    case 'ExpressionStatement': {
      const value = evaluation.evaluate(node.expression, scope);
      // An assigned value is found where it was assigned to.
      if (value instanceof Unknown && node.expression.type !== 'AssignmentExpression') {
        reportSkipped(evaluation, node.expression, value.reason);
      }
      break;
    }
    case 'BlockStatement':
      runStatements(evaluation, node.body, new Scope(scope));
      break;
    case 'IfStatement':
      runIf(evaluation, node, scope);
      break;
    default: {
      const unknown = unknownAt(node, 'a kind of statement that is not evaluated');
      reportSkipped(evaluation, node, unknown.reason);
      forgetWrites(evaluation, node, scope, unknown);
    }
  }
  budget.leave();
}

function declareVariables(evaluation: Evaluation, node: VariableDeclaration, scope: Scope): void {
  for (const declarator of node.declarations) {
    const { id, init } = declarator;
    if (id.type !== 'Identifier') {
      if (init && declareMembers(evaluation, id, evaluation.evaluate(init, scope), scope)) continue;
      const unknown = unknownAt(declarator, 'destructuring is not evaluated');
      reportSkipped(evaluation, declarator, unknown.reason);
      forgetWrites(evaluation, declarator, scope, unknown);
    } else if (node.kind !== 'var') {
      scope.declare(id.name, init ? evaluation.evaluate(init, scope) : undefined);
    } else if (init) {
      assign(evaluation, id, evaluation.evaluate(init, scope), scope);
    }
  }
}

/** `const { host, port: p = '' } = location`; false when it is more than that. */
function declareMembers(evaluation: Evaluation, pattern: Pattern, value: Value, scope: Scope): boolean {
  if (pattern.type !== 'ObjectPattern' && pattern.type !== 'ArrayPattern') return false;
  const entries =
    pattern.type === 'ArrayPattern'
      ? pattern.elements.map((target, index) => ({ key: String(index), target }))
      : pattern.properties.map((property) => ({
          key:
            property.type === 'Property' && !property.computed && property.key.type === 'Identifier'
              ? property.key.name
              : undefined,
          target: property.type === 'Property' ? property.value : property,
        }));
  const named: { key: string; name: string; fallback: Expression | undefined }[] = [];
  for (const { key, target } of entries) {
    if (target === null) continue;
    const left = target.type === 'AssignmentPattern' ? target.left : target;
    if (key === undefined || left.type !== 'Identifier') return false;
    named.push({
      key,
      name: left.name,
      fallback: target.type === 'AssignmentPattern' ? target.right : undefined,
    });
  }
  for (const { key, name, fallback } of named) {
    const member = readMember(value, key);
    const known =
      member === unsupported ? unknownAt(pattern, `the member ${quoted(key)} is not evaluated`) : member;
    scope.declare(name, known === undefined && fallback ? evaluation.evaluate(fallback, scope) : known);
  }
  return true;
}

/** Neither branch of an `if` whose condition is not known is applied, and what either would set is not known either. */
function runIf(evaluation: Evaluation, first: IfStatement, scope: Scope): void {
  let node: Statement | null | undefined = first;
  while (node?.type === 'IfStatement') {
    const test = evaluation.evaluate(node.test, scope);
    if (test instanceof Unknown) {
      const unknown = unknownAt(node, `depends on a condition that is not known (${test.reason})`);
      reportSkipped(evaluation, node, unknown.reason);
      forgetWrites(evaluation, node.consequent, scope, unknown);
      if (node.alternate) forgetWrites(evaluation, node.alternate, scope, unknown);
      return;
    }
    if (isTruthy(test)) {
      runStatement(evaluation, node.consequent, scope);
      return;
    }
    node = node.alternate;
  }
  if (node) runStatement(evaluation, node, scope);
}
