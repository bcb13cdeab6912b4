/** Typed reading of an evaluated config.js: what is missing, of the wrong kind or not evaluated is said in words. */
import { parseJid } from '../xmpp/jid.ts';
import type { Config, ConfigValue, Unresolved } from './config-js/config.ts';
import { isHostName } from './service-urls.ts';

export class ConfigReader {
  /** Sentences about values that were ignored. */
  readonly warnings: string[] = [];
  readonly #config: Config | undefined;
  readonly #unresolved: readonly Unresolved[];

  constructor(config: Config | undefined, unresolved: readonly Unresolved[]) {
    this.#config = config;
    this.#unresolved = unresolved;
  }

  /** @param path dotted, below `config`: `hosts.muc` */
  text(path: string): string | undefined {
    return this.#read(path, (value) => typeof value === 'string', 'text')?.trim() || undefined;
  }

  boolean(path: string): boolean | undefined {
    return this.#read(path, (value) => typeof value === 'boolean', 'true or false');
  }

  number(path: string, isAcceptable: (value: number) => boolean, expected: string): number | undefined {
    return this.#read(
      path,
      (value): value is number => typeof value === 'number' && isAcceptable(value),
      expected,
    );
  }

  /** An XMPP address; domains come out in lower case. */
  jid(path: string): string | undefined {
    const text = this.text(path);
    if (text === undefined) return undefined;
    const jid = normalJid(text);
    if (jid === undefined)
      this.warnings.push(
        `config.js sets ${path} to ${quote(text)}, which is no XMPP address; it is ignored.`,
      );
    return jid;
  }

  /** Why a value is missing although the file may set it; '' when it simply does not. */
  whyMissing(path: string): string {
    const full = `config.${path}`;
    const found = this.#unresolved.find(({ path: unresolved }) => {
      if (unresolved.endsWith('.*')) return full.startsWith(unresolved.slice(0, -1));
      return full === unresolved || full.startsWith(`${unresolved}.`);
    });
    return found ? ` that can be evaluated without running it (${found.reason})` : '';
  }

  #read<Wanted extends ConfigValue>(
    path: string,
    isWanted: (value: ConfigValue) => value is Wanted,
    expected: string,
  ): Wanted | undefined {
    let value: ConfigValue | undefined = this.#config;
    for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
    if (value === undefined || value === null) return undefined;
    if (isWanted(value)) return value;
    this.warnings.push(
      `config.js sets ${path} to ${quote(value)}, which should be ${expected}; it is ignored.`,
    );
    return undefined;
  }
}

/** The address in the form that servers use; undefined when it is none. A resource keeps its case. */
export function normalJid(text: string): string | undefined {
  try {
    const { domain, resource } = parseJid(text);
    if (!isHostName(domain)) return undefined;
    const bare = resource === '' ? text : text.slice(0, -resource.length);
    return bare.toLowerCase() + resource;
  } catch {
    return undefined;
  }
}

function isObject(value: ConfigValue | undefined): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quote(value: ConfigValue): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(value).slice(0, 100);
}
