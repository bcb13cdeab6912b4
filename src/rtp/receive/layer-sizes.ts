/**
 * The size of a picture in spatial layers: that of the highest layer that really comes. Key frames tell the sizes of all layers, and a bridge
 * may leave the upper ones out from any picture on.
 */
import type { FrameSize } from '../codecs/frame-size.ts';
import { readDescriptor } from '../codecs/av1/read-descriptor.ts';
import { parseVp9Descriptor, vp9SpatialLayer } from '../codecs/vp9/descriptor.ts';
import type { ReceivedPacket } from './types.ts';

export interface SpatialLayers {
  /** From the lowest up; more than one. */
  sizes: readonly FrameSize[];
  layerOf(packet: ReceivedPacket): number;
}

/** What a key frame's first packet tells of spatial layers; undefined when there is but one, or their sizes are not told. */
export function layersOf(packet: ReceivedPacket): SpatialLayers | undefined {
  const { name } = packet.codec;
  if (name === 'vp9') {
    const sizes = parseVp9Descriptor(packet.payload)?.sizes;
    return severalOf(sizes, ({ payload }) => vp9SpatialLayer(payload));
  }
  const { dependencyDescriptor } = packet;
  const structure = dependencyDescriptor && readDescriptor(dependencyDescriptor, undefined)?.structure;
  return (
    structure &&
    severalOf(
      structure.sizes,
      ({ dependencyDescriptor: own }) => (own && readDescriptor(own, structure)?.template?.spatialId) ?? 0,
    )
  );
}

function severalOf(
  sizes: readonly FrameSize[] | undefined,
  layerOf: SpatialLayers['layerOf'],
): SpatialLayers | undefined {
  return sizes && sizes.length > 1 ? { sizes, layerOf } : undefined;
}

/** Pictures in a row without a layer, after which it is gone: one may be lost, and layers may have fewer pictures. */
const patience = 8;

export class LayerSizes {
  readonly #sizes: readonly FrameSize[];
  #highest = 0;
  /** Of the picture under way. */
  #inPicture = 0;
  /** The highest of the last pictures that were below it, and how many those are. */
  #below = 0;
  #picturesBelow = 0;

  /** @param sizes from the lowest layer up @param before what came until now */
  constructor(sizes: readonly FrameSize[], before?: LayerSizes) {
    this.#sizes = sizes;
    if (before) this.#highest = Math.min(before.#highest, sizes.length - 1);
  }

  get size(): FrameSize | undefined {
    return this.#sizes[this.#highest];
  }

  /** A picture begins. */
  begin(): void {
    if (this.#inPicture >= this.#highest) this.#picturesBelow = 0;
    else {
      this.#below = this.#picturesBelow === 0 ? this.#inPicture : Math.max(this.#below, this.#inPicture);
      this.#picturesBelow += 1;
      if (this.#picturesBelow === patience) {
        this.#highest = this.#below;
        this.#picturesBelow = 0;
      }
    }
    this.#inPicture = 0;
  }

  /** A packet of this layer has come. */
  add(layer: number): void {
    if (layer > this.#inPicture) this.#inPicture = layer;
    if (layer > this.#highest && layer < this.#sizes.length) this.#highest = layer;
  }
}
