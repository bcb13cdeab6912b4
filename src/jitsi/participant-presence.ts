/**
 * A participant's presence, read and written (lib-jitsi-meet `ChatRoom.ts`, `JitsiConference.ts`). Presence is a full
 * state, never a delta: what is absent from the latest one is not so any more.
 */
import { defined } from '../base/defined.ts';
import {
  child,
  childrenNamed,
  childText,
  elements,
  text,
  type XmlElement,
  type XmlNode,
  xml,
} from '../xml/element.ts';
import type { VideoType } from '../jingle/model.ts';
import { buildCaps, type Caps, parseCaps } from '../xmpp/caps.ts';
import { ns } from '../xmpp/namespaces.ts';
import { jitsiNs } from './namespaces.ts';
import { buildSourceInfo, parseSourceInfo, type SourceState } from './source-info.ts';

/** Who the server says somebody is, from a token. */
export interface Identity {
  id?: string;
  name?: string;
  email?: string;
  avatar?: string;
  group?: string;
}

/** What a participant says about itself. */
export interface PresenceState {
  displayName?: string;
  statsId?: string;
  email?: string;
  avatarUrl?: string;
  avatarId?: string;
  identity?: Identity;
  /** The announced sources; undefined if the client speaks only the legacy elements. */
  sources?: readonly SourceState[];
  audioMuted: boolean;
  videoMuted: boolean;
  /** They show a screen, not muted. */
  sharing: boolean;
  /** What the picture shows; only of clients that have one picture and do not list their sources. */
  videoType?: VideoType;
  /** ms since the epoch; undefined when the hand is down. 1 when the client says only that it is up. */
  handRaisedAt?: number;
  /** Codec names, best first. */
  codecs: readonly string[];
  region?: string;
  /** Features meant for other participants, such as end-to-end encryption. */
  features: readonly string[];
  /** Everything called `jitsi_participant_NAME`, by NAME. */
  properties: Readonly<Record<string, string>>;
  /** Free status text. */
  status?: string;
  /** Joined without audio. */
  silent: boolean;
  /**
   * They are a program, as they say: the value of `<bot type="…"/>`, or by their features `jibri` (records), `jigasi` (a telephone) or
   * `transcriber`. Anybody can say so.
   */
  botType?: string;
  caps?: Caps;
}

const propertyPrefix = 'jitsi_participant_';

/** @param endpointId the nick of the presence's occupant JID: only sources of that owner count */
export function parsePresence(presence: XmlElement, endpointId: string): PresenceState {
  const own = (name: string): string | undefined => childText(presence, name, ns.client);
  const properties: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const element of elements(presence)) {
    if (element.name.startsWith(propertyPrefix))
      properties[element.name.slice(propertyPrefix.length)] = text(element);
  }
  const sourceInfo = own('SourceInfo');
  const sources = sourceInfo === undefined ? undefined : parseSourceInfo(sourceInfo, endpointId);
  const featureList = child(presence, 'features');
  const features = featureList
    ? childrenNamed(featureList, 'feature').flatMap(({ attrs }) => attrs.var ?? [])
    : [];
  const videoMuted = isMuted(sources, 'video', childText(presence, 'videomuted'));
  const videoType = sources ? undefined : parseVideoType(childText(presence, 'videoType'));
  const silent = childText(presence, 'silent');
  return defined({
    displayName: childText(presence, 'nick', ns.nick) || undefined,
    statsId: own('stats-id'),
    email: own('email'),
    avatarUrl: own('avatar-url'),
    avatarId: own('avatar-id'),
    identity: parseIdentity(presence),
    sources,
    // Older clients put these three in namespaces of their own.
    audioMuted: isMuted(sources, 'audio', childText(presence, 'audiomuted')),
    videoMuted,
    sharing: sources
      ? sources.some((source) => source.videoType === 'desktop' && !source.muted)
      : videoType === 'desktop' && !videoMuted,
    videoType,
    handRaisedAt: parseRaisedHand(properties.raisedHand),
    codecs: parseCodecs(properties),
    region: properties.region,
    features,
    properties,
    status: own('status') || undefined,
    // Any text counts, the word "false" too.
    silent: silent !== undefined && silent !== '',
    botType: child(presence, 'bot')?.attrs.type ?? botOf(features),
    caps: parseCaps(presence),
  });
}

