import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import type { Scope } from '@understory/core/scope.ts';
import { endSpace, MOST_SPACES, openSpace } from '../../services/spaces.ts';
import { openSpaces, spaceById } from '../../store/spaces.ts';
import { composerChoices, typedFields } from '../composer.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { spaceChoices, spaceLinks } from '../space-view.ts';
import { asked, field, goTo, part, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { inLanguage } from './about.ts';
import { byDay, CHUNK, readable, unwanted } from './boards.ts';

/** Parts of the board with a name and a purpose (docs/adr/0121). */
export const SPACE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/spaces/:id', need: 'person', run: one },
	{
		method: 'get',
		path: '/staff/spaces',
		need: 'set_spaces',
		run: (web, visit) => list(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/spaces', need: 'set_spaces', run: open },
	{ method: 'post', path: '/staff/spaces/end', need: 'set_spaces', run: end },
];

/** What a form asks for, in each language. */
const FIELDS = ['name_en', 'name_es', 'purpose_en', 'purpose_es'] as const;

/** What a conversation for this branch has: an answer may go to fewer. What is between named people stands on a page of its own. */
const ANSWERS: readonly Scope[] = ['branch', 'followers'];

/** The board of one space, with what stands there since before it was closed. */
function one(web: Web, visit: Visit): void {
	const space = web.context.store.read((reading) => spaceById(reading, parseId(part(visit, 'id')) ?? 0));
	if (!space) throw new NotFound();
	const person = personOf(visit);
	const before = parseId(asked(visit, 'before'));
	const query = { space: space.id, scopes: ANSWERS, limit: CHUNK, ...(before ? { before } : {}) };
	const found = readable(web, visit, query, unwanted(web, person, false));
	const path = `/spaces/${space.id}`;
	const name = inLanguage(space.name, visit);
	show(
		web,
		visit,
		'space',
		{ title: name, sign: 'board', path },
		{
			...{ name, purpose: inLanguage(space.purpose, visit), ended: space.ended },
			compose: {
				...typedFields(web, visit, null),
				...composerChoices(web, visit, 'branch'),
				spaces: spaceChoices(web, visit, String(space.id)),
			},
			faults: NO_FAULTS,
			spaces: spaceLinks(web, visit, space.id),
			days: byDay(web, postViews(web, visit, found.posts)),
			empty: found.posts.length === 0,
			older: found.more ? `${path}?before=${found.posts.at(-1)!.id}` : null,
			door: doorView(web, visit),
		},
	);
}

function list(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	const t = (key: string) => web.views.design.t(visit.language, `spaces.${key}`);
	const spaces = web.context.store.read((reading) => openSpaces(reading));
	show(
		web,
		visit,
		'spaces',
		{
			title: t('title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/spaces' }),
		},
		{
			spaces: spaces.map(({ id, name, purpose }) => ({
				...{ id, href: `/spaces/${id}` },
				...{ name: inLanguage(name, visit), purpose: inLanguage(purpose, visit) },
			})),
			full: spaces.length >= MOST_SPACES,
			words: FIELDS.map((id) => ({ id, label: t(`field.${id}`), value: field(visit, id) })),
			faults,
		},
	);
}

function open(web: Web, visit: Visit): void {
	const of = (word: string) => ({ en: field(visit, `${word}_en`), es: field(visit, `${word}_es`) });
	try {
		openSpace(web.context, staffOf(visit), { name: of('name'), purpose: of('purpose') });
	} catch (error) {
		list(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/staff/spaces');
}

function end(web: Web, visit: Visit): void {
	endSpace(web.context, staffOf(visit), parseId(field(visit, 'id')) ?? 0);
	goTo(visit, '/staff/spaces');
}
