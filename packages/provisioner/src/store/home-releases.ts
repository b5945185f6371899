import type { Clock } from '@understory/core/clock.ts';
import type { AppliedRelease, HomeRelease, ReleaseBook } from '../drivers/release-book.ts';
import type { Database } from './database.ts';
import { big } from './rows.ts';
import type { UpgradeHomeRow, UpgradeRow } from './upgrades.ts';

interface ReleaseRow {
	home: string;
	version: string | null;
	chart_digest: string | null;
	values_digest: string | null;
	revision: number | null;
	manifest_digest: string | null;
	good_version: string | null;
	good_chart_digest: string | null;
	good_values_digest: string | null;
	good_revision: number | null;
	good_manifest_digest: string | null;
	failures: number;
	failed_at: string | null;
	failed_why: string | null;
	failed_outside: boolean;
}

const NO_TROUBLE = { failures: 0, failed_at: null, failed_why: null, failed_outside: false };

/** The book of what homes were brought to, in the provisioner's database. */
export function homeReleaseBook(database: Database, clock: Clock): ReleaseBook {
	const releases = () => database<ReleaseRow>('home_release');
	return {
		async of(home) {
			const row = await releases().where({ home }).first();
			return row ? read(row) : null;
		},
		async begin(home, { version, chart, values }, good) {
			const row = {
				...{ home, version, chart_digest: chart, values_digest: values },
				...{ revision: null, manifest_digest: null },
				...(good && asGood(good)),
			};
			await database.transaction(async (transaction) => {
				const before = await transaction<ReleaseRow>('home_release').where({ home }).forUpdate().first();
				const isSame = before?.chart_digest === chart && before.values_digest === values;
				await transaction('home_release')
					.insert({ ...row, ...(isSame ? {} : NO_TROUBLE) })
					.onConflict('home')
					.merge();
			});
		},
		async end(home, { revision, manifest }) {
			await releases().where({ home }).update({ revision, manifest_digest: manifest });
		},
		async adopt(home, { version, chart, values, revision, manifest }, isGood) {
			const found = { version, chart, values, revision, manifest };
			await database('home_release')
				.insert({
					...{
						home,
						version,
						chart_digest: chart,
						values_digest: values,
						revision,
						manifest_digest: manifest,
					},
					...(isGood && asGood(found)),
				})
				.onConflict('home')
				.ignore();
		},
		async ranWell(home) {
			const ref = (column: keyof ReleaseRow) => database.ref(column);
			await database('home_release')
				.where({ home })
				.whereNotNull('revision')
				.update({
					good_version: ref('version'),
					good_chart_digest: ref('chart_digest'),
					good_values_digest: ref('values_digest'),
					good_revision: ref('revision'),
					good_manifest_digest: ref('manifest_digest'),
					...NO_TROUBLE,
				});
		},
		async failed(home, { why, outside }) {
			await database('home_release')
				.where({ home })
				.update({
					failures: database.raw('failures + 1'),
					...{ failed_at: clock.now(), failed_why: why, failed_outside: outside },
				});
		},
		async forget(home) {
			await releases().where({ home }).delete();
		},
		async keepVersion(version, making) {
			await database.transaction(async (transaction) => {
				await transaction('home_version').insert({ version, making }).onConflict('version').ignore();
				const used = (column: string) => transaction('home_release').whereNotNull(column).select(column);
				await transaction('home_version')
					.whereNot({ version })
					.whereNotIn('version', used('version'))
					.whereNotIn('version', used('good_version'))
					.delete();
			});
		},
		async versionKept(version) {
			const row = await database('home_version')
				.where({ version })
				.first<{ making: string } | undefined>('making');
			return row?.making ?? null;
		},
		whyStopped: (version) => whyStopped(database, version),
		async mostRunWith(except) {
			const row = await database('home_release')
				.join('home_version', 'home_version.version', 'home_release.good_version')
				.whereNot({ good_version: except })
				.groupBy('good_version')
				.orderByRaw('count(*) desc, good_version')
				.first<{ good_version: string }>('good_version');
			return row?.good_version ?? null;
		},
	};
}

/** What became of the last upgrade to a version, or of the last undoing of one, where it speaks against the version. */
async function whyStopped(database: Database, version: string): Promise<string | null> {
	const last = await database<UpgradeRow>('upgrade').where({ version }).orderBy('asked', 'desc').first();
	if (!last) return null;
	if (last.undoes !== null) return 'The upgrade to it was undone.';
	// It is said as soon as a home does not come up, and stays said whoever pauses or aborts the upgrade while that home goes back.
	if (last.message === null) return null;
	// One that could not be copied was not touched, and says nothing of the version.
	const homes = await database<UpgradeHomeRow>('upgrade_home').where({ upgrade: last.id });
	const amiss = homes.filter(
		({ state, message }) =>
			state === 'failed' || state === 'rolled_back' || (state === 'upgrading' && message !== null),
	);
	const isAgainst = amiss.length === 0 || amiss.some(({ revision }) => revision !== null);
	return isAgainst ? `${WHAT_BECAME[last.state]} ${last.message}` : null;
}

/** Of an upgrade of which something is said. */
const WHAT_BECAME: Readonly<Record<UpgradeRow['state'], string>> = {
	running: 'The upgrade to it is being stopped.',
	paused: 'The upgrade to it is paused.',
	stopped: 'The upgrade to it was stopped.',
	aborted: 'The upgrade to it was aborted.',
	done: 'The upgrade to it is done.',
};

function read(row: ReleaseRow): HomeRelease {
	const good: AppliedRelease = {
		version: row.good_version,
		chart: row.good_chart_digest,
		values: row.good_values_digest,
		revision: row.good_revision,
		manifest: row.good_manifest_digest,
	};
	return {
		applied: {
			version: row.version,
			chart: row.chart_digest,
			values: row.values_digest,
			revision: row.revision,
			manifest: row.manifest_digest,
		},
		good: row.good_revision === null ? null : good,
		trouble:
			row.failures === 0
				? null
				: {
						times: row.failures,
						at: big(row.failed_at ?? '0'),
						why: row.failed_why ?? '',
						outside: row.failed_outside,
					},
	};
}

function asGood({ version, chart, values, revision, manifest }: AppliedRelease): Partial<ReleaseRow> {
	return {
		...{ good_version: version, good_chart_digest: chart, good_values_digest: values },
		...{ good_revision: revision, good_manifest_digest: manifest },
	};
}
