import type { Clock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { Register, SignedRoster } from '@understory/core/register.ts';
import type { Trust } from '@understory/core/scope.ts';
import { createTrust } from '@understory/neighborhood/trust.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { keepRoster, keptRosters } from '../store/rosters.ts';
import type { Store } from '../store/store.ts';

/** How long a roster that was fetched is taken as fresh, and how long to wait after one that could not be. */
const FRESH = 60 * 60_000;
const AFTER_A_FAULT = 60_000;

/** The rosters this branch stands on, and the trust that follows from them (DESIGN 4.6, 5.10). */
export interface TrustBook {
	/** From the last verified rosters; each holds until it expires, whatever becomes of its steward. */
	trust(): Trust;
	/** The rosters of the neighborhoods this branch agreed to and stands on, by name. */
	rosters(): readonly SignedRoster[];
	/** Fetches what is due. Never rejects: a steward that does not answer changes nothing. */
	refresh(): Promise<void>;
	/** When `refresh` has something to do again, UTC milliseconds; null when the branch stands nowhere. */
	nextAt(): number | null;
}

interface TrustParts {
	readonly store: Store;
	readonly clock: Clock;
	readonly log: Log;
	readonly outgoing: Outgoing;
	readonly desired: () => DesiredBranch;
	readonly register: () => Register | null;
}

/** Opens the book. Nothing is verified or read before it is first asked. */
export function createTrustBook(parts: TrustParts): TrustBook {
	const self = parts.desired().branch.origin;
	/** When each neighborhood is looked at again, and which version the register named when it was last looked at. */
	const looked = new Map<string, { readonly again: number; readonly version: number }>();
	let rosters: readonly SignedRoster[] | null = null;
	let trust: { readonly of: string; readonly value: Trust } | null = null;

	const wanted = () => parts.desired().neighborhoods;
	const known = () => {
		rosters ??= parts.store.read((reading) => keptRosters(reading));
		return rosters.filter(({ id }) => wanted().some((neighborhood) => neighborhood.id === id));
	};
	const registered = (id: string) => parts.register()?.rosters.find((roster) => roster.id === id);

	function dueAt(id: string): number {
		const kept = known().find((roster) => roster.id === id);
		const last = looked.get(id);
		const newest = Math.max(kept?.version ?? 0, last?.version ?? 0);
		if ((registered(id)?.version ?? 0) > newest) return 0;
		return last?.again ?? (kept ? kept.issued + FRESH : 0);
	}

	/** True when it was taken, or is the one we hold. */
	async function take(document: unknown, id: string): Promise<boolean> {
		// The schema compiler is not needed to serve a page, so it is not loaded before a roster comes.
		const { verifyRoster } = await import('@understory/neighborhood/verify.ts');
		const previous = known().find((roster) => roster.id === id);
		const steward = registered(id)?.steward;
		const verified = verifyRoster(document, {
			now: parts.clock.now(),
			...(previous ? { previous } : {}),
			...(steward ? { stewardKeys: [steward] } : {}),
		});
		if (!verified.ok) {
			parts.log.warn('roster_refused', {
				branch: parts.desired().branch.id,
				error_code: verified.error.reason,
			});
			return false;
		}
		if (verified.value.id !== id) return false;
		if (verified.value.version !== previous?.version) {
			parts.store.transact((writing) => keepRoster(writing, verified.value, parts.clock.now()));
			rosters = null;
			trust = null;
		}
		return true;
	}

	async function fetchRoster(url: string): Promise<unknown> {
		try {
			const answer = await parts.outgoing.request({
				url,
				headers: { accept: 'application/json' },
				timeoutMs: 10_000,
				maxBytes: 4_194_304,
				redirects: 3,
			});
			return answer.status === 200 ? JSON.parse(answer.body.toString('utf8')) : null;
		} catch (error) {
			if (!(error instanceof PublicError) && !(error instanceof SyntaxError)) throw error;
			parts.log.warn('roster_not_fetched', { branch: parts.desired().branch.id, error });
			return null;
		}
	}

	async function look(id: string, url: string): Promise<void> {
		const fetched = await fetchRoster(url);
		const taken = fetched !== null && (await take(fetched, id));
		// The register carries the same signed document; it is held to the same rules.
		const given = registered(id);
		const version = known().find((roster) => roster.id === id)?.version ?? 0;
		const helped = given !== undefined && given.version > version && (await take(given, id));
		const again = parts.clock.now() + (taken || helped ? FRESH : AFTER_A_FAULT);
		looked.set(id, { again, version: given?.version ?? 0 });
	}

	return {
		trust() {
			const of = wanted()
				.map(({ id }) => id)
				.join(' ');
			if (trust?.of !== of) {
				const value = createTrust({
					self,
					rosters: known(),
					setAside: new Set(),
					now: () => parts.clock.now(),
				});
				trust = { of, value };
			}
			return trust.value;
		},
		rosters: () => known().filter((roster) => roster.expires > parts.clock.now()),
		async refresh() {
			for (const { id, roster_url } of wanted()) {
				if (dueAt(id) <= parts.clock.now()) await look(id, roster_url);
			}
		},
		nextAt() {
			const times = wanted().map(({ id }) => dueAt(id));
			return times.length > 0 ? Math.min(...times) : null;
		},
	};
}
