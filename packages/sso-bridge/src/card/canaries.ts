import { dateIn } from '@understory/core/calendar.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInReport } from '@understory/core/sign-in-document.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { CardParts } from '../context.ts';
import { budgetFor } from '../guessing/budget.ts';
import { alone } from '../store/alone.ts';
import { forgetTries, takeTry } from '../store/attempts.ts';
import {
	beginCanary,
	type CanaryVerdict,
	canaryVerdict,
	keepVerdict,
	markTold,
	takeWrongPin,
	untoldCanaries,
} from '../store/canary-verdicts.ts';
import { alertStaff } from './alerting.ts';
import { type CanaryTries, tryCanary } from './canary.ts';

const HOUR = 3_600_000;
/** How long a catalogue that kept its word is believed when the daily try comes to nothing, in milliseconds. */
const BELIEVED_MS = 48 * HOUR;
/** How long a try that came to nothing rests, in milliseconds. */
const REST_MS = HOUR / 6;
/** How long a process goes by a good verdict that it has read, in milliseconds; a bad one is obeyed by all of them after that at the latest. */
const READ_MS = 5_000;
/** How many wrong PINs the canary's card is given in a day at most; a whole try takes three, and its own PIN sets the catalogue's count back. */
const WRONG_A_DAY = 24;

/** `off`: it said yes to what it must refuse, and nobody comes in by card until a self-test passed. `unknown`: nobody can tell now. */
export type Belief = 'yes' | 'off' | 'unknown';

export interface Canaries {
	/** May a library's catalogue be believed? One without a canary is believed as it is; one that was never tried is tried now. */
	believes(library: LibraryRecord, settings: SignInSettings): Promise<Belief>;
	/** Tries the canary of a live library that was not tried today, unless another process does. */
	tryDaily(library: LibraryRecord, settings: SignInSettings): Promise<void>;
	/** Takes what a self-test of settings found for a verdict: one that passed switches the catalogue on again, one that was accepted where it must not be switches it off. */
	tested(library: Pick<LibraryRecord, 'id' | 'slug'>, settings: SignInSettings, found: Found): Promise<void>;
	/** Tells library IT of catalogues that were switched off, once each. */
	tell(tellOne: (about: SwitchedOff) => Promise<void>): Promise<void>;
}

/** A catalogue that was switched off: of which library, by which probe it was noticed, and whether it is the one of these settings. */
export interface SwitchedOff {
	readonly library: string;
	readonly accepted: string;
	isOf(settings: SignInSettings): boolean;
}

type Found = Pick<SignInReport, 'ok' | 'steps'>;

/**
 * Tries each live library's canary once a day (reference/library-sso.md 1.7, point 9), whether anybody signs in or not, by one of all processes under a lock in PostgreSQL. The verdict
 * stands there, so that every process obeys it. Wrong PINs are counted before they are sent, so that a try that was cut off has used its own.
 */
