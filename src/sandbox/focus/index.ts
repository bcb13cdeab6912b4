/** The focus: what the sandbox and its tests need of it. */
export type { ConferenceAnswer, ConferenceRequest } from './requests/conference-request.ts';
export { createFocus, type Focus, type FocusOptions } from './focus.ts';
export { connectLink } from './xmpp-link.ts';
