import { BadInput, PublicError } from '@understory/core/errors.ts';
import { isServed, mayBecome } from '@understory/core/stage.ts';
import { suspensionAt } from '@understory/core/suspension.ts';
import { faultsByField } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import { type Request, type Response, Router } from 'express';
import { askForBackup, askForRestore } from '../services/backups.ts';
import { cancelMove, moveBranch } from '../services/moving.ts';
import { shownReceipt } from '../services/receipts.ts';
import { renameBranch } from '../services/renaming.ts';
import { closeBranch, deleteBranch, retireBranch } from '../services/retiring.ts';
import { resumeBranch, suspendBranch } from '../services/suspension.ts';
import { backupsOf } from '../store/backups.ts';
import { listCells } from '../store/cells.ts';
import { historyOf } from '../store/history.ts';
import { MOVE_STATES, openMove } from '../store/moves.ts';
import { findOperation, openOperationsOf } from '../store/operations.ts';
import { receiptOf } from '../store/receipts.ts';
import { type BranchRow, HOME_KINDS, type HomeKind } from '../store/rows.ts';
import { isOfPlatform, mayChange } from './allowed.ts';
import { neighborsAsked } from './asked-neighbors.ts';
import { deedOf } from './deeds.ts';
import { hostingShown, nameHostByForm, waitByForm } from './hosting-part.ts';
import { shownOperation } from './operation-pages.ts';
import type { BranchKit, Found } from './settings-pages.ts';
import { shownFreshness } from './shown-freshness.ts';
import { shownPlace } from './shown-place.ts';
import type { ConsoleKit } from './sign-in-pages.ts';
import { successorShown } from './successor-part.ts';
import { branchFacts } from './views.ts';

/** How the state of a copy is called among those of operations. */
const STATE_OF = { underway: 'running', done: 'done', failed: 'failed' } as const;
/** For how many days the folder of a retired branch can be kept here; another time is chosen with the API. */
const DAYS = [30, 90, 180, 365] as const;
/** So many copies stand on the page. */
const BACKUPS_SHOWN = 20;
/** So many lines of history stand on the page. */
const SHOWN = 30;
/** For how long a branch can be suspended here, in hours; another time is chosen with the API. */
const HOURS = [1, 4, 24, 72, 168, 336] as const;

type Form = Readonly<Record<string, string | undefined>>;