export function createCanaries(parts: Omit<CardParts, 'canaries'>): Canaries {
	const { database, clock, log, keysOf, connectors } = parts;
	// One at a time in this process: each holds a connection for its lock.
	let line: Promise<unknown> = Promise.resolve();
	const running = new Map<string, Promise<Belief>>();
	/** Libraries with nothing to try for a while, so that a thousand of them are not a thousand questions at every look. */
	const resting = new Map<string, { readonly settings: SignInSettings; readonly until: number }>();
	const read = new Map<string, { readonly mark: string; readonly at: number }>();

	/** What the verdict is about: who is asked, how, with which canary. */
	function markOf(library: string, { connector, canaries }: SignInSettings): string {
		return keysOf(library).attempt(`canary\0${JSON.stringify([connector, canaries![0]])}`);
	}

	function beliefOf(row: CanaryVerdict | undefined, mark: string, now: number): Belief {
		if (row?.settings !== mark || row.verdict === null) return 'unknown';
		if (row.verdict === 'unsafe') return 'off';
		return now - row.since! < BELIEVED_MS ? 'yes' : 'unknown';
	}

	function isDue(library: LibraryRecord, row: CanaryVerdict | undefined, mark: string, now: number): boolean {
		if (row?.settings !== mark) return true;
		if (row.verdict === 'unsafe') return false;
		const today = (moment: number) => dateIn(library.zone, moment) === dateIn(library.zone, now);
		return !(row.since !== null && today(row.since)) && now - row.tried >= REST_MS;
	}

	function triesOf(library: LibraryRecord, settings: SignInSettings): CanaryTries {
		const hash = keysOf(library.id).attempt(`card\0${settings.canaries![0]!.card}`);
		const budget = budgetFor(settings.locks_after ?? null);
		return {
			async take() {
				const now = clock.now();
				const day = { library: library.id, day: dateIn(library.zone, now), most: WRONG_A_DAY };
				if (!(await takeWrongPin(database, day))) return 'over';
				return (await takeTry(database, { library: library.id, hash, pair: null, now }, budget)) === null
					? 'spent'
					: 'taken';
			},
			reset: () => forgetTries(database, { library: library.id, hashes: [hash] }),
		};
	}

	/** Under the lock: tries it, unless whoever had the lock before has done so. */
	async function look(library: LibraryRecord, settings: SignInSettings, mark: string): Promise<Belief> {
		const now = clock.now();
		const before = beliefOf(await canaryVerdict(database, library.id), mark, now);
		await beginCanary(database, { library: library.id, settings: mark, now });
		const connector = connectors.of(library, settings);
		const when = { now, zone: library.zone };
		const tries = triesOf(library, settings);
		const { report, probe } = await tryCanary(connector, settings.canaries![0]!, when, { tries });
		if (report !== 'safe') log.error('canary_failed', { library: library.slug, error_code: report });
		if (report === 'safe' || report === 'unsafe') {
			const accepted = report === 'unsafe' ? probe : null;
			await keepVerdict(database, { library: library.id, settings: mark, verdict: report, accepted, now });
		}
		if (report === 'unsafe') {
			read.delete(library.id);
			await alertStaff(parts, library, 'catalogue_lies');
		}
		if (report === 'refused' || report === 'misconfigured')
			await alertStaff(parts, library, 'catalogue_wrong');
		return report === 'safe' ? 'yes' : report === 'unsafe' ? 'off' : before;
	}

	/** In turn with the others of this process and of all others. `isWanted` is asked again under the lock. */
	function inTurn(
		library: LibraryRecord,
		settings: SignInSettings,
		{ wait, isWanted }: { wait: boolean; isWanted(row: CanaryVerdict | undefined, mark: string): boolean },
	): Promise<Belief> {
		const mark = markOf(library.id, settings);
		const turn = line.then(() =>
			alone(database, { name: `canary/${library.id}`, wait }, async () => {
				const row = await canaryVerdict(database, library.id);
				return isWanted(row, mark) ? look(library, settings, mark) : beliefOf(row, mark, clock.now());
			}),
		);
		line = turn.catch(() => undefined);
		return turn.then((belief) => belief ?? 'unknown');
	}

	return {
		async believes(library, settings) {
			if (!settings.canaries?.[0]) return 'yes';
			const mark = markOf(library.id, settings);
			const now = clock.now();
			const last = read.get(library.id);
			if (last?.mark === mark && now - last.at < READ_MS) return 'yes';
			const known = beliefOf(await canaryVerdict(database, library.id), mark, now);
			if (known === 'yes') read.set(library.id, { mark, at: now });
			if (known !== 'unknown') return known;
			const same = running.get(library.id);
			if (same) return same;
			const isWanted = (row: CanaryVerdict | undefined) => beliefOf(row, mark, clock.now()) === 'unknown';
			const looking = inTurn(library, settings, { wait: true, isWanted });
			running.set(library.id, looking);
			return looking.finally(() => running.delete(library.id));
		},
		async tryDaily(library, settings) {
			if (settings.state !== 'live' || !settings.canaries?.[0]) return;
			const now = clock.now();
			const rest = resting.get(library.id);
			if (rest?.settings === settings && now < rest.until) return;
			resting.set(library.id, { settings, until: now + REST_MS });
			const isWanted = (row: CanaryVerdict | undefined, mark: string) =>
				isDue(library, row, mark, clock.now());
			const row = await canaryVerdict(database, library.id);
			if (!isWanted(row, markOf(library.id, settings))) return;
			await inTurn(library, settings, { wait: false, isWanted });
		},
		async tested({ id, slug }, settings, { ok, steps }) {
			if (!settings.canaries?.[0]) return;
			const accepted = steps.find(({ why }) => why === 'accepted')?.step ?? null;
			if (!ok && accepted === null) return;
			const about = { library: id, settings: markOf(id, settings), now: clock.now() };
			await beginCanary(database, about);
			await keepVerdict(database, { ...about, verdict: ok ? 'safe' : 'unsafe', accepted });
			// Whoever asked for it reads what was found; there is nothing to tell them once more.
			if (!ok) await markTold(database, about);
			log.warn(ok ? 'catalogue_on' : 'catalogue_off', { library: slug });
		},
		async tell(tellOne) {
			for (const { library, settings, accepted } of await untoldCanaries(database)) {
				const isOf = (now: SignInSettings) =>
					now.canaries?.[0] !== undefined && markOf(library, now) === settings;
				await tellOne({ library, accepted, isOf });
				await markTold(database, { library, settings });
			}
		},
	};
}
