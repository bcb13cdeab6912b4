import { describe, expect, it } from 'vitest';
import { buildDependencyDescriptor } from '../../../../src/rtp/codecs/av1/dependency-descriptor.ts';
import { BitWriter } from '../../../../src/rtp/codecs/bytes/bit-writer.ts';
import type { RtpCodec } from '../../../../src/rtp/parameters.ts';
import { FrameCounter } from '../../../../src/rtp/receive/frame-counter.ts';

const sizes = [
  { width: 320, height: 180 },
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
];

/** Pictures of three spatial layers, one packet for each layer that comes. */
abstract class Pictures {
  readonly counter = new FrameCounter();
  #picture = 0;
  abstract readonly name: 'vp9' | 'av1';

  /** @param count pictures with the layers up to `highest` */
  send(count: number, highest: number, isKeyFrame = false): this {
    for (let picture = 0; picture < count; picture += 1) {
      this.#picture += 1;
      for (let layer = 0; layer <= highest; layer += 1) this.#packet(layer, isKeyFrame);
    }
    return this;
  }

  get height(): number | undefined {
    return this.counter.size?.height;
  }

  #packet(layer: number, isKeyFrame: boolean): void {
    const codec = { name: this.name, kind: 'video', clockRate: 90_000 } as RtpCodec;
    const descriptor = this.descriptor(layer, isKeyFrame && layer === 0);
    this.counter.count({
      ssrc: 1,
      codec,
      sequenceNumber: 0,
      timestamp: this.#picture * 3_000,
      marker: false,
      payload: this.payload(layer, isKeyFrame),
      dependencyDescriptor: descriptor,
      arrival: 0,
      read: 0,
      isRecovered: false,
      gap: false,
    });
  }

  abstract payload(layer: number, isKeyFrame: boolean): Uint8Array;
  abstract descriptor(layer: number, hasStructure: boolean): Uint8Array | undefined;
}

/** RFC 9628, 4.2: I, P, L, B, E and V; a 15-bit picture id, the layer, TL0PICIDX. */
class Vp9Pictures extends Pictures {
  readonly name = 'vp9';

  payload(layer: number, isKeyFrame: boolean): Uint8Array {
    const hasSizes = isKeyFrame && layer === 0;
    const first = 0x80 | (isKeyFrame ? 0 : 0x40) | 0x20 | 0x0c | (hasSizes ? 0x02 : 0);
    const structure = hasSizes
      ? [
          (2 << 5) | 0x10,
          ...sizes.flatMap(({ width, height }) => [width >> 8, width & 255, height >> 8, height & 255]),
        ]
      : [];
    return Uint8Array.of(first, 0x80, 1, layer << 1, 0, ...structure, 0x82, 1, 2);
  }

  descriptor(): undefined {
    return undefined;
  }
}

/** L3T1 with a template for the key frame and one for the others in each layer, and with chains. */
class Av1Pictures extends Pictures {
  readonly name = 'av1';

  payload(layer: number, isKeyFrame: boolean): Uint8Array {
    return isKeyFrame && layer === 0 ? Uint8Array.of(0x18, 0x32, 0x10) : Uint8Array.of(0x10, 0x32, 0x30);
  }

  descriptor(layer: number, hasStructure: boolean): Uint8Array {
    const offset = 60;
    const writer = new BitWriter();
    writer.bits(0b11, 2);
    writer.bits((offset + layer * 2 + (hasStructure ? 0 : 1)) % 64, 6);
    writer.bits(1, 16);
    if (!hasStructure) return writer.bytes();
    writer.bits(0b10000, 5);
    writer.bits(offset, 6);
    writer.bits(2, 5); // three decode targets
    for (const next of [0, 2, 0, 2, 0, 3]) writer.bits(next, 2);
    for (let indication = 0; indication < 6 * 3; indication += 1) writer.bits(2, 2);
    for (let template = 0; template < 6; template += 1) {
      if (template % 2 === 1) writer.bits(0b1_0010_1_0000, 10); // two differences
      writer.bits(0, 1);
    }
    writer.bits(3, 2); // three chains, ns(4)
    for (const [chain, length] of [
      [0b0, 1],
      [0b10, 2],
      [0b11, 2],
    ] as const)
      writer.bits(chain, length); // what protects each target, ns(3)
    for (let difference = 0; difference < 6 * 3; difference += 1) writer.bits(1, 4);
    writer.bits(1, 1);
    for (const { width, height } of sizes) {
      writer.bits(width - 1, 16);
      writer.bits(height - 1, 16);
    }
    return writer.bytes();
  }
}

describe.each<[string, () => Pictures]>([
  ['VP9', () => new Vp9Pictures()],
  ['AV1', () => new Av1Pictures()],
])('the size of %s in spatial layers', (_, pictures) => {
  it('is that of the highest layer that comes', () => {
    const run = pictures().send(1, 2, true);
    expect(run.height).toBe(720);
    run.send(30, 2);
    expect(run.height).toBe(720);
    run.send(20, 0);
    expect(run.height).toBe(180);
    run.send(1, 1);
    expect(run.height).toBe(360);
    run.send(20, 1).send(1, 2, true);
    expect(run.height).toBe(720);
    run.send(20, 1).send(1, 1, true);
    expect(run.height).toBe(360);
  });

  it('is that of the layers that come from the start', () => {
    expect(pictures().send(1, 0, true).send(3, 0).height).toBe(180);
  });

  it('stays when the highest layer is missing in a few pictures, as when packets are lost', () => {
    const run = pictures().send(1, 2, true);
    for (let count = 0; count < 30; count += 1) {
      run.send(3, 2).send(1, 1).send(1, 0);
      expect(run.height).toBe(720);
    }
  });
});

describe('the size of AV1 in one layer', () => {
  it('is none of its descriptor’s business', () => {
    const single = buildDependencyDescriptor({
      isFirstPacket: true,
      isLastPacket: true,
      keyFrame: true,
      frameNumber: 1,
      size: { width: 640, height: 360 },
    });
    class Single extends Av1Pictures {
      override descriptor(): Uint8Array {
        return single;
      }
    }
    expect(new Single().send(1, 0, true).send(5, 0).height).toBeUndefined();
  });
});
