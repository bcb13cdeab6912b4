/**
 * Writes elements as text. An element whose namespace differs from its parent's carries a literal `xmlns`, never a prefix:
 * Jitsi's browser client finds elements by that attribute and does not resolve inherited prefixes. Stream-level elements
 * are the one exception, they keep the conventional `stream:` prefix that XMPP implementations look for (RFC 7395, 3.3.3).
 */
import { isElement, type XmlElement } from './element.ts';

const streamNs = 'http://etherx.jabber.org/streams';

/**
 * @param parentNs the namespace in scope where the text will stand; by default none, so that the text can stand alone
 */
export function serialize(element: XmlElement, parentNs = ''): string {
  const prefixed = element.ns === streamNs;
  const tag = prefixed ? `stream:${element.name}` : element.name;
  let out = `<${tag}`;
  // Children of a stream-level element are in jabber:client unless they say otherwise.
  let innerNs = element.ns;
  if (prefixed) {
    out += ` xmlns:stream="${streamNs}"`;
    innerNs = parentNs;
  } else if (element.ns !== parentNs) {
    out += ` xmlns="${escapeAttribute(element.ns)}"`;
  }
  let prefixes = 0;
  for (const [key, value] of Object.entries(element.attrs)) {
    const foreign = /^\{(.*)\}(.+)$/s.exec(key);
    if (foreign) {
      const prefix = `ns${++prefixes}`;
      out += ` xmlns:${prefix}="${escapeAttribute(foreign[1] ?? '')}" ${prefix}:${foreign[2]}="${escapeAttribute(value)}"`;
    } else {
      out += ` ${key}="${escapeAttribute(value)}"`;
    }
  }
  if (element.children.length === 0) return `${out}/>`;
  out += '>';
  for (const node of element.children) out += isElement(node) ? serialize(node, innerNs) : escapeText(node);
  return `${out}</${tag}>`;
}

const textEntities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
const attributeEntities: Record<string, string> = {
  ...textEntities,
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function escapeText(value: string): string {
  return dropInvalid(value).replace(/[&<>\r]/g, (character) => textEntities[character] ?? '');
}

function escapeAttribute(value: string): string {
  return dropInvalid(value).replace(/[&<>"\r\n\t]/g, (character) => attributeEntities[character] ?? '');
}

// biome-ignore format: one range a line reads best
const invalid =
  // Everything outside the Char production (XML 1.0, 2.2), lone surrogates included. A server ends the stream on these.
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function dropInvalid(value: string): string {
  return value.replace(invalid, '');
}
