/** Runs in the browser: one RTCPeerConnection that is steered from outside, for remote-peer-connection.ts. */

const channels = new Map();
let connection;
let sender;

globalThis.peer = {
  open() {
    connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    connection.addEventListener('icecandidate', ({ candidate }) =>
      globalThis.notify({ type: 'icecandidate', candidate: candidate?.toJSON() ?? null, ...state() }),
    );
    connection.addEventListener('connectionstatechange', () =>
      globalThis.notify({ type: 'connectionstatechange', ...state() }),
    );
  },
  createDataChannel(id, label, options) {
    const channel = connection.createDataChannel(label, options);
    channels.set(id, channel);
    for (const type of ['open', 'close', 'bufferedamountlow']) {
      channel.addEventListener(type, () => globalThis.notify({ type, channel: id, ...state() }));
    }
    channel.addEventListener('message', ({ data }) =>
      globalThis.notify({ type: 'message', channel: id, data, ...state() }),
    );
  },
  async setRemoteDescription(description) {
    await connection.setRemoteDescription(description);
    return state();
  },
  async createAnswer() {
    const { type, sdp } = await connection.createAnswer();
    return { type, sdp };
  },
  async setLocalDescription(description) {
    await connection.setLocalDescription(description);
    return state();
  },
  /** A made-up microphone or camera. */
  async sendMedia(kind) {
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
    sender = connection.addTrack(stream.getTracks()[0], stream);
    return state();
  },
  async stopSending() {
    connection.removeTrack(sender);
    sender.track?.stop();
    return state();
  },
  async received(ssrc) {
    const stats = [...(await connection.getStats()).values()];
    const own = stats.find((each) => each.type === 'inbound-rtp' && each.ssrc === ssrc);
    return { packets: own?.packetsReceived ?? 0, pictures: own?.framesDecoded };
  },
  addIceCandidate: (candidate) => connection.addIceCandidate(candidate),
  send: (id, data) => channels.get(id).send(data),
  closeChannel: (id) => channels.get(id).close(),
  close: () => connection.close(),
};

/** What is asked for without waiting. */
function state() {
  const { localDescription, connectionState } = connection;
  const transceivers = connection.getTransceivers().map(({ mid, direction, sender }) => ({
    mid,
    direction,
    sender: { track: sender.track && { kind: sender.track.kind } },
  }));
  return {
    state: {
      transceivers,
      localDescription: localDescription && { type: localDescription.type, sdp: localDescription.sdp },
      connectionState,
    },
  };
}
