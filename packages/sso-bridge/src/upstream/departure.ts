/** How a browser leaves for a provider: by an address, or by a form that its person sends. */
export type Departure =
	| { readonly kind: 'address'; readonly url: string }
	| { readonly kind: 'form'; readonly action: string; readonly fields: readonly Field[] };

export interface Field {
	readonly name: string;
	readonly value: string;
}

/** How long somebody may take at their provider, in milliseconds. */
export const REQUEST_LASTS_MS = 10 * 60_000;
