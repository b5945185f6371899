import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { authorsIn, makeList, putOnList, renameList } from '../../services/listing.ts';
import { type List, listBy, listsOf, membersOf, removeList, removeMember } from '../../store/lists.ts';
import { nameOf } from '../author-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { asked, field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { readable } from './boards.ts';
import { findFaults } from './people.ts';

/** Lists of people, each a board of its own. Only whoever made one sees it. */
export const LIST_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/lists', need: 'person', run: (web, visit) => all(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/lists', need: 'person', run: make },
	{
		method: 'get',
		path: '/lists/:id',
		need: 'person',
		run: (web, visit) => one(web, visit, listIn(web, visit), NO_FAULTS),
	},
	{ method: 'post', path: '/lists/:id', need: 'person', run: rename },
	{ method: 'post', path: '/lists/:id/delete', need: 'person', run: remove },
	{ method: 'post', path: '/lists/:id/people', need: 'person', run: add },
	{ method: 'post', path: '/lists/:id/people/remove', need: 'person', run: takeOff },
];

function all(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'lists',
		{
			title: web.views.design.t(visit.language, 'boards.lists.title'),
			sign: 'board',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/lists' }),
		},
		{
			lists: web.context.store.read((reading) => listsOf(reading, personOf(visit).id)),
			name: field(visit, 'name'),
			faults,
			door: doorView(web, visit),
		},
	);
}

function make(web: Web, visit: Visit): void {
	try {
		const exclusive = field(visit, 'exclusive') === 'yes';
		const { id } = makeList(web.context, personOf(visit), field(visit, 'name'), exclusive);
		goTo(visit, `/lists/${id}`);
	} catch (error) {
		all(web, visit, faultViews(web, visit, error));
	}
}

function one(web: Web, visit: Visit, list: List, faults: FaultViews): void {
	const members = web.context.store.read((reading) => membersOf(reading, list.id));
	const authors = web.context.store.read((reading) => authorsIn(web.context, reading, members));
	const before = parseId(asked(visit, 'before'));
	const found = readable(web, visit, { authors, limit: 60, ...(before ? { before } : {}) });
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'list',
		{
			title: list.name,
			sign: 'board',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `/lists/${list.id}` }),
		},
		{
			list,
			faults,
			address: field(visit, 'address'),
			people: members.map((actor) => ({ actor, name: nameOf(web, actor) })),
			posts: postViews(web, visit, found.posts),
			older: found.more ? `/lists/${list.id}?before=${found.posts.at(-1)!.id}` : null,
			door: doorView(web, visit),
		},
	);
}

function rename(web: Web, visit: Visit): void {
	const list = listIn(web, visit);
	try {
		const exclusive = field(visit, 'exclusive') === 'yes';
		renameList(web.context, personOf(visit), list.id, field(visit, 'name'), exclusive);
	} catch (error) {
		one(web, visit, list, faultViews(web, visit, error));
		return;
	}
	goTo(visit, `/lists/${list.id}`);
}

function remove(web: Web, visit: Visit): void {
	const { id } = listIn(web, visit);
	web.context.store.transact((writing) => removeList(writing, id));
	goTo(visit, '/lists');
}

async function add(web: Web, visit: Visit): Promise<void> {
	const list = listIn(web, visit);
	try {
		await putOnList(web.context, personOf(visit), list.id, field(visit, 'address'));
	} catch (error) {
		const faults = error instanceof BadInput ? faultViews(web, visit, error) : findFaults(web, visit, error);
		one(web, visit, list, faults);
		return;
	}
	goTo(visit, `/lists/${list.id}`);
}

function takeOff(web: Web, visit: Visit): void {
	const { id } = listIn(web, visit);
	web.context.store.transact((writing) => removeMember(writing, id, field(visit, 'actor')));
	goTo(visit, `/lists/${id}`);
}

function listIn(web: Web, visit: Visit): List {
	const id = parseId(part(visit, 'id'));
	const list = id === null ? undefined : web.context.store.read((r) => listBy(r, personOf(visit).id, id));
	if (!list) throw new NotFound();
	return list;
}
