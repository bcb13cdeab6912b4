/** What two elements differ in, one line a difference; the order of attributes and of children of different names does not matter. */
import type { XmlElement, XmlNode } from '../../src/xml/element.ts';

/** `path: ours ≠ theirs` for every difference; empty when they mean the same. */
export function elementDifferences(ours: XmlElement, theirs: XmlElement, path: string = ours.name): string[] {
  const differences: string[] = [];
  if (ours.name !== theirs.name || ours.ns !== theirs.ns) {
    return [`${path}: {${ours.ns}}${ours.name} ≠ {${theirs.ns}}${theirs.name}`];
  }
  for (const key of new Set([...Object.keys(ours.attrs), ...Object.keys(theirs.attrs)])) {
    if (ours.attrs[key] !== theirs.attrs[key]) {
      differences.push(`${path}@${key}: ${ours.attrs[key] ?? 'absent'} ≠ ${theirs.attrs[key] ?? 'absent'}`);
    }
  }
  if (textOf(ours) !== textOf(theirs)) differences.push(`${path}: ${textOf(ours)} ≠ ${textOf(theirs)}`);
  const rest = theirs.children.filter(isElement);
  for (const child of ours.children.filter(isElement).filter((each) => !takeEqual(each, rest))) {
    const index = bestMatch(child, rest);
    const match = rest[index];
    const at = `${path}/${child.name}${label(child)}`;
    if (!match) differences.push(`${at}: only ours`);
    else {
      rest.splice(index, 1);
      differences.push(...elementDifferences(child, match, at));
    }
  }
  for (const child of rest) differences.push(`${path}/${child.name}${label(child)}: only theirs`);
  return differences;
}

/** Takes an element that means the same out of `candidates`; false if there is none. */
function takeEqual(child: XmlElement, candidates: XmlElement[]): boolean {
  const index = candidates.findIndex((other) => elementDifferences(child, other).length === 0);
  if (index >= 0) candidates.splice(index, 1);
  return index >= 0;
}

/** Siblings of one name are told apart by what identifies them. */
function label({ attrs }: XmlElement): string {
  const key = attrs.name ?? attrs.var ?? attrs.key;
  return key === undefined ? '' : `[${key}]`;
}

function bestMatch(child: XmlElement, candidates: readonly XmlElement[]): number {
  const same = (other: XmlElement): boolean => other.name === child.name && other.ns === child.ns;
  const exact = candidates.findIndex((other) => same(other) && label(other) === label(child));
  if (exact >= 0 || label(child) !== '') return exact;
  return candidates.findIndex(same);
}

function textOf(element: XmlElement): string {
  return element.children.filter((node) => typeof node === 'string').join('');
}

function isElement(node: XmlNode): node is XmlElement {
  return typeof node !== 'string';
}
