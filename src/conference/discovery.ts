/** From the answer to the config.js request to a deployment: evaluated, guessed, or refused with the reason. */
import { ConnectionError, ParseError } from '../base/errors.ts';
import { evaluateConfigJs } from '../jitsi/config-js/evaluate.ts';
import {
  configUrl,
  type Deployment,
  type DeploymentOverrides,
  resolveDeployment,
} from '../jitsi/deployment.ts';
import type { ConferenceOptions } from './options.ts';

export interface Discovery {
  deployment: Deployment;
  /** Nothing was found at the address: names and paths are guesses. */
  isGuess: boolean;
  /** Sentences for people. */
  warnings: readonly string[];
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
  const resolve = (config: Parameters<typeof resolveDeployment>[1]): Deployment =>
    resolveDeployment(address, config, {
      overrides,
      login: credentials.mechanism !== 'ANONYMOUS',
      ...(token === undefined ? {} : { token }),
    });

  if (!response || response.status !== 200) {
    const deployment = resolve(undefined);
    const isGuess = response !== undefined;
    const missing = response ? [`${configUrl(address)} answered with status ${response.status}`] : [];
    return { deployment, isGuess, warnings: [...missing, ...deployment.warnings] };
  }
  try {
    const { config, unresolved } = evaluateConfigJs(response.body);
    const deployment = resolve(config);
    const skipped =
      unresolved.length === 0
        ? []
        : [
            `config.js: ${unresolved.length} values could not be evaluated without running it: ${unresolved
              .slice(0, 5)
              .map(({ path }) => path)
              .join(', ')}${unresolved.length > 5 ? ', …' : ''}`,
          ];
    return { deployment, isGuess: false, warnings: [...skipped, ...deployment.warnings] };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ConnectionError(
      `looking for Jitsi Meet at ${address.origin}: ${configUrl(address)} cannot be used: ${error.message}; ` +
        'check the address, or give the XMPP domain, MUC domain and WebSocket URL yourself',
      { code: error.code, cause: error },
    );
  }
}
