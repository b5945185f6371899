import type { LibraryRecord } from '@understory/core/register.ts';
import type { CardParts } from '../context.ts';
import { type Caller, createWatch } from '../guessing/watch.ts';
import { type Proof, readProof } from '../recovery/proof.ts';
import { type AccountRow, accountById } from '../store/accounts.ts';

/** What a code came to; a code that does not work is told in the time that every refusal takes. */
export type Proved =
	| { readonly outcome: 'ok'; readonly account: AccountRow; readonly way: Proof['way'] }
	| { readonly outcome: 'no_code' }
	| { readonly outcome: 'bad_code' }
	| { readonly outcome: 'wait'; readonly seconds: number; readonly anew: boolean };

/**
 * Who somebody was, by a recovery code or a code from the desk, which is used up by it. The catalogue is not asked, so that this works when it is dead.
 */
export type CodeProver = (library: LibraryRecord, given: GivenCode) => Promise<Proved>;

export interface GivenCode {
	readonly code: string;
	readonly caller: Caller;
	/** The one account whose code will do, and the kinds that will; another is not used up. */
	readonly of?: string;
	readonly ways?: readonly Proof['way'][];
}

export function createCodeProver(parts: CardParts): CodeProver {
	const watch = createWatch(parts);
	const { database, pace } = parts;

	async function prove(library: LibraryRecord, { code, caller, of, ways }: GivenCode): Promise<Proved> {
		const wary = await watch.look(library, caller, async () => false);
		if (wary.seconds > 0) return { outcome: 'wait', ...wary };
		const about = { database, keys: parts.keysOf(library.id), library: library.id, now: parts.clock.now() };
		const read = await readProof(about, code);
		const will = read && (of === undefined || read.account === of) && (ways?.includes(read.way) ?? true);
		const proof = will ? read : null;
		const account =
			proof && (await proof.spend(database))
				? await accountById(database, library.id, proof.account)
				: undefined;
		if (proof && account) return { outcome: 'ok', account, way: proof.way };
		await watch.wrong(library, caller, false);
		return { outcome: 'bad_code' };
	}

	return async (library, given) => {
		if (given.code.trim() === '') return { outcome: 'no_code' };
		const started = pace.now();
		const proved = await prove(library, given);
		if (proved.outcome === 'bad_code') await pace.refuse(library.id, { started, asked: false });
		const took = Math.round(pace.now() - started);
		parts.log.info('code_checked', { library: library.slug, operation: proved.outcome, duration_ms: took });
		return proved;
	};
}
