import { NotFound, toPublicError } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { toScope } from '@understory/core/scope.ts';
import { publishHere, unwait, waitingDrafts } from '../../services/waiting.ts';
import { doorView } from '../door.ts';
import { say, show } from '../frame.ts';
import { goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What somebody wrote in quiet hours, before it goes out. */
export const WAITING_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/waiting', need: 'person', run: list },
	{ method: 'post', path: '/you/waiting/:id/drop', need: 'person', run: drop },
	{ method: 'post', path: '/you/waiting/:id/here', need: 'person', run: here },
];

function list(web: Web, visit: Visit): void {
	const { design } = web.views;
	const person = personOf(visit);
	const branch = web.context.current.branch().name;
	const posts = waitingDrafts(web.context, person).map(({ waiting, draft }) => ({
		action: `/you/waiting/${waiting.id}`,
		due: waiting.due,
		fault: waiting.fault && faultWords(web, visit, waiting.fault),
		scope: {
			word: toScope(draft.scope),
			label: design.t(visit.language, `common.scope.${toScope(draft.scope)}`, { branch, count: 0 }),
		},
		summary: draft.summary,
		paragraphs: draft.text.split(/\n+/),
		language: draft.language,
		media: draft.media?.length ?? 0,
	}));
	show(
		web,
		visit,
		'waiting',
		{ title: design.t(visit.language, 'nights.waiting.title'), path: '/you/waiting' },
		{ posts, door: doorView(web, visit) },
	);
}

function faultWords(web: Web, visit: Visit, fault: string): string {
	const known = web.views.design.words.entries(visit.language).has(`branch.fault.${fault}`);
	return say(web, visit, `fault.${known ? fault : 'ours'}`, { count: 0 });
}

function drop(web: Web, visit: Visit): void {
	unwait(web.context, personOf(visit), idIn(visit));
	goTo(visit, '/you/waiting');
}

async function here(web: Web, visit: Visit): Promise<void> {
	try {
		const post = await publishHere(web.context, personOf(visit), idIn(visit));
		goTo(visit, `/@${personOf(visit).handle}/${post.id}`);
	} catch (error) {
		if (toPublicError(error).faults.length === 0) throw error;
		goTo(visit, '/you/waiting');
	}
}

function idIn(visit: Visit): number {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	return id;
}
