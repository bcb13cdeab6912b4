/** Values of the evaluated script, and the variables that hold them. */
import type { Function as FunctionNode } from 'acorn';
import type { Budget } from './budget.ts';
import type { Pattern } from './patterns.ts';

/** A value that only running the script in a browser would tell. */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    // Reasons are made of reasons.
    this.reason = reason.length > longestReason ? `${reason.slice(0, longestReason)}…` : reason;
  }
}

const longestReason = 300;

/** A Map, so that no key of the script ever meets a JavaScript prototype. */
export class ObjectValue {
  readonly entries: Map<string, Value> = new Map();
  /** Set when keys that are not known may have been written: what is there was set by the file, but may not be all. */
  incomplete: Unknown | undefined;

  get(key: string): Value {
    return this.entries.has(key) ? this.entries.get(key) : this.incomplete;
  }
}

/** An object of the browser's, which the script reads and does not change: what it assigns leads to another page. */
export class BrowserObject extends ObjectValue {
  /** What it is as text, where it has one of its own. */
  readonly text: string | undefined;
  readonly #onRead: (key: string) => void;

  constructor(
    members: Readonly<Record<string, Value>>,
    options: { text?: string; onRead?: (key: string) => void } = {},
  ) {
    super();
    for (const [key, value] of Object.entries(members)) this.entries.set(key, value);
    this.text = options.text;
    this.incomplete = new Unknown('only a browser knows this');
    this.#onRead = options.onRead ?? (() => {});
  }

  override get(key: string): Value {
    this.#onRead(key);
    return super.get(key);
  }
}

/** `window` as a value: its members are the script's own variables. */
export class WindowObject extends ObjectValue {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    super();
    this.#scope = scope;
    this.incomplete = new Unknown('only a browser knows this');
  }

  override get(key: string): Value {
    return this.#scope.holder(key) ? this.#scope.get(key) : this.incomplete;
  }

  set(key: string, value: Value): void {
    this.#scope.declare(key, value);
  }
}

/** A function of the browser's. */
export class NativeFunction {
  readonly run: (args: readonly Value[], budget: Budget) => Value | Unsupported;
  /** Whether it is called with `new`. */
  readonly isConstructor: boolean;

  constructor(run: NativeFunction['run'], isConstructor = false) {
    this.run = run;
    this.isConstructor = isConstructor;
  }
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
export type Value = Primitive | Value[] | ObjectValue | FunctionValue | NativeFunction | Pattern | Unknown;

/** The answer of operators and methods that are not among the ones implemented. */
export const unsupported: unique symbol = Symbol('unsupported');
export type Unsupported = typeof unsupported;

export class Scope {
  readonly #variables = new Map<string, Value>();
  readonly #fixed = new Set<string>();
  readonly #parent: Scope | undefined;
  #window: WindowObject | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  declare(name: string, value: Value): void {
    if (!this.#fixed.has(name)) this.#variables.set(name, value);
  }

  /** Declares what nothing in the script changes: to assign to `location` is to leave the page. */
  fix(name: string, value: Value): void {
    this.declare(name, value);
    this.#fixed.add(name);
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

  get window(): WindowObject {
    const { top } = this;
    top.#window ??= new WindowObject(top);
    return top.#window;
  }
}

export function isPrimitive(value: Value): value is Primitive {
  return value === null || typeof value !== 'object';
}

/** Of a value that is not Unknown. */
export function isTruthy(value: Value): boolean {
  return Boolean(value);
}

/** The value as an operator or a template takes it: `location` is its address there. */
export function asPrimitive(value: Value): Value {
  return value instanceof BrowserObject && value.text !== undefined ? value.get('href') : value;
}
