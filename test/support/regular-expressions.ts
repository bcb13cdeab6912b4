/** The regular expressions of a source file, from its syntax tree. */
import { parseAst } from 'vitest/node';

export interface FoundExpression {
  line: number;
  /** undefined: put together while the program runs, so that nobody can say what it is */
  pattern: string | undefined;
  flags: string;
}

interface SyntaxNode {
  type: string;
  start: number;
  regex?: { pattern: string; flags: string };
  callee?: SyntaxNode;
  arguments?: SyntaxNode[];
  name?: string;
  value?: unknown;
}

/** Literals, and calls of `RegExp`; of these, what is made of constant text counts like a literal. */
export function regularExpressions(text: string): FoundExpression[] {
  const found: FoundExpression[] = [];
  const open: unknown[] = [parseAst(text, { lang: 'ts' })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if (isNode(node)) {
      const expression = expressionOf(node);
      if (expression) found.push({ line: text.slice(0, node.start).split('\n').length, ...expression });
      if (node.regex) continue;
    }
    open.push(...Object.values(node));
  }
  return found.sort((a, b) => a.line - b.line);
}

function isNode(value: object): value is SyntaxNode {
  return 'type' in value && typeof value.type === 'string';
}

function expressionOf({
  type,
  regex,
  callee,
  ...node
}: SyntaxNode): Omit<FoundExpression, 'line'> | undefined {
  if (type === 'Literal') return regex;
  if ((type !== 'NewExpression' && type !== 'CallExpression') || callee?.name !== 'RegExp') return undefined;
  const [pattern, flags] = (node.arguments ?? []).map(
    (argument) => argument.regex?.pattern ?? argument.value,
  );
  return {
    pattern: typeof pattern === 'string' ? pattern : undefined,
    flags: typeof flags === 'string' ? flags : '',
  };
}
