import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { asOne } from '../services/as-one.ts';
import { addCell, type ShownCell, shownCells, tryCell, type WantedCell } from '../services/cells.ts';
import type { Services } from '../services/services.ts';
import { isOnTheWay } from '../store/on-the-way.ts';
import { isOfPlatform, requireOfPlatform } from './allowed.ts';
import { type LiveKit, type LiveView, livePage } from './live/live-page.ts';
import { type Form, textOf } from './making/typed-form.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/cells`: what each cell may hold and holds, and adding one, for whoever runs the platform. */
export function cellPages(
	kit: Omit<ConsoleKit, 'libraryOf'> & LiveKit & { readonly services: Services },
): Router {
	const { context, services, show, wordsOf, tokenOf } = kit;
	const router = Router();

	async function look(
		request: Request,
		response: Response,
		{ form, error }: { form?: Form; error?: PublicError } = {},
	): Promise<LiveView> {
		const t = wordsOf(request, response);
		const cells = (await shownCells(context)).map(seenCell);
		const goesOn = await isOnTheWay(context.database);
		const faults = (error?.faults ?? []).map(({ field }) => ({
			field,
			text: t(`console.cells.fault.${field}`),
		}));
		const data = {
			...{ cells, goesOn, form, faults, bad: faultsByField(faults) },
			// What is wrong with its cluster stands in the sentence, with names.
			refused: error && faults.length === 0 ? error.message : null,
			// On one machine there is one cell.
			adds: context.openCell !== undefined && isOfPlatform(tokenOf(response, false), 'keep'),
		};
		return { view: 'cells', title: 'console.cells.title', data, ended: !goesOn };
	}

	livePage(router, '/cells', kit, async (request, response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		return look(request, response);
	});

	router.post('/cells', async (request, response) => {
		const token = tokenOf(response, true);
		requireOfPlatform(token, 'keep');
		const form = (request.body ?? {}) as Form;
		const wanted = wantedOf(form);
		try {
			// Its cluster is asked before anything is written.
			await tryCell(context, wanted);
			const line = { actor: token.name, act: 'addCell', subject: '/cells' };
			const { name } = await asOne(context, line, (inside) => addCell(inside, wanted));
			await services.cellsChanged();
			response.redirect(303, `/cells/${name}`);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const { view, title, data } = await look(request, response, { form, error });
			show(request, response, view, title, data, error.status);
		}
	});
	return router;
}

/** Reads the form: what is left empty is as usual, and what is no number is left for the check to say so. */
function wantedOf(form: Form): Partial<WantedCell> {
	const most = textOf(form, 'most_homes');
	return {
		name: textOf(form, 'name'),
		libraries: textOf(form, 'libraries')
			.split(/[\s,]+/)
			.filter(Boolean),
		...(most !== '' && { most_homes: /^\d{1,9}$/.test(most) ? Number(most) : Number.NaN }),
	};
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
