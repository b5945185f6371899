import { Router } from 'express';
import { type ShownCell, shownCells } from '../services/cells.ts';
import { isOnTheWay } from '../store/on-the-way.ts';
import { requireOfPlatform } from './allowed.ts';
import { type LiveKit, livePage } from './live/live-page.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/cells`: what each cell may hold and holds, for whoever runs the platform. */
export function cellPages(kit: Pick<ConsoleKit, 'context' | 'tokenOf'> & LiveKit): Router {
	const { context, tokenOf } = kit;
	const router = Router();
	livePage(router, '/cells', kit, async (_request, response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		const cells = (await shownCells(context)).map(seenCell);
		const goesOn = await isOnTheWay(context.database);
		return { view: 'cells', title: 'console.cells.title', data: { cells, goesOn }, ended: !goesOn };
	});
	return router;
}

/** A cell as its row of the table. */
export function seenCell(cell: ShownCell) {
	const { homes, branches, most_homes, most_branches, libraries } = cell;
	return {
		...cell,
		full:
			(most_homes !== null && homes >= most_homes) || (most_branches !== null && branches >= most_branches),
		limitless: { homes: most_homes === null, branches: most_branches === null },
		closed: cell.takes === 'none',
		takes: `console.cells.${cell.takes}`,
		only: libraries.join(', '),
	};
}
