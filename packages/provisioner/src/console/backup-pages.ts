import { NotFound, PublicError } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import { type Request, type Response, Router } from 'express';
import { askForBackup } from '../services/backups.ts';
import type { Services } from '../services/services.ts';
import { branchesOf, findBranch } from '../store/branches.ts';
import type { BackupRow, BranchRow, LibraryRow } from '../store/rows.ts';
import { copiesOf } from '../store/schedule.ts';
import { mayChange } from './allowed.ts';
import { shownFreshness } from './shown-freshness.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/libraries/{library}/backups`: how old the newest copy of each branch is, and making one now. */
export function backupPages(kit: ConsoleKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, libraryOf, tokenOf } = kit;
	const router = Router();
	const path = '/libraries/:library/backups';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		{ said, status }: { said?: string; status?: number } = {},
	): Promise<void> {
		const rows = (await branchesOf(context.database, library.id)).filter(isCopied);
		const ids = rows.map(({ id }) => id);
		const copies = await copiesOf(context.database, ids);
		const data = {
			name: library.name,
			library,
			said,
			schedule: library.backup_schedule,
			command: `understory library backups ${library.slug} --every 24 --keep 7,4,12`,
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