/** With SourceInfo: muted unless some source of the kind is not. Without: the legacy element, absent means muted. */
function isMuted(
  sources: readonly SourceState[] | undefined,
  kind: 'audio' | 'video',
  legacy: string | undefined,
): boolean {
  if (sources) return !sources.some(({ mediaType, muted }) => mediaType === kind && !muted);
  return legacy?.trim() !== 'false';
}

function parseVideoType(text: string | undefined): VideoType | undefined {
  const videoType = text?.trim();
  return videoType === 'camera' || videoType === 'desktop' ? videoType : undefined;
}

/** lib-jitsi-meet `JitsiConference.ts`, which looks for the same. A transcriber is a jigasi too. */
const botFeatures = ['transcriber', 'jibri', 'jigasi'] as const;

function botOf(features: readonly string[]): string | undefined {
  return botFeatures.find((name) => features.includes(`http://jitsi.org/protocol/${name}`));
}

/** A timestamp, `0` when lowered; older clients write `true` or `false`. */
function parseRaisedHand(value: string | undefined): number | undefined {
  if (value === 'true') return 1;
  const time = Number(value);
  return Number.isFinite(time) && time > 0 ? time : undefined;
}

function parseCodecs(properties: Readonly<Record<string, string>>): string[] {
  // `codecType` is the older form with one codec.
  const list = properties.codecList ?? properties.codecType ?? '';
  return list
    .split(',')
    .map((codec) => codec.trim().toLowerCase())
    .filter((codec) => codec !== '');
}

function parseIdentity(presence: XmlElement): Identity | undefined {
  const identity = child(presence, 'identity', ns.client);
  const user = identity && child(identity, 'user');
  if (!identity || !user) return undefined;
  return defined({
    id: childText(user, 'id'),
    name: childText(user, 'name'),
    email: childText(user, 'email'),
    avatar: childText(user, 'avatar'),
    group: childText(identity, 'group'),
  });
}

/** What we say about ourselves. */
export interface OwnPresence {
  displayName?: string;
  statsId: string;
  caps: Caps;
  /** Features meant for other participants; none by default. */
  features: readonly string[];
  sources: readonly SourceState[];
  codecs: readonly string[];
  email?: string;
  avatarUrl?: string;
  region?: string;
  /** ms since the epoch; 0 says that the hand was lowered, undefined says nothing. */
  handRaisedAt?: number;
  /** Further `jitsi_participant_NAME` elements. */
  properties: Readonly<Record<string, string>>;
}

/** The children of our presence, in the order in which the reference client writes them first. */
export function buildPresence(own: OwnPresence): XmlNode[] {
  const property = (name: string, value: string): XmlElement =>
    xml(ns.client, propertyPrefix + name, {}, value);
  const optional = (name: string, value: string | undefined): XmlElement[] =>
    value === undefined ? [] : [xml(ns.client, name, {}, value)];
  return [
    xml(ns.client, 'stats-id', {}, own.statsId),
    buildCaps(own.caps),
    ...(own.features.length === 0
      ? []
      : [
          xml(
            ns.client,
            'features',
            {},
            ...own.features.map((name) => xml(ns.client, 'feature', { var: name })),
          ),
        ]),
    xml(ns.client, 'SourceInfo', {}, buildSourceInfo(own.sources)),
    ...(own.region === undefined ? [] : [property('region', own.region)]),
    property('codecList', own.codecs.join(',')),
    ...(own.handRaisedAt === undefined ? [] : [property('raisedHand', String(own.handRaisedAt))]),
    ...Object.entries(own.properties).map(([name, value]) => property(name, value)),
    ...optional('email', own.email),
    ...optional('avatar-url', own.avatarUrl),
    ...(own.displayName === undefined ? [] : [xml(ns.nick, 'nick', {}, own.displayName)]),
  ];
}

/** True for a presence that must be ignored (lib-jitsi-meet `ChatRoom.ts`, `onPresenceUnavailable`). */
export function isIgnoredPresence(presence: XmlElement): boolean {
  return child(presence, 'ignore', jitsiNs.ignore) !== undefined;
}

/** Features granted to us by the server, by name; only in our own presence (Prosody plugin `mod_jitsi_permissions`). */
export function parsePermissions(presence: XmlElement): Record<string, boolean> | undefined {
  const permissions = child(presence, 'permissions', jitsiNs.jitmeet);
  if (!permissions) return undefined;
  return Object.fromEntries(
    childrenNamed(permissions, 'p').flatMap(({ attrs }) =>
      attrs.name === undefined ? [] : [[attrs.name, attrs.val === 'true']],
    ),
  );
}
