/** Runs in the browser: peer connections that take one offer after the other, for chromium-peers.ts. */

/** A made-up microphone and camera, once for all. */
const devices = navigator.mediaDevices.getUserMedia({ audio: true, video: true });

/**
 * The answer to each offer; a connection of its own that is closed afterwards.
 * @param {{offers: string[], tracks: boolean, simulcast: boolean}} call
 */
globalThis.negotiate = async ({ offers, tracks, simulcast }) => {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const answers = [];
  const streams = new Map();
  connection.ontrack = (event) => streams.set(event.transceiver.mid, event.streams[0]?.id ?? '');
  try {
    if (tracks) {
      const stream = await devices;
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
    }
    for (const sdp of offers) {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      const answer = await connection.createAnswer();
      if (simulcast) answer.sdp = withLayers(answer.sdp);
      await connection.setLocalDescription(answer);
      answers.push({ sdp: connection.localDescription.sdp, receiving: receivedBy(connection, streams) });
    }
    return { answers };
  } catch (error) {
    return { answers, error: { name: error.name, message: error.message } };
  } finally {
    connection.close();
  }
};

/** What is received now: kind and stream, by mid. A source that is gone has stopped its transceiver. */
function receivedBy(connection, streams) {
  return connection
    .getTransceivers()
    .filter(({ currentDirection }) => currentDirection === 'sendrecv' || currentDirection === 'recvonly')
    .flatMap(({ mid, receiver }) => {
      const stream = streams.get(mid);
      return stream === undefined ? [] : [{ mid, kind: receiver.track.kind, stream }];
    });
}

/**
 * Three layers in the m-line that sends video, as lib-jitsi-meet adds them: two further SSRCs, each with one for
 * retransmission.
 */
function withLayers(sdp) {
  const [session, ...media] = sdp.split(/^(?=m=)/m);
  return [
    session,
    ...media.map((section) => (section.startsWith('m=video') ? layered(section) : section)),
  ].join('');
}

function layered(section) {
  const [, primary] = /^a=ssrc-group:FID (\d+) \d+/m.exec(section) ?? [];
  if (!primary || section.includes('ssrc-group:SIM')) return section;
  const own = section.split('\r\n').filter((line) => line.startsWith(`a=ssrc:${primary} `));
  const layers = [1, 2].map((layer) => ({ primary: 3_100_000_000 + layer, repair: 3_200_000_000 + layer }));
  const ssrcs = layers.flatMap((layer) => [layer.primary, layer.repair]);
  return [
    ...section.trimEnd().split('\r\n'),
    ...ssrcs.flatMap((ssrc) => own.map((line) => line.replace(primary, String(ssrc)))),
    `a=ssrc-group:SIM ${[primary, ...layers.map((layer) => layer.primary)].join(' ')}`,
    ...layers.map((layer) => `a=ssrc-group:FID ${layer.primary} ${layer.repair}`),
    '',
  ].join('\r\n');
}
