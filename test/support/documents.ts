/** What is in the Markdown files that users read. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface CodeBlock {
  /** Relative to the repository. */
  file: string;
  /** Of its first line. */
  line: number;
  /** What stands behind the backticks. */
  language: string;
  text: string;
}

/** Paths, relative to the repository. */
export function documents(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const all = [...readdirSync(root), ...inDocs.map((path) => join('docs', path))];
  return all.filter((path) => path.endsWith('.md')).sort();
}

export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function codeBlocks(file: string): CodeBlock[] {
  const text = textOf(file);
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ index, 1: language = '', 2: code = '' }) => ({
    file,
    line: text.slice(0, index).split('\n').length + 1,
    language,
    text: code,
  }));
}

/** Code within lines. */
export function inlineCode(file: string): string[] {
  const text = textOf(file).replaceAll(/^```.*?^```$/gms, '');
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Files that a document links to, relative to the repository. */
export function linkedFiles(file: string): string[] {
  const text = textOf(file).replaceAll(/^```.*?^```$/gms, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => normalize(join(dirname(file), target.replace(/#.*/, ''))));
}
