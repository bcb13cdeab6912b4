/** From the answer to the config.js request to a deployment: evaluated, guessed, or refused with the reason. */
import { defined } from '../base/defined.ts';
import { ConnectionError, ParseError } from '../base/errors.ts';
import type { EvaluatedConfig, Unresolved } from '../jitsi/config-js/config.ts';
import { evaluateConfigJs } from '../jitsi/config-js/evaluate.ts';
import {
  configUrl,
  type Deployment,
  type DeploymentOverrides,
  meetingUrl,
  type ResolveDeploymentOptions,
  resolveDeployment,
} from '../jitsi/deployment.ts';
import type { MeetingAddress } from '../jitsi/meeting-address.ts';
import type { ConferenceOptions } from './options.ts';

export interface Discovery {
  deployment: Deployment;
  /** Nothing was found at the address: names and paths are guesses. */
  isGuess: boolean;
  /** Sentences for people. */
  warnings: readonly string[];
  /** Parts of config.js that would have to be run. */
  unresolved: readonly Unresolved[];
}

/** What is known without fetching config.js: the overrides are enough, or it was fetched a short while ago. */
export function knownDiscovery(options: ConferenceOptions, now: number): Discovery | undefined {
  const { address, overrides, memory, useKnownConfig } = options;
  if (isComplete(overrides)) return withoutConfig(options, []);
  const known = useKnownConfig ? memory.config(address, now) : undefined;
  return known && withConfig(options, known);
}

/** Whether the overrides say everything that config.js would have to. */
function isComplete({ xmppDomain, muc, websocket }: DeploymentOverrides): boolean {
  return xmppDomain !== undefined && muc !== undefined && websocket !== undefined;
}

/**
 * From the HTTP answer; a good config.js is remembered.
 * @throws ConnectionError when there is a config.js but it cannot be used
 */
export function discover(
  options: ConferenceOptions,
  response: { status: number; body: string },
  now: number,
): Discovery {
  const { address, memory } = options;
  if (response.status !== 200) {
    const missing = `${configUrl(address)} answered with status ${response.status}`;
    return { ...withoutConfig(options, [missing]), isGuess: true };
  }
  const evaluated = evaluate(response.body, address);
  memory.rememberConfig(address, evaluated, now);
  return withConfig(options, evaluated);
}

function withoutConfig(options: ConferenceOptions, warnings: readonly string[]): Discovery {
  const deployment = resolveDeployment(options.address, undefined, choicesOf(options));
  return { deployment, isGuess: false, warnings: [...warnings, ...deployment.warnings], unresolved: [] };
}

function withConfig(options: ConferenceOptions, { config, unresolved }: EvaluatedConfig): Discovery {
  const choices = { ...choicesOf(options), unresolved };
  const deployment = resolveDeployment(options.address, config, choices);
  return { deployment, isGuess: false, warnings: deployment.warnings, unresolved };
}

function choicesOf({
  overrides,
  token,
  credentials,
  accountDomain,
}: ConferenceOptions): ResolveDeploymentOptions {
  return defined({ overrides, token, login: credentials.mechanism !== 'ANONYMOUS', accountDomain });
}

function evaluate(body: string, address: MeetingAddress): EvaluatedConfig {
  try {
    return evaluateConfigJs(body, { page: meetingUrl(address) });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ConnectionError(
      `looking for Jitsi Meet at ${address.origin}: ${configUrl(address)} cannot be used: ${error.message}; ` +
        'check the address, or give the XMPP domain, MUC domain and WebSocket URL yourself',
      { code: error.code, cause: error },
    );
  }
}
