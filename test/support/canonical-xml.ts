/**
 * The meaning of an XML text, worked out without anything of `src`: parsed by another parser, namespaces resolved here
 * (Namespaces in XML 1.0). Two texts mean the same if their canonical forms are equal.
 */
import { parseXml, type XmlElement, XmlText } from '@rgrove/parse-xml';

/** `{uri}local`; the attributes sorted by name; neighbouring text in one piece. */
export interface CanonicalElement {
  name: string;
  attributes: [name: string, value: string][];
  children: (CanonicalElement | string)[];
}

type Scope = Readonly<Record<string, string>>;

const predefined: Scope = { '': '', xml: 'http://www.w3.org/XML/1998/namespace' };

/** @throws the other parser's error; an Error for an undeclared prefix */
export function canonicalXml(text: string): CanonicalElement {
  const { root } = parseXml(text);
  if (!root) throw new Error('there is no element');
  return canonical(root, predefined);
}

function canonical(element: XmlElement, outer: Scope): CanonicalElement {
  const declared = Object.entries(element.attributes).flatMap(([name, value]): [string, string][] => {
    if (name === 'xmlns') return [['', value]];
    return name.startsWith('xmlns:') ? [[name.slice('xmlns:'.length), value]] : [];
  });
  const scope = { ...outer, ...Object.fromEntries(declared) };
  const children: (CanonicalElement | string)[] = [];
  for (const node of element.children) {
    const last = children.length - 1;
    if ('attributes' in node) children.push(canonical(node, scope));
    else if (!(node instanceof XmlText)) throw new Error(`${node.type} is not allowed in XMPP`);
    else if (typeof children[last] === 'string') children[last] += node.text;
    else if (node.text !== '') children.push(node.text);
  }
  return {
    name: expanded(element.name, scope, scope['']),
    attributes: Object.entries(element.attributes)
      .filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
      // Attributes without a prefix are in no namespace.
      .map(([name, value]): [string, string] => [expanded(name, scope, ''), value])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    children,
  };
}

function expanded(qualified: string, scope: Scope, unprefixed: string | undefined): string {
  const colon = qualified.indexOf(':');
  const namespace = colon < 0 ? unprefixed : scope[qualified.slice(0, colon)];
  if (namespace === undefined) throw new Error(`the prefix of ${qualified} is not declared`);
  return `{${namespace}}${qualified.slice(colon + 1)}`;
}
