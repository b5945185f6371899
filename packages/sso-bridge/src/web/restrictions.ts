import { languageOf } from '@understory/http/language.ts';
import { type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { restrictionsOf } from '../store/restrictions.ts';
import { type CardForm, noonOf } from './card-form.ts';
import { numberOf } from './panel.ts';
import type { SiteOf } from './site.ts';

/**
 * What the library's panel decided, for everybody, as a page and as JSON: a number, from when until when, under which rule, and whether it is over. Whom it is
 * about, why, and who of the panel agreed stand nowhere here.
 */
export function restrictionRoutes(context: Context, siteOf: SiteOf, form: CardForm): Router {
	const router = Router();

	async function published(response: Response) {
		const { library } = siteOf(response);
		const rows = await restrictionsOf(context.database, library.id, ['in_force', 'lifted', 'ended']);
		return rows.map((row) => ({
			number: numberOf(row),
			from: row.from_day,
			until: row.until_day,
			ground: row.ground,
			state: row.state,
		}));
	}

	router.get('/restrictions.json', async (_request, response) => {
		response.setHeader('cache-control', 'public, max-age=300');
		response.json({ library: siteOf(response).library.name, restrictions: await published(response) });
	});

	router.get('/restrictions', async (request, response) => {
		const { library } = siteOf(response);
		const language = languageOf(request, response);
		const rules = new Map<string, string | undefined>(
			(context.registers.registers.get(library.id)?.policies ?? []).flatMap(({ id, version, rules }) =>
				rules.map((rule) => [`${id}@${version}/${rule.id}`, rule.title[language] ?? rule.title.en] as const),
			),
		);
		const restrictions = (await published(response)).map((one) => ({
			...one,
			from: noonOf(one.from),
			until: noonOf(one.until),
			rule: rules.get(one.ground) ?? one.ground,
			state: `restriction.state.${one.state}`,
		}));
		form.show(request, response, {
			view: 'card/restrictions',
			title: 'restriction.public.title',
			data: { restrictions },
		});
	});
	return router;
}
