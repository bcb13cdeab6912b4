/** A stanza on its way to one address, as element and as text. */
import { type XmlElement, xml } from '../../xml/element.ts';
import { serialize } from '../../xml/serialize.ts';

export interface Delivery {
  readonly stanza: XmlElement;
  /** The frame. */
  text(): string;
}

export function deliveryOf(stanza: XmlElement): Delivery {
  return { stanza, text: () => serialize(stanza) };
}

/**
 * Addresses one stanza to many. The stanza is serialised once and the address put into the text, so that a presence in a
 * large room costs each recipient a copy of a string.
 * @param stanza without `to`
 */
export function addressed(stanza: XmlElement): (to: string) => Delivery {
  let text: string | undefined;
  return (to) => ({
    get stanza(): XmlElement {
      return { ...stanza, attrs: { to, ...stanza.attrs } };
    },
    text() {
      text ??= serialize(stanza);
      const head = `<${stanza.name} xmlns="${stanza.ns}"`;
      return `${head}${toAttribute(to)}${text.slice(head.length)}`;
    },
  });
}

/** ` to="…"`, escaped by the one place that knows how. */
function toAttribute(to: string): string {
  return serialize(xml('', 'x', { to })).slice('<x'.length, -'/>'.length);
}
