/**
 * Which layers of a video come into question for a receiver, and which of them is preferred before others get more (jitsi-videobridge
 * `SingleSourceAllocation.kt`, `selectLayers`).
 */
import type { VideoType } from '../../channel/client-message.ts';

/** `onstage-preferred-height-px`: what a camera is to have before the small pictures get anything. */
const preferredHeight = 360;
/** Whoever wants no more than this wants a small picture. */
const smallHeight = 180;

/** Of a layer, as it is now. */
export interface LayerState {
  height: number;
  /** bit/s, when it came last; 0 if it never did */
  bitrate: number;
  /** Something of it comes. */
  isActive: boolean;
}

export interface ConsideredLayers<Layer extends LayerState> {
  /** The least first. */
  layers: readonly Layer[];
  /** Places in `layers`; -1 for none. */
  preferred: number;
  /** Up to here more than fits may be sent. */
  oversend: number;
}

export interface VideoWish {
  videoType: VideoType;
  /** Lines; -1 for no limit, 0 for nothing. */
  maxHeight: number;
  isOnStage: boolean;
}

/** @param all of the source, the least first */
export function consideredLayers<Layer extends LayerState>(
  all: readonly Layer[],
  { isOnStage, maxHeight, videoType }: VideoWish,
): ConsideredLayers<Layer> {
  if (maxHeight === 0 || all.length === 0) return { layers: [], preferred: -1, oversend: -1 };
  const active = all.filter(({ isActive }) => isActive);
  const known = active.length > 0 ? active : whatCame(all);
  const fits = ({ height }: Layer): boolean => maxHeight < 0 || height <= maxHeight;
  if (videoType === 'desktop' || videoType === 'desktop_high_fps') return ofScreen(known, fits, isOnStage);
  return ofCamera(known, Math.min(...all.map(({ height }) => height)), fits, maxHeight);
}

/** Of what is silent for a while, as it was before; of a source that is new, where nothing has come yet, everything. */
function whatCame<Layer extends LayerState>(all: readonly Layer[]): readonly Layer[] {
  const came = all.filter(({ bitrate }) => bitrate > 0);
  return came.length > 0 ? came : all;
}

function ofCamera<Layer extends LayerState>(
  known: readonly Layer[],
  least: number,
  fits: (layer: Layer) => boolean,
  maxHeight: number,
): ConsideredLayers<Layer> {
  const preferredLines = maxHeight < 0 || maxHeight > smallHeight ? preferredHeight : 0;
  const layers = known.filter(
    (layer) => layer.height < preferredLines || fits(layer) || layer.height === least,
  );
  const preferred = layers.findLastIndex(({ height }) => height <= Math.max(preferredLines, least));
  return { layers, preferred, oversend: -1 };
}

/** Sharpness counts, and on stage a screen may take more than there seems to be. */
function ofScreen<Layer extends LayerState>(
  known: readonly Layer[],
  fits: (layer: Layer) => boolean,
  isOnStage: boolean,
): ConsideredLayers<Layer> {
  const fitting = known.filter(fits);
  const least = Math.min(...known.map(({ height }) => height));
  const layers = fitting.length > 0 ? fitting : known.filter(({ height }) => height === least);
  const sharpest = Math.max(...layers.map(({ height }) => height));
  let cheapest = -1;
  for (const [index, { bitrate, height }] of layers.entries()) {
    if (height === sharpest && (cheapest < 0 || bitrate < (layers[cheapest]?.bitrate ?? 0))) cheapest = index;
  }
  return { layers, preferred: layers.length - 1, oversend: isOnStage ? cheapest : -1 };
}
