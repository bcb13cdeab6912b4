/** The object that `info` prints. Its field names are a promise; what is not there is null. */
import type { Conference } from '../../client/conference.ts';
import type { MediaSession } from '../../client/session/media-session.ts';
import type { Participant } from '../../conference/room/roster.ts';
import type { IceCandidate } from '../../jingle/model.ts';
import type { IceServer } from '../../jitsi/ice-servers.ts';
import type { ServerAuth } from '../../jitsi/server-auth.ts';

export interface SessionInfo {
  /** As `--host` takes it. */
  host: string;
  room: string;
  nick: string;
  jid: string;
  roomJid: string;
  mucDomain: string;
  /** Where Jingle goes: the focus as an occupant of the room. */
  focusJid: string;
  endpointId: string;
  iceServers: readonly IceServer[];
  sid: string;
  initiator: string;
  /** The offer as Unified Plan SDP. */
  sdp: string;
  ice: {
    ufrag: string | null;
    pwd: string | null;
    /** Hash function and value, as in SDP. */
    fingerprint: string | null;
    setup: string | null;
    candidates: readonly IceCandidate[];
  };
  sources: readonly {
    ssrc: number;
    owner: string | null;
    name: string | null;
    mediaType: string;
    msid: string | null;
    videoType: string | null;
  }[];
  ssrcGroups: readonly {
    semantics: string;
    ssrcs: readonly number[];
    mediaType: string;
    owner: string | null;
  }[];
  bridge: {
    /** The channel to the bridge that we would try first. */
    transport: 'ws' | 'sctp' | null;
    colibriWs: string | null;
    sctpPort: number | null;
  };
  participants: readonly ParticipantInfo[];
  /** What the deployment says of who may come in. */
  serverAuth: ServerAuth | null;
}

interface ParticipantInfo {
  id: string;
  displayName: string | null;
  role: string;
  affiliation: string;
  audioMuted: boolean;
  videoMuted: boolean;
  handRaised: boolean;
  codecs: readonly string[];
}

export type ConferenceFacts = Pick<
  Conference,
  'room' | 'nick' | 'jid' | 'roomJid' | 'endpointId' | 'participants' | 'deployment' | 'serverAuth'
>;

export type SessionFacts = Pick<
  MediaSession,
  | 'iceServers'
  | 'sid'
  | 'initiator'
  | 'sdp'
  | 'transport'
  | 'sources'
  | 'ssrcGroups'
  | 'colibriWs'
  | 'sctpPort'
>;

/** @param origin scheme, host and port of the deployment's web server */
export function sessionInfo(origin: string, conference: ConferenceFacts, session: SessionFacts): SessionInfo {
  const { transport } = session;
  const [fingerprint] = transport?.fingerprints ?? [];
  const colibriWs = session.colibriWs ?? null;
  const sctpPort = session.sctpPort ?? null;
  return {
    host: origin.replace(/^https:\/\//, ''),
    room: conference.room,
    nick: conference.nick,
    jid: conference.jid,
    roomJid: conference.roomJid,
    mucDomain: conference.roomJid.split('@')[1] ?? '',
    focusJid: `${conference.roomJid}/focus`,
    endpointId: conference.endpointId,
    iceServers: session.iceServers,
    sid: session.sid,
    initiator: session.initiator,
    sdp: session.sdp,
    ice: {
      ufrag: transport?.ufrag ?? null,
      pwd: transport?.pwd ?? null,
      fingerprint: fingerprint ? `${fingerprint.hash} ${fingerprint.value}` : null,
      setup: fingerprint?.setup ?? null,
      candidates: transport?.candidates ?? [],
    },
    sources: session.sources.map(({ ssrc, owner, name, mediaType, msid, videoType }) => ({
      ssrc,
      owner: owner ?? null,
      name: name ?? null,
      mediaType,
      msid: msid ?? null,
      videoType: videoType ?? null,
    })),
    ssrcGroups: session.ssrcGroups.map(({ semantics, ssrcs, mediaType, owner }) => ({
      semantics,
      ssrcs,
      mediaType,
      owner: owner ?? null,
    })),
    bridge: { transport: firstChannel(colibriWs, sctpPort, conference), colibriWs, sctpPort },
    participants: [...conference.participants.values()].map(participantInfo),
    serverAuth: conference.serverAuth ?? null,
  };
}

/** As the session's carrier has it. */
function firstChannel(
  colibriWs: string | null,
  sctpPort: number | null,
  { deployment }: ConferenceFacts,
): 'ws' | 'sctp' | null {
  if (sctpPort === null || colibriWs === null)
    return colibriWs !== null ? 'ws' : sctpPort !== null ? 'sctp' : null;
  const { preferSctp = false, ignoreDomain } = deployment?.bridgeChannel ?? {};
  return preferSctp || new URL(colibriWs).hostname === ignoreDomain ? 'sctp' : 'ws';
}

function participantInfo(participant: Participant): ParticipantInfo {
  const { id, displayName, role, affiliation, audioMuted, videoMuted, handRaisedAt, codecs } = participant;
  return {
    id,
    displayName: displayName ?? null,
    role,
    affiliation,
    audioMuted,
    videoMuted,
    handRaised: handRaisedAt !== undefined,
    codecs,
  };
}
