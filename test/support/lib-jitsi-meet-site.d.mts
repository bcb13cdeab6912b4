export declare const files: Readonly<Record<string, string>>;
export declare const html: string;
