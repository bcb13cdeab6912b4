/**
 * `<jingle/>` (XEP-0166 1.1.2, grouping XEP-0338 1.0.0) as Jicofo and lib-jitsi-meet speak it, with Jitsi's `bridge-session`,
 * `startmuted`, `ice-state` and sources in XML or JSON. Not implemented: `traceparent`, session-info payloads of other
 * specifications, security preconditions.
 *
 * Refused with a `ParseError`: what is not addressed to a session (no action or sid), and a change of sources whose JSON cannot be
 * read. Left out: everything unknown, and single entries that are broken or say again what one before them said otherwise.
 */
import { defined } from '../base/defined.ts';
import { ParseError } from '../base/errors.ts';
import { child, childText, childrenNamed, elements, text, type XmlElement, xml } from '../xml/element.ts';
import {
  buildContent,
  buildSourceContent,
  parseContentSources,
  parseContents,
  sourceMedia,
} from './content.ts';
import { buildJsonSources, parseJsonSources } from './json-sources.ts';
import type { LeftOut } from './left-out.ts';
import type {
  BridgeSession,
  IceTransport,
  JingleMessage,
  JingleReason,
  MediaType,
  SourceSet,
} from './model.ts';
import { jingleNs } from './namespaces.ts';
import { withUniqueIds } from './unique-ids.ts';
import { flag, jingleError, nonEmpty } from './wire-values.ts';
import { buildXmlSources } from './xml-sources.ts';

/** Jitsi's older names of its own actions, which Jicofo still reads (jitsi-xmpp-extensions `JingleAction.java`). */
const legacyActions: ReadonlyMap<string, string> = new Map([
  ['addsource', 'source-add'],
  ['removesource', 'source-remove'],
]);

export interface BuildJingleOptions {
  /**
   * How sources are written. `xml`, the default, is what Jicofo reads; `json` is what it writes to clients that advertise
   * `http://jitsi.org/json-encoded-sources`.
   */
  sources?: 'xml' | 'json';
}

/** The `<jingle/>` of an IQ. */
export function findJingle(iq: XmlElement): XmlElement | undefined {
  return child(iq, 'jingle', jingleNs.jingle);
}

/**
 * In source-add and source-remove `contents` is empty whichever way the sources were written: they say nothing else.
 * @param element a `<jingle/>`
 * @param leftOut told of each entry that is left out
 * @throws ParseError with one of the codes of `JingleErrorCode`
 */
export function parseJingle(element: XmlElement, leftOut: LeftOut = () => {}): JingleMessage {
  if (element.name !== 'jingle' || element.ns !== jingleNs.jingle) {
    throw jingleError('jingle-not-jingle', 'it is not a <jingle/> element');
  }
  const written = nonEmpty(element.attrs.action);
  const sid = nonEmpty(element.attrs.sid);
  if (written === undefined || sid === undefined) {
    throw jingleError('jingle-missing-attribute', `${written === undefined ? 'action' : 'sid'} is missing`);
  }
  const action = legacyActions.get(written) ?? written;
  const isAboutSources = action === 'source-add' || action === 'source-remove';
  const contents = childrenNamed(element, 'content', jingleNs.jingle);
  const json = childText(element, 'json-message', jingleNs.jitmeet);
  return defined({
    action,
    sid,
    initiator: nonEmpty(element.attrs.initiator),
    responder: nonEmpty(element.attrs.responder),
    contents: isAboutSources ? [] : withUniqueIds(parseContents(contents, leftOut), leftOut),
    bundle: parseBundle(element),
    sources: union([
      ...contents.flatMap((content) => parseContentSources(content, leftOut)),
      ...(json === undefined ? [] : jsonSources(json, isAboutSources, leftOut)),
    ]),
    bridgeSession: parseBridgeSession(child(element, 'bridge-session', jingleNs.focus)),
    startMuted: parseStartMuted(child(element, 'startmuted', jingleNs.startMuted)),
    reason: parseReason(child(element, 'reason', jingleNs.jingle)),
    iceState: childText(element, 'ice-state', jingleNs.focus),
  });
}

/**
 * Children in Jicofo's order. Sources in XML go into the first content of their media; for media without a content one is
 * added that is named after it.
 */
