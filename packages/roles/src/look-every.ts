/** How often a role looks at what it follows, in milliseconds. */
export const LOOK_EVERY = 2_000;
