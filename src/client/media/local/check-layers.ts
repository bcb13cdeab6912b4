/** The layers that a track is to be sent in, checked. */
import { UsageError } from '../../../base/errors.ts';
import type { CodecName } from '../../../rtp/parameters.ts';
import { isObject } from '../../check-arguments.ts';
import type { LayerOptions, LocalTrackOptions } from '../track-types.ts';
import { usualBitrate } from './layer-rates.ts';

/** Bridges know three (jitsi-videobridge `MediaSourceFactory.kt`). */
const mostLayers = 3;

/** @returns none when it is not to be sent in layers @throws UsageError `option-invalid`, `codec-invalid` */
export function checkLayers({ kind, layers }: LocalTrackOptions, codec: CodecName): Required<LayerOptions>[] {
  if (layers === undefined) return [];
  if (kind !== 'video') throw invalid('sound has none');
  if (!Array.isArray(layers) || layers.length < 2 || layers.length > mostLayers)
    throw invalid('give two or three, such as [{ height: 180 }, { height: 360 }, { height: 720 }]');
  // Without a dependency descriptor a bridge cannot tell where a frame of H.264 begins that it may switch at (media 4.5).
  if (codec === 'h264')
    throw new UsageError('adding a track: h264 cannot be sent in layers; take vp8, vp9 or av1', {
      code: 'codec-invalid',
    });
  let last = 0;
  return layers.map((layer: unknown) => {
    const { height, maxBitrate } = isObject(layer) ? layer : {};
    if (!isPositive(height) || height <= last)
      throw invalid('each is to have a height in pixels, greater than that of the one before');
    if (maxBitrate !== undefined && !isPositive(maxBitrate))
      throw invalid('maxBitrate is to be in bit/s, greater than 0');
    last = height;
    return { height, maxBitrate: maxBitrate ?? usualBitrate(codec, height) };
  });
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function invalid(problem: string): UsageError {
  return new UsageError(`adding a track in layers: ${problem}`, { code: 'option-invalid' });
}
