/** A participant in raw text with a transport of its own: signals its sources as XML, sends RTP packet by packet. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { transportOf } from '../../../src/jingle/jingle.ts';
import type { IceTransport, JingleMessage, SourceSet } from '../../../src/jingle/model.ts';
import { buildRtpHeader, parseRtp, type RtpPacket } from '../../../src/rtp/packet.ts';
import { parseRtcp } from '../../../src/rtp/rtcp/compound.ts';
import type { RtcpPacket } from '../../../src/rtp/rtcp.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { waitFor } from '../../support/wait.ts';
import { End } from '../rtc/ends.ts';
import { jingleIn, join, type RawParticipant, room, takeOffer, tellFeatures } from './raw-participant.ts';

/** RTX and transport-wide feedback. */
export const mediaFeatures: readonly string[] = ['urn:ietf:rfc:4588', 'http://jitsi.org/tcc'];

/** SSRCs of one microphone and one camera with its retransmissions. */
export interface OwnSsrcs {
  audio: number;
  video: number;
  rtx: number;
}

export interface AcceptOptions {
  way?: (bridge: IceTransport) => IceTransport | Promise<IceTransport>;
  sctpPort?: number;
}

export class MediaParticipant implements AsyncDisposable {
  readonly raw: RawParticipant;
  readonly features: readonly string[];
  readonly messages: Record<string, unknown>[] = [];
  channelClosed: Promise<{ code: number }> = new Promise(() => {});
  readonly #changes = new Set<string>();
  #sequenceNumber = 0;
  #end: End | undefined;
  #channel: WebSocket | undefined;

  /** Joins; the offer is still to be taken. */
  static async join(
    sandbox: Pick<Sandbox, 'url'>,
    name: string,
    features: readonly string[] = mediaFeatures,
  ): Promise<MediaParticipant> {
    return new MediaParticipant(await join(sandbox, name), features);
  }

  private constructor(raw: RawParticipant, features: readonly string[]) {
    this.raw = raw;
    this.features = features;
  }

  get id(): string {
    return this.raw.nick;
  }

  get end(): End {
    if (!this.#end) throw new Error(`${this.id} has not accepted yet`);
    return this.#end;
  }

  get rtp(): readonly RtpPacket[] {
    return this.end.rtp.flatMap((bytes) => parseRtp(bytes) ?? []);
  }

  get rtcp(): readonly RtcpPacket[] {
    return this.end.rtcp.flatMap((compound) => parseRtcp(compound));
  }

  tellFeatures(): Promise<void> {
    return tellFeatures(this.raw, this.features);
  }

  /**
   * Takes the offer, accepts it, connects. Returns what the offer told.
   * @param way to the bridge that the offer tells of @param sctpPort 5000 to be ready for data channels
   */
  async accept(
    ssrcs?: OwnSsrcs,
    { way = (bridge) => bridge, sctpPort }: AcceptOptions = {},
  ): Promise<SourceSet> {
    const offer = jingleIn(await takeOffer(this.raw));
    const remote = transportOf(offer);
    if (!remote) throw new Error('the offer has no transport');
    await this.#end?.transport.close();
    this.#end = await End.create({ end: 'participant', sctpPort });
    this.#end.transport.connect(await way(remote));
    this.raw.raw.send(this.#acceptOf(offer, ssrcs));
    await this.raw.raw.next('id="accept"');
    await this.#end.reaches('connected');
    this.#channel = new WebSocket(remote.webSocketUrls[0] ?? '');
    this.#channel.on('message', (text: Buffer) => {
      this.messages.push(JSON.parse(text.toString('utf8')) as Record<string, unknown>);
    });
    this.channelClosed = once(this.#channel, 'close').then(([code]: unknown[]) => ({ code: Number(code) }));
    await once(this.#channel, 'open');
    return offer.sources;
  }

  /** Sends a packet of audio that nobody can play. */
  speak(ssrc: number): void {
    const number = (this.#sequenceNumber += 1);
    const header = buildRtpHeader({
      payloadType: 111,
      marker: true,
      sequenceNumber: number & 0xffff,
      timestamp: number * 960,
      ssrc,
      extensions: [],
    });
    this.end.packets.sendRtp(header, Uint8Array.of(1, 2, 3));
  }

  say(message: object | string | Buffer): void {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.#channel?.send(isRaw ? message : JSON.stringify(message));
  }

  /** The next change of others' sources; it may have come before the session-accept was answered. */
  async sourcesIn(action: 'source-add' | 'source-remove'): Promise<SourceSet> {
    const { received } = this.raw.raw;
    const isNext = (frame: string): boolean =>
      frame.includes(`action="${action}"`) && !this.#changes.has(frame);
    const frame = await waitFor(() => received.find(isNext), { what: action });
    this.#changes.add(frame);
    return jingleIn(frame).sources;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel?.terminate();
    this.raw.raw.close();
    await this.#end?.transport.close();
  }

  #acceptOf({ sid }: JingleMessage, ssrcs: OwnSsrcs | undefined): string {
    const { local } = this.end;
    const fingerprint = local.fingerprints[0];
    const transport =
      `<transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="${local.ufrag}" pwd="${local.pwd}">` +
      `<fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="${fingerprint?.hash}" setup="active">${fingerprint?.value}</fingerprint></transport>`;
    const content = (kind: 'audio' | 'video', sources: string): string =>
      `<content creator="responder" name="${kind}"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="${kind}">` +
      `${sources}</description>${transport}</content>`;
    const source = (ssrc: number, name: string): string =>
      `<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="${ssrc}" name="${this.id}-${name}">` +
      `<parameter xmlns="urn:xmpp:jingle:apps:rtp:1" name="msid" value="${this.id}-${name} t"/></source>`;
    const audio = ssrcs ? source(ssrcs.audio, 'a0') : '';
    const video = ssrcs
      ? `${source(ssrcs.video, 'v0')}${source(ssrcs.rtx, 'v0')}` +
        `<ssrc-group xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" semantics="FID"><source ssrc="${ssrcs.video}"/><source ssrc="${ssrcs.rtx}"/></ssrc-group>`
      : '';
    return (
      `<iq xmlns="jabber:client" type="set" id="accept" to="${room}/focus">` +
      `<jingle xmlns="urn:xmpp:jingle:1" action="session-accept" sid="${sid}">` +
      `${content('audio', audio)}${content('video', video)}</jingle></iq>`
    );
  }
}
