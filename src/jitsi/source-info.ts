/**
 * `<SourceInfo>` in presence: JSON that maps source names to their state (lib-jitsi-meet `SignalingLayerImpl.ts`, jicofo
 * `SourceInfo.kt`).
 */
import { parseBoundedJson } from '../base/bounded-json.ts';
import type { MediaType, VideoType } from '../jingle/model.ts';

export interface SourceState {
  /** `ENDPOINT-a0`, `ENDPOINT-v1` */
  name: string;
  mediaType: MediaType;
  muted: boolean;
  videoType?: VideoType;
}

/** Owner, letter and index; a translated audio source adds `.LANGUAGE` (lib-jitsi-meet `SignalingLayer.ts`). */
const sourceName = /^(.+)-([av])\d+(?:\.[^.]+)?$/;

/**
 * The sources of `endpointId` in a presence's SourceInfo. Entries that are not its own, or not as they should be, are left
 * out; undefined if the text is not a JSON object, which counts as no SourceInfo at all.
 */
export function parseSourceInfo(json: string, endpointId: string): SourceState[] | undefined {
  let parsed: unknown;
  try {
    parsed = parseBoundedJson(json);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return Object.entries(parsed).flatMap(([name, state]: [string, unknown]): SourceState[] => {
    const match = sourceName.exec(name);
    if (match?.[1] !== endpointId || typeof state !== 'object' || state === null) return [];
    const mediaType = match[2] === 'a' ? 'audio' : 'video';
    // Clients disagree on a missing `muted`; the browser client, whose users one talks to, takes it as unmuted.
    const muted = 'muted' in state && Boolean(state.muted);
    const videoType = 'videoType' in state ? state.videoType : undefined;
    const known: Pick<SourceState, 'videoType'> =
      videoType === 'camera' || videoType === 'desktop' ? { videoType } : {};
    return [{ name, mediaType, muted, ...known }];
  });
}

/** The JSON for our own sources. `muted` is always written; `videoType` only when it is not the camera. */
export function buildSourceInfo(sources: readonly SourceState[]): string {
  return JSON.stringify(
    Object.fromEntries(
      sources.map(({ name, muted, videoType }) => [
        name,
        videoType === 'desktop' ? { muted, videoType } : { muted },
      ]),
    ),
  );
}
