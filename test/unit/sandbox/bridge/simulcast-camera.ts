/** A sender's camera in three sizes, VP8, in virtual time: each with numbers, timestamps and picture ids of its own. */
import type { MediaRig, RigEndpoint } from './media-rig.ts';
import { source, vp8 } from './media-rig.ts';
import type { SourceSet } from '../../../../src/jingle/model.ts';

/** Lines, bytes a picture at 30 pictures a second: 120, 360, 1200 kbit/s. */
const sizes = [
  { height: 180, size: 500 },
  { height: 360, size: 1_500 },
  { height: 720, size: 5_000 },
] as const;
const frame = 1000 / 30;

interface SentLayer {
  ssrc: number;
  height: number;
  size: number;
  sequence: number;
  timestamp: number;
  picture: number;
  tl0: number;
}

/** Makes key frames when it is asked. */
export class SimulcastCamera {
  readonly ssrcs: readonly number[];
  readonly rtxSsrcs: readonly number[];
  readonly #sender: RigEndpoint;
  readonly #layers: readonly SentLayer[];
  #asked = 0;
  /** Those that are sent. */
  on: readonly number[] = [0, 1, 2];
  /** Numbers of the packets that are lost on the way to the bridge. */
  lost: number[] = [];
  #key = true;

  /** @param first SSRC; retransmissions have the next one, and so on */
  constructor(sender: RigEndpoint, first: number) {
    this.#sender = sender;
    this.ssrcs = sizes.map((_, index) => first + 2 * index);
    this.rtxSsrcs = this.ssrcs.map((ssrc) => ssrc + 1);
    this.#layers = sizes.map(({ height, size }, index) => ({
      ssrc: first + 2 * index,
      height,
      size,
      sequence: 1_000 * (index + 1),
      timestamp: 77_777 * (index + 1),
      picture: 100 * (index + 1),
      tl0: 50 * index,
    }));
  }

  get source(): SourceSet {
    return source('video', `${this.#sender.id}-v0`, this.ssrcs, this.rtxSsrcs);
  }

  /** One picture of each size. */
  shoot(): void {
    const asked = this.#sender.of('pli').length;
    const isKey = this.#key || asked > this.#asked;
    this.#asked = asked;
    this.#key = false;
    for (const [index, layer] of this.#layers.entries()) {
      if (this.on.includes(index)) this.#send(layer, isKey);
      layer.timestamp += 3_000;
    }
  }

  /** All say when their pictures were taken. */
  report(): void {
    for (const { ssrc, timestamp } of this.#layers) {
      const ntp = { seconds: 4_000_000, fraction: 0 };
      this.#sender.sendRtcp({
        type: 'sender-report',
        ssrc,
        ntp,
        rtpTimestamp: timestamp,
        packets: 1,
        octets: 1,
        reports: [],
      });
    }
  }

  #send(layer: SentLayer, isKey: boolean): void {
    layer.picture += 1;
    layer.tl0 = (layer.tl0 + 1) & 0xff;
    const descriptor = [0xe0, 0x80 | (layer.picture >> 8), layer.picture & 0xff, layer.tl0, 0];
    for (let left = layer.size, isFirst = true; left > 0; left -= 1_000, isFirst = false) {
      const payload = new Uint8Array(Math.min(left, 1_000));
      payload.set([isFirst ? 0x90 : 0x80, ...descriptor]);
      if (isFirst) payload.set(isKey ? keyFrame(layer.height) : [1, 0, 0], 6);
      layer.sequence += 1;
      if (this.lost.includes(layer.sequence)) continue;
      const isLast = left <= 1_000;
      const { sequence: sequenceNumber, ssrc, timestamp } = layer;
      this.#sender.send({ ssrc, payloadType: vp8, sequenceNumber, timestamp, marker: isLast }, payload);
    }
  }
}

function keyFrame(height: number): number[] {
  const width = (height * 16) / 9;
  return [0x10, 0, 0, 0x9d, 0x01, 0x2a, width & 0xff, width >> 8, height & 0xff, height >> 8];
}

/** All of them go on for so many seconds. @param until stops before that, looked at with each picture */
export function play(
  { clock }: MediaRig,
  cameras: readonly SimulcastCamera[],
  seconds: number,
  until: () => boolean = () => false,
): void {
  for (let count = 0; count < seconds * 30 && !until(); count++) {
    for (const camera of cameras) camera.shoot();
    clock.advance(frame);
  }
}
