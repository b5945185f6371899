import { PublicError } from '@understory/core/errors.ts';
import type { Fault } from './check.ts';

/** A fault, or a check that could not look, which is no agreement. */
export type Finding = Fault & { readonly check: string; readonly looked: boolean };

/** What checks found, and why some of them could not look. */
export interface Findings {
	readonly found: readonly Finding[];
	readonly unable: readonly PublicError[];
}

/** Checks in the order in which they look, each with its name. */
export type Checks<Look> = readonly (readonly [name: string, check: Look])[];

/** What to do when a check could not look: when that is not allowed, and otherwise. */
export interface WhenUnable {
	readonly where: string;
	readonly denied: string;
	readonly other: string;
}

/** Runs every check, one after the other. One that cannot look is a finding of its own; what nobody foresaw is thrown. */
export async function findingsOf<Look>(
	checks: Checks<Look>,
	run: (check: Look) => Promise<readonly Fault[]>,
	when: WhenUnable,
): Promise<Findings> {
	const found: Finding[] = [];
	const unable: PublicError[] = [];
	for (const [check, look] of checks) {
		try {
			found.push(...(await run(look)).map((fault) => ({ check, looked: true, ...fault })));
		} catch (error) {
			if (!(error instanceof PublicError)) throw error;
			unable.push(error);
			const denied = error.status === 401 || error.status === 403;
			const mend = denied ? when.denied : when.other;
			found.push({
				check,
				looked: false,
				where: when.where,
				wrong: `Could not look: ${error.message}`,
				mend,
			});
		}
	}
	return { found, unable };
}
