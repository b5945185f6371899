import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { HomeSpec } from '../driver.ts';
import type { AppliedRelease, HomeRelease, ReleaseBook } from '../release-book.ts';
import type { Helm, Release } from './helm-program.ts';
import { versionIn } from './home-values.ts';
import { digestOf, type Making, type Makings } from './making.ts';
import type { Place } from './places.ts';

type Spec = Omit<HomeSpec, 'enrolmentToken'>;

/** So many revisions are looked back; Helm keeps no more (ADR 131). */
const BACK = 6;

/** Whether a release of Helm is the one that was written down. */
export function isIt(release: Release | null, one: AppliedRelease | null | undefined): boolean {
	return (
		release?.status === 'deployed' &&
		one?.revision === release.revision &&
		one.manifest === digestOf(release.manifest)
	);
}

/** Whether one was made of the same chart and values as the other. */
export function isSameMaking(one: AppliedRelease, other: AppliedRelease): boolean {
	return one.version === other.version && one.chart === other.chart && one.values === other.values;
}

/** What is found in Helm, as it is written down. */
function found({ revision, manifest }: Release): AppliedRelease {
	const version = versionIn(manifest);
	return { version, chart: null, values: null, revision, manifest: digestOf(manifest) };
}

/**
 * Brings releases of homes to what the platform's own book says, and writes each act down before it is begun and what came of it after. Which revision is gone
 * back to is never left to Helm, whose last one may never have run (reference/kubernetes.md A1).
 */
