import type { Clock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { Register, SignedRoster } from '@understory/core/register.ts';
import type { Trust } from '@understory/core/scope.ts';
import { createTrust } from '@understory/neighborhood/trust.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import { type KeptRoster, keepRoster, keptRosters } from '../store/rosters.ts';
import type { Store } from '../store/store.ts';
import { leftNeighborhoods } from './consenting.ts';
import { followTogether } from './deliberating/lists-together.ts';
import { tellOfSuspensions } from './deliberating/suspensions.ts';
import { noteNewcomers } from './newcomers.ts';

/** How long a roster that was fetched is taken as fresh, and how long to wait after one that could not be. */
const FRESH = 6 * 60 * 60_000;
/** The same for one that no register of ours tells of: of a member that is suspended people are told within the hour. */
const FRESH_ELSEWHERE = 45 * 60_000;
const AFTER_A_FAULT = 60_000;

/** The rosters this branch stands on, and the trust that follows from them (DESIGN 4.6, 5.10). */
export interface TrustBook {
	/** From the last verified rosters; each holds until it expires, whatever becomes of its steward. */
	trust(): Trust;
	/** The rosters of the neighborhoods this branch agreed to and stands on, by name. */
	rosters(): readonly SignedRoster[];
	/** Does the register hold a newer roster than we do? */
	isBehind(): boolean;
	/** Takes up what the register holds, held to the same rules as what is fetched. Asks nobody. */
	catchUp(): Promise<void>;
	/** To be called when this branch left a neighborhood or came back. */
	changed(): void;
	/** Fetches what is due from the public addresses. Never rejects: a steward that does not answer changes nothing. */
	refresh(): Promise<void>;
	/** When `refresh` has something to do again, UTC milliseconds; null when the branch stands nowhere. */
	nextAt(): number | null;
}

interface TrustParts {
	readonly store: Store;
	readonly clock: Clock;
	readonly nextId: () => number;
	readonly log: Log;
	readonly outgoing: Outgoing;
	readonly desired: () => DesiredBranch;
	readonly register: () => Register | null;
	/** Whom this branch has set aside by itself, whatever rosters say; `version` changes whenever that may have. */
	readonly setAside: { isAside(origin: string): boolean; version(): number };
	/** As in BranchParts. */
	readonly verify?: VerifyBytes | undefined;
}

/** Opens the book. Nothing is verified or read before it is first asked. */
export function createTrustBook(parts: TrustParts): TrustBook {
	const self = parts.desired().branch.origin;
	/** When a neighborhood whose address did not answer is looked at again. */
	const later = new Map<string, number>();
	/** The version of the register's roster that was refused, so that it is not verified over and over. */
	const refused = new Map<string, number>();
	let kept: readonly KeptRoster[] | null = null;
	let trust: { readonly of: string; readonly value: Trust } | null = null;

	/** What hosts of this branch left counts for nothing here, whatever a roster says. */
	let left: ReadonlySet<string> | null = null;

	const wanted = () => {
		left ??= new Set(parts.store.read((reading) => leftNeighborhoods(reading)));
		const { neighborhoods } = parts.desired();
		return left.size === 0 ? neighborhoods : neighborhoods.filter(({ id }) => !left!.has(id));
	};
	const known = () => {
		kept ??= parts.store.read((reading) => keptRosters(reading));
		return kept.filter(({ roster }) => wanted().some(({ id }) => id === roster.id));
	};
	const find = (id: string) => known().find(({ roster }) => roster.id === id);
	const registered = (id: string) => parts.register()?.rosters.find((roster) => roster.id === id);

	function behind(id: string): boolean {
		const version = registered(id)?.version ?? 0;
		return version > (find(id)?.roster.version ?? 0) && version !== refused.get(id);
	}

	function dueAt(id: string): number {
		const fresh = registered(id) ? FRESH : FRESH_ELSEWHERE;
		return later.get(id) ?? (find(id)?.fetched ?? -fresh) + fresh;
	}

	/** True when it was taken, or is the one we hold. `fetched` is when it came from its public address. */
	async function take(document: unknown, id: string, fetched: number): Promise<boolean> {
		// The schema compiler is not needed to serve a page, so it is not loaded before a roster comes.
		const { verifyRoster } = await import('@understory/neighborhood/verify.ts');
		const previous = find(id)?.roster;
		const steward = registered(id)?.steward;
		const verified = verifyRoster(document, {
			now: parts.clock.now(),
			verify: parts.verify,
			...(previous ? { previous } : {}),
			...(steward ? { stewardKeys: [steward] } : {}),
		});
		const reason = !verified.ok
			? verified.error.reason
			: verified.value.id !== id
				? 'another_neighborhood'
				: null;
		if (!verified.ok || reason) {
			parts.log.warn('roster_refused', { branch: parts.desired().branch.id, error_code: reason ?? '' });
			return false;
		}
		const roster = verified.value;
		parts.store.transact((writing) => {
			if (previous) {
				const [rosters, now] = [{ before: previous, after: roster }, parts.clock.now()];
				noteNewcomers(writing, { ...rosters, self, now });
				tellOfSuspensions(writing, rosters, { self, now, nextId: parts.nextId });
				followTogether(writing, rosters, { self, now, nextId: parts.nextId });
			}
			keepRoster(writing, { roster, fetched });
		});
		kept = null;
		trust = null;
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

	async function catchUp(): Promise<void> {
		for (const { id } of wanted().filter((one) => behind(one.id))) {
			const given = registered(id);
			if (given && !(await take(given, id, 0))) refused.set(id, given.version);
		}
	}

	return {
		trust() {
			const of = [parts.setAside.version(), ...wanted().map(({ id }) => id)].join(' ');
			if (trust?.of !== of) {
				const rosters = known().map(({ roster }) => roster);
				const members = rosters.flatMap((roster) => roster.members.map(({ origin }) => origin));
				const value = createTrust({
					self,
					rosters,
					setAside: new Set(members.filter((origin) => parts.setAside.isAside(origin))),
					now: () => parts.clock.now(),
					verify: parts.verify,
				});
				trust = { of, value };
			}
			return trust.value;
		},
		rosters: () => known().flatMap(({ roster }) => (roster.expires > parts.clock.now() ? [roster] : [])),
		isBehind: () => wanted().some(({ id }) => behind(id)),
		catchUp,
		changed() {
			kept = null;
			left = null;
			trust = null;
		},
		async refresh() {
			await catchUp();
			for (const { id, roster_url } of wanted()) {
				const now = parts.clock.now();
				if (dueAt(id) > now) continue;
				const fetched = await fetchRoster(roster_url);
				if (fetched !== null && (await take(fetched, id, now))) later.delete(id);
				else later.set(id, now + AFTER_A_FAULT);
			}
		},
		nextAt() {
			const times = wanted().map(({ id }) => dueAt(id));
			return times.length > 0 ? Math.min(...times) : null;
		},
	};
}
