/**
 * Would Jicofo and Jitsi Videobridge take this session-accept? Written from what they read of it (jicofo `Participant.kt`,
 * `JingleIqRequestHandler.kt`, `ValidatingConferenceSourceMap.kt`; jitsi-videobridge `DtlsTransport.setSetupAttribute`,
 * `DtlsUtils.verifyAndValidateCertificate`), on the XML alone: nothing of `src` takes part.
 */
import { type CanonicalElement, canonicalXml } from './canonical-xml.ts';

/** One for each rule. */
export type AcceptRule =
  | 'stanza'
  | 'sid'
  | 'no-json'
  | 'content-names'
  | 'bundle'
  | 'transport'
  | 'credentials'
  | 'fingerprint'
  | 'setup'
  | 'candidates'
  | 'payload-types'
  | 'extension-ids'
  | 'last-n'
  | 'ssrc'
  | 'source-name'
  | 'video-type'
  | 'source-limit'
  | 'group-semantics'
  | 'group-members'
  | 'group-limit'
  | 'group-msid'
  | 'shared-msid';

export interface Objection {
  rule: AcceptRule;
  text: string;
}

export interface AcceptContext {
  /** The session-initiate that it answers: the IQ as XML. */
  offer: string;
  /** Resource of the accepting participant in the room. */
  endpointId: string;
}

const ns = {
  jingle: 'urn:xmpp:jingle:1',
  rtp: 'urn:xmpp:jingle:apps:rtp:1',
  headerExtensions: 'urn:xmpp:jingle:apps:rtp:rtp-hdrext:0',
  ssma: 'urn:xmpp:jingle:apps:rtp:ssma:0',
  ice: 'urn:xmpp:jingle:transports:ice-udp:1',
  dtls: 'urn:xmpp:jingle:apps:dtls:0',
  grouping: 'urn:xmpp:jingle:apps:grouping:0',
  colibri2: 'jitsi:colibri2',
  jitmeet: 'http://jitsi.org/jitmeet',
};

/** jicofo `reference.conf`: `max-ssrcs-per-user`; groups follow it. */
const limit = 20;

/** @param accept an IQ, or its `<jingle/>`, as XML */
export function objectionsTo(accept: string, context: AcceptContext): Objection[] {
  const objections: Objection[] = [];
  const object: Report = (rule, text) => objections.push({ rule, text });
  const jingle = jingleOf(accept);
  const offer = jingleOf(context.offer);
  if (!jingle || !offer || attr(jingle, 'action') !== 'session-accept') {
    object('stanza', 'it is no <jingle action="session-accept"/>');
    return objections;
  }
  if (attr(jingle, 'sid') !== attr(offer, 'sid')) object('sid', `its sid is ${attr(jingle, 'sid')}`);
  if (find(jingle, ns.jitmeet, 'json-message').length > 0) object('no-json', 'sources in JSON are not read');
  checkContents(jingle, offer, object);
  checkTransports(jingle, object);
  checkCodecs(jingle, offer, object);
  checkSources(jingle, context.endpointId, object);
  return objections;
}

type Report = (rule: AcceptRule, text: string) => void;

function checkContents(jingle: CanonicalElement, offer: CanonicalElement, object: Report): void {
  const contents = children(jingle, ns.jingle, 'content');
  const names = contents.map((content) => attr(content, 'name') ?? '');
  const offered = children(offer, ns.jingle, 'content').map((content) => attr(content, 'name') ?? '');
  if (new Set(names).size < names.length) object('content-names', `a content twice: ${names.join(' ')}`);
  for (const content of contents) {
    const name = attr(content, 'name') ?? '';
    if (!offered.includes(name)) object('content-names', `${name} was not offered`);
    const media = children(content, ns.rtp, 'description').map((description) => attr(description, 'media'));
    const right = name === 'data' ? 'application' : name;
    if (media.some((each) => each !== undefined && each !== right)) {
      object('content-names', `content ${name} holds ${media.join(' ')}`);
    }
    for (const lastN of children(content, ns.colibri2, 'initial-last-n')) {
      if (name !== 'video') object('last-n', `initial-last-n in ${name} is not read`);
      if (!/^-1$|^\d+$/.test(attr(lastN, 'value') ?? '')) object('last-n', 'initial-last-n is no number');
    }
  }
  const bundles = children(jingle, ns.grouping, 'group').filter(
    (group) => attr(group, 'semantics') === 'BUNDLE',
  );
  const bundled = bundles.flatMap((group) =>
    group.children.flatMap((child) => (typeof child === 'string' ? [] : [attr(child, 'name') ?? ''])),
  );
  if (bundles.length !== 1 || [...bundled].sort().join(' ') !== [...names].sort().join(' ')) {
    object('bundle', `contents ${names.join(' ')}, bundled ${bundled.join(' ')}`);
  }
}

