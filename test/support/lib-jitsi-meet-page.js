/**
 * Runs in the browser, beside lib-jitsi-meet: one participant, steered from the test through `globalThis.participant`. Each thing
 * that happens to it goes to the test through `globalThis.report`.
 */
/* global JitsiMeetJS, report */

const { connection: connectionEvents, conference: conferenceEvents } = JitsiMeetJS.events;

/** What each event's arguments mean; the values must be plain data. */
const reports = {
  [conferenceEvents.CONFERENCE_JOINED]: () => ({ type: 'joined', id: conference.myUserId() }),
  [conferenceEvents.CONFERENCE_LEFT]: () => ({ type: 'left' }),
  [conferenceEvents.CONFERENCE_FAILED]: (reason) => ({ type: 'failed', reason }),
  [conferenceEvents.KICKED]: () => ({ type: 'kicked' }),
  [conferenceEvents.USER_JOINED]: (id, user) => ({ type: 'userJoined', id, name: user.getDisplayName() }),
  [conferenceEvents.USER_LEFT]: (id) => ({ type: 'userLeft', id }),
  [conferenceEvents.USER_ROLE_CHANGED]: (id, role) => ({ type: 'role', id, role }),
  [conferenceEvents.DISPLAY_NAME_CHANGED]: (id, name) => ({ type: 'displayName', id, name }),
  [conferenceEvents.MESSAGE_RECEIVED]: (id, text) => ({ type: 'message', id, text }),
  [conferenceEvents._MEDIA_SESSION_STARTED]: (session) => ({ type: 'mediaSession', p2p: session.isP2P }),
  [conferenceEvents.TRACK_ADDED]: (track) => ({ type: 'trackAdded', ...describeTrack(track) }),
  [conferenceEvents.TRACK_REMOVED]: (track) => ({ type: 'trackRemoved', ...describeTrack(track) }),
  [conferenceEvents.DATA_CHANNEL_OPENED]: () => ({ type: 'channelOpened' }),
  [conferenceEvents.ENDPOINT_MESSAGE_RECEIVED]: (user, payload) => ({
    type: 'endpointMessage',
    id: user.getId(),
    payload,
  }),
  [conferenceEvents.SUBJECT_CHANGED]: (subject) => ({ type: 'subject', subject }),
  [conferenceEvents.PARTICIPANT_PROPERTY_CHANGED]: (user, property, _before, value) => ({
    type: 'property',
    id: user.getId(),
    property,
    value,
  }),
};

/** The conference tells of one's own tracks too. */
const describeTrack = (track) => ({
  id: track.isLocal() ? conference.myUserId() : track.getParticipantId(),
  media: track.getType(),
});

let connection;
let conference;

const remoteTrack = (id, media) =>
  conference
    .getParticipantById(id)
    ?.getTracks()
    .find((track) => track.getType() === media);

globalThis.participant = {
  /** Connects and joins; the outcome is reported as an event. */
  async join({ websocketUrl, domain, mucDomain, focus, room, name, sends = [], height, codec }) {
    JitsiMeetJS.setLogLevel(JitsiMeetJS.logLevels.WARN);
    JitsiMeetJS.init({
      sourceNameSignaling: true,
      disableAudioLevels: true,
      disableThirdPartyRequests: true,
    });
    const camera = height && {
      constraints: { video: { height: { exact: height }, width: { exact: (height * 16) / 9 } } },
    };
    const tracks =
      sends.length === 0 ? [] : await JitsiMeetJS.createLocalTracks({ devices: sends, ...camera });
    connection = new JitsiMeetJS.JitsiConnection(null, null, {
      hosts: { domain, muc: mucDomain, focus },
      serviceUrl: `${websocketUrl}?room=${room}`,
    });
    connection.addEventListener(connectionEvents.CONNECTION_FAILED, (reason, message) =>
      report({ type: 'connectionFailed', reason, message }),
    );
    connection.addEventListener(connectionEvents.CONNECTION_DISCONNECTED, () =>
      report({ type: 'disconnected' }),
    );
    connection.addEventListener(connectionEvents.CONNECTION_ESTABLISHED, () => {
      report({ type: 'connected' });
      conference = connection.initJitsiConference(room, {
        p2p: { enabled: false },
        ...(codec && { videoQuality: { preferredCodec: codec, codecPreferenceOrder: [codec] } }),
      });
      for (const [event, describe] of Object.entries(reports)) {
        conference.on(event, (...details) => report(describe(...details)));
      }
      for (const track of tracks) conference.addTrack(track);
      conference.setDisplayName(name);
      conference.join();
    });
    connection.connect();
  },
  sendChat: (text) => conference.sendTextMessage(text),
  sendEndpointMessage: (to, payload) => conference.sendEndpointMessage(to, payload),
  setDisplayName: (name) => conference.setDisplayName(name),
  /** As Jitsi Meet does: the time of raising, or nothing. */
  setHand: (raised) => conference.setLocalParticipantProperty('raisedHand', raised ? Date.now() : null),
  /** By source names: bridges of today drop the message that it sends by itself, which has endpoints in it (media 5.4). */
  requestVideo(maxHeight) {
    conference.setReceiverConstraints({
      lastN: -1,
      selectedSources: [],
      onStageSources: [],
      defaultConstraints: { maxHeight },
      constraints: {},
    });
  },
  /** Shows a participant's video and plays its sound, once the track is there; with what is seen, if it plays already. */
  async show(id) {
    const track = remoteTrack(id, 'video');
    if (!track) return undefined;
    let video = document.getElementById(id);
    if (!video) {
      video = Object.assign(document.createElement('video'), { id, muted: true, autoplay: true });
      document.body.append(video);
      track.attach(video);
      // What nobody listens to is not decoded.
      const audio = Object.assign(document.createElement('audio'), { autoplay: true });
      document.body.append(audio);
      remoteTrack(id, 'audio')?.attach(audio);
    }
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined;
    const { videoWidth: width, videoHeight: height, currentTime } = video;
    const canvas = new OffscreenCanvas(16, 9);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 16, 9);
    return { width, height, currentTime, pixels: [...context.getImageData(0, 0, 16, 9).data] };
  },
  /** What the peer connections say of themselves: bit/s, frames and packets, of both directions. */
  async statistics() {
    const reports = [];
    for (const pc of globalThis.peerConnections) {
      if (pc.connectionState === 'connected') reports.push(...(await pc.getStats()).values());
    }
    return reports.filter(({ type }) => /^(candidate-pair|inbound-rtp|outbound-rtp)$/.test(type));
  },
  async leave() {
    await conference.leave();
    await connection.disconnect();
  },
};
