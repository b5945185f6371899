import { BadInput, Conflict, type Fault, PublicError } from '@understory/core/errors.ts';
import { FEDERATION_MODES } from '@understory/core/register.ts';
import { type Request, type Response, Router } from 'express';
import { allows } from '../access/permissions.ts';
import { asOne } from '../services/as-one.ts';
import { type BranchChange, configureBranch } from '../services/branches.ts';
import { beginOperation } from '../services/operations.ts';
import type { Services } from '../services/services.ts';
import { auditOf } from '../store/access.ts';
import { subjectOf } from '../store/branches.ts';
import { type BranchRow, big, type LibraryRow } from '../store/rows.ts';
import type { ConsoleKit } from './sign-in-pages.ts';
import { branchFacts } from './views.ts';

/** A branch that a page is about. */
export interface Found {
	readonly library: LibraryRow;
	readonly branch: BranchRow;
}

/** What the console lends besides to the pages of one branch. */
export interface BranchKit extends Pick<ConsoleKit, 'context' | 'show' | 'tokenOf'> {
	readonly services: Services;
	branchOf(request: Request, response: Response, changing?: boolean): Promise<Found>;
}

/** So many changes stand on the page, of so many acts on the branch that are looked through. */
const SHOWN = 10;
const LOOKED_AT = 200;
/** The acts that change what is set here; the others are in the branch's history. */
const SETTING = /^(?:federation|teens|publishes)_/;
const TEENS = ['no', 'yes'] as const;

/** `/libraries/{library}/branches/{branch}/settings`: with whom a branch exchanges posts, and whether its teens post for everyone. */
export function settingsPages({ context, services, show, tokenOf, branchOf }: BranchKit): Router {
	const router = Router();
	const path = '/libraries/:library/branches/:branch/settings';

	async function page(
		request: Request,
		response: Response,
		{ library, branch }: Found,
		more: {
			typed?: Record<string, unknown>;
			faults?: readonly { readonly field: string; readonly key: string }[];
			status?: number;
		} = {},
	): Promise<void> {
		const { typed, faults = [], status } = more;
		const federation = typed?.federation ?? branch.federation;
		const teens = typed?.teens ?? (branch.teens_public ? 'yes' : 'no');
		const acts = await auditOf(context.database, subjectOf(branch), LOOKED_AT);
		const changes = acts.filter(({ act }) => SETTING.test(act)).slice(0, SHOWN);
		const data = {
			name: branch.name,
			library,
			facts: branchFacts(branch, []),
			generation: typed?.generation ?? big(branch.generation),
			modes: FEDERATION_MODES.map((mode) => choice('federation', mode, federation)),
			teens: TEENS.map((answer) => choice('teens', answer, teens)),
			mayChange: allows(tokenOf(response, false).role, 'set_branch'),
			done: request.method === 'GET' && request.query.done === 'yes',
			carriedOut: big(branch.observed_generation) >= big(branch.generation),
			faults,
			changes: changes.map(({ at, actor, act }) => ({
				at: big(at),
				actor,
				key: `life.did.${act}`,
			})),
		};
		show(request, response, 'branch-settings', 'console.settings.title', data, status);
	}

	router.get(path, async (request, response) => {
		await page(request, response, await branchOf(request, response));
	});

	router.post(path, async (request, response) => {
		const found = await branchOf(request, response, true);
		const typed = (request.body ?? {}) as Record<string, unknown>;
		const by = tokenOf(response, true).name;
		try {
			const line = { actor: by, act: 'changeBranch', subject: request.path };
			const changed = await asOne(context, line, async (inside) => {
				const changes = await configureBranch(inside, found.branch, changeIn(typed, found.branch), by);
				const about = { kind: 'configure', library: found.library.id, branch: found.branch.id, by };
				if (changes) await beginOperation(inside, about);
				return changes;
			});
			if (changed) await services.look([found.branch.id]);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const faults =
				error.faults.length > 0
					? error.faults.map(({ field }) => ({ field, key: `console.settings.fault.${field}` }))
					: [{ field: '', key: 'console.settings.fault.meanwhile' }];
			return page(request, response, found, { typed, faults, status: error.status });
		}
		response.redirect(303, `${request.path}?done=yes`);
	});
	return router;
}

function choice(name: string, value: string, chosen: unknown) {
	return {
		name,
		value,
		checked: value === chosen,
		label: `console.settings.${name}.${value}`,
		hint: `console.settings.${name}_means.${value}`,
	};
}

/** Reads the form. Throws BadInput for what it does not offer, Conflict when the branch was changed since the form was shown. */
function changeIn(form: Record<string, unknown>, branch: BranchRow): BranchChange {
	const federation = FEDERATION_MODES.find((mode) => mode === form.federation);
	const teens = TEENS.find((answer) => answer === form.teens);
	const faults: Fault[] = [];
	if (!federation) faults.push({ field: 'federation', text: 'Choose one of the ways.' });
	if (!teens) faults.push({ field: 'teens', text: 'Choose one of the two.' });
	if (!federation || !teens) throw new BadInput('This form is not complete.', faults);
	if (String(form.generation) !== String(big(branch.generation))) {
		throw new Conflict('Somebody changed this branch meanwhile.', 'generation');
	}
	return { federation, teens_public: teens === 'yes' };
}
