import { BadInput, Conflict, Malformed, NotFound, Unavailable } from '@understory/core/errors.ts';
import { sealTo } from '@understory/core/sealed-box.ts';
import {
	KEPT_SECRET,
	type SignInDocument,
	type SignInReport,
	signInAbout,
} from '@understory/core/sign-in-document.ts';
import { faultsOfSignIn } from '@understory/core/sign-in-faults.ts';
import { mapSecrets } from '@understory/core/sign-in-secrets.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { digestDocument, signDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { catalogueNetworks } from '../store/catalogue-networks.ts';
import { endOperation } from '../store/operations.ts';
import { big, type LibraryRow } from '../store/rows.ts';
import {
	askForTest,
	bridgeBoxKey,
	findSignIn,
	keepReport,
	keepSignIn,
	keepUnasked,
	type SignInRow,
} from '../store/sign-in.ts';
import { beginOperation } from './operations.ts';

/** How a library signs people in, as it may be shown: no secret, only that there is one. */
export interface ShownSignIn {
	readonly settings: SignInSettings;
	readonly changed_at: number;
	readonly changed_by: string;
	/** The last self-test that was answered. */
	readonly report: (SignInReport & { readonly at: number }) | null;
}

/** The settings of a library. Throws `NotFound` while there are none. */
export async function shownSignIn(context: Context, library: LibraryRow): Promise<ShownSignIn> {
	const row = await findSignIn(context.database, library.id);
	if (!row) throw new NotFound(`Nobody has said yet how ${library.name} checks its cards.`);
	return {
		settings: mapSecrets(row.settings, () => KEPT_SECRET),
		changed_at: big(row.changed_at),
		changed_by: row.changed_by,
		report: row.report && { ...row.report, at: Number(row.report_at) },
	};
}

/**
 * Keeps new settings, which are of the schema. `version` is one more than the one that was read, 1 for the first: `Conflict` when somebody changed them
 * since.
 * A secret is sealed to the bridge at once, so that from then on nobody here can read it; `KEPT_SECRET` leaves the one that stands there. Throws
 * `BadInput` with every fault, and `Unavailable` while no bridge has told its key.
 */
export async function changeSignIn(
	context: Context,
	library: LibraryRow,
	wanted: SignInSettings,
	by: string,
): Promise<ShownSignIn> {
	const faults = faultsOfSignIn(wanted);
	if (faults.length > 0) throw new BadInput('These settings cannot work as they stand.', faults);
	const known = await findSignIn(context.database, library.id);
	if (wanted.version !== (known ? big(known.version) : 0) + 1) {
		throw new Conflict(
			'Somebody changed these settings meanwhile. Look at them again before you change them.',
			'changed',
		);
	}
	const settings = await sealed(context, library.id, wanted, known);
	if (settings.state === 'live' && known?.settings.state !== 'live' && !wasTried(known, settings)) {
		throw new BadInput('Nobody goes live with what was not tried.', [
			{ field: 'state', text: 'Going live needs a self-test that passed, of exactly these settings.' },
		]);
	}
	const row = {
		library: library.id,
		settings,
		at: context.clock.now(),
		by,
	};
	if (!(await keepSignIn(context.database, row))) {
		throw new Conflict(
			'Somebody changed these settings meanwhile. Look at them again before you change them.',
			'changed',
		);
	}
	return shownSignIn(context, library);
}

async function sealed(
	context: Context,
	library: string,
	wanted: SignInSettings,
	known: SignInRow | undefined,
): Promise<SignInSettings> {
	const kept = new Map<string, string>();
	// A secret belongs to the place it was given for: for another kind of connection, or another host, it is asked for anew.
	if (known) {
		mapSecrets(known.settings, (path, secret) => {
			kept.set(placeOf(known.settings, path), secret);
			return secret;
		});
	}
	const key = await bridgeBoxKey(context.database);
	const missing: string[] = [];
	const settings = mapSecrets(wanted, (path, secret) => {
		if (secret === KEPT_SECRET) {
			const before = kept.get(placeOf(wanted, path));
			if (before === undefined) missing.push(path);
			return before ?? secret;
		}
		if (key === null) {
			throw new Unavailable(
				'The sign-in role has not told its key yet. Try again in a moment.',
				'no_bridge',
				{
					retryAfter: 10,
				},
			);
		}
		return sealTo(key, signInAbout(library), secret);
	});
	if (missing.length > 0) {
		const faults = missing.map((field) => ({
			field,
			text: 'Give this secret anew: there is none to keep for what stands here now.',
		}));
		throw new BadInput('A secret is missing.', faults);
	}
	return settings;
}

/** Did the last self-test pass, and was it of the same settings but for their state? */
function wasTried(known: SignInRow | undefined, now: SignInSettings): boolean {
	if (!known?.report?.ok || known.report.version !== big(known.version)) return false;
	const bare = (settings: SignInSettings) => digestDocument({ ...settings, state: null, version: null });
	return bare(known.settings) === bare(now);
}

