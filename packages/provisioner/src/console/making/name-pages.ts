import { Conflict, PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { allows } from '../../access/permissions.ts';
import { createBodyChecker } from '../../api/body-checker.ts';
import { asOne } from '../../services/as-one.ts';
import { configureBranch } from '../../services/branches.ts';
import { beginOperation } from '../../services/operations.ts';
import { big } from '../../store/rows.ts';
import type { BranchKit, Found } from '../settings-pages.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { shownFaults } from './shown-faults.ts';
import { asSent, type Form, placeOf, placeTyped, textOf } from './typed-form.ts';

/** `/libraries/{library}/branches/{branch}/name-and-place`: what people call a branch, and where it is. */
export function namePages(kit: BranchKit & Pick<ConsoleKit, 'wordsOf'>): Router {
	const { context, services, show, wordsOf, tokenOf, branchOf } = kit;
	const router = Router();
	const path = '/libraries/:library/branches/:branch/name-and-place';
	const check = createBodyChecker()('BranchChange');

	function page(
		request: Request,
		response: Response,
		{ library, branch }: Found,
		{ form, error }: { form?: Form; error?: PublicError } = {},
	): void {
		const faults = shownFaults(error, 'place', wordsOf(request, response));
		const data = {
			name: branch.name,
			library,
			branch: { slug: branch.slug, origin: branch.stage === 'listed' ? null : branch.origin },
			written: form ? textOf(form, 'name') : branch.name,
			place: form ? placeTyped(form) : placeOf(branch),
			generation: form ? textOf(form, 'generation') : big(branch.generation),
			mayChange: allows(tokenOf(response, false).role, 'set_branch'),
			faults,
			bad: faultsByField(faults),
			meanwhile: error !== undefined && faults.length === 0,
		};
		const title = error ? 'making.place.title_error' : 'making.place.title';
		show(request, response, 'branch-name', title, data, error?.status);
	}

	router.get(path, async (request, response) => {
		page(request, response, await branchOf(request, response));
	});

	router.post(path, async (request, response) => {
		const found = await branchOf(request, response, true);
		const { library, branch } = found;
		const form = (request.body ?? {}) as Form;
		const by = tokenOf(response, true).name;
		const subject = `/libraries/${library.slug}/branches/${branch.slug}`;
		try {
			if (textOf(form, 'generation') !== String(big(branch.generation)))
				throw new Conflict('Somebody changed this branch meanwhile.', 'generation');
			const wanted = { name: textOf(form, 'name'), ...asSent(placeTyped(form)) };
			check(wanted);
			const line = { actor: by, act: 'changeBranch', subject };
			const operation = await asOne(context, line, async (inside) => {
				await configureBranch(inside, branch, wanted, by);
				const about = { kind: 'configure', library: library.id, branch: branch.id, by };
				return beginOperation(inside, about);
			});
			await services.look([branch.id]);
			response.redirect(303, `/operations/${operation}`);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			page(request, response, found, { form, error });
		}
	});
	return router;
}
