/**
 * Accepts a media session with a peer connection that the caller made: offer as SDP, answer as session-accept, candidates both
 * ways. The reference client sends its accept before gathering has ended, and lets the bridge discover it by its checks; so it is
 * here, with candidates that come later sent on (lib-jitsi-meet `JingleSessionPC.ts`).
 */
import { callSafely } from '../base/call-safely.ts';
import { MediaError, messageOf } from '../base/errors.ts';
import type { IceTransport, JingleMessage, JingleReason } from '../jingle/model.ts';
import { type AcceptOptions, answerTransport, buildAccept } from '../sdp/answer.ts';
import { buildCandidate, parseCandidate } from '../sdp/candidate.ts';
import { parseSdp } from '../sdp/sdp.ts';
import { takeSctpClientRole } from './sctp-role.ts';
import type { W3cIceCandidate, W3cPeerConnection } from './w3c-peer-connection.ts';

/** What it needs of the session. */
export interface NegotiatedSession {
  readonly offer: JingleMessage;
  /** The offer as SDP, with the sources and candidates that are known now. */
  readonly sdp: string;
  /** The bridge's side, as it is known now. */
  readonly transport: IceTransport | undefined;
  readonly endpointId: string;
  accept(accept: JingleMessage): Promise<void>;
  trickle(transport: IceTransport): Promise<void>;
  terminate(reason?: JingleReason): void;
  /** The bridge has more candidates. The returned function ends the subscription. */
  onRemoteTransport(listener: (transport: IceTransport) => void): () => void;
  onEnded(listener: () => void): () => void;
}

export type NegotiatorAcceptOptions = Omit<AcceptOptions, 'endpointId'> & { signal?: AbortSignal };

export class Negotiator {
  readonly #pc: W3cPeerConnection;
  readonly #session: NegotiatedSession;
  readonly #cleanUps: (() => void)[] = [];
  readonly #early: IceTransport[] = [];
  #isAccepted = false;
  /** The bridge's candidates that the peer connection has. */
  readonly #known = new Set<string>();

  /** Made by a session, not by users. */
  constructor(pc: W3cPeerConnection, session: NegotiatedSession) {
    this.#pc = pc;
    this.#session = session;
  }

  /**
   * Gives the offer to the peer connection, takes its answer, and accepts the session with it. Resolves when the focus has taken
   * it; the peer connection then connects. What is to be sent, and `session.prepareBridge(pc)`, come before.
   * @throws MediaError `negotiation-failed` with the peer connection's error as cause, and as `session.accept`
   */
  async accept(options: NegotiatorAcceptOptions = {}): Promise<void> {
    const { signal, ...more } = options;
    signal?.throwIfAborted();
    const { offer, endpointId } = this.#session;
    this.#listen();
    try {
      const answer = await this.#answer();
      signal?.throwIfAborted();
      await this.#session.accept(buildAccept(offer, answer, { ...more, endpointId }));
      this.#isAccepted = true;
      for (const transport of this.#early.splice(0)) this.#trickle(transport);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Ends the session. The peer connection stays the caller's to close. */
  terminate(reason?: JingleReason): void {
    this.close();
    this.#session.terminate(reason);
  }

  /** Stops passing candidates; nothing is sent. */
  close(): void {
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
  }

  async #answer(): Promise<string> {
    try {
      for (const candidate of this.#session.transport?.candidates ?? [])
        this.#known.add(buildCandidate(candidate));
      await this.#pc.setRemoteDescription({ type: 'offer', sdp: this.#session.sdp });
      takeSctpClientRole(this.#pc);
      const { sdp = '' } = await this.#pc.createAnswer();
      await this.#pc.setLocalDescription({ type: 'answer', sdp });
      return this.#pc.localDescription?.sdp ?? sdp;
    } catch (error) {
      throw new MediaError(
        `negotiating session ${this.#session.offer.sid}: the peer connection refused: ${messageOf(error)}`,
        { code: 'negotiation-failed', cause: error },
      );
    }
  }

  #listen(): void {
    const onCandidate = (event: unknown): void => {
      const { candidate } = event as { candidate?: W3cIceCandidate | null };
      if (!candidate?.candidate) return;
      try {
        this.#found(candidate.candidate);
      } catch {
        // The bridge finds us by our checks too.
      }
    };
    this.#pc.addEventListener('icecandidate', onCandidate);
    this.#cleanUps.push(
      () => this.#pc.removeEventListener('icecandidate', onCandidate),
      this.#session.onRemoteTransport((transport) => this.#addRemote(transport)),
      this.#session.onEnded(() => this.close()),
    );
  }

  /** A candidate of ours. */
  #found(line: string): void {
    const { sdp } = this.#pc.localDescription ?? {};
    // Those that are found before the answer is read are in it.
    if (sdp === undefined) return;
    const transport = answerTransport(parseSdp(sdp));
    const trickled = { ...transport, candidates: [parseCandidate(line)] };
    if (this.#isAccepted) this.#trickle(trickled);
    else this.#early.push(trickled);
  }

  #trickle(transport: IceTransport): void {
    // The bridge finds us by our checks too; a candidate that it does not hear of is no failure.
    this.#session.trickle(transport).catch(() => {});
  }

  #addRemote({ candidates }: IceTransport): void {
    for (const candidate of candidates) {
      const line = buildCandidate(candidate);
      if (this.#known.has(line)) continue;
      this.#known.add(line);
      // A candidate that cannot be used leaves the others.
      callSafely(
        () => this.#pc.addIceCandidate({ candidate: line, sdpMLineIndex: 0 }),
        () => {},
      );
    }
  }
}
