/** The rules that `src` keeps about its own shape, checked on the syntax tree. */
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';
import { neighbours, pureFolders, purePackages, reachable } from './folder-graph.ts';

export interface SourceFile {
  /** Relative to `src`, with slashes. */
  path: string;
  text: string;
}

const maxLines = 500;

/** Globals that tie code to a machine or to a moment, and members of otherwise harmless ones. */
const impureGlobals: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'console',
  'process',
  'Buffer',
  'fetch',
  'WebSocket',
  'crypto',
  'globalThis',
]);
const impureMembers: ReadonlySet<string> = new Set(['Date.now', 'Math.random', 'AbortSignal.timeout']);

/** What makes a timer of a delay: only `base/timer.ts` may, which keeps delays that these do not. */
const timers: ReadonlySet<string> = new Set(['setTimeout', 'setInterval', 'AbortSignal.timeout']);

/** The files that turn the machine's clock and randomness into ports, and what each may touch for it. */
const ports: Readonly<Record<string, readonly string[]>> = {
  'base/clock.ts': ['Date.now', 'performance'],
  'base/timer.ts': ['setTimeout'],
  'base/random.ts': ['crypto'],
};

interface SyntaxNode {
  type: string;
  start: number;
  [field: string]: unknown;
}

/** Something in a file that a rule may object to. */
interface Finding {
  kind: 'import' | 'impure' | 'default-export' | 'export-all';
  /** The imported module, or the global's name. */
  name: string;
  line: number;
}

/** One sentence a broken rule, `path:line: what`; empty when all rules are kept. */
export function violations(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  const imports = new Map<string, string[]>();
  const problems: string[] = [];

  for (const file of files) {
    const lines = file.text.split('\n').length - 1;
    if (lines > maxLines) problems.push(`${file.path}: ${lines} lines, at most ${maxLines} are allowed`);
    const targets: string[] = [];
    imports.set(file.path, targets);
    for (const finding of findingsIn(file.text)) {
      const target = finding.kind === 'import' ? resolveImport(file.path, finding.name) : undefined;
      if (target !== undefined) targets.push(target);
      const problem = objectionTo(file.path, finding, target, paths);
      if (problem !== undefined) problems.push(`${file.path}:${finding.line}: ${problem}`);
    }
  }
  for (const cycle of cyclesIn(imports)) problems.push(`import cycle: ${cycle.join(' -> ')}`);
  return problems;
}

/** Paths of a cycle, the first repeated at the end; at least one for each knot of files. */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const start = path.indexOf(name);
    if (start >= 0) cycles.push([...path.slice(start), name]);
    if (start >= 0 || finished.has(name)) return;
    path.push(name);
    for (const next of graph.get(name) ?? []) visit(next);
    path.pop();
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name);
  return cycles;
}

function objectionTo(
  path: string,
  finding: Finding,
  target: string | undefined,
  paths: ReadonlySet<string>,
): string | undefined {
  const folder = folderOf(path);
  const pure = pureFolders.includes(folder);
  switch (finding.kind) {
    case 'default-export':
      return 'default exports are not used here';
    case 'export-all':
      return `export * from '${finding.name}' hides what is public`;
    case 'impure':
      if (ports[path]?.includes(finding.name)) return undefined;
      if (!pure && timers.has(finding.name))
        return `${finding.name}: delays become timers in base/timer.ts alone`;
      if (!pure) return undefined;
      return `${folder} is pure: ${finding.name} is not available`;
    case 'import': {
      if (target === undefined) return pure ? objectionToPackage(folder, finding.name) : undefined;
      if (!paths.has(target)) return `there is no file src/${target}`;
      if (folder !== '' && neighbours[folder] === undefined) return `folder ${folder} is not in the graph`;
      const other = folderOf(target);
      return reachable(folder).has(other) ? undefined : `${folder || 'src'} may not import ${other || 'src'}`;
    }
  }
}

function objectionToPackage(folder: string, name: string): string | undefined {
  const allowed = purePackages.some((known) => name === known || name.startsWith(`${known}/`));
  return allowed ? undefined : `${folder} is pure: it may not import ${name}`;
}

/** The path below `src` of a relative import; undefined for packages. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

function folderOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function findingsIn(text: string): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], name: string, node: SyntaxNode): void => {
    findings.push({ kind, name, line: text.slice(0, node.start).split('\n').length });
  };
  const visit = (node: SyntaxNode): void => {
    const source = node['source'];
    if (isNode(source) && typeof source['value'] === 'string') add('import', source['value'], node);
    if (node.type === 'ExportDefaultDeclaration') add('default-export', '', node);
    if (node.type === 'ExportAllDeclaration' && isNode(source)) {
      add('export-all', String(source['value']), node);
    }
    const impure = impureName(node);
    if (impure !== undefined) add('impure', impure, node);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode);
  return findings;
}

function impureName(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'Identifier':
      return impureGlobals.has(String(node['name'])) ? String(node['name']) : undefined;
    case 'MemberExpression': {
      const name = `${identifierIn(node['object'])}.${identifierIn(node['property'])}`;
      return impureMembers.has(name) ? name : undefined;
    }
    // With an argument it only converts; without one it reads the clock.
    case 'NewExpression':
    case 'CallExpression': {
      const bare = Array.isArray(node['arguments']) && node['arguments'].length === 0;
      return bare && identifierIn(node['callee']) === 'Date' ? 'Date()' : undefined;
    }
    default:
      return undefined;
  }
}

function identifierIn(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Identifier' ? String(value['name']) : undefined;
}

/** The child nodes, without the names of properties: `{ process: 1 }` and `task.process` mean no global. */
function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const isName = (field: string): boolean =>
    node['computed'] !== true &&
    (field === 'key' || (field === 'property' && node.type === 'MemberExpression'));
  return Object.entries(node)
    .filter(([field]) => !isName(field))
    .flatMap(([, value]) => value)
    .filter(isNode);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
