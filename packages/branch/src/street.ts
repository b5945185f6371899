import type { Handed } from '@understory/federation/ports.ts';

/**
 * The other branches of this home (DESIGN 5.4), as the home lets one of them reach the others: no HTTP and no signature, since the home
 * itself says who speaks.
 */
export interface Street {
	/** Is the branch of this origin here, and is its folder open now? Null: it is elsewhere, and only HTTP leads there. */
	standing(origin: string): 'open' | 'closed' | null;
	/**
	 * Hands something to the branch of this origin, which is opened for it, and gives its receipt: it has it, and others see it, though it may
	 * still be lost with the power. Throws PublicError as its inbox would answer.
	 */
	hand(origin: string, handed: Handed): Promise<string>;
	/** Makes all that was given this receipt safe; false when nobody can say any more whether it is. */
	confirm(origin: string, receipt: string): Promise<boolean>;
}