/**
 * Where a secret goes, and what it is there. A kept one goes nowhere else, or whoever may change an address could have it sent to themselves. Those of another
 * way in go to its provider, whatever its number in the list; all others to the catalogue.
 */
function placeOf({ connector, elsewhere }: SignInSettings, path: string): string {
	const [, number, part] = /^elsewhere\.ways\.(\d+)\.(.+)$/.exec(path) ?? [];
	const way = number === undefined ? undefined : elsewhere?.ways[Number(number)];
	if (way) {
		const { issuer = null, endpoints = null } = way.kind === 'oidc' ? way : {};
		return JSON.stringify([way.kind, way.id, issuer, endpoints, part]);
	}
	const { kind, host, port, url } = connector as {
		kind: string;
		host?: string;
		port?: number;
		url?: string;
	};
	return JSON.stringify([kind, host, port, url && new URL(url).origin, path]);
}

/** Asks the bridge to try the settings; the operation ends with what it found. Throws `NotFound` while there are none. */
export async function testSignIn(context: Context, library: LibraryRow, by: string): Promise<string> {
	const row = await findSignIn(context.database, library.id);
	if (!row) throw new NotFound(`Nobody has said yet how ${library.name} checks its cards.`);
	return context.database.transaction(async (transaction) => {
		if (row.test_operation) {
			const problem = {
				title: 'Another self-test was asked for before this one was answered.',
				code: 'asked_again',
			};
			await endOperation(transaction, row.test_operation, { state: 'failed', problem }, context.clock.now());
		}
		const about = { kind: 'sign_in_test', library: library.id, branch: null, by, total: 1 };
		const id = await beginOperation({ ...context, database: transaction }, about);
		await askForTest(transaction, library.id, id);
		return id;
	});
}

/** What the bridge pulls: the settings of one library and the networks it was allowed, signed. */
export async function signInDocument(context: Context, library: string): Promise<object> {
	const row = await findSignIn(context.database, library);
	const networks = await catalogueNetworks(context.database, library);
	const document: SignInDocument = {
		type: 'understory/sign-in/v1',
		library,
		settings: row?.settings ?? null,
		networks: networks.map(({ cidr, port }) => ({ cidr, port })),
		test: row?.test ?? 0,
		answered: row?.report?.test ?? 0,
		issued: context.clock.now(),
	};
	return signDocument(document, context.platformKey);
}

/**
 * Takes what the bridge found, by a test that was asked for or by a canary that was accepted where it must not be: then it has switched the catalogue off already, and library
 * IT reads it with the settings.
 */
export async function takeReport(context: Context, body: unknown): Promise<void> {
	const report = readReport(body);
	const now = context.clock.now();
	await context.database.transaction(async (transaction) => {
		const subject = `/libraries/${report.library}/sign-in`;
		if (report.test === null) {
			const kept = await keepUnasked(transaction, report, now);
			if (kept) await addAudit(transaction, { at: now, actor: 'sso-bridge', act: 'switchedOff', subject });
			return;
		}
		const operation = await keepReport(transaction, report, now);
		if (!operation) return;
		const failed = report.steps.find(({ outcome }) => outcome === 'failed');
		const problem = {
			title: `The self-test failed at: ${failed?.step ?? 'unknown'}.`,
			code: failed?.why ?? 'failed',
		};
		const end = report.ok
			? { state: 'done' as const, result: report }
			: { state: 'failed' as const, result: report, problem };
		await endOperation(transaction, operation, end, now);
		await addAudit(transaction, {
			at: now,
			actor: 'sso-bridge',
			act: report.ok ? 'signInTestPassed' : 'signInTestFailed',
			subject,
		});
	});
}

const WORD = /^[a-z][a-z_]{0,39}$/;

function readReport(body: unknown): SignInReport {
	const report = (body ?? {}) as SignInReport;
	const { library, test, version, ok, steps } = report;
	const inForm =
		/^[0-9a-f-]{36}$/.test(String(library)) &&
		[test ?? 0, version].every((number) => Number.isSafeInteger(number) && number >= 0) &&
		typeof ok === 'boolean' &&
		Array.isArray(steps) &&
		steps.length <= 50 &&
		steps.every(
			(one) =>
				WORD.test(String(one?.step)) &&
				['passed', 'failed', 'skipped'].includes(one.outcome) &&
				(one.why === null || WORD.test(String(one.why))) &&
				Number.isFinite(one.milliseconds),
		);
	if (!inForm) throw new Malformed('This is not a report of a self-test.');
	return {
		library,
		test,
		version,
		ok,
		steps: steps.map(({ step, outcome, why, milliseconds }) => ({
			step,
			outcome,
			why,
			milliseconds: Math.round(milliseconds),
		})),
	};
}
