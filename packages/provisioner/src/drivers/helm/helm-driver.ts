import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { HomeBook, HomeDriver, HomeSpec } from '../driver.ts';
import type { HomeRelease, ReleaseTrouble } from '../release-book.ts';
import type { Upgrader } from '../upgrader.ts';
import type { Standing } from './cluster.ts';
import { createDriftMender } from './drift-mender.ts';
import { isJudgement, OUTSIDE, REFUSED } from './helm-faults.ts';
import type { Release } from './helm-program.ts';
import { createHomeReleases, isIt, isSameMaking } from './home-releases.ts';
import { enrolmentSecret, VERSION_LABEL } from './home-values.ts';
import { despiteKills } from './killed-helm.ts';
import type { Makings } from './making.ts';
import type { Place } from './places.ts';

export interface HelmDriverParts {
	/** Where a home of this name lives; one that nobody knows lives with the shared ones. */
	placeOf(name: string): Promise<Place>;
	/** In which namespace a new home of a library lives; none where libraries have no namespaces. */
	namespaceFor?(library: string): string;
	/** Brings what changed of copied Secrets to these namespaces; none where libraries have no namespaces. */
	renewSecrets?(namespaces: readonly string[], signal?: AbortSignal): Promise<void>;
	/** What the platform wrote down of homes. */
	readonly homes: Pick<HomeBook, 'specOf' | 'releases'>;
	readonly makings: Makings;
	readonly log: Log;
	/** Waits between two looks at a home that is being started. */
	pause(): Promise<void>;
	/** How many looks before a start is given up; it goes on in the cluster all the same. */
	readonly looks: number;
}

/** How many looks in a row show it stuck before it counts as that: the pod of an earlier setting is seen for a moment yet. */
const LOOKS_AT_STUCK = 20;

/**
 * The driver for Kubernetes: a home is a release of its chart. Never Helm's own waiting or rolling back, which ends in failed releases
 * whose pods run (reference/kubernetes.md A1): a home runs when its Deployment says so, and Kubernetes goes on starting it when this
 * process ends. What a home is brought to stands in the platform's own book, and only an upgrade changes its version.
 */
