import { PublicError } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import type { Invitation } from '../services/invitations.ts';
import type { Services } from '../services/services.ts';
import { teamCountsAt } from '../services/team-list.ts';
import { type TeamView, teamsSeenBy } from '../services/team-view.ts';
import {
	addToTeam,
	agreeToTeam,
	createTeam,
	endPart,
	inviteToServe,
	offerTeam,
	takeOffTeam,
} from '../services/teams.ts';
import { branchesOf } from '../store/branches.ts';
import type { LibraryRow } from '../store/rows.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** What came of a form: an invitation that is shown once, or what has to be looked at again. */
interface More {
	readonly invitation?: Invitation;
	/** Id of the field, and what was typed into it. */
	readonly fault?: { readonly id: string; readonly text: string; readonly typed: string };
	readonly status?: number;
}

/** What a form does: the libraries whose register changes, or an invitation. */
type Act = (
	library: LibraryRow,
	about: { readonly team: string; readonly member: string; readonly by: string },
	form: Form,
) => Promise<readonly string[] | Invitation>;
type Form = Readonly<Record<string, unknown>>;

/** `/libraries/{library}/teams`: moderation teams that several libraries share, as library IT of one of them sees and decides them. */
export function teamPages(kit: ConsoleKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, libraryOf, tokenOf } = kit;
	const router = Router();
	const path = '/libraries/:library/teams';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: More = {},
	): Promise<void> {
		const [teams, branches] = await Promise.all([
			teamsSeenBy(context, library),
			branchesOf(context.database, library.id),
		]);
		const counts = await Promise.all(
			teams.map(({ id, state }) => (state === 'agreed' ? teamCountsAt(context, library, id) : [])),
		);
		const { fault } = more;
		const boxesOf = (served: readonly string[] | null) =>
			branches.map(({ slug, name }) => ({ slug, name, checked: served?.includes(slug) ?? false }));
		const fieldOf = (id: string) =>
			fault?.id === id ? { id, fault: fault.text, typed: fault.typed } : { id };
		const data = {
			name: library.name,
			library,
			teams: teams.map((team, at) => ({
				...team,
				counts: counts[at],
				agreed: team.state === 'agreed',
				boxes: boxesOf(team.branches),
				members: team.members.map((one) => ({
					...one,
					mayInvite: team.state === 'agreed' && !one.serves,
					mayTakeOff: one.own || team.founder,
				})),
				libraries: team.libraries.map((one) => ({
					...one,
					waits: one.state === 'offered',
					own: one.slug === library.slug,
					mayEnd: one.slug !== library.slug && team.founder,
				})),
				offer: fieldOf(`offer-${team.id}`),
				add: fieldOf(`member-${team.id}`),
			})),
			boxes: boxesOf(null),
			create: fieldOf('name'),
			fault,
			invitation: more.invitation,
			mayChange: mayChange(tokenOf(response, false)),
		};
		const title = fault ? 'console.teams.title_error' : 'console.teams.title';
		show(request, response, 'teams', title, data, more.status);
	}

	/** A form: does it and shows the page anew; what cannot be done stands beside its field. */
	function form(at: string, fieldId: (request: Request) => string, act: Act): void {
		router.post(`${path}${at}`, async (request, response) => {
			const library = await libraryOf(request, response, true);
			const body = (request.body ?? {}) as Form;
			const { team = '', member = '' } = request.params as Record<string, string>;
			const by = tokenOf(response, true).name;
			try {
				const done = await act(library, { team, member, by }, body);
				if ('url' in done) {
					return await page(request, response, library, { invitation: done, status: 201 });
				}
				for (const id of done) await services.libraryChanged(id);
				response.redirect(303, `/libraries/${library.slug}/teams`);
			} catch (error) {
				const told = error instanceof PublicError && (error.status === 422 || error.status === 409);
				if (!told) throw error;
				const field = error.faults[0]?.field ?? error.code;
				const key = `console.teams.fault.${FAULTS.has(field) ? field : 'other'}`;
				const id = fieldId(request);
				const fault = { id, text: wordsOf(request, response)(key), typed: text(body, id) };
				await page(request, response, library, { fault, status: error.status });
			}
		});
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	const create = () => 'name';
	const whole = ({ params }: Request) => `team-${String(params.team)}`;
	form('', create, async (library, { by }, body) => {
		await createTeam(context, { library, by }, { name: text(body, 'name'), branches: chosen(body) });
		return [];
	});
	form(
		'/:team/offer',
		({ params }) => `offer-${String(params.team)}`,
		async (library, { team, by }, body) => {
			await offerTeam(context, { library, team, by }, text(body, `offer-${team}`));
			return [];
		},
	);
	form('/:team/agree', whole, (library, { team, by }, body) =>
		agreeToTeam(context, { library, team, by }, { branches: chosen(body) }),
	);
	form('/:team/end', whole, (library, { team, by }, body) =>
		endPart(context, { library, team, by }, text(body, 'library') || library.slug),
	);
	form(
		'/:team/members',
		({ params }) => `member-${String(params.team)}`,
		async (library, { team, by }, body) => {
			await addToTeam(context, { library, team, by }, { name: text(body, `member-${team}`) });
			return [];
		},
	);
	form('/:team/members/:member/take-off', whole, (library, { team, member, by }) =>
		takeOffTeam(context, { library, team, by }, member),
	);
	form('/:team/members/:member/invite', whole, (library, { team, member, by }) =>
		inviteToServe(context, { library, team, by }, member),
	);
	return router;
}

const FAULTS = new Set(['name', 'library', 'branches', 'not_agreed']);

function text(form: Form, field: string): string {
	const value = form[field];
	return typeof value === 'string' ? value : '';
}

/** The branches that are ticked; none is all of them. */
function chosen(form: Form): TeamView['branches'] {
	const value = form.branches;
	const all = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
	return all.length > 0 ? all : null;
}
