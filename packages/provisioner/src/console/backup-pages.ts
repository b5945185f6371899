import { NotFound, PublicError } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import type { BackupSchedule } from '../schedule/backup-schedule.ts';
import { keepBackupSchedule } from '../services/backup-schedule.ts';
import { askForBackup } from '../services/backups.ts';
import type { Services } from '../services/services.ts';
import { branchesOf, findBranch } from '../store/branches.ts';
import { operationsById } from '../store/operations.ts';
import type { BackupRow, BranchRow, LibraryRow, OperationRow } from '../store/rows.ts';
import { copiesOf } from '../store/schedule.ts';
import { mayChange } from './allowed.ts';
import { type LiveKit, type LiveView, livePage } from './live/live-page.ts';
import { scheduleIn, type TypedSchedule, typedSchedule } from './schedule-form.ts';
import { shownFreshness } from './shown-freshness.ts';
import { shownPlace } from './shown-place.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** What was filled in, and what came of it. */
interface More {
	readonly said?: string;
	readonly status?: number;
	readonly typed?: TypedSchedule;
	readonly error?: PublicError;
}

/** `/libraries/{library}/backups`: how old the newest copy of each branch is, making one now, and how often they are made by themselves. */
export function backupPages(kit: ConsoleKit & LiveKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, libraryOf, tokenOf } = kit;
	const router = Router();
	const path = '/libraries/:library/backups';

	async function look(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: More = {},
	): Promise<LiveView> {
		const { said, typed, error, status = error?.status } = more;
		const t = wordsOf(request, response);
		const faults = (error?.faults ?? []).map(({ field }) => {
			const name = field.replace('backup_schedule.', '');
			return { field: name, text: t(`backups.fault.${name}`) };
		});
		const rows = (await branchesOf(context.database, library.id)).filter(isCopied);
		const ids = rows.map(({ id }) => id);
		const copies = await copiesOf(context.database, ids);
		const underway = [...copies.values()].flat().filter(({ state }) => state === 'underway');
		const steps = await operationsById(
			context.database,
			underway.map(({ id }) => id),
		);
		const data = {
			name: library.name,
			library,
			said,
			underway: underway.length,
			schedule: library.backup_schedule,
			...{ faults, bad: faultsByField(faults) },
			typed: typed ?? typedSchedule(library.backup_schedule),
			mayChange: mayChange(tokenOf(response, false)),
			branches: rows.map((branch) =>
				shownBackup(library, branch, { copies: copies.get(branch.id) ?? [], steps }),
			),
		};
		return {
			...{ view: 'backups', title: 'backups.title', data, ended: underway.length === 0 },
			...(status && { status }),
		};
	}

	/** What a form comes to. */
	async function page(request: Request, response: Response, library: LibraryRow, more: More): Promise<void> {
		const { view, title, data, status } = await look(request, response, library, more);
		show(request, response, view, title, data, status);
	}

	function shownBackup(
		library: LibraryRow,
		branch: BranchRow,
		{ copies, steps }: { copies: readonly BackupRow[]; steps: ReadonlyMap<string, OperationRow> },
	) {
		const step = copies.flatMap(({ id, state }) => (state === 'underway' ? (steps.get(id) ?? []) : []))[0];
		const row = copies.find(({ state, facts }) => state === 'done' && facts !== null);
		const newest = row?.facts;
		return {
			...{
				slug: branch.slug,
				name: branch.name,
				copies: copies.filter(({ state }) => state === 'done').length,
			},
			fresh: shownFreshness(library, branch, copies, context.clock.now()),
			made: newest?.made ?? null,
			lies: row ? shownPlace(row) : null,
			megabytes: newest ? Math.ceil(newest.bytes / 1_000_000) : null,
			underway: copies.some(({ state }) => state === 'underway'),
			...(step && { operation: step.id, done: step.done, total: step.total, counted: Boolean(step.total) }),
		};
	}

	livePage(router, path, kit, async (request, response) =>
		look(request, response, await libraryOf(request, response)),
	);
	/** Not below the page itself, where the names of branches stand. */
	async function setting(
		request: Request,
		response: Response,
		read: (typed: TypedSchedule) => BackupSchedule | null,
	): Promise<void> {
		const library = await libraryOf(request, response, true);
		const typed = (request.body ?? {}) as TypedSchedule;
		try {
			await keepBackupSchedule(context, library, read(typed), tokenOf(response, true).name);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			return page(request, response, library, { typed, error });
		}
		await services.libraryChanged(library.id, { resend: true });
		response.redirect(303, `/libraries/${library.slug}/backups`);
	}
	router.post('/libraries/:library/backup-schedule', (request, response) =>
		setting(request, response, scheduleIn),
	);
	router.post('/libraries/:library/backup-schedule/end', (request, response) =>
		setting(request, response, () => null),
	);

	router.post(`${path}/:branch`, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const branch = await findBranch(context.database, library.id, String(request.params.branch));
		if (!branch) throw new NotFound();
		const asked = { id: context.randomId(), by: tokenOf(response, true).name };
		try {
			await askForBackup(context, branch, asked);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const t = wordsOf(request, response);
			const said = `${branch.name}: ${t.maybe(`life.fault.${error.code}`) ?? error.message}`;
			return page(request, response, library, { said, status: error.status });
		}
		await services.look([branch.id]);
		response.redirect(303, `/operations/${asked.id}`);
	});
	return router;
}

/** Branches that have a folder. */
function isCopied({ stage, home, retirement }: BranchRow): boolean {
	return isServed(stage) && home !== null && retirement?.deleted === undefined;
}
