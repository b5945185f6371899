import type { Log } from '@understory/core/log.ts';
import type { HomeWatch } from '../driver.ts';
import { type HomeMetadata, TooOld } from './home-metadata.ts';

/** So many namespaces are watched, each by one connection that stays open; homes in others are seen in rounds alone. */
const MOST = 100;
/** The pause before a watch is taken up again, in milliseconds; it doubles with each that brought nothing, up to the longest. */
const PAUSE = 1_000;
const LONGEST = 60_000;

export interface HomeWatcherParts {
	homesIn(namespace: string): HomeMetadata;
	readonly log: Log;
	/** Ends early, in whichever way, with the signal. */
	pause(milliseconds: number, signal: AbortSignal): Promise<void>;
	/** From 0 to 1, so that processes that lost one cluster do not all come back at one moment. */
	random(): number;
}

/** Hears of changes of homes in the namespaces that it is told of. */
export interface HomeWatcher {
	/** A home lives in this namespace. Saying it again changes nothing. */
	livesIn(namespace: string): void;
	/** Tells the name of each home that changed, from now on. Called once. */
	begin(changed: (home: string) => void): HomeWatch;
}

/**
 * One watch for each namespace that homes live in: the platform has no right to watch a whole cluster (charts/platform). Of what is watched only names and
 * versions are kept, so that what changed while nobody listened is told as well. What is lost is taken up again, and nothing follows from losing it: homes
 * are looked at in rounds as ever.
 */
export function createHomeWatcher(parts: HomeWatcherParts): HomeWatcher {
	const namespaces = new Set<string>();
	const following = new Set<Promise<void>>();
	const ending = new AbortController();
	const { signal } = ending;
	/** Rejects at the end, so that nobody waits for an answer that nobody needs. */
	const ended = new Promise<never>((_, reject) =>
		signal.addEventListener('abort', () => reject(signal.reason)),
	);
	ended.catch(() => undefined);
	let changed: ((home: string) => void) | null = null;

	async function follow(namespace: string, tell: (home: string) => void): Promise<void> {
		const homes = parts.homesIn(namespace);
		/** Null until they were listed once: what is there at first is nothing new. */
		let versions: Map<string, string> | null = null;
		let asOf: string | null = null;
		let inVain = 0;
		while (!signal.aborted) {
			let isQuiet = true;
			try {
				if (asOf === null) {
					const now = await Promise.race([homes.list(), ended]);
					if (versions) for (const home of differing(versions, now.homes)) tell(home);
					versions = new Map(now.homes);
					asOf = now.asOf;
				}
				await homes.watch(
					asOf,
					(version, news) => {
						isQuiet = false;
						asOf = version;
						if (!news) return;
						if (news.kind === 'gone') versions!.delete(news.home);
						else versions!.set(news.home, news.version);
						// One that is made is made by us, or is none of ours.
						if (news.kind !== 'added') tell(news.home);
					},
					signal,
				);
			} catch (error) {
				if (error instanceof TooOld) asOf = null;
				else if (isQuiet && inVain === 0 && !signal.aborted) parts.log.warn('home_watch_lost', { error });
			}
			inVain = isQuiet ? inVain + 1 : 0;
			const longest = Math.min(LONGEST, PAUSE * 2 ** Math.min(inVain, 10));
			await parts.pause(longest * (0.5 + parts.random() / 2), signal).catch(() => undefined);
		}
	}

	function watch(namespace: string): void {
		if (changed) following.add(follow(namespace, changed));
	}

	return {
		livesIn(namespace) {
			if (signal.aborted || namespaces.has(namespace) || namespaces.size >= MOST) return;
			namespaces.add(namespace);
			watch(namespace);
		},
		begin(tell) {
			changed = (home) => {
				if (!signal.aborted) tell(home);
			};
			for (const namespace of namespaces) watch(namespace);
			return {
				async close() {
					ending.abort();
					await Promise.all(following);
				},
			};
		},
	};
}

/** The homes that are not as they were, or not there any more. */
function differing(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
	return [...before].filter(([home, version]) => now.get(home) !== version).map(([home]) => home);
}
