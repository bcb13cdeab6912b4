/** Runs in the browser: a peer connection that answers a bridge and opens data channels, for chromium.test.ts. */

const connection = new RTCPeerConnection();
/** @type {Map<string, RTCDataChannel>} */
const channels = new Map();
/** @type {Map<string, (string | ArrayBuffer)[]>} */
const messages = new Map();

globalThis.openChannel = (label) => {
  const channel = connection.createDataChannel(label, { protocol: 'http://jitsi.org/protocols/colibri' });
  channel.binaryType = 'arraybuffer';
  channels.set(label, channel);
  messages.set(label, []);
  channel.addEventListener('message', ({ data }) =>
    messages.get(label).push(typeof data === 'string' ? data : `binary, ${data.byteLength} bytes`),
  );
};

globalThis.answerOffer = async (sdp) => {
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
};

globalThis.stateOf = (label) => channels.get(label).readyState;
globalThis.messagesOf = (label) => messages.get(label);
globalThis.sendText = (label, text) => channels.get(label).send(text);
globalThis.sendBytes = (label) => channels.get(label).send(new Uint8Array([1, 2, 3]));
globalThis.closeChannel = (label) => channels.get(label).close();
