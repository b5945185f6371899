import { claimAlias, dropAlias, moveAway, movedTo, stayHere } from '../../services/moving.ts';
import { aliasesOf } from '../../store/aliases.ts';
import { remoteByUri } from '../../store/remote-actors.ts';
import { remoteAuthor } from '../author-view.ts';
import { type FaultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { comingFrom, finishThere, goingTo, moveThere } from '../successor-view.ts';
import { asked, field, goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { findFaults } from './people.ts';

/** Moving an account here from elsewhere, and from here to elsewhere. */
export const MOVING_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/you/move',
		need: 'porch',
		run: (web, visit) => ways(web, visit, NO_FAULTS, null),
	},
	{
		method: 'post',
		path: '/you/move',
		need: 'porch',
		run: (web, visit) => run(web, visit, 'out', moveAway),
	},
	{ method: 'post', path: '/you/move/stay', need: 'porch', run: stay },
	{
		method: 'post',
		path: '/you/aliases',
		need: 'porch',
		run: (web, visit) => run(web, visit, 'in', claimAlias),
	},
	{ method: 'post', path: '/you/aliases/remove', need: 'porch', run: drop },
];

/** `at`: the form that needs another look. */
function ways(web: Web, visit: Visit, faults: FaultViews, at: 'in' | 'out' | null): void {
	const person = personOf(visit);
	const gone = movedTo(web.context, person);
	const aliases = web.context.store.read((reading) =>
		aliasesOf(reading, person.id).flatMap((actor) => remoteByUri(reading, actor) ?? []),
	);
	const there = moveThere(web.context, person);
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'move',
		{
			title: web.views.design.t(visit.language, 'leave.move.title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/you/move' }),
		},
		{
			faults,
			typedIn: at === 'in' ? field(visit, 'address') : comingFrom(web.context, asked(visit, 'from')),
			faultIn: at === 'in' ? faults.by.address : null,
			there,
			typedOut: at === 'out' ? field(visit, 'address') : goingTo(web.context, asked(visit, 'to')),
			faultOut: at === 'out' ? faults.by.address : null,
			own: `@${person.handle}@${new URL(web.context.origin).host}`,
			gone: gone && {
				...remoteAuthor(web, visit, gone),
				address: `@${gone.handle}@${gone.host}`,
				page: gone.url ?? gone.uri,
			},
			aliases: aliases.map((row) => ({
				actor: row.uri,
				address: `@${row.handle}@${row.host}`,
				finish: finishThere(web.context, person, `@${row.handle}@${row.host}`),
			})),
		},
	);
}

async function run(web: Web, visit: Visit, at: 'in' | 'out', what: typeof moveAway): Promise<void> {
	try {
		await what(web.context, personOf(visit), field(visit, 'address'));
	} catch (error) {
		ways(web, visit, findFaults(web, visit, error), at);
		return;
	}
	goTo(visit, '/you/move');
}

function stay(web: Web, visit: Visit): void {
	stayHere(web.context, personOf(visit));
	goTo(visit, '/you/move');
}

function drop(web: Web, visit: Visit): void {
	dropAlias(web.context, personOf(visit), field(visit, 'actor'));
	goTo(visit, '/you/move');
}
