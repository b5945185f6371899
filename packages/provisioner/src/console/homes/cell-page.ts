import { BadInput, NotFound, PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { asOne } from '../../services/as-one.ts';
import { configureCell, emptyCell, removeCell, shownCells } from '../../services/cells.ts';
import type { Services } from '../../services/services.ts';
import { FIRST_CELL } from '../../store/cells.ts';
import { isOnTheWay } from '../../store/on-the-way.ts';
import { isOfPlatform, requireOfPlatform } from '../allowed.ts';
import { seenCell } from '../cell-pages.ts';
import { type LiveKit, type LiveView, livePage } from '../live/live-page.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { listedHomes } from './listed-homes.ts';

/** What could not be done, and what was written to confirm it. */
interface Failed {
	readonly error?: PublicError;
	readonly confirm?: string;
}

/** What a cell can be told to take. */
const TAKES = ['any', 'shared', 'dedicated', 'none'] as const;

/** `/cells/{cell}`: what a cell holds, which homes it takes, and taking it away when nobody lives there any more; for whoever runs the platform. */
export function cellPage(
	kit: Omit<ConsoleKit, 'libraryOf'> & LiveKit & { readonly services: Services },
): Router {
	const { context, services, show, wordsOf, tokenOf } = kit;
	const router = Router();

	async function look(
		request: Request,
		response: Response,
		{ error, confirm = '' }: Failed = {},
	): Promise<LiveView> {
		const name = String(request.params.cell);
		const cell = (await shownCells(context)).find((one) => one.name === name);
		if (!cell) throw new NotFound();
		const t = wordsOf(request, response);
		const faults = (error?.faults ?? []).map(({ field }) => ({ field, text: t(`homes.fault.${field}`) }));
		const goesOn = await isOnTheWay(context.database, { cell: name });
		const data = {
			goesOn,
			...{ name, cell: seenCell(cell), confirm, faults, fault: faultsByField(faults) },
			...(await listedHomes(context, request, name)),
			// What is left there stands in the sentence, with names and a moment.
			refused: error && faults.length === 0 ? error.message : null,
			mayChange: isOfPlatform(tokenOf(response, false), 'keep'),
			closed: cell.takes === 'none',
			isFirst: name === FIRST_CELL,
			choices: TAKES.map((take) => ({
				...{ take, chosen: take === cell.takes },
				words: `console.cells.${take}`,
			})),
		};
		return {
			...{ view: 'cell', title: 'homes.cell', data, ended: !goesOn },
			...(error && { status: error.status }),
		};
	}

	async function page(request: Request, response: Response, failed: Failed): Promise<void> {
		const { view, title, data, status } = await look(request, response, failed);
		show(request, response, view, title, data, status);
	}

	livePage(router, '/cells/:cell', kit, async (request, response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		return look(request, response);
	});

	router.post('/cells/:cell', async (request, response) => {
		const token = tokenOf(response, true);
		requireOfPlatform(token, 'keep');
		const name = String(request.params.cell);
		const wanted = (request.body as { takes?: unknown }).takes;
		const takes = TAKES.find((one) => one === wanted);
		if (!takes) {
			const error = new BadInput('Choose.', [{ field: 'takes', text: 'Choose what it takes.' }]);
			return page(request, response, { error });
		}
		const subject = `/cells/${name}`;
		await asOne(context, { actor: token.name, act: 'changeCell', subject }, (inside) =>
			configureCell(inside, name, { takes }),
		);
		await services.sweep();
		response.redirect(303, subject);
	});

	router.post('/cells/:cell/remove', async (request, response) => {
		const token = tokenOf(response, true);
		requireOfPlatform(token, 'keep');
		const name = String(request.params.cell);
		const confirm = String((request.body as { confirm?: unknown }).confirm ?? '').trim();
		try {
			if (confirm !== name)
				throw new BadInput('Not confirmed.', [{ field: 'confirm', text: `Write ${name}.` }]);
			await emptyCell(context, name, token.name);
			await removeCell(context, name, token.name);
			context.closeCell?.(name);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500 || error.status === 404) throw error;
			return page(request, response, { error, confirm });
		}
		response.redirect(303, '/cells');
	});
	return router;
}