export function createHomeReleases({
	book,
	makings,
	log,
}: {
	readonly book: ReleaseBook;
	readonly makings: Makings;
	readonly log: Log;
}) {
	/**
	 * What is written down of a home, once what was cut off by a crash is made up for: an act of which nobody wrote down what came, and a
	 * home that is older than the book. Of such a one what stands is taken for good: a wave changes it, and nothing else.
	 */
	async function known({ helm }: Place, name: string, release: Release | null): Promise<HomeRelease | null> {
		const written = await book.of(name);
		if (release === null) return written;
		if (written === null) {
			const whole = await lastWhole(helm, name, release);
			if (whole === null) return null;
			await book.adopt(name, found(whole), true);
			return book.of(name);
		}
		const { applied, good } = written;
		const isWritten = applied.revision !== null || release.status !== 'deployed';
		if (isWritten || release.revision <= (good?.revision ?? 0)) return written;
		if (versionIn(release.manifest) !== applied.version) return written;
		await book.end(name, { revision: release.revision, manifest: digestOf(release.manifest) });
		return book.of(name);
	}

	/** Whether somebody else brought a home to what stands. Not while it is being brought to something. */
	async function isStrange(place: Place, name: string, release: Release | null): Promise<boolean> {
		if (release === null || release.status.startsWith('pending-')) return false;
		const written = await known(place, name, release);
		if (written === null || written.applied.revision === null) return false;
		return !isIt(release, written.applied) && !isIt(release, written.good);
	}

	/** The number of a revision that was written down, when Helm still has it as it was. */
	async function atHand(
		helm: Helm,
		name: string,
		one: AppliedRelease | null | undefined,
	): Promise<number | null> {
		if (!one || one.revision === null) return null;
		const release = await helm.status(name, one.revision);
		return release && digestOf(release.manifest) === one.manifest ? one.revision : null;
	}

	async function settle({ helm }: Place, name: string): Promise<void> {
		const release = await helm.status(name);
		if (release?.status === 'deployed')
			await book.end(name, { revision: release.revision, manifest: digestOf(release.manifest) });
	}

	async function apply(place: Place, spec: Spec, making: Making): Promise<void> {
		const chart = making.chartOf(spec.kind);
		await makings.keep(making);
		const digests = { chart: chart.digest, values: digestOfValues(making, spec) };
		await book.begin(spec.name, { version: making.version, ...digests });
		await place.helm.apply(spec.name, chart.folder, making.valuesOf(spec));
		await settle(place, spec.name);
	}

	/** Goes back to a revision that Helm has, which is from then on what the home ran well with. Throws `PublicError` when it has none of this number. */
	async function backTo(place: Place, name: string, revision: number): Promise<void> {
		const release = await place.helm.status(name, revision);
		if (!release) throw gone();
		const written = await book.of(name);
		const was = [written?.good, written?.applied].find(
			(one) => one?.revision === revision && one.manifest === digestOf(release.manifest),
		);
		const target = was ?? found(release);
		await book.begin(name, target, target);
		await place.helm.rollBack(name, revision);
		await settle(place, name);
	}

	/** Brings a home back to what it ran well with: made once more of what was kept of that version, or as Helm still has it. */
	async function again(place: Place, spec: Spec, good: AppliedRelease): Promise<void> {
		const making = good.version === null ? null : await makings.of(good.version);
		if (making) return apply(place, spec, making);
		const revision = await atHand(place.helm, spec.name, good);
		if (revision === null) throw gone();
		await backTo(place, spec.name, revision);
	}

	return {
		known,
		isStrange,
		atHand,
		apply,
		backTo,
		again,
		/** Writes down that what it ran well with is what stands. */
		async stands(name: string, good: AppliedRelease): Promise<void> {
			await book.begin(name, good);
			await book.end(name, { revision: good.revision!, manifest: good.manifest! });
		},
		/** Whether what was applied is what this would make of a home. */
		isMadeOf(applied: AppliedRelease, making: Making, spec: Spec): boolean {
			return (
				applied.chart === making.chartOf(spec.kind).digest && applied.values === digestOfValues(making, spec)
			);
		},
		/** Leads people to a home at another host name, and changes nothing else about it. */
		async readdress(place: Place, spec: Spec): Promise<void> {
			const written = await book.of(spec.name);
			const version = (written?.good ?? written?.applied)?.version;
			const making = version === null ? null : version ? await makings.of(version) : makings.present;
			if (!making) throw gone();
			await apply(place, spec, making);
		},
		/** What a home without any good release is made of: the present version, unless that was stopped or undone; then the one that most homes run well with. */
		async forNew(): Promise<Making> {
			const { present } = makings;
			const why = await book.whyStopped(present.version);
			if (why === null) return present;
			const accepted = await book.mostRunWith(present.version);
			const making = accepted === null ? null : await makings.of(accepted);
			if (making) return making;
			const sentence = `No home is started with the platform's present version. ${why} Begin an upgrade to it again, or put the settings back to what they were.`;
			throw new PublicError(502, 'version_stopped', sentence);
		},
		/** A release that whoever changed it left locked, because it was killed: only one process works on a home at a time. Resolves with what stands after. */
		async unlock(place: Place, name: string, release: Release | null): Promise<Release | null> {
			if (!release?.status.startsWith('pending-')) return release;
			log.warn('release_unlocked', { job: release.status });
			const { helm } = place;
			const good = (await known(place, name, release))?.good;
			const to = (await atHand(helm, name, good)) ?? (await lastWhole(helm, name, release))?.revision;
			if (to === undefined) await helm.uninstall(name);
			else await backTo(place, name, to);
			return helm.status(name);
		},
		/** Takes a home back that somebody else brought to something: to what it ran well with, or else to what it was brought to by us. */
		async takeOver(place: Place, spec: Spec): Promise<void> {
			const written = await book.of(spec.name);
			if (written) await again(place, spec, written.good ?? written.applied);
		},
	};
}

export type HomeReleases = ReturnType<typeof createHomeReleases>;

/** The last revision that was applied whole; null when none was. */
async function lastWhole(helm: Helm, name: string, release: Release): Promise<Release | null> {
	if (release.status === 'deployed') return release;
	for (let revision = release.revision - 1; revision > Math.max(0, release.revision - 1 - BACK); revision--) {
		const before = await helm.status(name, revision);
		if (before && ['deployed', 'superseded'].includes(before.status)) return before;
	}
	return null;
}

function digestOfValues(making: Making, { name, kind, host }: Spec): string {
	return digestOf(JSON.stringify(making.valuesOf({ name, kind, ...(host && { host }) })));
}

function gone(): PublicError {
	const sentence =
		'What this home ran well with last is neither kept by the platform nor by Helm. Begin an upgrade, which brings it to the present version.';
	return new PublicError(502, 'version_gone', sentence);
}