/** `/libraries/{library}/branches/{branch}/life`: what happened to a branch, and what can be done with it. */
export function lifePages({
	context,
	services,
	show,
	wordsOf,
	tokenOf,
	branchOf,
}: BranchKit & Pick<ConsoleKit, 'wordsOf'>): Router {
	const router = Router();
	const path = '/libraries/:library/branches/:branch/life';

	async function page(
		request: Request,
		response: Response,
		{ library, branch }: Found,
		more: { form?: Form; error?: PublicError } = {},
	): Promise<void> {
		const { form = {}, error } = more;
		const t = wordsOf(request, response);
		const { maybe } = t;
		const faults =
			error === undefined ? [] : faultsOf(error).map(({ field, key }) => ({ field, text: t(key) }));
		const runs = isServed(branch.stage) && branch.stage !== 'retired';
		const copies = await backupsOf(context.database, branch.id, BACKUPS_SHOWN);
		const inWords = new Intl.DisplayNames([languageOf(request, response)], { type: 'language' });
		const data = {
			name: branch.name,
			library,
			facts: branchFacts(branch, []),
			mayChange: mayChange(tokenOf(response, false)),
			hosting: await hostingShown(
				context,
				{ library, branch },
				{ language: languageOf(request, response), form },
			),
			suspension: suspensionAt({ suspended: branch.suspension }, context.clock.now()),
			runs,
			mayClose: mayBecome(branch.stage, 'closing') && branch.stage !== 'closing',
			renaming: {
				may: branch.stage !== 'retired' && branch.successor === null,
				slug: form.slug ?? '',
				name: form.name ?? branch.name,
			},
			closing: branch.stage === 'closing',
			successor: await successorShown(context, { library, branch }, form.successor),
			asked: await neighborsAsked(context, { library, branch }),
			mayRetire: branch.stage !== 'retired' && mayBecome(branch.stage, 'retired'),
			retired: branch.retirement,
			receipt: (await receiptOf(context.database, branch.id)) ?? null,
			over: branch.retirement !== null && branch.retirement.until <= context.clock.now(),
			days: DAYS.map((days) => ({ days, chosen: String(days) === (form.days ?? '90') })),
			hours: HOURS.map((hours) => ({ hours, chosen: String(hours) === form.hours })),
			languages: library.languages.map((language) => ({
				id: `why_${language}`,
				language: inWords.of(language) ?? language,
				value: form[`why_${language}`] ?? '',
			})),
			home: runs && branch.place !== null ? { kind: branch.housing, name: branch.place } : null,
			moving: await moveShown(branch),
			homes: HOME_KINDS,
			cells: await cellsShown(response, form.cell),
			faults,
			bad: faultsByField(faults),
			underway: (await openOperationsOf(context.database, [library.id]))
				.filter((row) => row.branch === branch.id)
				.map((row) => shownOperation(row, maybe)),
			fresh: shownFreshness(library, branch, copies, context.clock.now()),
			backups: copies.map((row) => ({
				id: row.id,
				state: `life.state.${STATE_OF[row.state]}`,
				whole: row.state === 'done',
				made: row.facts?.made,
				verified: row.facts?.verified,
				megabytes: row.facts && Math.ceil(row.facts.bytes / 1_000_000),
				problem: row.message,
				lies: shownPlace(row),
			})),
			history: (await historyOf(context.database, { library, branch }, { limit: SHOWN })).map((line) => ({
				...line,
				what: deedOf(line.what, maybe),
				state: line.state && `life.state.${line.state}`,
			})),
		};
		show(request, response, 'branch-life', 'life.title', { ...data, parts: partsOf(data) }, error?.status);
	}

	/** Among which cells whoever runs the platform may choose; none where there is one only. */
	async function cellsShown(response: Response, typed = ''): Promise<{ name: string; chosen: boolean }[]> {
		const cells = isOfPlatform(tokenOf(response, false), 'keep') ? await listCells(context.database) : [];
		return cells.length > 1 ? cells.map(({ name }) => ({ name, chosen: name === typed })) : [];
	}

	/** How far a branch that moves has come; null for one that stays. */
	async function moveShown(branch: BranchRow): Promise<{ to: string; done: number; total: number } | null> {
		const move = await openMove(context.database, branch.id);
		const operation = move && (await findOperation(context.database, move.id));
		if (!operation) return null;
		return { to: move.to_place, done: operation.done, total: operation.total ?? MOVE_STATES.indexOf('held') };
	}

	/** Does something with the branch as an operation of that id, and shows the page anew; what cannot be done is said on it. */
	function doing(
		kind: string,
		run: (found: Found, form: Form, asked: { readonly id: string; readonly by: string }) => Promise<void>,
	) {
		router.post(`${path}/${kind}`, async (request, response) => {
			const found = await branchOf(request, response, true);
			const form = (request.body ?? {}) as Form;
			const asked = { id: context.randomId(), by: tokenOf(response, true).name };
			try {
				await run(found, form, asked);
			} catch (error) {
				if (!(error instanceof PublicError) || error.status >= 500) throw error;
				return page(request, response, found, { form, error });
			}
			await services.look([found.branch.id]);
			response.redirect(303, request.path.replace(/\/[^/]+$/, ''));
		});
	}

	router.get(path, async (request, response) => {
		await page(request, response, await branchOf(request, response));
	});
	router.get(`${path}/receipt`, async (request, response) => {
		const { branch } = await branchOf(request, response);
		const receipt = await shownReceipt(context, branch);
		response.attachment(`receipt-${branch.slug}.json`).json(receipt);
	});
	doing('suspend', async ({ library, branch }, form, asked) => {
		const hours = HOURS.find((known) => String(known) === form.hours) ?? Number.NaN;
		const until = context.clock.now() + hours * 3_600_000;
		const why = Object.fromEntries(
			library.languages.map((language) => [language, form[`why_${language}`]?.trim() ?? '']),
		);
		await suspendBranch(context, library, branch, { why, until }, asked);
	});
	doing('resume', ({ branch }, _form, asked) => resumeBranch(context, branch, asked));
	doing('host', (found, form, asked) => nameHostByForm(context, found, form, asked));
	doing('wait', (found, form, asked) => waitByForm(context, found, form, asked));
	doing('back_up', ({ branch }, _form, asked) => askForBackup(context, branch, asked));
	doing('restore', ({ branch }, { backup, sure }, asked) => {
		// Everything since the copy is given up: nobody does that by a slip.
		if (sure !== 'yes') throw new BadInput('Not sure.', [{ field: 'sure', text: 'Tick that you are sure.' }]);
		return askForRestore(context, branch, backup, asked);
	});
	doing('move', ({ branch }, { home, cell }, asked) =>
		moveBranch(context, branch, { home: kindIn(home), ...(cell && { cell }) }, asked),
	);
	doing('cancel_move', ({ branch }, _form, asked) => cancelMove(context, branch, asked));
	doing('rename', ({ library, branch }, { slug, name }, asked) =>
		renameBranch(context, library, branch, { slug: slug?.trim(), name }, asked),
	);
	doing('close', ({ branch }, { successor }, asked) => closeBranch(context, branch, successor, asked));
	doing('retire', ({ branch }, { confirm, days }, asked) =>
		retireBranch(context, branch, { confirm: confirm?.trim(), days: Number(days ?? 90) }, asked),
	);
	doing('delete', ({ branch }, { confirm }, asked) =>
		deleteBranch(context, branch, { confirm: confirm?.trim() }, asked),
	);
	return router;
}

/** What stands on the page, for whoever looks for one thing of many: places of it with their headings. */
function partsOf(data: {
	mayChange: boolean;
	suspension: unknown;
	runs: boolean;
	hosting: unknown;
	home: unknown;
	renaming: { may: boolean };
	mayClose: boolean;
	mayRetire: boolean;
}): { id: string; words: string }[] {
	const { mayChange: may, runs } = data;
	const parts: [string, unknown, string][] = [
		['suspending', runs && may && !data.suspension, 'life.suspend_title'],
		['hosting', data.hosting, 'life.hosting.title'],
		['backup', runs, 'life.backups'],
		['home', data.home, 'life.lives_in'],
		['renaming', may && data.renaming.may, 'life.rename.title'],
		['ending', may && data.mayClose, 'life.close_title'],
		['retiring', may && data.mayRetire, 'life.retire_title'],
		['history', true, 'life.history'],
	];
	const there = parts.filter(([, stands]) => stands).map(([id, , words]) => ({ id, words }));
	return there.length > 2 ? there : [];
}

function kindIn(text: string | undefined): HomeKind | undefined {
	return HOME_KINDS.find((kind) => kind === text);
}

/** Faults with a key of the words instead of the API's English. */
function faultsOf(error: PublicError): { field: string; key: string }[] {
	if (error.faults.length === 0) return [{ field: '', key: `life.fault.${error.code}` }];
	return error.faults.map(({ field }) => ({ field, key: `life.fault.${field}` }));
}
