import { elements, text, type XmlElement } from '../../src/xml/element.ts';

export interface CanonicalRules {
  /** `name` or `parent/name` of elements whose absence does not count. */
  withoutElements?: readonly string[];
  /** `element@attribute` of attributes that do not count. */
  withoutAttributes?: readonly string[];
  /** Names of elements whose children may stand in any order among those of another name; `*` for all. */
  unorderedIn?: readonly string[];
}

/** An element as text that is equal for equal meaning: attributes sorted, white space between elements dropped. */
export function canonical(element: XmlElement, rules: CanonicalRules = {}, indent = ''): string {
  const { withoutElements = [], withoutAttributes = [], unorderedIn = [] } = rules;
  const attrs = Object.entries(element.attrs)
    .filter(([key]) => !withoutAttributes.includes(`${element.name}@${key}`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const children = elements(element).filter(
    ({ name }) => !withoutElements.includes(name) && !withoutElements.includes(`${element.name}/${name}`),
  );
  if (unorderedIn.includes('*') || unorderedIn.includes(element.name)) {
    children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }
  const lines = [`${indent}<${element.name} {${element.ns}}${attrs.join('')}>${canonicalText(element)}`];
  for (const child of children) lines.push(canonical(child, rules, `${indent}  `));
  return lines.join('\n');
}

/** JSON is compared by value: numeric keys of an object lose their place whenever JavaScript reads it. */
function canonicalText(element: XmlElement): string {
  return element.name === 'json-message' ? JSON.stringify(JSON.parse(text(element))) : text(element).trim();
}
