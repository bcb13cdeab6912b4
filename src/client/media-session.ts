/** A media session that the focus offers: what is in the offer, for whoever brings a peer connection or only wants to look. */
import type { OfferedSession } from '../conference/offered-session.ts';
import { transportOf } from '../jingle/jingle.ts';
import type { IceTransport, JingleMessage, JingleReason, Source, SsrcGroup } from '../jingle/model.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';
import { buildOfferSdp } from '../sdp/offer.ts';

export interface MediaSessionPorts {
  iceServers(): readonly IceServer[];
  terminate(reason: JingleReason, restart: boolean): void;
}

export class MediaSession {
  readonly #session: OfferedSession;
  readonly #ports: MediaSessionPorts;

  /** Made by the conference, not by users. */
  constructor(session: OfferedSession, ports: MediaSessionPorts) {
    this.#session = session;
    this.#ports = ports;
  }

  /** Jingle session id. */
  get sid(): string {
    return this.#session.sid;
  }

  /** The focus' own address, as it wrote it into the offer. */
  get initiator(): string {
    return this.#session.offer.initiator ?? this.#session.peer;
  }

  /** The offer as it came, without XML. */
  get offer(): JingleMessage {
    return this.#session.offer;
  }

  /** The offer as Unified Plan SDP, with the sources that are known now. */
  get sdp(): string {
    const { offer, sources } = this.#session;
    return buildOfferSdp({ ...offer, sources: sources.all() }, { semantics: 'unified' });
  }

  /** STUN and TURN servers of the deployment, as a peer connection wants them. */
  get iceServers(): readonly IceServer[] {
    return this.#ports.iceServers();
  }

  /** ICE and DTLS parameters of the bridge; all contents share them. */
  get transport(): IceTransport | undefined {
    return transportOf(this.#session.offer);
  }

  /** URL of the bridge's WebSocket channel, if it has one. It holds a password. */
  get colibriWs(): string | undefined {
    return this.transport?.webSocketUrls[0];
  }

  /** SCTP port of the bridge's data channel, if it offers one. */
  get sctpPort(): number | undefined {
    return this.#session.offer.contents.find(({ transport }) => transport?.sctp)?.transport?.sctp?.port;
  }

  /** RTP sources of all participants and of the bridge itself (owner `jvb`), as they are now. */
  get sources(): readonly Source[] {
    return this.#session.sources.all().sources;
  }

  get ssrcGroups(): readonly SsrcGroup[] {
    return this.#session.sources.all().groups;
  }

  /**
   * Ends the session; the participant stays in the room.
   * @param reason default `success`
   * @param restart asks the focus for a new offer
   */
  terminate(reason: JingleReason = { condition: 'success' }, restart = false): void {
    this.#ports.terminate(reason, restart);
  }
}
