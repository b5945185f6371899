import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { HomeDriver, HomeSpec } from '../driver.ts';
import type { Upgrader } from '../upgrader.ts';
import type { Standing } from './cluster.ts';
import { createDriftMender } from './drift-mender.ts';
import { REFUSED } from './helm-faults.ts';
import type { Helm, Release } from './helm-program.ts';
import { enrolmentSecret, VERSION_LABEL } from './home-values.ts';
import { despiteKills } from './killed-helm.ts';
import type { Place } from './places.ts';

export interface HelmDriverParts {
	/** Where a home of this name lives; one that nobody knows lives with the shared ones. */
	placeOf(name: string): Promise<Place>;
	/** In which namespace a new home of a library lives; none where libraries have no namespaces. */
	namespaceFor?(library: string): string;
	/** The folder of the chart of each kind of home. */
	readonly charts: Readonly<Record<HomeSpec['kind'], string>>;
	/** What the chart is given for a home; without anything secret, because Helm keeps it. */
	valuesOf(spec: Omit<HomeSpec, 'enrolmentToken'>): object;
	/** What homes are started with now, for waves of upgrades; none where nobody upgrades. */
	readonly version?: string;
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
 * process ends.
 */
export function createHelmDriver(parts: HelmDriverParts): HomeDriver {
	const { placeOf } = parts;
	const busy = new Map<string, Promise<void>>();
	const drift = createDriftMender({ placeOf });

	async function begin(spec: HomeSpec): Promise<void> {
		const { name } = spec;
		const place = await placeOf(name);
		const { helm, cluster } = place;
		await place.prepare();
		const release = await helm.status(name);
		const standing = await cluster.standing(name);
		if (release?.status === 'deployed' && standing.state === 'running') return;
		await unlock(helm, name, release);
		await cluster.keepSecret(enrolmentSecret(name), { 'enrolment-token': spec.enrolmentToken });
		// What was stopped by hand, or is stuck because of one, comes back as it was; another version is a matter of upgrades.
		const isDown = standing.state === 'absent' || standing.state === 'stuck';
		const isBack = release?.status === 'deployed' && isDown && (await drift.bringBack(name));
		if (!isBack && !(await isApplied(place, name, release, standing)))
			await helm
				.apply(name, parts.charts[spec.kind], parts.valuesOf(spec))
				.catch((error: unknown) => (release ? Promise.reject(error) : takeBack(place, name, error)));
		await untilRunning(place, name);
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

	/**
	 * Whether the cluster has what homes are made of now, and is only not getting it to run. Applying the same again would mend nothing, and push
	 * the last good revision out of what Helm keeps.
	 */
	async function isApplied(
		{ cluster }: Place,
		name: string,
		release: Release | null,
		{ state }: Standing,
	): Promise<boolean> {
		if (parts.version === undefined || release?.status !== 'deployed' || state === 'absent') return false;
		return (await cluster.labelOf(name, VERSION_LABEL)) === parts.version;
	}

	/** A release that whoever changed it left locked, because it was killed: only one process works on a home at a time. */
	async function unlock(helm: Helm, name: string, release: Release | null): Promise<void> {
		if (!release?.status.startsWith('pending-')) return;
		parts.log.warn('release_unlocked', { job: release.status });
		if (release.status === 'pending-install' || release.revision === 1) await helm.uninstall(name);
		else await helm.rollBack(name);
	}

	/** The same change, whether it is the first or one that goes on. A helm that is killed at it is no reason to judge what it was to bring (ADR 131). */
	async function bring(name: string, change: (helm: Helm) => Promise<void>): Promise<void> {
		const place = await placeOf(name);
		const { helm } = place;
		await place.prepare();
		await despiteKills(async () => {
			await unlock(helm, name, await helm.status(name));
			await change(helm);
		});
		await untilRunning(place, name);
	}

	async function versionOf(name: string): Promise<string | null> {
		const { cluster, ifMade } = await placeOf(name);
		return ifMade(() => cluster.labelOf(name, VERSION_LABEL), null);
	}

	const upgrader: Upgrader | undefined =
		parts.version === undefined
			? undefined
			: {
					version: parts.version,
					versionOf,
					async revisionOf(name) {
						const release = await (await placeOf(name)).helm.status(name);
						if (release?.status === 'deployed') return release.revision;
						const sentence = 'This home is not what it should be, so there would be nothing to go back to.';
						throw new PublicError(502, 'home_not_whole', sentence);
					},
					async upgrade(spec) {
						const { name, kind } = spec;
						const place = await placeOf(name);
						// Helm keeps few revisions: applying the same once more after a crash could push out the one to go back to.
						const isThere = (await versionOf(name)) === parts.version;
						if (isThere && (await place.helm.status(name))?.status === 'deployed')
							return untilRunning(place, name);
						await bring(name, (helm) => helm.apply(name, parts.charts[kind], parts.valuesOf(spec)));
					},
					rollBack: (name, revision) => bring(name, (helm) => helm.rollBack(name, revision)),
				};

	async function untilRunning({ cluster }: Place, name: string): Promise<void> {
		let standing: Standing = { state: 'absent' };
		let stuck = 0;
		for (let look = 0; look < parts.looks; look++) {
			standing = await cluster.standing(name);
			if (standing.state === 'running') return;
			stuck = standing.state === 'stuck' ? stuck + 1 : 0;
			if (standing.state === 'stuck' && stuck >= LOOKS_AT_STUCK)
				throw new PublicError(502, 'home_stuck', standing.reason);
			await parts.pause();
		}
		const sentence = 'The home does not run yet. The cluster goes on starting it; it is looked at again.';
		throw new PublicError(502, 'home_slow', sentence);
	}

	return {
		...(upgrader && { upgrader }),
		drift,
		...(parts.namespaceFor && { namespaceFor: parts.namespaceFor }),
		tryOut: async () => (await placeOf('')).cluster.tryOut(),
		async observe(name) {
			const { helm, cluster, ifMade } = await placeOf(name);
			const standing = await ifMade(() => cluster.standing(name), { state: 'absent' });
			switch (standing.state) {
				case 'running':
					return { state: 'Running' };
				// What is stuck is started anew, with what the settings say by now and the reconciler's pauses between the tries.
				case 'absent':
					if (!standing.scaled) return { state: 'Absent' };
					return { state: 'Absent', changed: 'Somebody told the Deployment of this home to have no pod.' };
				case 'stuck':
					return { state: 'Absent' };
				case 'coming':
					// A change that was broken off is gone on with; what Kubernetes is at is waited for.
					if ((await helm.status(name))?.status.startsWith('pending-')) return { state: 'Absent' };
					return { state: 'Unknown', reason: standing.reason };
			}
		},
		start(spec) {
			const known = busy.get(spec.name);
			if (known) return known;
			const starting = begin(spec).finally(() => busy.delete(spec.name));
			busy.set(spec.name, starting);
			return starting;
		},
		readdress: (spec) =>
			bring(spec.name, (helm) => helm.apply(spec.name, parts.charts[spec.kind], parts.valuesOf(spec))),
		async stop(name) {
			await busy.get(name)?.catch(() => undefined);
			const { helm, cluster, ifMade } = await placeOf(name);
			await ifMade(() => helm.uninstall(name), undefined);
			drift.forget(name);
			await ifMade(() => cluster.dropSecret(enrolmentSecret(name)), undefined);
		},
	};
}
