/** What a track of ours tells. */
import type { EventNames } from '../../../base/emitter.ts';

/** Payloads by event name; each says which source it is about. */
export interface LocalTrackEvents {
  /** What is sent gets out from now on: a session takes the codec and is connected, and the track is not muted. Again in every session. */
  ready: { sourceName: string };
  /** Somebody wants it from now on, audio always; the track is ready. */
  wanted: { sourceName: string; maxHeight: number };
  /** The others need a key frame: it is to be the next that is sent. With several layers, of this one, or of all that are wanted. */
  keyFrameRequested: { sourceName: string; layer?: number };
  /** Pixels that anybody wants of it; 0: nobody does, -1: no limit. */
  constraintsChanged: { sourceName: string; maxHeight: number };
  /** The layers that are wanted now, by what others look at and what fits through the way to the bridge: the rest need not be encoded. */
  layersChanged: { sourceName: string; layers: readonly number[] };
  /** bit/s that fit through the way to the bridge, of this video; what is sent beyond it gets lost or makes others late. */
  targetBitrate: { sourceName: string; bitrate: number };
  /** `by` is the endpoint id of the moderator, when one did it. */
  muted: { sourceName: string; by?: string };
  /** It goes on. */
  unmuted: { sourceName: string };
  /** The last event of all. */
  stopped: { sourceName: string };
}

export const localTrackEventNames: EventNames<LocalTrackEvents> = {
  ready: true,
  wanted: true,
  keyFrameRequested: true,
  constraintsChanged: true,
  layersChanged: true,
  targetBitrate: true,
  muted: true,
  unmuted: true,
  stopped: true,
};
