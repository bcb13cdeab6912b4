/** A peer connection without a network: takes offers of Unified Plan and answers them as RFC 9429 says, at once or when it is let. */
import { attribute, attributes, directionOf, parseMediaLine, parseSdp, writeSdp } from '../../src/sdp/sdp.ts';
import type {
  W3cDataChannel,
  W3cIceCandidate,
  W3cPeerConnection,
  W3cSessionDescription,
  W3cTransceiver,
} from '../../src/rtc/w3c-peer-connection.ts';

interface Track {
  kind: 'audio' | 'video';
  ssrc: number;
}

class Transceiver implements W3cTransceiver {
  readonly kind: Track['kind'];
  readonly isByAddTrack: boolean;
  readonly sender: { track: Track | null };
  mid: string | null = null;
  direction: string;

  constructor(kind: Track['kind'], track: Track | null, isByAddTrack: boolean) {
    this.kind = kind;
    this.sender = { track };
    this.isByAddTrack = isByAddTrack;
    this.direction = track ? 'sendrecv' : 'recvonly';
  }
}

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');

export class FakePeerConnection implements W3cPeerConnection {
  localDescription: W3cSessionDescription | null = null;
  connectionState = 'new';
  /** Every offer that it was given. */
  readonly offers: string[] = [];
  readonly candidates: string[] = [];
  /** Called with each offer before it is taken. */
  onOffer: (sdp: string) => unknown = () => {};
  readonly #listeners = new Set<(event: unknown) => void>();
  readonly #transceivers: Transceiver[] = [];
  #remote = '';
  #restarts = 0;
  #remoteUfrag: string | undefined;

  addTrack(track: Track): void {
    const free = this.#transceivers.find(
      ({ direction, kind, sender }) => kind === track.kind && !sender.track && direction === 'recvonly',
    );
    if (free) Object.assign(free, { direction: 'sendrecv', sender: { track } });
    else this.#transceivers.push(new Transceiver(track.kind, track, true));
  }

  addTransceiver(track: Track): void {
    this.#transceivers.push(new Transceiver(track.kind, track, false));
  }

  removeTrack(ssrc: number): void {
    const transceiver = this.#transceivers.find(({ sender }) => sender.track?.ssrc === ssrc);
    if (transceiver) Object.assign(transceiver, { direction: 'recvonly', sender: { track: null } });
  }

  getTransceivers(): readonly Transceiver[] {
    return this.#transceivers;
  }

  getReceivers(): readonly unknown[] {
    return this.#transceivers;
  }

  createDataChannel(): W3cDataChannel {
    throw new Error('it has none');
  }

  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.offers.push(sdp);
    await this.onOffer(sdp);
    const { media } = parseSdp(sdp);
    for (const lines of media) {
      const msids = new Set(attributes(lines, 'ssrc').map((value) => value.slice(value.indexOf(' '))));
      if (msids.size > 1)
        throw Object.assign(new Error('more than one track specified with a=ssrc lines'), {
          name: 'InvalidAccessError',
        });
    }
    for (const lines of media) this.#match(lines);
    const ufrag = attribute(media[0] ?? [], 'ice-ufrag');
    if (this.#remoteUfrag !== undefined && this.#remoteUfrag !== ufrag) this.#restarts++;
    this.#remoteUfrag = ufrag;
    this.#remote = sdp;
  }

  async createAnswer(): Promise<W3cSessionDescription> {
    const { session, media } = parseSdp(this.#remote);
    const sdp = writeSdp({ session, media: media.map((lines) => this.#answer(lines)) });
    return { type: 'answer', sdp };
  }

  async setLocalDescription(description: W3cSessionDescription): Promise<void> {
    this.localDescription = description;
  }

  async addIceCandidate({ candidate }: W3cIceCandidate): Promise<void> {
    this.candidates.push(candidate);
  }

  addEventListener(_: string, listener: (event: unknown) => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: string, listener: (event: unknown) => void): void {
    this.#listeners.delete(listener);
  }

  /** A candidate of its own, as the event tells of it. */
  find(candidate: string | null): void {
    for (const listener of this.#listeners)
      listener({ candidate: candidate === null ? null : { candidate, sdpMLineIndex: 0 } });
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #match(lines: readonly string[]): void {
    const { kind } = parseMediaLine(lines);
    if (kind !== 'audio' && kind !== 'video') return;
    const mid = attribute(lines, 'mid') ?? '';
    if (this.#transceivers.some((each) => each.mid === mid)) return;
    const receives = ['sendrecv', 'recvonly'].includes(directionOf(lines) ?? '');
    const waiting = this.#transceivers.find(
      (each) => each.kind === kind && each.mid === null && each.isByAddTrack && receives,
    );
    const transceiver = waiting ?? new Transceiver(kind, null, false);
    if (!waiting) this.#transceivers.push(transceiver);
    transceiver.mid = mid;
  }

  #answer(lines: readonly string[]): string[] {
    const transceiver = this.#transceivers.find(({ mid }) => mid === attribute(lines, 'mid'));
    const offered = directionOf(lines) ?? 'sendrecv';
    const track = ['sendrecv', 'recvonly'].includes(offered) ? transceiver?.sender.track : undefined;
    const receives = ['sendrecv', 'sendonly'].includes(offered);
    const direction = track ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
    return [
      ...lines.filter(
        (line) =>
          !/^a=(?:ssrc|ssrc-group|candidate|fingerprint|ice-\w+|setup|send\w+|recvonly|inactive)(?::|$)/.test(
            line,
          ),
      ),
      `a=ice-ufrag:ours${this.#restarts}`,
      'a=ice-pwd:0123456789abcdefghijKL+/',
      `a=fingerprint:sha-256 ${fingerprint}`,
      'a=setup:active',
      ...(transceiver ? [`a=${direction}`] : []),
      ...(track ? [`a=ssrc:${track.ssrc} msid:- track${track.ssrc}`] : []),
    ];
  }
}
