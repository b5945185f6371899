import { dateIn } from '@understory/core/calendar.ts';
import type { Hours } from '@understory/core/door.ts';
import { PublicError } from '@understory/core/errors.ts';
import { BRANCH_ROLES } from '@understory/core/grants.ts';
import { newestBegun } from '@understory/core/policy-versions.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { asOne } from '../services/as-one.ts';
import { openBranch } from '../services/branches.ts';
import { type Invitation, invite } from '../services/invitations.ts';
import { beginOperation } from '../services/operations.ts';
import { conditionsOf } from '../store/branches.ts';
import { policiesOf } from '../store/libraries.ts';
import { openOperationsOf } from '../store/operations.ts';
import { mayChange } from './allowed.ts';
import { type LiveKit, type LiveView, livePage } from './live/live-page.ts';
import { shownOperation } from './operation-pages.ts';
import type { BranchKit, Found } from './settings-pages.ts';
import type { ConsoleKit } from './sign-in-pages.ts';
import { branchFacts, isOnItsWay } from './views.ts';

type Form = Readonly<Record<string, string | string[] | undefined>>;

/** What was filled in, and what came of it. */
interface More {
	readonly opening?: Form;
	readonly inviting?: Form;
	readonly error?: PublicError;
	readonly invitation?: Invitation;
}

/** The faults that have words of their own; of others the API's sentence is shown. */
const FAULTS = new Set(['host', 'place', 'hours', 'deputy', 'rules', 'appeal_partner', 'name', 'role']);
/** Days as a week goes, Monday first. */
const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;
/** What a branch that is closed for good is still asked: whether its home did what is wanted, and until when its folder is kept. Nobody comes in any more, and it has no neighbors. */
const OF_THE_RETIRED = new Set(['Synced', 'Progressing', 'Deleting']);

/** `/libraries/{library}/branches/{branch}`: how a branch stands, followed while something goes on there; opening it, and inviting staff. */
export function branchPages(kit: BranchKit & Pick<ConsoleKit, 'wordsOf'> & LiveKit): Router {
	const { context, services, show, wordsOf, tokenOf, branchOf } = kit;
	const router = Router();
	const path = '/libraries/:library/branches/:branch';

	async function look(
		request: Request,
		response: Response,
		{ library, branch }: Found,
		more: More = {},
	): Promise<LiveView> {
		const { opening, inviting, error, invitation } = more;
		const t = wordsOf(request, response);
		const faults = faultsOf(error).map(({ field, text }) => ({
			field,
			text: FAULTS.has(field) ? t(`console.fault.${field}`) : text,
		}));
		const conditions = (await conditionsOf(context.database, [branch.id])).get(branch.id) ?? [];
		const retired = branch.stage === 'retired';
		const asked = retired ? conditions.filter(({ type }) => OF_THE_RETIRED.has(type)) : conditions;
		const today = dateIn(library.zone, context.clock.now());
		const policies = newestBegun(await policiesOf(context.database, library.id), today).filter(
			(policy) => policy.branch === undefined,
		);
		const open = (await openOperationsOf(context.database, [library.id])).filter(
			(row) => row.branch === branch.id,
		);
		const [days, rules] = [many(opening?.day), many(opening?.policies)];
		const data = {
			name: branch.name,
			library,
			facts: branchFacts(branch, asked),
			underway: open.map((row) => shownOperation(row, t.maybe)),
			listed: branch.stage === 'listed',
			retired,
			// Nothing of one that is deleted lives anywhere.
			home: branch.retirement?.deleted === undefined ? branch.place : null,
			invites: branch.stage !== 'listed' && !retired,
			days: WEEK.map((day) => ({
				day,
				words: `console.day.${day}`,
				chosen: days.includes(String(day)),
			})),
			policies: policies.map((policy) => ({ ...policy, chosen: rules.includes(policy.id) })),
			roles: BRANCH_ROLES.map((role) => ({ role, chosen: role === inviting?.role })),
			mayChange: mayChange(tokenOf(response, false)),
			form: opening,
			invited: inviting,
			invitation,
			faults,
			bad: faultsByField(faults),
		};
		return {
			...{ view: 'branch', title: 'console.branch.title', data },
			ended: open.length === 0 && !isOnItsWay(branch, conditions),
			status: error?.status ?? (invitation ? 201 : 200),
		};
	}

	/** What a form comes to; who wants to see how it goes on comes back to the page itself. */
	async function page(request: Request, response: Response, found: Found, more: More): Promise<void> {
		const { view, title, data, status } = await look(request, response, found, more);
		show(request, response, view, title, data, status);
	}

	livePage(router, path, kit, async (request, response) =>
		look(request, response, await branchOf(request, response)),
	);

	router.post(`${path}/open`, async (request, response) => {
		const found = await branchOf(request, response, true);
		const opening = request.body as Form;
		try {
			const by = tokenOf(response, true).name;
			const line = { actor: by, act: 'startBranchOperation', subject: request.path };
			await asOne(context, line, async (inside) => {
				await openBranch(inside, found.branch, openingOf(opening));
				const about = { kind: 'open', library: found.library.id, branch: found.branch.id, by };
				await beginOperation(inside, about);
			});
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			return page(request, response, found, { opening, error });
		}
		await services.look([found.branch.id]);
		response.redirect(303, request.path.replace(/\/open$/, ''));
	});

	router.post(`${path}/invite`, async (request, response) => {
		const found = await branchOf(request, response, true);
		const inviting = request.body as Form;
		const { role, name } = inviting;
		const place = { library: found.library, branch: found.branch.id, by: tokenOf(response, true).name };
		try {
			const line = { actor: place.by, act: 'inviteStaff', subject: request.path };
			const wanted = { role: String(role ?? ''), name: String(name ?? '') };
			const invitation = await asOne(context, line, (inside) => invite(inside, place, wanted));
			await page(request, response, found, { invitation });
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			await page(request, response, found, { inviting, error });
		}
	});
	return router;
}

function faultsOf(error: PublicError | undefined): readonly { field: string; text: string }[] {
	if (!error) return [];
	return error.faults.length > 0 ? error.faults : [{ field: '', text: error.message }];
}

/** What came once, several times or not at all. */
function many(given: string | string[] | undefined): string[] {
	return [given ?? []].flat();
}

/** Reads the form: one pair of times for the weekdays that are ticked. */
function openingOf(form: Form) {
	const text = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '');
	const from = minutes(text('from'));
	const to = minutes(text('to'));
	const days = many(form.day)
		.map(Number)
		.filter((day) => Number.isInteger(day) && day >= 0 && day <= 6);
	const hours: Hours[] =
		from === null || to === null ? [] : days.map((day) => ({ weekday: day as Hours['weekday'], from, to }));
	return {
		door: {
			host: text('host'),
			place: text('place'),
			hours,
			deputy: text('deputy'),
			phone: text('phone') || null,
		},
		policies: many(form.policies),
		appeal_partner: text('appeal_partner'),
	};
}

function minutes(time: string): number | null {
	const match = /^(\d{1,2}):(\d{2})$/.exec(time);
	return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}
