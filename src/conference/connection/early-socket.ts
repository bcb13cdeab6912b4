/**
 * The socket that is opened to the conventional address while config.js is still on its way. Nothing is sent on it before
 * config.js has named the same address; if it names another, the socket is thrown away. A token is part of the address, so
 * with a token no socket is opened early: nobody but the confirmed server may get it.
 */
import { resolveDeployment, websocketUrlFor } from '../../jitsi/deployment.ts';
import type { ConferenceOptions } from '../options.ts';

export interface EarlySocket {
  url: string;
  state: 'opening' | 'open' | 'lost';
}

/** @returns undefined when none may be opened */
export function earlySocket(options: ConferenceOptions): EarlySocket | undefined {
  const { address, overrides, token, transport } = options;
  if (transport === 'bosh' || (token ?? address.token) !== undefined) return undefined;
  const guess = resolveDeployment(address, undefined, { overrides });
  return { url: websocketUrlFor(guess, address), state: 'opening' };
}
