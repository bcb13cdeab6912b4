/**
 * Keeps a media session on a peer connection that the caller made: offer as SDP, answer as session-accept, and from then on each change
 * as a renegotiation: the offer as it is now, and its answer (lib-jitsi-meet `JingleSessionPC.ts`). One goes on at a time; what changes
 * meanwhile is in the next one, however much that is.
 */
import { defined } from '../../base/defined.ts';
import { JitsiError, MediaError, messageOf, UsageError } from '../../base/errors.ts';
import { SerialQueue } from '../../base/serial-queue.ts';
import { transportOf } from '../../jingle/jingle.ts';
import type { IceTransport, JingleMessage, JingleReason, Source } from '../../jingle/model.ts';
import { sessionEnded, wrongState } from '../../jingle/session-errors.ts';
import { type AcceptOptions, buildAccept } from '../../sdp/answer.ts';
import type { SourceChange } from '../../sdp/local-sources.ts';
import { type OfferOptions, RemoteDescription } from '../../sdp/remote-description.ts';
import type { W3cPeerConnection } from '../w3c-peer-connection.ts';
import { Candidates } from './candidates.ts';
import type { NegotiatedSession } from './negotiated-session.ts';
import { answerOffer } from './offer-answer.ts';
import { OwnSources, type OwnTrackOptions } from './own-sources.ts';
import { SenderLines } from './sender-lines.ts';

export type NegotiatorOptions = Pick<OfferOptions, 'semantics' | 'protocols'>;

export type NegotiatorAcceptOptions = Omit<AcceptOptions, 'endpointId'> &
  OwnTrackOptions & { signal?: AbortSignal };

const tried = 'negotiating';

export class Negotiator {
  readonly #pc: W3cPeerConnection;
  readonly #session: NegotiatedSession;
  readonly #options: NegotiatorOptions;
  readonly #queue = new SerialQueue();
  readonly #candidates: Candidates;
  readonly #lines: SenderLines;
  readonly #own: OwnSources;
  readonly #cleanUps: (() => void)[] = [];
  #description: RemoteDescription | undefined;
  #isAccepted = false;
  #isClosed = false;
  /** Renegotiation that has not begun. */
  #next: Promise<void> | undefined;
  /** The bridge's new credentials, until the peer connection has them. */
  #restart: IceTransport | undefined;
  #generation: number | undefined;

  /** Made by a session, not by users. */
  constructor(pc: W3cPeerConnection, session: NegotiatedSession, options: NegotiatorOptions = {}) {
    this.#pc = pc;
    this.#session = session;
    this.#options = options;
    this.#candidates = new Candidates(pc, session);
    this.#lines = new SenderLines(pc);
    this.#own = new OwnSources(session);
  }

