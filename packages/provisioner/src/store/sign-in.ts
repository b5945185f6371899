import type { SignInReport } from '@understory/core/sign-in-document.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { catalogueNetworkMarks } from './catalogue-networks.ts';
import type { Database } from './database.ts';

export interface SignInRow {
	library: string;
	/** Secrets in it are sealed to the bridge. */
	settings: SignInSettings;
	version: string;
	/** How often a self-test was asked for. */
	test: number;
	/** The operation that the last asking began. */
	test_operation: string | null;
	/** What came of the last test that was answered. */
	report: SignInReport | null;
	report_at: string | null;
	changed_at: string;
	changed_by: string;
}

export async function findSignIn(database: Database, library: string): Promise<SignInRow | undefined> {
	return database<SignInRow>('sign_in').where({ library }).first();
}

/** What the bridge has to know: a number a library that grows with everything it has to look at again. */
export async function signInMarks(database: Database): Promise<{ library: string; mark: number }[]> {
	const rows = await database<SignInRow>('sign_in').select('library', 'version', 'test');
	const marks = new Map((await catalogueNetworkMarks(database)).map(({ library, mark }) => [library, mark]));
	for (const { library, version, test } of rows)
		marks.set(library, Number(version) + test + (marks.get(library) ?? 0));
	return [...marks].map(([library, mark]) => ({ library, mark }));
}

/** Keeps settings over the version before; false when somebody else was faster. */
export async function keepSignIn(
	database: Database,
	row: { library: string; settings: SignInSettings; at: number; by: string },
): Promise<boolean> {
	const { library, settings, at, by } = row;
	const fields = {
		settings: JSON.stringify(settings),
		version: settings.version,
		changed_at: at,
		changed_by: by,
	};
	if (settings.version === 1) {
		const made = await database('sign_in')
			.insert({ library, ...fields })
			.onConflict('library')
			.ignore()
			.returning('library');
		return made.length === 1;
	}
	const changed = await database('sign_in')
		.where({ library, version: settings.version - 1 })
		.update(fields);
	return changed === 1;
}

/** Asks for one more self-test, which this operation waits for. */
export async function askForTest(database: Database, library: string, operation: string): Promise<void> {
	await database('sign_in').where({ library }).increment('test', 1).update({ test_operation: operation });
}

/** Keeps what came of a test. Answers with the operation that waited for it; null when the answer is not to the last asking. */
export async function keepReport(
	database: Database,
	report: SignInReport,
	at: number,
): Promise<string | null> {
	const rows = await database<SignInRow>('sign_in')
		.where({ library: report.library, test: report.test ?? -1 })
		.update({ report: JSON.stringify(report) as never, report_at: String(at) })
		.returning('test_operation');
	return rows[0]?.test_operation ?? null;
}

/** The public key that the bridge's secrets are sealed to; null before a bridge told its own. */
export async function bridgeBoxKey(database: Database): Promise<string | null> {
	const row = await database('role')
		.where({ kind: 'sso-bridge' })
		.whereNotNull('box_key')
		.orderBy('seen_at', 'desc')
		.first<{ box_key: string } | undefined>('box_key');
	return row?.box_key ?? null;
}

/** Keeps the key that a bridge told. */
export async function keepBoxKey(database: Database, role: string, key: string, now: number): Promise<void> {
	await database('role').where({ id: role }).update({ box_key: key, seen_at: now });
}

/** Keeps what the bridge found without being asked, about these settings; which asking was answered last stays as it is. False when other settings stand there. */
export async function keepUnasked(database: Database, report: SignInReport, at: number): Promise<boolean> {
	const kept = await database('sign_in')
		.where({ library: report.library, version: report.version })
		.update({
			report: database.raw(`?::jsonb || jsonb_build_object('test', coalesce((report->>'test')::int, 0))`, [
				JSON.stringify(report),
			]),
			report_at: at,
		});
	return kept === 1;
}
