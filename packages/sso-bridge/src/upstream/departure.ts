import type { Purpose } from './memory.ts';

/** How a browser leaves for a provider: by an address, or by a form that its person sends. */
export type Departure =
	| { readonly kind: 'address'; readonly url: string }
	| { readonly kind: 'form'; readonly action: string; readonly fields: readonly Field[] };

export interface Field {
	readonly name: string;
	readonly value: string;
}

/** What is known of a browser that leaves. */
export interface Leaving {
	readonly purpose: Purpose;
	/** What it holds, as a hash. */
	readonly browser: string;
	/** Do others use it too? Then the provider has to ask for the password, since it may still know somebody else. */
	readonly shared: boolean;
}

/** How long somebody may take at their provider, in milliseconds. */
export const REQUEST_LASTS_MS = 10 * 60_000;
