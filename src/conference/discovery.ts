/** From the answer to the config.js request to a deployment: evaluated, guessed, or refused with the reason. */
import { defined } from '../base/defined.ts';
import { ConnectionError, ParseError } from '../base/errors.ts';
import type { EvaluatedConfig, Unresolved } from '../jitsi/config-js/config.ts';
import { evaluateConfigJs } from '../jitsi/config-js/evaluate.ts';
import {
  configUrl,
  type Deployment,
  type DeploymentOverrides,
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

/** Whether the overrides say everything that config.js would have to. */
export function isComplete({ xmppDomain, muc, websocket }: DeploymentOverrides): boolean {
  return xmppDomain !== undefined && muc !== undefined && websocket !== undefined;
}

/**
 * @param response the HTTP answer; undefined when config.js is not needed
 * @throws ConnectionError when there is a config.js but it cannot be used
 */
export function discover(
  options: ConferenceOptions,
  response: { status: number; body: string } | undefined,
): Discovery {
  const { address, overrides, token, credentials } = options;
  const choices = defined({ overrides, token, login: credentials.mechanism !== 'ANONYMOUS' });
  if (!response || response.status !== 200) {
    const deployment = resolveDeployment(address, undefined, choices);
    const missing = response ? [`${configUrl(address)} answered with status ${response.status}`] : [];
    return {
      deployment,
      isGuess: response !== undefined,
      warnings: [...missing, ...deployment.warnings],
      unresolved: [],
    };
  }
  const { config, unresolved } = evaluate(response.body, address);
  const deployment = resolveDeployment(address, config, { ...choices, unresolved });
  return { deployment, isGuess: false, warnings: deployment.warnings, unresolved };
}

function evaluate(body: string, address: MeetingAddress): EvaluatedConfig {
  try {
    return evaluateConfigJs(body);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ConnectionError(
      `looking for Jitsi Meet at ${address.origin}: ${configUrl(address)} cannot be used: ${error.message}; ` +
        'check the address, or give the XMPP domain, MUC domain and WebSocket URL yourself',
      { code: error.code, cause: error },
    );
  }
}