export function createHelmDriver(parts: HelmDriverParts): HomeDriver {
	const { placeOf, makings } = parts;
	const { releases: book, specOf } = parts.homes;
	const busy = new Map<string, Promise<void>>();
	const releases = createHomeReleases({ book, makings, log: parts.log });
	const drift = createDriftMender({ placeOf, releases, specOf });

	async function begin(spec: HomeSpec): Promise<void> {
		const { name } = spec;
		const place = await placeOf(name);
		const { helm, cluster } = place;
		await place.prepare();
		const found = await helm.status(name);
		// What stands is written down before it becomes something else, where nothing is.
		await releases.known(place, name, found);
		if (found?.status === 'deployed' && (await cluster.standing(name)).state === 'running') return;
		const release = await releases.unlock(place, name, found);
		const known = await releases.known(place, name, release);
		await cluster.keepSecret(enrolmentSecret(name), { 'enrolment-token': spec.enrolmentToken });
		try {
			await bringUp(place, spec, known, release);
			await untilRunning(place, name);
		} catch (error) {
			if (isJudgement(error))
				await book.failed(name, { why: error.message, outside: OUTSIDE.includes(error.code) });
			throw error;
		}
		await book.ranWell(name);
	}

	/**
	 * Brings a home to what it ran well with last, which a start never changes; one that never did, to what new homes are made of. What stands so already is
	 * only changed back where it differs: applying it again would mend nothing, and push the last good revision out of what Helm keeps.
	 */
	async function bringUp(
		place: Place,
		spec: HomeSpec,
		known: HomeRelease | null,
		release: Release | null,
	): Promise<void> {
		const { name } = spec;
		if (known?.good) {
			if (!isIt(release, known.good)) return releases.again(place, spec, known.good);
			if (!isIt(release, known.applied)) await releases.stands(name, known.good);
			return drift.bringBack(name);
		}
		const making = await releases.forNew();
		if (known && isIt(release, known.applied) && releases.isMadeOf(known.applied, making, spec))
			return drift.bringBack(name);
		await releases
			.apply(place, spec, making)
			.catch((error: unknown) => (release ? Promise.reject(error) : takeBack(place, name, error)));
	}

	/** Takes away what was made of a home that is new when the cluster or the chart refused the rest; rejects with why. */
	async function takeBack({ helm, cluster }: Place, name: string, error: unknown): Promise<never> {
		if (error instanceof PublicError && REFUSED.includes(error.code)) {
			try {
				// A name that Helm does not take is none that it could have made something under.
				if (error.code !== 'name') await helm.uninstall(name);
				await cluster.dropSecret(enrolmentSecret(name));
			} catch (left) {
				parts.log.warn('home_half_made', { error: left });
			}
		}
		throw error;
	}

	/** The same change, whether it is the first or one that goes on. A helm that is killed at it is no reason to judge what it was to bring (ADR 131). */
	async function bring(name: string, change: (place: Place) => Promise<void>): Promise<void> {
		const place = await placeOf(name);
		await place.prepare();
		await despiteKills(async () => {
			const release = await place.helm.status(name);
			// What it ran well with is known before it becomes something else.
			await releases.known(place, name, release);
			await releases.unlock(place, name, release);
			await change(place);
		});
		await untilRunning(place, name);
		await book.ranWell(name);
	}

	async function versionOf(name: string): Promise<string | null> {
		const { cluster, ifMade } = await placeOf(name);
		return ifMade(() => cluster.labelOf(name, VERSION_LABEL), null);
	}

	const upgrader: Upgrader = {
		version: makings.present.version,
		versionOf,
		async revisionOf(name) {
			const place = await placeOf(name);
			const release = await place.helm.status(name);
			const known = await releases.known(place, name, release);
			if (known && isIt(release, known.applied)) return release!.revision;
			// Somebody ran helm, or a change was cut off: what is gone back to is what we wrote down, as long as Helm has it.
			const revision = await releases.atHand(place.helm, name, known?.good);
			if (revision !== null) return revision;
			const sentence = 'This home is not what it should be, so there would be nothing to go back to.';
			throw new PublicError(502, 'home_not_whole', sentence);
		},
		async upgrade(spec) {
			const { name } = spec;
			const place = await placeOf(name);
			// Helm keeps few revisions: applying the same once more after a crash could push out the one to go back to.
			const release = await place.helm.status(name);
			const known = await releases.known(place, name, release);
			if (known?.applied.version === upgrader.version && isIt(release, known.applied)) {
				await untilRunning(place, name);
				return book.ranWell(name);
			}
			await bring(name, (at) => releases.apply(at, spec, makings.present));
		},
		stay: (name) => book.ranWell(name),
		rollBack: (name, revision) => bring(name, (at) => releases.backTo(at, name, revision)),
	};

	async function untilRunning({ cluster }: Place, name: string): Promise<void> {
		let standing: Standing = { state: 'absent' };
		let stuck = 0;
		for (let look = 0; look < parts.looks; look++) {
			standing = await cluster.standing(name);
			if (standing.state === 'running') return;
			stuck = standing.state === 'stuck' ? stuck + 1 : 0;
			if (standing.state === 'stuck' && stuck >= LOOKS_AT_STUCK)
				throw new PublicError(502, standing.outside ? 'home_held_up' : 'home_stuck', standing.reason);
			await parts.pause();
		}
		const sentence = 'The home does not run yet. The cluster goes on starting it; it is looked at again.';
		throw new PublicError(502, 'home_slow', sentence);
	}

	/** How it went when it was started with what it would be started with now; null when that went well, or is something else by now. */
	function troubleOf(known: HomeRelease | null): ReleaseTrouble | null {
		if (!known?.trouble) return null;
		const { applied, good, trouble } = known;
		const isAsNow = good ? isSameMaking(applied, good) : applied.version === makings.present.version;
		return isAsNow ? trouble : null;
	}

	/** A home that runs with what it was brought to ran well with that, whoever waited for it. */
	async function noteRunning(place: Place, name: string): Promise<void> {
		const written = await book.of(name);
		if (!written) return;
		const { applied, good, trouble } = written;
		if (trouble === null && applied.revision !== null && applied.revision === good?.revision) return;
		const release = await place.helm.status(name);
		const known = await releases.known(place, name, release);
		if (known && isIt(release, known.applied)) await book.ranWell(name);
	}

	return {
		upgrader,
		drift,
		...(parts.namespaceFor && { namespaceFor: async (library) => parts.namespaceFor!(library) }),
		...(parts.renewSecrets && { renewSecrets: parts.renewSecrets }),
		tryOut: async () => (await placeOf('')).tryOut(),
		async observe(name) {
			const place = await placeOf(name);
			const { helm, cluster, ifMade } = place;
			const standing = await ifMade(() => cluster.standing(name), { state: 'absent' });
			if (standing.state === 'running') {
				await noteRunning(place, name);
				return { state: 'Running' };
			}
			// A change that was broken off is gone on with; what Kubernetes is at is waited for.
			if (standing.state === 'coming' && !(await helm.status(name))?.status.startsWith('pending-'))
				return { state: 'Unknown', reason: standing.reason };
			const failed = troubleOf(await book.of(name));
			const sentence = 'Somebody told the Deployment of this home to have no pod.';
			const isScaled = standing.state === 'absent' && standing.scaled;
			return { state: 'Absent', ...(isScaled && { changed: sentence }), ...(failed && { failed }) };
		},
		start(spec) {
			const known = busy.get(spec.name);
			if (known) return known;
			const starting = begin(spec).finally(() => busy.delete(spec.name));
			busy.set(spec.name, starting);
			return starting;
		},
		readdress: (spec) => bring(spec.name, (at) => releases.readdress(at, spec)),
		async stop(name) {
			await busy.get(name)?.catch(() => undefined);
			const { helm, cluster, ifMade } = await placeOf(name);
			await ifMade(() => helm.uninstall(name), undefined);
			drift.forget(name);
			await book.forget(name);
			await ifMade(() => cluster.dropSecret(enrolmentSecret(name)), undefined);
		},
	};
}
