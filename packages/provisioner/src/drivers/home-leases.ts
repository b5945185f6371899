import { PublicError } from '@understory/core/errors.ts';
import { alone, type Database } from '../store/database.ts';
import { fenceOf, takeFence } from '../store/home-leases.ts';

/** Who may work on a home: one at a time, in all processes together. */
export interface HomeLeases {
	/**
	 * Does something with a home as the only one; whoever else of this process is at it is waited for. Rejects with `home_busy` while another process is.
	 */
	hold<Done>(home: string, work: () => Promise<Done>): Promise<Done>;
	/**
	 * To be asked before each thing that changes a home. Rejects with `lease_lost` when this process does not hold the home, or another began to work on it
	 * since: then the lock fell with its connection, and what was begun here is the other's to see to.
	 */
	mayChange(home: string): Promise<void>;
}

/** `locks`: connections that are held while somebody works; `database`: the others. */
export function createHomeLeases(locks: Database, database: Database): HomeLeases {
	const held = new Map<string, number>();
	const last = new Map<string, Promise<unknown>>();

	async function take<Done>(home: string, work: () => Promise<Done>): Promise<Done> {
		const done = await alone(locks, `home:${home}`, async () => {
			held.set(home, await takeFence(database, home));
			try {
				return { done: await work() };
			} finally {
				held.delete(home);
			}
		});
		if (done) return done.done;
		const sentence = 'Somebody else is changing this home just now. It is tried again.';
		throw new PublicError(502, 'home_busy', sentence);
	}

	return {
		hold(home, work) {
			const before = last.get(home) ?? Promise.resolve();
			const mine = before.then(() => take(home, work));
			const over = mine.then(
				() => undefined,
				() => undefined,
			);
			last.set(home, over);
			void over.then(() => last.get(home) === over && last.delete(home));
			return mine;
		},
		async mayChange(home) {
			const mine = held.get(home);
			if (mine !== undefined && mine === (await fenceOf(database, home))) return;
			const sentence = 'Somebody else began to change this home meanwhile. It is looked at again.';
			throw new PublicError(502, 'lease_lost', sentence);
		},
	};
}
