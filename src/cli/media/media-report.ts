/** What `media` tells as it happens: sessions, sources that come and go, who speaks. */
import type { Conference } from '../../client/conference.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { Output } from '../streams/output.ts';
import { nameOf } from '../visit/participants.ts';

type ReportedRoom = Pick<Conference, 'on' | 'participants' | 'tracks' | 'endpointId' | 'nick'>;
type ReportedTrack = Pick<RemoteTrack, 'sourceName' | 'endpointId' | 'kind' | 'muted'>;

/** The objects of `media --json` besides those about people and the figures, by `type`. */
type MediaRecord =
  | { type: 'session'; state: 'active' | 'ended'; reason?: string }
  | {
      type: 'track';
      event: 'added' | 'removed' | 'muted' | 'unmuted';
      source: string;
      kind: 'audio' | 'video';
      endpointId: string;
      participant: string;
      muted: boolean;
    }
  | {
      type: 'muted';
      kind: 'audio' | 'video' | 'desktop';
      /** The moderator who muted us; null when the room's policy did. */
      endpointId: string | null;
      participant: string | null;
    }
  | { type: 'dominant-speaker'; endpointId: string; participant: string };

/** @param isLeaving what then ends is no news */
export function reportMedia(conference: ReportedRoom, output: Output, isLeaving: () => boolean): void {
  const show = (record: MediaRecord, words: string): void => {
    if (isLeaving()) return;
    output.news(record, words);
  };
  /** By source: the sources of somebody who leaves go when their owner is gone already. */
  const owners = new Map<string, string>();
  const name = (id: string, source?: string): string => {
    if (id === conference.endpointId) return conference.nick;
    const participant = conference.participants.get(id);
    return participant ? nameOf(participant) : (owners.get(source ?? '') ?? id);
  };
  const told = (event: 'added' | 'removed' | 'muted' | 'unmuted', track: ReportedTrack): void => {
    const { sourceName: source, endpointId, kind, muted } = track;
    const participant = name(endpointId, source);
    if (event === 'removed') owners.delete(source);
    else owners.set(source, participant);
    const words = `${participant}: ${kind} ${source} ${event}${event === 'added' && muted ? ', muted' : ''}`;
    show({ type: 'track', event, source, kind, endpointId, participant, muted }, words);
  };
  for (const track of conference.tracks.values()) told('added', track);
  conference.on('trackAdded', ({ track }) => told('added', track));
  conference.on('trackRemoved', ({ track }) => told('removed', track));
  conference.on('trackMuted', ({ track }) => told('muted', track));
  conference.on('trackUnmuted', ({ track }) => told('unmuted', track));
  conference.on('muted', ({ mediaType: kind, actor: endpointId = null }) => {
    const participant = endpointId === null ? null : name(endpointId);
    show({ type: 'muted', kind, endpointId, participant }, `${participant ?? 'the room'} muted our ${kind}`);
  });
  conference.on('sessionAccepted', () => show({ type: 'session', state: 'active' }, 'media session begun'));
  conference.on('sessionEnded', ({ end: { reason, text } }) => {
    const why = text === undefined ? reason : `${reason}: ${text}`;
    show({ type: 'session', state: 'ended', reason: why }, `media session over (${why})`);
  });
  conference.on('dominantSpeakerChanged', ({ endpointId }) => {
    const participant = name(endpointId);
    show({ type: 'dominant-speaker', endpointId, participant }, `${participant} speaks`);
  });
}
