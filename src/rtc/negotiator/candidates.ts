/**
 * ICE candidates both ways. The reference client sends its accept before gathering has ended, and lets the bridge discover it by its
 * checks; so it is here, with candidates that come later sent on (lib-jitsi-meet `JingleSessionPC.ts`).
 */
import { callSafely } from '../../base/call-safely.ts';
import type { IceTransport } from '../../jingle/model.ts';
import { answerTransport } from '../../sdp/answer.ts';
import { buildCandidate, parseCandidate } from '../../sdp/candidate.ts';
import { parseSdp } from '../../sdp/sdp.ts';
import type { W3cIceCandidate, W3cPeerConnection } from '../w3c-peer-connection.ts';
import type { NegotiatedSession } from './negotiated-session.ts';

export class Candidates {
  readonly #pc: W3cPeerConnection;
  readonly #session: NegotiatedSession;
  /** The bridge's that the peer connection has. */
  readonly #known = new Set<string>();
  /** Ours that the bridge cannot place yet: it does not know the credentials that they are for. */
  #early: string[] | undefined = [];
  #generation: number | undefined;

  constructor(pc: W3cPeerConnection, session: NegotiatedSession) {
    this.#pc = pc;
    this.#session = session;
  }

  /** The returned function ends it. */
  listen(): () => void {
    const onCandidate = (event: unknown): void => {
      const { candidate } = event as { candidate?: W3cIceCandidate | null };
      // Those that are found before the answer is read are in it.
      if (!candidate?.candidate || this.#pc.localDescription?.sdp === undefined) return;
      if (this.#early) this.#early.push(candidate.candidate);
      else this.#trickle([candidate.candidate]);
    };
    this.#pc.addEventListener('icecandidate', onCandidate);
    return () => this.#pc.removeEventListener('icecandidate', onCandidate);
  }

  /** These are in the offer. */
  offered(transport: IceTransport | undefined): void {
    for (const candidate of transport?.candidates ?? []) this.#known.add(buildCandidate(candidate));
  }

  /** Our credentials are about to change. */
  hold(): void {
    this.#early ??= [];
  }

  /** The bridge has our credentials. */
  release(): void {
    const early = this.#early?.splice(0) ?? [];
    this.#early = undefined;
    if (early.length > 0) this.#trickle(early);
  }

  /** Candidates of the bridge. */
  add({ candidates }: IceTransport): void {
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

  /**
   * Both sides have new credentials: tells the bridge of ours, of the generation of its own, and the peer connection of the bridge's
   * candidates (jitsi-videobridge takes no other generation).
   */
  async restarted(remote: IceTransport): Promise<void> {
    this.#generation = remote.iceGeneration;
    this.#known.clear();
    this.add(remote);
    await this.#session.trickle(this.#local());
    this.release();
  }

  #trickle(lines: readonly string[]): void {
    const candidates = lines.flatMap((line) => {
      try {
        return [parseCandidate(line)];
      } catch {
        // The bridge finds us by our checks too.
        return [];
      }
    });
    // So a candidate that it does not hear of is no failure either.
    callSafely(
      () => this.#session.trickle({ ...this.#local(), candidates }),
      () => {},
    );
  }

  #local(): IceTransport {
    const transport = answerTransport(parseSdp(this.#pc.localDescription?.sdp ?? ''));
    return this.#generation === undefined ? transport : { ...transport, iceGeneration: this.#generation };
  }
}
