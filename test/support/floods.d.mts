/** The kinds of {@link ./floods.mjs}; what they make is the flooding proxy's business. */
export declare const xmppFloods: Readonly<Record<string, unknown>>;
export declare const bridgeFloods: Readonly<Record<string, unknown>>;
