/** Which SSRC stands for which source, told to those who learn it from the bridge (jitsi-videobridge `BridgeChannelMessage.kt`). */
import { OutgoingMessage } from '../../channel/outgoing-message.ts';
import type { OutgoingStream } from '../outgoing/outgoing-stream.ts';

export function audioSourcesMap(streams: readonly OutgoingStream[]): OutgoingMessage {
  return sourcesMap('AudioSourcesMap', streams, () => ({}));
}

export function videoSourcesMap(streams: readonly OutgoingStream[]): OutgoingMessage {
  return sourcesMap('VideoSourcesMap', streams, ({ rtxSsrc, source }) => ({
    rtx: rtxSsrc,
    videoType: (source?.videoType ?? 'camera').toUpperCase(),
  }));
}

function sourcesMap(
  colibriClass: string,
  streams: readonly OutgoingStream[],
  more: (stream: OutgoingStream) => object,
): OutgoingMessage {
  const mappedSources = streams.map((stream) => ({
    source: stream.source?.name,
    owner: stream.source?.owner.id,
    ssrc: stream.ssrc,
    ...more(stream),
    // Left out where there is none.
    mid: stream.mid,
  }));
  return OutgoingMessage.text(JSON.stringify({ colibriClass, mappedSources }));
}
