import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { keepUpgradeHours } from '../../services/upgrade-hours.ts';
import type { LibraryRow } from '../../store/rows.ts';
import { mayChange } from '../allowed.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { hoursIn, type TypedHours } from './typed-hours.ts';

/** `/libraries/{library}/upgrade-hours`: in which hours of its own time the homes of a library may be upgraded. */
export function upgradeHoursPage({ context, show, wordsOf, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const path = '/libraries/:library/upgrade-hours';

	function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		{ typed, error }: { typed?: TypedHours; error?: PublicError } = {},
	): void {
		const t = wordsOf(request, response);
		const faults = (error?.faults ?? []).map(({ field }) => ({ field, text: t(`upgrades.fault.${field}`) }));
		const hours = library.upgrade_hours;
		const data = {
			...{ name: library.name, library, hours, faults, bad: faultsByField(faults) },
			typed: typed ?? hours ?? {},
			mayChange: mayChange(tokenOf(response, false)),
		};
		show(request, response, 'upgrade-hours', 'upgrades.own.title', data, error?.status);
	}

	router.get(path, async (request, response) => {
		page(request, response, await libraryOf(request, response));
	});
	router.post(path, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const typed = (request.body ?? {}) as TypedHours;
		try {
			await keepUpgradeHours(context, library, hoursIn(typed), tokenOf(response, true).name);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			return page(request, response, library, { typed, error });
		}
		response.redirect(303, `/libraries/${library.slug}/upgrade-hours`);
	});
	return router;
}
