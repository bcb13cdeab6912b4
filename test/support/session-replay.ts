/** A recording replayed with its media sessions, by the participant that it was recorded of. */
import { captureFeatures, captureFrame, readCapture } from './captures.ts';
import { type Replay, replay } from './replay.ts';

export function replaySessions(name: string): Replay {
  const request = captureFrame(name, 'sent', '<conference ');
  const [, room = ''] = /room="([^@"]+)@/.exec(request) ?? [];
  const [, machineUid = ''] = /machine-uid="([^"]+)"/.exec(request) ?? [];
  const [, endpointId = ''] = / nick=(\S+)/.exec(readCapture(name)[0]?.text ?? '') ?? [];
  const participant = name.split('.')[1] ?? '';
  const config = `var config = { hosts: { domain: 'meet.jitsi.test', muc: 'conference.meet.jitsi.test' },
    websocket: 'wss://meet.jitsi.test:28443/xmpp-websocket', startAudioMuted: 10, startVideoMuted: 10 };`;
  return replay(name, {
    config,
    room,
    machineUid,
    endpointId,
    displayName: participant,
    statsId: `${participant}-Xyz`,
    codecs: [],
    features: captureFeatures(name) ?? [],
    withSessions: true,
  });
}
