/** Chromium that sends its camera over a peer connection of its own, and says what it believes it may send. */
import { answerTransport } from '../../dist/sdp/answer.js';
import { parseSdp } from '../../dist/sdp/sdp.js';
import { buildTransportLines } from '../../dist/sdp/transport-lines.js';
import { launchChromium } from '../peers/chromium.mjs';

/** In the page: noise, which takes as many bits as it may have, so that the estimate is put to the test. */
async function offer() {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 480, height: 270 });
  const context = canvas.getContext('2d');
  const picture = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(picture.data.buffer);
  setInterval(() => {
    for (let index = 0; index < pixels.length; index += 1)
      pixels[index] = 0xff000000 | (Math.random() * 0xffffff);
    context.putImageData(picture, 0, 0);
  }, 40);
  const stream = canvas.captureStream(25);
  const pc = new RTCPeerConnection();
  globalThis.pc = pc;
  const transceiver = pc.addTransceiver(stream.getVideoTracks()[0], {
    direction: 'sendonly',
    streams: [stream],
    sendEncodings: [{ maxBitrate: 12_000_000 }],
  });
  const { codecs } = RTCRtpSender.getCapabilities('video');
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => /vp8|rtx/i.test(mimeType)));
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== 'complete')
    await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', resolve, { once: true }));
  return pc.localDescription.sdp;
}

/** In the page: a peer connection beside it takes the offer, as a browser does. */
async function answerHere(sdp) {
  const pc = new RTCPeerConnection();
  globalThis.other = pc;
  await pc.setRemoteDescription({ type: 'offer', sdp });
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== 'complete')
    await new Promise((resolve) => pc.addEventListener('icegatheringstatechange', resolve, { once: true }));
  return pc.localDescription.sdp;
}

/** In the page. */
async function receivedHere() {
  const reports = [...(await globalThis.other.getStats()).values()];
  const { packetsLost, packetsReceived } = reports.find(({ type }) => type === 'inbound-rtp') ?? {};
  return { packets: packetsReceived ?? 0, lost: packetsLost ?? 0, recovered: 0 };
}

export async function launchSender() {
  const browser = await launchChromium(['--disable-features=WebRtcHideLocalIpsWithMdns']);
  return {
    version: browser.version(),
    close: () => browser.close(),
    /** @param receiver a LineProcess of busy-receiver.mjs; without one a browser receives @returns what is to be asked for its estimate */
    async connect(receiver, how) {
      const page = await browser.newPage();
      await page.route('http://localhost/', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
      );
      await page.goto('http://localhost/');
      const sdp = await page.evaluate(offer);
      const answer = receiver
        ? answerTo(sdp, (await receiver.request({ type: 'open', ...whatIsOffered(sdp), ...how })).local)
        : await page.evaluate(answerHere, sdp);
      await page.evaluate(
        (text) => globalThis.pc.setRemoteDescription({ type: 'answer', sdp: text }),
        answer,
      );
      return {
        estimate: () =>
          page.evaluate(async () => {
            const reports = [...(await globalThis.pc.getStats()).values()];
            const pair = reports.find(({ availableOutgoingBitrate }) => availableOutgoingBitrate);
            return pair?.availableOutgoingBitrate ?? 0;
          }),
        received: async () =>
          receiver ? (await receiver.request({ type: 'look' })).statistics : page.evaluate(receivedHere),
        close: () => page.close(),
      };
    },
  };
}

const first = (sdp, pattern) => Number(pattern.exec(sdp)?.[1]);

function whatIsOffered(sdp) {
  const [ssrc, rtxSsrc] = /a=ssrc-group:FID (\d+) (\d+)/.exec(sdp).slice(1).map(Number);
  const payloadType = first(sdp, /a=rtpmap:(\d+) VP8\/90000/);
  return {
    // It offers what a bridge would, which is in charge of ICE.
    remote: answerTransport(parseSdp(sdp.replaceAll('a=setup:actpass', 'a=setup:passive'))),
    ssrc,
    rtxSsrc,
    payloadType,
    rtxPayloadType: first(sdp, new RegExp(`a=fmtp:(\\d+) apt=${payloadType}`)),
    transportSequence: first(
      sdp,
      /a=extmap:(\d+) http:\/\/www\.ietf\.org\/id\/draft-holmer-rmcat-transport-wide-cc/,
    ),
  };
}

/** All that it offered, without what is only about sending, and with our transport. */
function answerTo(sdp, local) {
  const [session, media] = sdp.split(/(?=^m=)/m);
  const own =
    /^a=(ssrc|msid|candidate|end-of-candidates|ice-ufrag|ice-pwd|ice-options|fingerprint|setup|sendonly|extmap-allow-mixed)\b/;
  const lines = media
    .trim()
    .split('\r\n')
    .filter((line) => !own.test(line));
  return `${[session.trim(), ...lines, 'a=recvonly', 'a=setup:active', ...buildTransportLines(local)].join('\r\n')}\r\n`;
}
