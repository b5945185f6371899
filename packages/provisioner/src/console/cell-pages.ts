import { type Request, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { type ShownCell, shownCells } from '../services/cells.ts';
import { requireOfPlatform } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/cells`: what each cell may hold and holds, for whoever runs the platform. */
export function cellPages({
	context,
	show,
	tokenOf,
}: Pick<ConsoleKit, 'show' | 'tokenOf'> & { context: Context }): Router {
	const router = Router();
	router.get('/cells', async (request: Request, response: Response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		const cells = (await shownCells(context)).map(seenCell);
		show(request, response, 'cells', 'console.cells.title', { cells });
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
