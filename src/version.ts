declare const NANOGENT_VERSION: string | undefined;

/** Set by the build from `package.json`. */
export const VERSION = typeof NANOGENT_VERSION === "string" ? NANOGENT_VERSION : "0.0.0-source";
