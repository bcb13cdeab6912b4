/** The `<body/>` of BOSH (XEP-0124, and XEP-0206 for XMPP): built as text, and read with every number bounded. */
import { ProtocolError } from '../../base/errors.ts';
import { elements, is, isElement, type AttributeInput, type XmlElement, xml } from '../../xml/element.ts';
import { defaultXmlLimits, parseXml } from '../../xml/parse.ts';
import { serialize } from '../../xml/serialize.ts';
import { ns } from '../namespaces.ts';

/** s that we let the server hold a request. */
export const longestWait = 60;

/** @param payload serialized stanzas, which stand alone */
export function buildBody(attrs: AttributeInput, payload: readonly string[] = []): string {
  const empty = serialize(xml(ns.bosh, 'body', attrs));
  return payload.length === 0 ? empty : `${empty.slice(0, -2)}>${payload.join('')}</body>`;
}

/**
 * The request that creates a session. Prefixes are written out: there are servers that look for attributes by `xmpp:NAME`.
 * @param to the virtual host
 */
export function buildCreation(to: string, rid: number): string {
  return buildBody({
    rid,
    to,
    'xml:lang': 'en',
    ver: '1.11',
    wait: longestWait,
    hold: 1,
    ack: 1,
    content: 'text/xml; charset=utf-8',
    ...xmppAttributes('version', '1.0'),
  });
}

export function restartAttributes(to: string): AttributeInput {
  return { to, 'xml:lang': 'en', ...xmppAttributes('restart', 'true') };
}

function xmppAttributes(name: string, value: string): AttributeInput {
  return { 'xmlns:xmpp': ns.xbosh, [`xmpp:${name}`]: value };
}

export interface Body {
  sid: string | undefined;
  /** `terminate`: the session is over. `error`: the request is to be repeated (XEP-0124, 17.3). */
  type: 'terminate' | 'error' | undefined;
  /** With `terminate`; XEP-0124, 17.2. */
  condition: string | undefined;
  /** Stanzas and stream-level elements. */
  payload: readonly XmlElement[];
  terms: Terms;
}

/** What the answer to the creation says about the session. */
export interface Terms {
  /** s that it holds a request at most */
  wait: number;
  /** requests that may be under way; 1 or 2 */
  requests: number;
  /** s between empty requests, where the last brought nothing */
  polling: number;
  /** s without a request after which the server forgets us */
  inactivity: number;
  /** It wants to know which answers we have (XEP-0124, 9). */
  acks: boolean;
}

/** An answer that says nothing. */
export const emptyBody: Body = {
  sid: undefined,
  type: undefined,
  condition: undefined,
  payload: [],
  terms: { wait: longestWait, requests: 2, polling: 1, inactivity: 60, acks: false },
};

/** @throws ParseError; ProtocolError `bosh-body` when it is no body */
export function parseBody(text: string): Body {
  const body = parseXml(text, { ...defaultXmlLimits, depth: defaultXmlLimits.depth + 1 });
  if (!is(body, ns.bosh, 'body')) {
    throw new ProtocolError(`the answer is <${body.name}>, and not a body of BOSH`, { code: 'bosh-body' });
  }
  const { sid, type, condition, ack } = body.attrs;
  return {
    sid,
    type: type === 'terminate' || type === 'error' ? type : undefined,
    condition,
    payload: elements(body).map(inClientNamespace),
    terms: {
      wait: within(body.attrs.wait, 0, longestWait, emptyBody.terms.wait),
      requests: within(body.attrs.requests, 1, 2, emptyBody.terms.requests),
      polling: within(body.attrs.polling, 1, 60, emptyBody.terms.polling),
      inactivity: within(body.attrs.inactivity, 10, 3_600, emptyBody.terms.inactivity),
      acks: ack !== undefined,
    },
  };
}

function within(text: string | undefined, low: number, high: number, otherwise: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text)
    ? Math.min(high, Math.max(low, Number(text)))
    : otherwise;
}

/** A stanza without `xmlns` of its own falls into the body's; clients have always taken it for what is meant. */
function inClientNamespace(element: XmlElement): XmlElement {
  if (element.ns !== ns.bosh) return element;
  const children = element.children.map((node) => (isElement(node) ? inClientNamespace(node) : node));
  return { ...element, ns: ns.client, children };
}
