import { NotFound } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import type { HomeSight } from '../../drivers/driver.ts';
import { conditionsOf } from '../../store/branches.ts';
import { newestKeys } from '../../store/home-keys.ts';
import { branchesInHome, homesWithNumbers } from '../../store/home-numbers.ts';
import { isOnTheWay } from '../../store/on-the-way.ts';
import { requireOfPlatform } from '../allowed.ts';
import { type LiveKit, livePage } from '../live/live-page.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { branchLine } from '../views.ts';
import { listedHomes, SHOWN, said } from './listed-homes.ts';
import { shownHome, shownKeys, shownSight } from './shown-home.ts';

/** For so long a cluster is asked how a home stands, in milliseconds; a page does not wait for one that is silent. */
const PATIENCE = 3_000;

/** `/homes` and `/homes/{home}`: what homes hold and how they stand, for whoever runs the platform. */
export function homePages(kit: Pick<ConsoleKit, 'context' | 'tokenOf'> & LiveKit): Router {
	const { context, tokenOf } = kit;
	const { database, driver } = context;
	const router = Router();

	livePage(router, '/homes', kit, async (request, response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		const listed = await listedHomes(context, request);
		// Where all are shown, one that is only being made for a branch is waited for, too.
		const isAll = !listed.begins && listed.next === null && said(request, 'after') === '';
		const goesOn = await isOnTheWay(database, isAll ? {} : { homes: listed.homes.map(({ name }) => name) });
		return { view: 'homes', title: 'homes.title', data: { ...listed, goesOn }, ended: !goesOn };
	});

	livePage(router, '/homes/:home', kit, async (request: Request, response: Response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		const name = String(request.params.home);
		const [home] = await homesWithNumbers(database, { name, limit: 1 });
		if (!home) throw new NotFound();
		const skip = Math.min(100_000, Math.max(0, Math.trunc(Number(said(request, 'skip'))) || 0));
		const rows = await branchesInHome(database, name, { skip, limit: SHOWN + 1 });
		const branches = rows.slice(0, SHOWN);
		const conditions = await conditionsOf(
			database,
			branches.map(({ id }) => id),
		);
		const { upgrader } = driver;
		const goesOn = await isOnTheWay(database, { homes: [name] });
		const data = {
			name,
			goesOn,
			home: shownHome(home),
			sight: shownSight(await inTime<HomeSight>(driver.observe(name), { state: 'Unknown', reason: '' })),
			keys: shownKeys((await newestKeys(database, [name])).get(name)),
			version: upgrader ? await inTime(upgrader.versionOf(name), null) : null,
			platform: upgrader?.version ?? null,
			branches: branches.map((row) => ({
				...branchLine(row, conditions.get(row.id) ?? []),
				library: row.library_slug,
			})),
			next: rows.length > SHOWN ? `/homes/${name}?skip=${skip + SHOWN}` : null,
		};
		return { view: 'home', title: 'homes.home', data, ended: !goesOn };
	});
	return router;
}

/** What is answered in time, or `otherwise`: also when the cluster says that it cannot tell. */
async function inTime<Answer>(asked: Promise<Answer>, otherwise: Answer): Promise<Answer> {
	const { promise, resolve } = Promise.withResolvers<Answer>();
	const late = setTimeout(() => resolve(otherwise), PATIENCE);
	asked.then(resolve, () => resolve(otherwise));
	return promise.finally(() => clearTimeout(late));
}
