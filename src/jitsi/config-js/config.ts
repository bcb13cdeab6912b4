/** What the evaluation of a config.js gives. */

export type ConfigValue = string | number | boolean | null | readonly ConfigValue[] | Config;

/** `config` or an object in it. Has no prototype: every key is one that the file set. */
export interface Config {
  readonly [key: string]: ConfigValue;
}

/** A part of a config.js that was left out because it could not be evaluated without running the script. */
export interface Unresolved {
  /**
   * The value's place, `config.hosts.muc`; `config.hosts.*` when the object may have got other keys too; or a statement,
   * `line 12: if`.
   */
  readonly path: string;
  readonly reason: string;
}

export interface EvaluatedConfig {
  readonly config: Config;
  readonly unresolved: readonly Unresolved[];
  /** It looked at the page's path or query: for another room of the tenant it may say something else. */
  readonly isOfRoom?: boolean;
}

export interface ConfigJsLimits {
  /** Characters in the file. Default 1 Mi; a real one has less than 100 000, most of it comments. */
  size: number;
  /** Brackets of any kind nested in each other, and objects in the result. Default 64; real files stay under 12. */
  depth: number;
  /** Default 30 000; a real file has less than 10 000. */
  tokens: number;
  /** Nodes evaluated, elements copied and so on. Default 200 000; a real file takes some 10 000. */
  steps: number;
  /** Characters of all strings that are built on the way. Default 4 Mi. */
  characters: number;
  /** ms, for parsing and evaluating. Default 2 000; a real file takes some 30. */
  time: number;
}

export const defaultConfigJsLimits: ConfigJsLimits = {
  size: 1024 * 1024,
  depth: 64,
  tokens: 30_000,
  steps: 200_000,
  characters: 4 * 1024 * 1024,
  time: 2_000,
};

export type ConfigJsErrorCode =
  | 'config-too-large'
  | 'config-not-javascript'
  | 'config-too-deep'
  | 'config-too-complex'
  | 'config-missing';
