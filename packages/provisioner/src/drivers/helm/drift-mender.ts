import { PublicError } from '@understory/core/errors.ts';
import type { DriftMender, HomeBook } from '../driver.ts';
import { type Compared, differs, driftIn, isLostVolume } from './drift.ts';
import type { Release } from './helm-program.ts';
import type { HomeReleases } from './home-releases.ts';
import type { Place } from './places.ts';

/** So many characters of manifests are kept; each holds the certificates that the operator adds for all homes. Whose is not kept is asked for again. */
const KEPT = 16_000_000;

export interface HelmDriftMender extends DriftMender {
	/** Brings back what differs from what Helm applied last. */
	bringBack(name: string): Promise<void>;
	/** Of a home that was stopped nothing is kept. */
	forget(name: string): void;
}

const BY_HAND = 'Somebody brought this home to something else by running helm themselves.';

/**
 * Compares what stands in the cluster with what Helm applied last, by a server-side dry run, and brings back what differs (reference/kubernetes.md B1). What
 * is wanted is the release's own last manifest and never the platform's present settings: those come in waves of upgrades. Nothing is written to
 * what Helm keeps, so no revision that an upgrade could go back to is pushed out of it. A last manifest that is not ours, because somebody ran helm, is
 * nothing to compare with: the home is taken over, to what the platform wrote down of it.
 */
export function createDriftMender({
	placeOf,
	releases,
	specOf,
}: {
	placeOf(name: string): Promise<Place>;
	readonly releases: HomeReleases;
	readonly specOf: HomeBook['specOf'];
}): HelmDriftMender {
	/** What each home was applied as when somebody last asked Helm, which takes longer than all the rest; an older one is found out below. */
	const known = new Map<string, string>();
	let size = 0;
	function forget(name: string): void {
		size -= known.get(name)?.length ?? 0;
		known.delete(name);
	}
	function keep(name: string, manifest: string): void {
		forget(name);
		known.set(name, manifest);
		size += manifest.length;
		// What was asked for longest ago goes first.
		for (const [oldest] of known) if (size > KEPT) forget(oldest);
	}

	async function compare(place: Place, name: string, release: Release | null): Promise<Compared[]> {
		if (release?.status !== 'deployed') {
			forget(name);
			return [];
		}
		keep(name, release.manifest);
		return place.cluster.compare(name, release.manifest);
	}

	async function bringBack(name: string): Promise<void> {
		const place = await placeOf(name);
		await place.prepare();
		const release = await place.helm.status(name);
		const changed = (await compare(place, name, release)).filter(differs);
		await place.cluster.reapply(changed.filter((one) => !isLostVolume(one)));
		if (changed.some(isLostVolume)) {
			const sentence =
				'The volume of this home is gone or about to be deleted. It is not made anew, because it would be empty. Save what is on it while the home runs, or restore its branches from copies that lie elsewhere. To go on with an empty one, make the claim by hand.';
			throw new PublicError(502, 'volume_lost', sentence);
		}
		if (changed.length > 0 && driftIn(await compare(place, name, release))) {
			const sentence =
				'What was changed about this home was changed back, and somebody changes it again at once. Find out who does, and stop that.';
			throw new PublicError(502, 'drift_again', sentence);
		}
	}

	return {
		bringBack,
		async look(name) {
			const place = await placeOf(name);
			const manifest = known.get(name);
			// As it was when it was last looked at: nothing differs, and Helm need not be asked.
			if (manifest !== undefined && !driftIn(await place.cluster.compare(name, manifest))) return null;
			const release = await place.helm.status(name);
			const isStrange = await releases.isStrange(place, name, release);
			const drift = driftIn(await compare(place, name, release));
			if (!isStrange) return drift;
			// What it runs with was not tried by anybody of ours, so nobody knows who reaches it.
			forget(name);
			return { sentence: BY_HAND, cutsOff: true, unmanaged: true };
		},
		async mend(name) {
			const place = await placeOf(name);
			if (await releases.isStrange(place, name, await place.helm.status(name))) {
				const spec = await specOf(name);
				if (!spec) return;
				await place.prepare();
				await releases.takeOver(place, spec);
			}
			await bringBack(name);
		},
		forget,
	};
}
