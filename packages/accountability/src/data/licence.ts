/** Everything that the site publishes is in the public domain: CC0 1.0. */
export const LICENCE = 'https://creativecommons.org/publicdomain/zero/1.0/';
