/** What an interface in a source file has, read from the syntax tree. */
import { readFileSync } from 'node:fs';
import { parseAst } from 'vitest/node';

export interface Member {
  name: string;
  /** Names of the properties of a payload that is written in place. */
  fields: string[];
  /** A docstring is before it. */
  isDocumented: boolean;
}

interface SyntaxNode {
  type: string;
  start: number;
  [field: string]: unknown;
}

export function membersOfInterface(path: string, name: string): Member[] {
  const text = readFileSync(path, 'utf8');
  const found = nodesIn(parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode).find(
    (node) => node.type === 'TSInterfaceDeclaration' && nameOf(node['id']) === name,
  );
  if (!found) throw new Error(`${path} has no interface ${name}`);
  const { body } = found['body'] as { body: SyntaxNode[] };
  return body.map((member) => ({
    name: nameOf(member['key']),
    fields: nodesIn(member)
      .filter((node) => node !== member && node.type === 'TSPropertySignature')
      .map((node) => nameOf(node['key'])),
    isDocumented: text.slice(0, member.start).trimEnd().endsWith('*/'),
  }));
}

function nameOf(node: unknown): string {
  return String((node as { name?: string }).name);
}

function nodesIn(node: SyntaxNode): SyntaxNode[] {
  const children = Object.values(node)
    .flat()
    .filter((value): value is SyntaxNode => typeof value === 'object' && value !== null && 'type' in value);
  return [node, ...children.flatMap(nodesIn)];
}
