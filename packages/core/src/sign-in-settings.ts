/** How people sign in with a card of one library. */
export interface SignInSettings {
	readonly connector: Sip2Connection;
	/** A card that belongs to nobody; with it, a catalogue that stopped looking at PINs is noticed before anybody gets in. */
	readonly canary?: { readonly card: string; readonly pin: string };
	/** After how many wrong PINs the catalogue locks a card, where the library knows; we stay below it. */
	readonly locks_after?: number;
}

/** A catalogue that is asked over SIP2. */
export interface Sip2Connection {
	readonly kind: 'sip2';
	readonly host: string;
	readonly port: number;
	readonly login?: { readonly user: string; readonly password: string; readonly location?: string };
	/** In milliseconds. */
	readonly timeouts?: { readonly connect?: number; readonly answer?: number; readonly whole?: number };
}
