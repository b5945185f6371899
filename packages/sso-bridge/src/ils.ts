import type { Canary } from '@understory/sip2/canary.ts';
import type { Sip2Settings } from '@understory/sip2/settings.ts';

/** How a library's catalogue is asked about a card. SIP2 is the first kind. */
export interface IlsSettings extends Sip2Settings {
	readonly kind: 'sip2';
	/** A card that belongs to nobody; with it, a catalogue that stopped looking at PINs is noticed before anybody gets in. */
	readonly canary?: Canary;
	/** After how many wrong PINs the catalogue locks an account, where the library knows; we stay below it. */
	readonly lockAfter?: number;
}
