/**
 * The media sessions of one conference: invitations, sources and their relaying, restarts, moves, endings (jicofo
 * `JitsiMeetConferenceImpl.java`, `ParticipantInviteRunnable.java`, `ColibriV2SessionManager.kt`).
 */
import type { Clock } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { type RandomBytes, randomToken } from '../../../base/random.ts';
import { buildJingle } from '../../../jingle/jingle.ts';
import type {
  IceTransport,
  JingleMessage,
  JingleReason,
  RtpDescription,
  SourceSet,
} from '../../../jingle/model.ts';
import { StanzaError } from '../../../xmpp/stanza-error.ts';
import { iqSet } from '../../../xmpp/stanza.ts';
import type { XmlElement } from '../../../xml/element.ts';
import type { Bridge, BridgeEndpoint } from '../../bridge/bridge.ts';
import { BridgeSession } from './bridge-session.ts';
import type { StartMutedLimits } from '../requests/conference-request.ts';
import { ConferenceSources, noSources } from './conference-sources.ts';
import type { ParticipantFeatures } from '../features.ts';
import type { Member } from '../members.ts';
import { buildOffer, offerDescriptions } from './offer.ts';
import { type JingleSession, Participant } from '../participant.ts';
import type { Requests } from '../requests/requests.ts';
import { handleSessionRequest, type JingleReply, type SessionHost } from '../requests/session-requests.ts';
import { isEmptySet } from './source-signaling.ts';

/** Who answers requests for a sid; sids are looked up in one table for all conferences. */
export type SessionTable = Map<string, (jingle: XmlElement) => JingleReply>;

export interface MediaSessionsOptions {
  /** The bridge for new sessions; undefined while there is none. */
  findBridge: () => Bridge | undefined;
  requests: Requests;
  sessions: SessionTable;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  /** Full JID of the focus' account. */
  focusJid: string;
  opusRed: boolean;
  startMuted: StartMutedLimits;
  /** The number of bridges in use has changed. */
  onBridgeCount: (count: number) => void;
  /** A participant cannot be invited, because there is no bridge. */
  onBridgeMissing: () => void;
}

interface Ending {
  /** Tells the participant; without it the participant knows already. */
  reason?: JingleReason;
  /** Tells the others that its sources are gone; without it they know already. */
  removeSources: boolean;
}

export class MediaSessions implements SessionHost {
  readonly #options: MediaSessionsOptions;
  readonly #participants = new Map<string, Participant>();
  readonly #sources = new ConferenceSources();
  #bridgeSession: BridgeSession | undefined;

  constructor(options: MediaSessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#participants.size;
  }

