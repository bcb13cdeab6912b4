export type { Timeouts } from './conference.ts';
export type { ConferenceAnswer, ConferenceRequest } from './conference-request.ts';
export type { ConferenceView, ParticipantView } from './conference-view.ts';
export { createFocus, type Focus, type FocusOptions } from './focus.ts';
export { connectLink, type LinkOptions } from './xmpp-link.ts';
