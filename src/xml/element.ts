/**
 * XML elements as XMPP uses them (RFC 6120, 11): namespaces resolved, no comments, no processing instructions.
 * Plain data: an element can be compared, cloned and written to JSON.
 */
export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** Namespace URI; '' for none. */
  readonly ns: string;
  /**
   * Attributes by local name; those with a prefix by `xml:NAME` for the xml prefix and `{uri}NAME` for others.
   * Namespace declarations are not listed: they follow from `ns`.
   */
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

export type XmlNode = XmlElement | string;

/** Attribute values as a caller may give them; `undefined` leaves the attribute out. */
export type AttributeInput = Readonly<Record<string, string | number | boolean | undefined>>;

/** Children as a caller may give them; `undefined` leaves the child out. */
export type ChildInput = XmlNode | undefined;

/** Creates an element. */
export function xml(
  ns: string,
  name: string,
  attrs: AttributeInput = {},
  ...children: ChildInput[]
): XmlElement {
  // Not by assignment: `__proto__` is a legal attribute name.
  const kept = Object.entries(attrs).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return {
    name,
    ns,
    attrs: Object.fromEntries(kept),
    children: children.filter((child) => child !== undefined),
  };
}

export function isElement(node: XmlNode | undefined): node is XmlElement {
  return typeof node === 'object';
}

/** True if `element` has this namespace and local name. */
export function is(element: XmlElement, ns: string, name: string): boolean {
  return element.name === name && element.ns === ns;
}

export function elements(parent: XmlElement): XmlElement[] {
  return parent.children.filter(isElement);
}

/** The first child with this name and, if given, this namespace. */
export function child(parent: XmlElement, name: string, ns?: string): XmlElement | undefined {
  for (const node of parent.children) {
    if (isElement(node) && node.name === name && (ns === undefined || node.ns === ns)) return node;
  }
  return undefined;
}

/** All children with this name and, if given, this namespace. */
export function childrenNamed(parent: XmlElement, name: string, ns?: string): XmlElement[] {
  return elements(parent).filter((node) => node.name === name && (ns === undefined || node.ns === ns));
}

/** The element's own text, descendants' text not included. */
export function text(element: XmlElement): string {
  return element.children.filter((node) => typeof node === 'string').join('');
}

/** The text of the first such child, or undefined if there is no such child. */
export function childText(parent: XmlElement, name: string, ns?: string): string | undefined {
  const found = child(parent, name, ns);
  return found === undefined ? undefined : text(found);
}

/** A copy with other attributes; `undefined` removes one. */
export function withAttrs(element: XmlElement, attrs: AttributeInput): XmlElement {
  return { ...element, attrs: xml('', '', { ...element.attrs, ...attrs }).attrs };
}