  /**
   * Gives the offer to the peer connection, takes its answer, and accepts the session with it. Resolves when the focus has taken
   * it; the peer connection then connects, and is told of every source that comes or goes. What is to be sent, and
   * `session.prepareBridge(pc)`, come before.
   * @throws UsageError `session-state` when it was called before; PlanBError `plan-b-refused`; MediaError `negotiation-failed` with the
   *   peer connection's error as cause; and as `session.accept`
   */
  async accept(options: NegotiatorAcceptOptions = {}): Promise<void> {
    const { signal, initialLastN, responder, ...more } = options;
    signal?.throwIfAborted();
    if (this.#description) throw wrongState('accept', 'accepting');
    this.#own.options = more;
    const offer = this.#session.currentOffer();
    const description = this.#begin(offer);
    try {
      await this.#queue.run(async () => {
        this.#lines.prepare(description);
        const answer = await answerOffer(this.#pc, description, offer.sid);
        signal?.throwIfAborted();
        const accept = buildAccept(offer, answer, {
          ...this.#own.naming,
          ...defined({ initialLastN, responder }),
        });
        await this.#own.accept(accept.sources, () => this.#session.accept(accept));
        this.#isAccepted = true;
        this.#candidates.release();
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Announces the tracks that were added to the peer connection with `addTrack` since, and takes back those that it does not send any
   * more; resolves when the focus knows. Their m-lines are asked for by an offer, so tracks that are only replaced need no call.
   * @param options.videoType what new videos show; default `camera`
   * @throws UsageError `session-state` before the accept; MediaError `track-not-negotiated`, `negotiation-failed`, `session-ended`; and as
   *   `session.addSources`
   */
  async syncSources(options: OwnTrackOptions = {}): Promise<void> {
    this.#checkAccepted();
    this.#own.options = options;
    await this.#renegotiate();
    this.#lines.check();
  }

  /**
   * Announces what a local description of yours sends and was not announced: for who renegotiates by himself. Nothing is taken back.
   * @param sdp the local description
   * @throws ParseError `sdp-malformed`; UsageError `session-state` before the accept; MediaError `session-ended`; and as `session.addSources`
   */
  async sendSourceAddFromSdp(sdp: string, options: OwnTrackOptions = {}): Promise<void> {
    this.#checkAccepted();
    if (typeof sdp !== 'string')
      throw new UsageError('announcing sources: the local description has to be a text', {
        code: 'argument-invalid',
      });
    this.#own.options = options;
    await this.#queue.run(() => this.#own.announce(sdp, { removing: false }));
  }

  /**
   * Asks the bridge for new ICE credentials, and gives ours for them; resolves when both sides have them, and connect anew while media goes
   * on. The bridge may do so of itself, without any call.
   * @throws UsageError `session-state` before the accept; as `session.restartIce`; and MediaError `negotiation-failed`
   */
  async restartIce(): Promise<void> {
    this.#checkAccepted();
    await this.#session.restartIce();
    if (this.#restart) await this.#renegotiate();
  }

  /** What we send, as it was announced. */
  get sources(): readonly Source[] {
    return this.#own.sources;
  }

  /**
   * Says in presence whether a source of ours is muted, which clients show. Whether its track sends is the peer connection's affair: a track
   * that is muted by `replaceTrack(null)` or `enabled = false` stays announced.
   * @param name as in {@link sources}
   * @throws UsageError `argument-invalid` when there is none with that name
   */
  setMuted(name: string, muted: boolean): void {
    this.#own.setMuted(name, muted);
  }

  /** The sources that an m-line of the peer connection receives now, with their owner and name. */
  sourcesOf(mid: string): readonly Source[] {
    return this.#description?.sourcesOf(mid) ?? [];
  }

  /** Ends the session. The peer connection stays the caller's to close. */
  terminate(reason?: JingleReason): void {
    this.close();
    this.#session.terminate(reason);
  }

  /** Passes nothing on any more, in either direction; nothing is sent. */
  close(): void {
    this.#isClosed = true;
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
    this.#queue.close(sessionEnded(tried));
  }

  /** From now on nothing that the focus says is missed. */
  #begin(offer: JingleMessage): RemoteDescription {
    const { onEnded, onRemoteTransport, onSources } = this.#session;
    const description = new RemoteDescription(offer, this.#options);
    this.#description = description;
    this.#candidates.offered(transportOf(offer));
    this.#cleanUps.push(
      this.#candidates.listen(),
      onSources((change) => this.#sourcesChanged(description, change)),
      onRemoteTransport((transport) => this.#transportChanged(description, transport)),
      onEnded(() => this.close()),
    );
    return description;
  }

  #sourcesChanged(description: RemoteDescription, { added, removed }: SourceChange): void {
    if (removed.sources.length > 0) description.removeSources(removed);
    if (added.sources.length > 0) description.addSources(added);
    this.#changed();
  }

  #transportChanged(description: RemoteDescription, transport: IceTransport): void {
    if (transport.iceGeneration === this.#generation) return this.#candidates.add(transport);
    this.#generation = transport.iceGeneration;
    this.#restart = transport;
    description.restartIce(transport);
    return this.#changed();
  }

  /** Nobody waits for what follows. */
  #changed(): void {
    // What is asked for and not begun takes it along, and whoever asked hears how it went.
    if (this.#next) return;
    if (this.#pc.connectionState === 'closed') return this.close();
    this.#renegotiate().catch((error: unknown) => {
      if (this.#pc.connectionState === 'closed') this.close();
      else if (!this.#isClosed) this.#session.warn(asJitsiError(error));
    });
  }

  #renegotiate(): Promise<void> {
    this.#next ??= this.#queue.run(async () => {
      this.#next = undefined;
      await this.#update();
    });
    return this.#next;
  }

  async #update(): Promise<void> {
    const description = this.#description;
    if (!description) return;
    const restart = this.#restart;
    if (restart) this.#candidates.hold();
    this.#lines.prepare(description);
    const sdp = await answerOffer(this.#pc, description, this.#session.sid);
    if (restart) {
      await this.#candidates.restarted(restart);
      // Another may have come meanwhile; and where the bridge was not told, the next renegotiation tells it.
      if (this.#restart === restart) this.#restart = undefined;
    }
    await this.#own.announce(sdp, { removing: true });
  }

  #checkAccepted(): void {
    if (!this.#isAccepted) throw wrongState('sources', 'offered');
  }
}

function asJitsiError(error: unknown): JitsiError {
  if (error instanceof JitsiError) return error;
  return new MediaError(`${tried}: ${messageOf(error)}`, { code: 'negotiation-failed', cause: error });
}
