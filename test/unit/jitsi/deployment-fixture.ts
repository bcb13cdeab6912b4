import { JitsiError } from '../../../src/base/errors.ts';
import { evaluateConfigJs } from '../../../src/jitsi/config-js/evaluate.ts';
import {
  type Deployment,
  meetingUrl,
  type ResolveDeploymentOptions,
  resolveDeployment,
} from '../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';

export const page = 'https://meet.example.com/Standup';

/** A deployment from the text of its config.js; without one: undefined. */
export function resolved(
  source: string | undefined,
  options: ResolveDeploymentOptions = {},
  url: string = page,
): Deployment {
  const address = parseMeetingAddress({ url });
  if (source === undefined) return resolveDeployment(address, undefined, options);
  const { config, unresolved } = evaluateConfigJs(source, { page: meetingUrl(address) });
  return resolveDeployment(address, config, { unresolved, ...options });
}

/** The same with a config that is complete but for `more`. */
export function withMore(more: string, options?: ResolveDeploymentOptions, url?: string): Deployment {
  const base = `var config = { hosts: { domain: 'd.example', muc: 'conference.d.example' }, websocket: '/xmpp-websocket' };`;
  return resolved(`${base}\n${more}`, options, url);
}

export function errorOf(run: () => unknown): JitsiError {
  try {
    run();
  } catch (error) {
    if (error instanceof JitsiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
