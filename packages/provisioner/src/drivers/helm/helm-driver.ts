import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { HomeDriver, HomeSpec } from '../driver.ts';
import type { Upgrader } from '../upgrader.ts';
import type { Cluster, Standing } from './cluster.ts';
import type { Helm } from './helm-program.ts';
import { enrolmentSecret, VERSION_LABEL } from './home-values.ts';

export interface HelmDriverParts {
	readonly helm: Helm;
	readonly cluster: Cluster;
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
	const { helm, cluster } = parts;
	const busy = new Map<string, Promise<void>>();

	async function begin(spec: HomeSpec): Promise<void> {
		const { name } = spec;
		const release = await helm.status(name);
		const standing = await cluster.standing(name);
		if (release?.status === 'deployed' && standing.state === 'running') return;
		await unlock(name, release?.status ?? null, release?.revision ?? 0);
		await cluster.keepSecret(enrolmentSecret(name), { 'enrolment-token': spec.enrolmentToken });
		await helm.apply(name, parts.charts[spec.kind], parts.valuesOf(spec));
		await untilRunning(name);
	}

	/** A release that whoever changed it left locked, because it was killed: only one process works on a home at a time. */
	async function unlock(name: string, status: string | null, revision: number): Promise<void> {
		if (!status?.startsWith('pending-')) return;
		parts.log.warn('release_unlocked', { job: status });
		if (status === 'pending-install' || revision === 1) await helm.uninstall(name);
		else await helm.rollBack(name);
	}

	/** The same change, whether it is the first or one that goes on. */
	async function bring(name: string, change: () => Promise<void>): Promise<void> {
		const release = await helm.status(name);
		await unlock(name, release?.status ?? null, release?.revision ?? 0);
		await change();
		await untilRunning(name);
	}

	const upgrader: Upgrader | undefined =
		parts.version === undefined
			? undefined
			: {
					version: parts.version,
					versionOf: (name) => cluster.labelOf(name, VERSION_LABEL),
					async revisionOf(name) {
						const release = await helm.status(name);
						if (release?.status === 'deployed') return release.revision;
						const sentence = 'This home is not what it should be, so there would be nothing to go back to.';
						throw new PublicError(502, 'home_not_whole', sentence);
					},
					async upgrade(spec) {
						const { name, kind } = spec;
						// Helm keeps few revisions: applying the same once more after a crash could push out the one to go back to.
						const isThere = (await cluster.labelOf(name, VERSION_LABEL)) === parts.version;
						if (isThere && (await helm.status(name))?.status === 'deployed') return untilRunning(name);
						await bring(name, () => helm.apply(name, parts.charts[kind], parts.valuesOf(spec)));
					},
					rollBack: (name, revision) => bring(name, () => helm.rollBack(name, revision)),
				};

	async function untilRunning(name: string): Promise<void> {
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
		async observe(name) {
			const standing = await cluster.standing(name);
			switch (standing.state) {
				case 'running':
					return { state: 'Running' };
				// What is stuck is started anew, with what the settings say by now and the reconciler's pauses between the tries.
				case 'absent':
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
		async stop(name) {
			await busy.get(name)?.catch(() => undefined);
			await helm.uninstall(name);
			await cluster.dropSecret(enrolmentSecret(name));
		},
	};
}
