import type { Claims } from '@understory/core/claims.ts';
import type { Clock } from '@understory/core/clock.ts';
import session, { type SessionData } from 'express-session';
import { findSession, prolongSession, removeSession, saveSession } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';

declare module 'express-session' {
	interface SessionData {
		/** What the card issuer said at the sign-in. */
		claims: Claims;
		/** The account here, once there is one. */
		person: number;
		/** For signing out at the issuer too. */
		idToken: string;
		/** What the issuer calls the sign-in this came out of; by it the issuer says that it has ended. */
		cardSession: string;
		/** True at a computer that others use too: ends with the browser, and soon when nobody does anything. */
		shared: boolean;
		/** Where they wanted to go before they signed in; a path of this branch. */
		back: string;
		/** What a sign-in that is under way has to come back with. */
		signingIn: { state: string; nonce: string; verifier: string };
	}
}

/** How long a sign-in lasts, in milliseconds: two weeks. */
export const SESSION_LIFE = 14 * 24 * 60 * 60_000;

/** The same at a computer that others use too, from the last click on: a quarter of an hour. */
export const SHARED_IDLE = 15 * 60_000;

/** How long a browser that has not signed in yet is remembered: as long as a card page may take. */
const WAITING_LIFE = 60 * 60_000;

/** Sessions in the branch's own file. */
export function createSessionStore(store: Store, clock: Clock): session.Store {
	return new SqliteSessions(store, clock);
}

class SqliteSessions extends session.Store {
	readonly #store: Store;
	readonly #clock: Clock;

	constructor(store: Store, clock: Clock) {
		super();
		this.#store = store;
		this.#clock = clock;
	}

	override get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
		answer(callback, () => {
			const row = this.#store.read((reading) => findSession(reading, sid, this.#clock.now()));
			return row ? (JSON.parse(row.data) as SessionData) : null;
		});
	}

	override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
		answer(callback, () => {
			const expires = this.#clock.now() + lifeOf(data);
			// Lost with a power cut, they sign in once more.
			this.#store.relaxed.transact((writing) =>
				saveSession(writing, { sid, data: JSON.stringify(data), expires }),
			);
		});
	}

	/** Only where others use the computer too does a session last from the last click on. */
	override touch(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
		answer(callback, () => {
			if (!data.shared) return;
			const expires = this.#clock.now() + SHARED_IDLE;
			this.#store.relaxed.transact((writing) => prolongSession(writing, sid, expires));
		});
	}

	override destroy(sid: string, callback?: (error?: unknown) => void): void {
		answer(callback, () => {
			const row = this.#store.read((reading) => findSession(reading, sid, this.#clock.now()));
			const signedIn = row !== undefined && (JSON.parse(row.data) as SessionData).claims !== undefined;
			// Who signed out stays out, whatever happens to the machine; of a browser that never came in nothing is lost.
			const store = signedIn ? this.#store : this.#store.relaxed;
			store.transact((writing) => removeSession(writing, sid));
		});
	}
}

function lifeOf(data: SessionData): number {
	if (!data.claims) return WAITING_LIFE;
	return data.shared ? SHARED_IDLE : SESSION_LIFE;
}

function answer<T>(callback: ((error: unknown, value?: T) => void) | undefined, act: () => T): void {
	let value: T;
	try {
		value = act();
	} catch (error) {
		callback?.(error);
		return;
	}
	callback?.(null, value);
}
