/** Changes to Jingle elements, one place at a time. */
import * as fc from 'fast-check';
import { elements, type XmlElement } from '../../src/xml/element.ts';

/** What stands where a number, a name or JSON should. */
export const jingleJunk: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '-1',
    '0',
    '4294967296',
    '1e9',
    'NaN',
    'true',
    '__proto__',
    'a/b',
    'x\r\na=y',
    '[]',
    '{}',
    '🙂',
  ),
  fc.string(),
);

/** Changes one place of an element: an attribute, a child, a name, a namespace, or a text. */
export function mutate(root: XmlElement, where: number, how: number, piece: string): XmlElement {
  const count = countElements(root);
  let at = where % count;
  const visit = (element: XmlElement): XmlElement => {
    if (at-- === 0) return change(element, how, piece);
    return {
      ...element,
      children: element.children.map((node) => (typeof node === 'string' ? node : visit(node))),
    };
  };
  return visit(root);
}

function countElements(element: XmlElement): number {
  return elements(element).reduce((sum, each) => sum + countElements(each), 1);
}

/** @param how which of the ways, and which attribute or child */
export function change(element: XmlElement, how: number, piece: string): XmlElement {
  const { attrs, children } = element;
  const keys = Object.keys(attrs);
  const key = keys[how % (keys.length || 1)] ?? 'id';
  const index = how % (children.length || 1);
  switch (how % 7) {
    case 0:
    case 1:
      return { ...element, attrs: { ...attrs, [key]: piece } };
    case 2: {
      const { [key]: _, ...rest } = attrs;
      return { ...element, attrs: rest };
    }
    case 3:
      return { ...element, children: children.toSpliced(index, 1) };
    case 4:
      return { ...element, children: [...children, ...children.slice(index, index + 1)] };
    case 5:
      return { ...element, children: [piece] };
    default:
      return {
        ...element,
        ns: how % 2 === 0 ? 'urn:example:other' : element.ns,
        name: how % 2 ? 'source' : element.name,
      };
  }
}
