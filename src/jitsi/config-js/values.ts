/** Values of the evaluated script, and the variables that hold them. */
import type { Function as FunctionNode } from 'acorn';

/** A value that only running the script in a browser would tell. */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A Map, so that no key of the script ever meets a JavaScript prototype. */
export class ObjectValue {
  readonly entries: Map<string, Value> = new Map();
  /** Set when keys that are not known may have been written: what is there was set by the file, but may not be all. */
  incomplete: Unknown | undefined;
}

export class FunctionValue {
  readonly node: FunctionNode;
  readonly scope: Scope;
  /** Functions that call themselves are not evaluated. */
  running = false;

  constructor(node: FunctionNode, scope: Scope) {
    this.node = node;
    this.scope = scope;
  }
}

export type Primitive = undefined | null | boolean | number | string;
export type Value = Primitive | Value[] | ObjectValue | FunctionValue | Unknown;

/** The answer of operators and methods that are not among the ones implemented. */
export const unsupported: unique symbol = Symbol('unsupported');
export type Unsupported = typeof unsupported;

export class Scope {
  readonly #variables = new Map<string, Value>();
  readonly #parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  declare(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** The innermost scope that has the variable. */
  holder(name: string): Scope | undefined {
    return this.#variables.has(name) ? this : this.#parent?.holder(name);
  }

  get(name: string): Value {
    return this.#variables.has(name) ? this.#variables.get(name) : this.#parent?.get(name);
  }

  /** The outermost scope, where an assignment to an undeclared name goes. */
  get top(): Scope {
    return this.#parent?.top ?? this;
  }
}

export function isPrimitive(value: Value): value is Primitive {
  return value === null || typeof value !== 'object';
}

/** Of a value that is not Unknown. */
export function isTruthy(value: Value): boolean {
  return Boolean(value);
}
