/** The codes of errors in a source file, read from the syntax tree. */
import { parseAst } from 'vitest/node';

interface SyntaxNode {
  type: string;
  [field: string]: unknown;
}

/**
 * Texts given as `code: …`, as the second argument of `new ParseError`, and the members of types named `…ErrorCode`. What a template
 * fills in is a `*`.
 */
export function codesIn(text: string): string[] {
  const codes = nodesIn(parse(text)).flatMap((node) => {
    switch (node.type) {
      case 'Property':
        return nameOf(node['key']) === 'code' ? literalsOf(node['value']) : [];
      case 'NewExpression':
        return nameOf(node['callee']) === 'ParseError' ? literalsOf((node['arguments'] as unknown[])[1]) : [];
      case 'TSTypeAliasDeclaration':
        return nameOf(node['id']).endsWith('ErrorCode') ? literalsOf(node['typeAnnotation']) : [];
      default:
        return [];
    }
  });
  return [...new Set(codes)].filter((code) => code !== '');
}

/** Every text in it. */
export function literalsIn(text: string): string[] {
  return literalsOf(parse(text));
}

function literalsOf(value: unknown): string[] {
  if (!isNode(value)) return [];
  return nodesIn(value).flatMap((node) => {
    if (node.type === 'Literal') return typeof node['value'] === 'string' ? [node['value']] : [];
    if (node.type !== 'TemplateLiteral') return [];
    const quasis = node['quasis'] as { value: { raw: string } }[];
    return [quasis.map((quasi) => quasi.value.raw).join('*')];
  });
}

function parse(text: string): SyntaxNode {
  return parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode;
}

function nodesIn(node: SyntaxNode): SyntaxNode[] {
  return [node, ...Object.values(node).flat().filter(isNode).flatMap(nodesIn)];
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function nameOf(node: unknown): string {
  return (node as { name?: string } | undefined)?.name ?? '';
}
