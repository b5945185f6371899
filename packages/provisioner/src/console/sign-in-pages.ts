import { PublicError } from '@understory/core/errors.ts';
import { SIGN_IN_FINDINGS, SIGN_IN_REASONS, SIGN_IN_STEPS } from '@understory/core/sign-in-reasons.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { type Request, type Response, Router } from 'express';
import { createBodyChecker } from '../api/body-checker.ts';
import type { Context } from '../context.ts';
import { changeSignIn, type ShownSignIn, shownSignIn, testSignIn } from '../services/sign-in.ts';
import type { TokenRow } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';
import { CONNECTOR_KINDS } from './connector-form.ts';
import type { Wording } from './connector-words.ts';

/** What the console lends to its pages. */
export interface ConsoleKit {
	readonly context: Context;
	show(
		request: Request,
		response: Response,
		view: string,
		title: string,
		data: object,
		status?: number,
	): void;
	/** Our words in the reader's language. */
	wordsOf(request: Request, response: Response): Wording;
	libraryOf(request: Request, response: Response, changing?: boolean): Promise<LibraryRow>;
	tokenOf(response: Response, changing: boolean): TokenRow;
}

/** `/libraries/{library}/sign-in`: how a library checks its cards, trying it, and switching it on. */
export function signInPages({ context, show, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const check = createBodyChecker()('SignInSettings');

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: string; faults?: readonly object[]; status?: number } = {},
	): Promise<void> {
		const shown = await shownOrNull(context, library);
		const { version = 0, ...settings } = shown?.settings ?? {};
		const text = more.typed ?? (shown ? JSON.stringify(settings, null, '	') : '');
		const data = {
			name: library.name,
			library,
			shown: shown && standingOf(shown),
			report: shown?.report && reportOf(shown),
			off: shown?.report && isOff(shown) ? shown.report.at : null,
			text,
			version,
			kinds: CONNECTOR_KINDS.map((kind) => ({ kind, label: `console.sign_in_settings.kind.${kind}` })),
			faults: more.faults,
		};
		show(request, response, 'sign-in-settings', 'console.sign_in_settings.title', data, more.status);
	}

	async function keep(
		request: Request,
		response: Response,
		read: (shown: ShownSignIn | null) => unknown,
	): Promise<void> {
		const library = await libraryOf(request, response, true);
		const typed = String((request.body as { settings?: unknown }).settings ?? '');
		try {
			const wanted = read(await shownOrNull(context, library));
			check(wanted);
			await changeSignIn(context, library, wanted as SignInSettings, tokenOf(response, true).name);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const faults = error.faults.length > 0 ? error.faults : [{ field: '', text: error.message }];
			return page(request, response, library, { ...(typed ? { typed } : {}), faults, status: error.status });
		}
		response.redirect(303, `/libraries/${library.slug}/sign-in`);
	}

	router.get('/libraries/:library/sign-in', async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post('/libraries/:library/sign-in', async (request, response) => {
		await keep(request, response, () => parse(request));
	});
	router.post('/libraries/:library/sign-in/state', async (request, response) => {
		const { state } = request.body as { state?: unknown };
		await keep(request, response, (shown) => ({
			...shown?.settings,
			version: (shown?.settings.version ?? 0) + 1,
			state,
		}));
	});
	router.post('/libraries/:library/sign-in/test', async (request, response) => {
		const library = await libraryOf(request, response, true);
		await testSignIn(context, library, tokenOf(response, true).name);
		response.redirect(303, `/libraries/${library.slug}/sign-in`);
	});
	return router;
}

/** What was typed, as the version after the one that this person saw. */
function parse(request: Request): unknown {
	const { settings, version } = request.body as { settings?: unknown; version?: unknown };
	try {
		return { ...(JSON.parse(String(settings)) as object), version: Number(version) + 1 };
	} catch (error) {
		// The parser says where, and quotes no more than a few signs.
		const where =
			/position \d+|line \d+ column \d+/.exec((error as Error).message)?.[0] ?? 'an unknown place';
		throw new PublicError(422, 'not_json', `This is not JSON: it breaks off at ${where}.`);
	}
}

/** The settings as they are shown; null while there are none. */
export async function shownOrNull(context: Context, library: LibraryRow): Promise<ShownSignIn | null> {
	return shownSignIn(context, library).catch((error: unknown) => {
		if (error instanceof PublicError && error.status === 404) return null;
		throw error;
	});
}

function standingOf({ settings, changed_at, changed_by, report }: ShownSignIn) {
	const { state, connector, version } = settings;
	const tested = report?.version === version ? (report.ok ? 'good' : 'stop') : 'wait';
	return {
		version,
		changed_at,
		changed_by,
		kind: `console.sign_in_settings.kind.${connector.kind}`,
		state: `console.sign_in_settings.state.${state}`,
		standing: state === 'live' ? 'good' : 'wait',
		tested,
		tested_label: `console.sign_in_settings.tested.${tested}`,
		others: (['draft', 'test', 'live'] as const)
			.filter((one) => one !== state)
			.map((one) => ({ state: one, label: `console.sign_in_settings.to.${one}` })),
	};
}

const WHYS = [...SIGN_IN_REASONS, ...SIGN_IN_FINDINGS] as const;

/** A bridge that is newer than we are may say words that we have no sentence for. */
function isKnown(words: readonly string[], word: string | null): boolean {
	return word !== null && words.includes(word);
}

/** Does the bridge ask nobody's card now, because the catalogue said yes where it must not? */
function isOff({ settings, report }: ShownSignIn): boolean {
	return (
		settings.state === 'live' &&
		report?.version === settings.version &&
		report.steps.some(({ outcome, why }) => outcome === 'failed' && why === 'accepted')
	);
}

function reportOf({ report }: ShownSignIn) {
	return {
		at: report!.at,
		steps: report!.steps.map(({ step, outcome, why, milliseconds }) => ({
			step: isKnown(SIGN_IN_STEPS, step) ? `console.sign_in_settings.step.${step}` : null,
			word: step.replaceAll('_', ' '),
			kind: outcome === 'passed' ? 'good' : outcome === 'failed' ? 'stop' : 'wait',
			label: `console.sign_in_settings.outcome.${outcome}`,
			why: isKnown(WHYS, why) ? `console.sign_in_settings.why.${why}` : null,
			reason: why?.replaceAll('_', ' ') ?? null,
			milliseconds,
		})),
	};
}
