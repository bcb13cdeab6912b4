/** Counts the frames of a source as they begin, from its packets in order, and finds the key frames among them. */
import type { FrameSize } from '../codecs/frame-size.ts';
import { frameSize, isKeyFrameStart } from '../codecs/key-frames.ts';
import { LayerSizes, layersOf, type SpatialLayers } from './layer-sizes.ts';
import type { ReceivedPacket } from './types.ts';

export class FrameCounter {
  #frames = 0;
  #keyFrames = 0;
  #size: FrameSize | undefined;
  /** While there are several spatial layers. */
  #layers: { sizes: LayerSizes; of: SpatialLayers } | undefined;
  #timestamp: number | undefined;
  #isKeyFrame = false;
  get frames(): number {
    return this.#frames;
  }

  get keyFrames(): number {
    return this.#keyFrames;
  }

  /** Of the last key frame that said it; with spatial layers, of the highest that comes now. */
  get size(): FrameSize | undefined {
    return this.#layers?.sizes.size ?? this.#size;
  }

  /** @returns whether a key frame begins with the packet */
  count(packet: ReceivedPacket): boolean {
    const isKeyFrame = this.#count(packet);
    if (isKeyFrame) this.#readLayers(packet);
    if (this.#layers) this.#layers.sizes.add(this.#layers.of.layerOf(packet));
    return isKeyFrame;
  }

  #count({ codec, timestamp, payload }: ReceivedPacket): boolean {
    const isNew = timestamp !== this.#timestamp;
    if (isNew) {
      this.#timestamp = timestamp;
      this.#isKeyFrame = false;
      this.#frames++;
      this.#layers?.sizes.begin();
    }
    if (codec.kind === 'audio') return false;
    // Only with H264 other packets may come before the one that tells.
    if (!isNew && (codec.name !== 'h264' || this.#isKeyFrame)) return false;
    if (!isKeyFrameStart(codec.name, payload)) return false;
    this.#isKeyFrame = true;
    this.#keyFrames++;
    this.#size = frameSize(codec.name, payload) ?? this.#size;
    return true;
  }

  #readLayers(packet: ReceivedPacket): void {
    const of = layersOf(packet);
    this.#layers = of && { of, sizes: new LayerSizes(of.sizes, this.#layers?.sizes) };
  }
}
