/** What the parts of the evaluator share. */
import type { AnyNode, Expression, ModuleDeclaration, Statement, Super } from 'acorn';
import type { Budget } from './budget.ts';
import type { Completion } from './completion.ts';
import type { Unresolved } from './config.ts';
import { type Scope, Unknown, type Value } from './values.ts';

export interface Evaluation {
  readonly budget: Budget;
  /** Statements that were skipped; values are collected from the result. */
  readonly skipped: Unresolved[];
  evaluate(node: Expression | Super, scope: Scope): Value;
  run(statements: readonly (Statement | ModuleDeclaration)[], scope: Scope): Completion | undefined;
}

/** Names of the global object; its properties are the script's own variables. */
export const globalObjects: ReadonlySet<string> = new Set(['globalThis', 'self', 'window']);

export function lineOf(node: AnyNode): number {
  return node.loc?.start.line ?? 0;
}

export function unknownAt(node: AnyNode, reason: string): Unknown {
  return new Unknown(`line ${lineOf(node)}: ${reason}`);
}

export function reportSkipped(evaluation: Evaluation, node: AnyNode, reason: string): void {
  evaluation.skipped.push({ path: `line ${lineOf(node)}: ${describe(node)}`, reason });
}

/** A statement's kind, in JavaScript's words. */
function describe(node: AnyNode): string {
  switch (node.type) {
    case 'AssignmentExpression':
    case 'MemberExpression': // the left side of one
    case 'VariableDeclarator':
      return 'assignment';
    case 'CallExpression':
      return 'call';
    case 'DoWhileStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'ForStatement':
    case 'WhileStatement':
      return 'loop';
    case 'IfStatement':
      return 'if';
    case 'ThrowStatement':
    case 'TryStatement':
    case 'SwitchStatement':
      return node.type.replace('Statement', '').toLowerCase();
    default:
      return 'statement';
  }
}

/** An identifier's name for a message. */
export function quoted(name: string): string {
  return `\`${name.length > 60 ? `${name.slice(0, 60)}…` : name}\``;
}
