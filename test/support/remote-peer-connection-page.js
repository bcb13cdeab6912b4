/** Runs in the browser: one RTCPeerConnection that is steered from outside, for remote-peer-connection.ts. */

const channels = new Map();
let connection;

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
  addIceCandidate: (candidate) => connection.addIceCandidate(candidate),
  send: (id, data) => channels.get(id).send(data),
  closeChannel: (id) => channels.get(id).close(),
  close: () => connection.close(),
};

/** What is asked for without waiting. */
function state() {
  const { localDescription, connectionState } = connection;
  return {
    state: {
      localDescription: localDescription && { type: localDescription.type, sdp: localDescription.sdp },
      connectionState,
    },
  };
}
