/** `<json-message xmlns="http://jitsi.org/jitmeet">`: an object with a `type`, as text (lib-jitsi-meet `xmpp.ts`). */
import { parseBoundedJson } from '../base/bounded-json.ts';
import { child, text, type XmlElement, xml } from '../xml/element.ts';
import { jitsiNs } from './namespaces.ts';

export interface JsonMessage {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The message inside a stanza; undefined if there is none or it is not an object with a string `type`, 1000 levels deep at most. */
export function parseJsonMessage(stanza: XmlElement): JsonMessage | undefined {
  const element = child(stanza, 'json-message', jitsiNs.jitmeet);
  if (!element) return undefined;
  try {
    const value: unknown = parseBoundedJson(text(element));
    return isJsonMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function buildJsonMessage(message: JsonMessage, attrs: { room?: string } = {}): XmlElement {
  return xml(jitsiNs.jitmeet, 'json-message', attrs, JSON.stringify(message));
}

function isJsonMessage(value: unknown): value is JsonMessage {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