  all(): readonly Participant[] {
    return [...this.#participants.values()];
  }

  find(occupantJid: string): Participant | undefined {
    return this.all().find(({ member }) => member.occupantJid === occupantJid);
  }

  sourcesOf(participant: Participant): SourceSet {
    return this.#sources.of(participant.id);
  }

  /** Gives a member its media session. */
  invite(member: Member, features: ParticipantFeatures): void {
    const participant = new Participant(member, features);
    this.#participants.set(participant.id, participant);
    this.#run(`inviting ${participant.id}`, this.#allocate(participant));
  }

  left(member: Member): void {
    const participant = this.#participants.get(member.nick);
    // Who leaves the room takes its sources along: everybody sees that, nobody is told (`onMemberLeft`).
    if (participant) this.#end(participant, { removeSources: false });
  }

  /** Ends the session of whoever is alone for too long. */
  expireSingle(): void {
    const [participant] = this.#participants.values();
    if (!participant) return;
    this.#end(participant, {
      reason: { condition: 'expired', text: 'Idle session timeout' },
      removeSources: false,
    });
  }

  /** Moves one participant, or all of them, to a new transport. Returns how many. */
  move(endpointId?: string): number {
    const moving = this.all().filter(({ id }) => endpointId === undefined || id === endpointId);
    for (const participant of moving) this.#release(participant);
    for (const participant of moving) this.reinvite(participant);
    return moving.length;
  }

  /**
   * Ends a participant's session with "moving", and fails to offer another, as Jicofo of 2026 does after some errors: there is none until they
   * leave the room and come again. @returns whether there is such a participant
   */
  strand(endpointId: string): boolean {
    const participant = this.#participants.get(endpointId);
    if (!participant) return false;
    this.#dropSources(participant, true);
    this.#closeSession(participant, { condition: 'success', text: 'moving' });
    this.#release(participant);
    return true;
  }

  /** Invites those who could not be invited, because there was no bridge. */
  inviteWaiting(): void {
    for (const participant of this.all()) {
      if (participant.session || participant.invitation) continue;
      this.#run(`inviting ${participant.id}`, this.#allocate(participant));
    }
  }

  close(): void {
    for (const participant of this.all()) this.#end(participant, { removeSources: false });
  }

  /** The focus dies: nobody is told, neither participants nor the bridge, and media goes on. */
  abandon(): void {
    for (const participant of this.all()) {
      participant.invitation = undefined;
      participant.endpoint = undefined;
    }
    this.#participants.clear();
    this.#bridgeSession?.abandon();
    this.#bridgeSession = undefined;
  }

  addSources(participant: Participant, sources: SourceSet): string | undefined {
    const change = this.#sources.add(participant.id, sources);
    if (!change.ok) return change.text;
    this.#tellBridge(participant, (endpoint) => endpoint.setSources(this.sourcesOf(participant)));
    this.#tellOthers(participant, (other) => other.signaling.add(change.changed));
    return undefined;
  }

  removeSources(participant: Participant, sources: SourceSet): string | undefined {
    const change = this.#sources.remove(participant.id, sources);
    if (!change.ok) return change.text;
    this.#tellBridge(participant, (endpoint) => endpoint.setSources(this.sourcesOf(participant)));
    this.#tellOthers(participant, (other) => other.signaling.remove(change.changed));
    return undefined;
  }

  accepted(participant: Participant, transport: IceTransport | undefined, lastN: number | undefined): void {
    if (transport) this.transportChanged(participant, transport);
    if (lastN !== undefined) this.#tellBridge(participant, (endpoint) => endpoint.setInitialLastN(lastN));
    this.#signal(participant);
  }

  transportChanged(participant: Participant, transport: IceTransport): void {
    this.#tellBridge(participant, (endpoint) => endpoint.setRemoteTransport(transport));
  }

  bridgeSessionId(participant: Participant): string | undefined {
    return this.#bridgeSession?.has(participant) ? this.#bridgeSession.id : undefined;
  }

  terminated(participant: Participant, reinvite: boolean): void {
    this.#end(participant, { removeSources: true });
    if (!reinvite) return;
    this.#participants.set(participant.id, participant);
    this.#run(`inviting ${participant.id}`, this.#allocate(participant));
  }

  reinvite(participant: Participant): void {
    this.#dropSources(participant, true);
    this.#closeSession(participant, { condition: 'success', text: 'moving' });
    this.#release(participant);
    this.#run(`inviting ${participant.id}`, this.#allocate(participant));
  }

  restartIce(participant: Participant): void {
    this.#run(`restarting ICE of ${participant.id}`, this.#restartIce(participant));
  }

  /**
   * Tells the bridge something about a participant. If it does not know the endpoint any more, there is a new session
   * (`ColibriV2SessionManager.kt`, `unknown_endpoint`), after the answer to whatever the participant has asked for.
   */
  #tellBridge(participant: Participant, tell: (endpoint: BridgeEndpoint) => void): void {
    const { endpoint } = participant;
    if (!endpoint) return;
    tell(endpoint);
    if (!endpoint.isExpired) return;
    queueMicrotask(() => {
      if (participant.endpoint === endpoint) this.reinvite(participant);
    });
  }

  /** Work that nobody waits for. */
  #run(what: string, work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#options.logger.log('warn', `${what} failed`, { error: messageOf(error) });
    });
  }

  async #restartIce(participant: Participant): Promise<void> {
    const { endpoint } = participant;
    const transport = await endpoint?.restartIce();
    if (participant.endpoint !== endpoint) return;
    if (endpoint?.isExpired) this.reinvite(participant);
    if (!transport || endpoint?.isExpired) return;
    this.#send(participant, {
      action: 'transport-info',
      // Any content will do, the credentials hold for the bundle (`JingleSession.sendTransportInfo`).
      contents: [{ name: 'audio', creator: 'initiator', transport }],
    });
  }

  /** Gets a transport from the bridge and offers it. */
  async #allocate(participant: Participant): Promise<void> {
    const { findBridge, onBridgeMissing, opusRed, random } = this.#options;
    const { features, id } = participant;
    participant.invitation = undefined;
    const bridge = findBridge();
    if (!bridge) return onBridgeMissing();
    // The focus finds out when it next asks the bridge for something; then everybody moves (jicofo `ColibriV2SessionManager.kt`).
    if (this.#bridgeSession?.isLost) return void this.move();
    const invitation = {};
    participant.invitation = invitation;
    const descriptions = offerDescriptions(features, opusRed);
    const startMuted = this.#startMuted();
    this.#bridgeSession ??= new BridgeSession(bridge, random);
    const endpoint = await this.#bridgeSession.allocate(participant, {
      id,
      descriptions,
      sctp: features.sctp,
      ssrcRewriting: features.ssrcRewriting,
      midDemux: features.midDemux,
      isVisitor: participant.member.isVisitor,
    });
    if (participant.invitation !== invitation) return endpoint.expire();
    participant.invitation = undefined;
    participant.endpoint = endpoint;
    this.#offer(participant, endpoint, descriptions, startMuted);
  }

  #offer(
    participant: Participant,
    endpoint: BridgeEndpoint,
    descriptions: readonly RtpDescription[],
    startMuted: { audio: boolean; video: boolean },
  ): void {
    const bridgeSession = this.#bridgeSession;
    if (!bridgeSession) return;
    const { clock, focusJid, onBridgeCount, random, requests, sessions } = this.#options;
    onBridgeCount(1);
    const session: JingleSession = { sid: randomToken(random, 13), state: 'pending' };
    this.#closeSession(participant);
    participant.session = session;
    sessions.set(session.sid, (jingle) =>
      handleSessionRequest(jingle, session, participant, this, clock.now()),
    );
    const offer = buildOffer({
      sid: session.sid,
      initiator: focusJid,
      features: participant.features,
      descriptions,
      transport: endpoint.transport,
      sources: participant.signaling.reset(this.#sourcesFor(participant, bridgeSession.placeholders)),
      bridgeSession: { id: bridgeSession.id, region: bridgeSession.region },
      startMuted,
    });
    const { occupantJid } = participant.member;
    requests.ask(
      iqSet(occupantJid, '', this.#build(participant, offer)),
      `offering a session to ${occupantJid}`,
      (outcome) => {
        // No answer counts as consent, the accept may still come (`JingleSession.initiateSession`).
        if (outcome.ok || !(outcome.error instanceof StanzaError) || participant.session !== session) return;
        this.#end(participant, {
          reason: { condition: 'general-error', text: 'jingle session failed' },
          removeSources: true,
        });
      },
    );
  }

  /** What an offer tells: the bridge's own sources always; the others' unless the bridge tells of them itself. */
  #sourcesFor(participant: Participant, placeholders: SourceSet): SourceSet {
    const others = participant.features.ssrcRewriting ? noSources : this.#sources.except(participant.id);
    return {
      sources: [...placeholders.sources, ...others.sources],
      groups: [...placeholders.groups, ...others.groups],
    };
  }

  #startMuted(): { audio: boolean; video: boolean } {
    const { audio, video } = this.#options.startMuted;
    return { audio: this.size > audio, video: this.size > video };
  }

  #end(participant: Participant, ending: Ending): void {
    participant.invitation = undefined;
    this.#closeSession(participant, ending.reason);
    this.#dropSources(participant, ending.removeSources);
    this.#participants.delete(participant.id);
    this.#release(participant);
  }

  #closeSession(participant: Participant, reason?: JingleReason): void {
    const { session } = participant;
    if (!session) return;
    if (reason && session.state !== 'ended') this.#send(participant, { action: 'session-terminate', reason });
    session.state = 'ended';
    participant.session = undefined;
    this.#options.sessions.delete(session.sid);
  }

  #dropSources(participant: Participant, tell: boolean): void {
    const removed = this.#sources.removeAll(participant.id);
    if (isEmptySet(removed)) return;
    this.#tellOthers(participant, ({ signaling }) =>
      tell ? signaling.remove(removed) : signaling.forget(participant.id),
    );
  }

  #release(participant: Participant): void {
    if (!this.#bridgeSession?.release(participant)) return;
    this.#bridgeSession = undefined;
    this.#options.onBridgeCount(0);
  }

  #tellOthers(participant: Participant, change: (other: Participant) => void): void {
    for (const other of this.#participants.values()) {
      // With SSRC rewriting the bridge tells.
      if (other === participant || other.features.ssrcRewriting) continue;
      change(other);
      this.#signal(other);
    }
  }

  /** Says what is to be said about sources, if the session has been accepted. */
  #signal(participant: Participant): void {
    if (participant.session?.state !== 'active') return;
    const { removed, added } = participant.signaling.update();
    if (!isEmptySet(removed)) this.#send(participant, { action: 'source-remove', sources: removed });
    if (!isEmptySet(added)) this.#send(participant, { action: 'source-add', sources: added });
  }

  #send(participant: Participant, message: Partial<JingleMessage> & Pick<JingleMessage, 'action'>): void {
    const sid = participant.session?.sid;
    if (sid === undefined) return;
    const jingle = this.#build(participant, { contents: [], sources: noSources, ...message, sid });
    this.#options.requests.tell(iqSet(participant.member.occupantJid, '', jingle));
  }

  #build(participant: Participant, message: JingleMessage): XmlElement {
    return buildJingle(message, { sources: participant.features.jsonSources ? 'json' : 'xml' });
  }
}
