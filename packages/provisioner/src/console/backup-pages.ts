import { NotFound, PublicError } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import type { BackupSchedule } from '../schedule/backup-schedule.ts';
import { keepBackupSchedule } from '../services/backup-schedule.ts';
import { askForBackup } from '../services/backups.ts';
import type { Services } from '../services/services.ts';
import { branchesOf, findBranch } from '../store/branches.ts';
import type { BackupRow, BranchRow, LibraryRow } from '../store/rows.ts';
import { copiesOf } from '../store/schedule.ts';
import { mayChange } from './allowed.ts';
import { scheduleIn, type TypedSchedule, typedSchedule } from './schedule-form.ts';
import { shownFreshness } from './shown-freshness.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/libraries/{library}/backups`: how old the newest copy of each branch is, making one now, and how often they are made by themselves. */
export function backupPages(kit: ConsoleKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, libraryOf, tokenOf } = kit;
	const router = Router();
	const path = '/libraries/:library/backups';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { said?: string; status?: number; typed?: TypedSchedule; error?: PublicError } = {},
	): Promise<void> {
		const { said, typed, error, status = error?.status } = more;
		const t = wordsOf(request, response);
		const faults = (error?.faults ?? []).map(({ field }) => {
			const name = field.replace('backup_schedule.', '');
			return { field: name, text: t(`backups.fault.${name}`) };
		});
		const rows = (await branchesOf(context.database, library.id)).filter(isCopied);
		const ids = rows.map(({ id }) => id);
		const copies = await copiesOf(context.database, ids);
		const data = {
			name: library.name,
			library,
			said,
			schedule: library.backup_schedule,
			...{ faults, bad: faultsByField(faults) },
			typed: typed ?? typedSchedule(library.backup_schedule),
			mayChange: mayChange(tokenOf(response, false)),
			branches: rows.map((branch) => shownBackup(library, branch, copies.get(branch.id) ?? [])),
		};
		show(request, response, 'backups', 'backups.title', data, status);
	}

	function shownBackup(library: LibraryRow, branch: BranchRow, copies: readonly BackupRow[]) {
		const newest = copies.find(({ state, facts }) => state === 'done' && facts !== null)?.facts;
		return {
			...{
				slug: branch.slug,
				name: branch.name,
				copies: copies.filter(({ state }) => state === 'done').length,
			},
			fresh: shownFreshness(library, branch, copies, context.clock.now()),
			made: newest?.made ?? null,
			megabytes: newest ? Math.ceil(newest.bytes / 1_000_000) : null,
			underway: copies.some(({ state }) => state === 'underway'),
		};
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
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
