/** Runs statements: declarations, expressions, blocks, `if`, `switch`, `return`. Loops and everything else are skipped and reported. */
import type {
  AnyNode,
  IfStatement,
  ModuleDeclaration,
  Statement,
  SwitchStatement,
  VariableDeclaration,
} from 'acorn';
import { assign } from './assignments.ts';
import { type Completion, possibleCompletion } from './completion.ts';
import { declarePattern, isPlainPattern } from './destructuring.ts';
import { type Evaluation, reportSkipped, unknownAt } from './evaluation.ts';
import { binaryOperation } from './operators.ts';
import { forgetWrites } from './skipped-code.ts';
import { FunctionValue, isTruthy, Scope, Unknown } from './values.ts';

/** @returns how they ended before the last, if they did */
export function runStatements(
  evaluation: Evaluation,
  statements: readonly (Statement | ModuleDeclaration)[],
  scope: Scope,
): Completion | undefined {
  for (const statement of statements) {
    if (statement.type === 'FunctionDeclaration') {
      scope.declare(statement.id.name, new FunctionValue(statement, scope));
    }
  }
  for (const [index, statement] of statements.entries()) {
    const completion = runStatement(evaluation, statement, scope);
    if (completion === undefined) continue;
    if (completion.uncertain) {
      for (const rest of statements.slice(index + 1))
        forgetWrites(evaluation, rest, scope, completion.uncertain);
    }
    return completion;
  }
  return undefined;
}

function runStatement(
  evaluation: Evaluation,
  node: Statement | ModuleDeclaration,
  scope: Scope,
): Completion | undefined {
  evaluation.budget.enter();
  const completion = run(evaluation, node, scope);
  evaluation.budget.leave();
  return completion;
}

function run(
  evaluation: Evaluation,
  node: Statement | ModuleDeclaration,
  scope: Scope,
): Completion | undefined {
  switch (node.type) {
    case 'EmptyStatement':
    case 'FunctionDeclaration':
      return undefined;
    case 'VariableDeclaration':
      declareVariables(evaluation, node, scope);
      return undefined;
    case 'ExpressionStatement': {
      const value = evaluation.evaluate(node.expression, scope);
      // An assigned value is found where it was assigned to.
      if (value instanceof Unknown && node.expression.type !== 'AssignmentExpression') {
        reportSkipped(evaluation, node.expression, value.reason);
      }
      return undefined;
    }
    case 'BlockStatement':
      return runStatements(evaluation, node.body, new Scope(scope));
    case 'IfStatement':
      return runIf(evaluation, node, scope);
    case 'SwitchStatement':
      return runSwitch(evaluation, node, scope);
    case 'ReturnStatement':
      return { kind: 'return', value: node.argument ? evaluation.evaluate(node.argument, scope) : undefined };
    case 'BreakStatement':
      if (!node.label) return { kind: 'break', value: undefined };
      break;
    default:
  }
  return skip(evaluation, node, scope, unknownAt(node, 'a kind of statement that is not evaluated'));
}

/** What it would set is not known, nor whether it would go on behind it. */
function skip(evaluation: Evaluation, node: AnyNode, scope: Scope, unknown: Unknown): Completion | undefined {
  reportSkipped(evaluation, node, unknown.reason);
  forgetWrites(evaluation, node, scope, unknown);
  return possibleCompletion(node, unknown, evaluation.budget);
}

function declareVariables(evaluation: Evaluation, node: VariableDeclaration, scope: Scope): void {
  for (const declarator of node.declarations) {
    const { id, init } = declarator;
    if (id.type !== 'Identifier') {
      if (init && isPlainPattern(id)) {
        declarePattern(evaluation, id, evaluation.evaluate(init, scope), scope);
        continue;
      }
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

/** Neither branch of an `if` whose condition is not known is applied, and what either would set is not known either. */
function runIf(evaluation: Evaluation, first: IfStatement, scope: Scope): Completion | undefined {
  let node: Statement | null | undefined = first;
  while (node?.type === 'IfStatement') {
    const test = evaluation.evaluate(node.test, scope);
    if (test instanceof Unknown) {
      const why = `depends on a condition that is not known (${test.reason})`;
      return skip(evaluation, node, scope, unknownAt(node, why));
    }
    if (isTruthy(test)) return runStatement(evaluation, node.consequent, scope);
    node = node.alternate;
  }
  return node ? runStatement(evaluation, node, scope) : undefined;
}

/** From the case that is the value, or else from the default, to a `break`. */
function runSwitch(evaluation: Evaluation, node: SwitchStatement, scope: Scope): Completion | undefined {
  const value = evaluation.evaluate(node.discriminant, scope);
  let start = -1;
  for (const [index, { test }] of node.cases.entries()) {
    if (!test) continue;
    const isIt = binaryOperation('===', value, evaluation.evaluate(test, scope), evaluation.budget);
    if (isIt instanceof Unknown)
      return skip(
        evaluation,
        node,
        scope,
        unknownAt(node, `depends on a value that is not known (${isIt.reason})`),
      );
    if (isIt !== true) continue;
    start = index;
    break;
  }
  if (start < 0) start = node.cases.findIndex(({ test }) => !test);
  if (start < 0) return undefined;
  const statements = node.cases.slice(start).flatMap(({ consequent }) => consequent);
  const completion = runStatements(evaluation, statements, new Scope(scope));
  return completion?.kind === 'return' ? completion : undefined;
}