const bytes: Readonly<Record<string, number>> = { 'sha-1': 20, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

/** Jicofo reads the first transport; that they say the same keeps it from mattering which one that is. */
function checkTransports(jingle: CanonicalElement, object: Report): void {
  const transports = children(jingle, ns.jingle, 'content').flatMap((content) =>
    children(content, ns.ice, 'transport'),
  );
  if (transports.length === 0) object('transport', 'there is no transport');
  const said = new Set<string>();
  for (const transport of transports) {
    const [ufrag = '', pwd = ''] = [attr(transport, 'ufrag'), attr(transport, 'pwd')];
    // RFC 8839, 5.4
    if (!/^[\w+/]{4,256}$/.test(ufrag)) object('credentials', `ufrag ${JSON.stringify(ufrag)}`);
    if (!/^[\w+/]{22,256}$/.test(pwd)) object('credentials', `pwd ${JSON.stringify(pwd)}`);
    const fingerprints = children(transport, ns.dtls, 'fingerprint');
    if (fingerprints.length === 0) object('fingerprint', 'a transport has no fingerprint');
    for (const fingerprint of fingerprints) {
      const hash = attr(fingerprint, 'hash') ?? '';
      const value = fingerprint.children.map((child) => (typeof child === 'string' ? child : '?')).join('');
      if (!/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value) || value.split(':').length !== bytes[hash]) {
        object('fingerprint', `${hash} ${value}`);
      }
      // The bridge offers actpass and has to become the DTLS server.
      if (attr(fingerprint, 'setup') !== 'active') object('setup', `setup ${attr(fingerprint, 'setup')}`);
      said.add([ufrag, pwd, hash, value].join(' '));
    }
    for (const candidate of children(transport, ns.ice, 'candidate')) {
      if (attr(candidate, 'generation') !== '0' || attr(candidate, 'component') !== '1') {
        object('candidates', 'only generation 0 and component 1 are used');
      }
    }
  }
  if (said.size > 1) object('transport', 'the transports differ');
}

/** The bridge was configured with the offer: other numbers are dropped there. */
function checkCodecs(jingle: CanonicalElement, offer: CanonicalElement, object: Report): void {
  const described = (root: CanonicalElement, name: string | undefined): CanonicalElement[] =>
    children(root, ns.jingle, 'content')
      .filter((content) => attr(content, 'name') === name)
      .flatMap((content) => children(content, ns.rtp, 'description'));
  const codec = (type: CanonicalElement): string =>
    [
      attr(type, 'id'),
      attr(type, 'name')?.toLowerCase(),
      attr(type, 'clockrate'),
      attr(type, 'channels') ?? '1',
    ].join(' ');
  const extension = (each: CanonicalElement): string => `${attr(each, 'id')} ${attr(each, 'uri')}`;
  for (const content of children(jingle, ns.jingle, 'content')) {
    const name = attr(content, 'name');
    const offered = described(offer, name);
    const codecs = offered.flatMap((each) => children(each, ns.rtp, 'payload-type')).map(codec);
    const extensions = offered
      .flatMap((each) => children(each, ns.headerExtensions, 'rtp-hdrext'))
      .map(extension);
    for (const description of described(jingle, name)) {
      for (const type of children(description, ns.rtp, 'payload-type')) {
        if (!codecs.includes(codec(type))) object('payload-types', `${name}: ${codec(type)} was not offered`);
      }
      for (const each of children(description, ns.headerExtensions, 'rtp-hdrext')) {
        if (!extensions.includes(extension(each))) {
          object('extension-ids', `${name}: ${extension(each)} was not offered`);
        }
      }
    }
  }
}

interface Signalled {
  ssrc: string;
  name: string;
  msid: string | undefined;
}

function checkSources(jingle: CanonicalElement, endpointId: string, object: Report): void {
  const ssrcs = new Set<string>();
  let groupCount = 0;
  for (const content of children(jingle, ns.jingle, 'content')) {
    const descriptions = children(content, ns.rtp, 'description');
    const media = descriptions.map((each) => attr(each, 'media'))[0] ?? attr(content, 'name') ?? '';
    const parents = [content, ...descriptions];
    const sources = parents
      .flatMap((parent) => children(parent, ns.ssma, 'source'))
      .map((source): Signalled => checkSource(source, media, endpointId, object));
    for (const { ssrc } of sources) {
      if (ssrcs.has(ssrc)) object('ssrc', `${ssrc} is signalled twice`);
      ssrcs.add(ssrc);
    }
    const groups = parents.flatMap((parent) => children(parent, ns.ssma, 'ssrc-group'));
    // Empty groups and repeated ones are passed over.
    const distinct = new Set(groups.map(describeGroup).filter((words) => words.includes(' ')));
    groupCount += distinct.size;
    checkGroups(groups, new Map(sources.map((source) => [source.ssrc, source])), object);
  }
  if (ssrcs.size > limit) object('source-limit', `${ssrcs.size} SSRCs`);
  if (groupCount > limit) object('group-limit', `${groupCount} groups`);
}