export function buildJingle(message: JingleMessage, options: BuildJingleOptions = {}): XmlElement {
  const { action, sid, initiator, responder, bundle, reason, iceState, bridgeSession, startMuted, sources } =
    message;
  const asJson = options.sources === 'json';
  const pending = asJson ? new Map<MediaType, XmlElement[]>() : byMedia(sources);
  const contents = message.contents.map((content) => {
    const media = sourceMedia(content);
    const own = media && pending.get(media);
    if (media) pending.delete(media);
    return buildContent(content, own);
  });
  for (const [media, own] of pending) contents.push(buildSourceContent(media, own));
  const hasSources = sources.sources.length + sources.groups.length > 0;
  return xml(
    jingleNs.jingle,
    'jingle',
    { action, sid, initiator, responder },
    ...contents,
    bundle && buildBundle(bundle),
    reason && buildReason(reason),
    iceState === undefined ? undefined : xml(jingleNs.focus, 'ice-state', {}, iceState),
    startMuted && xml(jingleNs.startMuted, 'startmuted', startMuted),
    bridgeSession && buildBridgeSession(bridgeSession),
    asJson && hasSources ? xml(jingleNs.jitmeet, 'json-message', {}, buildJsonSources(sources)) : undefined,
  );
}

/** ICE and DTLS parameters of the session: everything is bundled, every content repeats them. The first that are whole, if any are. */
export function transportOf({ contents }: JingleMessage): IceTransport | undefined {
  const transports = contents.flatMap(({ transport }) => transport ?? []);
  return transports.find(isWholeTransport) ?? transports[0];
}

/** Whether a connection can be made with it. */
export function isWholeTransport({ ufrag, pwd, fingerprints }: IceTransport): boolean {
  return ufrag !== undefined && pwd !== undefined && fingerprints.length > 0;
}

/** A session goes on without; a change of sources says nothing else. */
function jsonSources(json: string, isAll: boolean, leftOut: LeftOut): SourceSet[] {
  try {
    return [parseJsonSources(json, leftOut)];
  } catch (error) {
    if (isAll || !(error instanceof ParseError)) throw error;
    leftOut(`<json-message/>: ${error.message}`);
    return [];
  }
}

function union(sets: readonly SourceSet[]): SourceSet {
  return { sources: sets.flatMap((set) => set.sources), groups: sets.flatMap((set) => set.groups) };
}

/** The elements of each kind of media that has any. */
function byMedia({ sources, groups }: SourceSet): Map<MediaType, XmlElement[]> {
  const result = new Map<MediaType, XmlElement[]>();
  for (const media of ['audio', 'video'] as const) {
    const built = buildXmlSources({
      sources: sources.filter(({ mediaType }) => mediaType === media),
      groups: groups.filter(({ mediaType }) => mediaType === media),
    });
    if (built.length > 0) result.set(media, built);
  }
  return result;
}

function parseBundle(element: XmlElement): string[] | undefined {
  const group = childrenNamed(element, 'group', jingleNs.grouping).find(
    ({ attrs }) => (nonEmpty(attrs.semantics) ?? 'BUNDLE') === 'BUNDLE',
  );
  return group && childrenNamed(group, 'content').flatMap(({ attrs }) => nonEmpty(attrs.name) ?? []);
}

function buildBundle(names: readonly string[]): XmlElement {
  const contents = names.map((name) => xml(jingleNs.grouping, 'content', { name }));
  return xml(jingleNs.grouping, 'group', { semantics: 'BUNDLE' }, ...contents);
}

function parseBridgeSession(element: XmlElement | undefined): BridgeSession | undefined {
  if (!element) return undefined;
  const { id, region, restart } = element.attrs;
  return defined({
    id: nonEmpty(id),
    region: nonEmpty(region),
    restart: flag(restart),
    iceRestart: flag(element.attrs['ice-restart']),
  });
}

function buildBridgeSession({ id, region, restart, iceRestart }: BridgeSession): XmlElement {
  return xml(jingleNs.focus, 'bridge-session', { id, region, restart, 'ice-restart': iceRestart });
}

function parseStartMuted(element: XmlElement | undefined): JingleMessage['startMuted'] {
  return element && { audio: flag(element.attrs.audio) ?? false, video: flag(element.attrs.video) ?? false };
}

/** The condition is the child that is not the text (XEP-0166, 7.4). */
function parseReason(element: XmlElement | undefined): JingleReason | undefined {
  const condition = element && elements(element).find(({ name }) => name !== 'text');
  const explanation = element && child(element, 'text');
  return condition && defined({ condition: condition.name, text: explanation && text(explanation) });
}

function buildReason({ condition, text: explanation }: JingleReason): XmlElement {
  return xml(
    jingleNs.jingle,
    'reason',
    {},
    xml(jingleNs.jingle, condition),
    explanation === undefined ? undefined : xml(jingleNs.jingle, 'text', {}, explanation),
  );
}
