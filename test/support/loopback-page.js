/** Runs in the browser: its camera from one peer connection of the page to another, with nothing between them. */
let sender;

/** The description with all of its candidates in it. */
async function described(pc) {
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== 'complete') {
    await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
  return pc.localDescription;
}

globalThis.startLoopback = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } });
  sender = new RTCPeerConnection();
  const receiver = new RTCPeerConnection();
  for (const track of stream.getTracks()) sender.addTrack(track, stream);
  await receiver.setRemoteDescription(await described(sender));
  await sender.setRemoteDescription(await described(receiver));
};

/** bit/s; undefined while there is no connection. Several pairs may be nominated, and one is used. */
globalThis.loopbackEstimate = async () =>
  [...(await sender.getStats()).values()].find(({ availableOutgoingBitrate }) => availableOutgoingBitrate)
    ?.availableOutgoingBitrate;