function checkSource(source: CanonicalElement, media: string, endpointId: string, object: Report): Signalled {
  const ssrc = attr(source, 'ssrc') ?? '';
  const name = attr(source, 'name') ?? '';
  const videoType = attr(source, 'videoType');
  if (!/^[1-9]\d{0,9}$/.test(ssrc) || Number(ssrc) >= 2 ** 32) object('ssrc', `SSRC ${JSON.stringify(ssrc)}`);
  // Jicofo reads the kind from the letter after the first hyphen.
  const expected = `${endpointId}-${media[0]}`;
  if (!name.startsWith(expected) || !/^\d+$/.test(name.slice(expected.length)) || endpointId.includes('-')) {
    object('source-name', `${name} for ${media} of ${endpointId}`);
  }
  const words: (string | undefined)[] = media === 'video' ? ['camera', 'desktop'] : [undefined];
  if (!words.includes(videoType)) object('video-type', `${videoType} for ${media}`);
  const msids = source.children.flatMap((child) =>
    typeof child !== 'string' && child.name.endsWith('}parameter') && attr(child, 'name') === 'msid'
      ? [attr(child, 'value')]
      : [],
  );
  return { ssrc, name, msid: msids[0] === '' ? undefined : msids[0] };
}

function checkGroups(
  groups: readonly CanonicalElement[],
  sources: ReadonlyMap<string, Signalled>,
  object: Report,
): void {
  /** Which SSRCs are one source: SIM and its FIDs, a lone FID, a lone SSRC. */
  const unitOf = new Map([...sources.keys()].map((ssrc) => [ssrc, ssrc]));
  for (const group of groups) {
    const { semantics, members } = readGroup(group);
    if (members.length === 0) continue;
    const words = describeGroup(group);
    if (semantics !== 'SIM' && semantics !== 'FID') object('group-semantics', words);
    if (semantics === 'FID' && members.length !== 2) object('group-members', words);
    const known = members.flatMap((ssrc) => sources.get(ssrc) ?? []);
    if (known.length < members.length) object('group-members', `${words}: not all are signalled`);
    if (known.some(({ msid }) => msid === undefined)) object('group-msid', `${words}: one has no msid`);
    if (new Set(known.map(({ msid }) => msid)).size > 1) object('group-msid', `${words}: msids differ`);
    if (new Set(known.map(({ name }) => name)).size > 1) object('source-name', `${words}: names differ`);
    const joined = new Set(members.map((ssrc) => unitOf.get(ssrc)));
    for (const [ssrc, unit] of unitOf) if (joined.has(unit)) unitOf.set(ssrc, members[0] ?? unit);
  }
  const unitByMsid = new Map<string, string | undefined>();
  for (const { ssrc, msid } of sources.values()) {
    if (msid === undefined) continue;
    const unit = unitOf.get(ssrc);
    if (unitByMsid.has(msid) && unitByMsid.get(msid) !== unit) object('shared-msid', `${msid} twice`);
    unitByMsid.set(msid, unit);
  }
}

function readGroup(group: CanonicalElement): { semantics: string; members: string[] } {
  return {
    semantics: attr(group, 'semantics')?.toUpperCase() ?? '',
    members: children(group, ns.ssma, 'source').map((source) => attr(source, 'ssrc') ?? ''),
  };
}

function describeGroup(group: CanonicalElement): string {
  const { semantics, members } = readGroup(group);
  return [semantics, ...members].join(' ');
}

function jingleOf(text: string): CanonicalElement | undefined {
  const root = canonicalXml(text);
  return [root, ...find(root, ns.jingle, 'jingle')].find(({ name }) => name === `{${ns.jingle}}jingle`);
}

function attr(element: CanonicalElement, name: string): string | undefined {
  return element.attributes.find(([key]) => key === `{}${name}`)?.[1];
}

function children(parent: CanonicalElement, namespace: string, name: string): CanonicalElement[] {
  return parent.children.flatMap((child) =>
    typeof child !== 'string' && child.name === `{${namespace}}${name}` ? [child] : [],
  );
}

/** All descendants of the name. */
function find(parent: CanonicalElement, namespace: string, name: string): CanonicalElement[] {
  return parent.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    const below = find(child, namespace, name);
    return child.name === `{${namespace}}${name}` ? [child, ...below] : below;
  });
}
