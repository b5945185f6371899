import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { toScope } from '@understory/core/scope.ts';
import { isLive } from '@understory/core/stage.ts';
import { changeEvent, formOfEvent } from '../../services/changing-events.ts';
import {
	announce,
	answerAsking,
	attend,
	callOff,
	comingUp,
	type EventForm,
	goingTo,
	isOrganizer,
	stayAway,
} from '../../services/events.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { eventOf } from '../../store/events.ts';
import { entriesFrom } from '../../store/library-calendar.ts';
import { type Post, postById } from '../../store/posts.ts';
import { scopeChoices } from '../composer.ts';
import { doorView } from '../door.ts';
import { leafOf } from '../event-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { icalendar } from '../icalendar.ts';
import { postView } from '../post-view.ts';
import { field, goTo, part, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What happens here: to read, to announce, to come to. */
export const EVENT_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/events', need: 'nobody', run: list },
	{ method: 'get', path: '/events.ics', need: 'nobody', run: calendar },
	{ method: 'get', path: '/events/new', need: 'person', run: (web, visit) => blank(web, visit, false) },
	{ method: 'post', path: '/events', need: 'person', run: write },
	{ method: 'get', path: '/staff/events/new', need: 'host', run: (web, visit) => blank(web, visit, true) },
	{ method: 'post', path: '/staff/events', need: 'host', run: writeForBranch },
	{ method: 'get', path: '/events/mine', need: 'person', run: mine },
	{ method: 'get', path: '/events/mine.ics', need: 'person', run: myCalendar },
	{ method: 'get', path: '/events/:id.ics', need: 'nobody', run: oneCalendar },
	{ method: 'post', path: '/events/:id/attend', need: 'person', run: come },
	{ method: 'post', path: '/events/:id/stay-away', need: 'person', run: stay },
	{ method: 'get', path: '/events/:id/edit', need: 'claims', run: edit },
	{ method: 'post', path: '/events/:id/edit', need: 'claims', run: change },
	{ method: 'post', path: '/events/:id/answer', need: 'claims', run: answer },
	{ method: 'post', path: '/events/:id/call-off', need: 'claims', run: cancel },
];

const SHOWN = 60;
const FIELDS = [
	'title',
	'text',
	'scope',
	'day',
	'from',
	'to',
	'place',
	'address',
	'access',
	'online',
	'capacity',
	'joining',
] as const satisfies readonly (keyof EventForm)[];

function list(web: Web, visit: Visit): void {
	const found = comingUp(web.context, visit.person, SHOWN);
	show(
		web,
		visit,
		'events',
		{ title: web.views.design.t(visit.language, 'events.list.title'), sign: 'events', path: '/events' },
		{
			posts: found.map(({ post }) => postView(web, visit, post)),
			entries: web.context.store
				.read((reading) => entriesFrom(reading, web.context.clock.now(), SHOWN))
				.map((entry) => ({ ...entry, leaf: leafOf(web, visit, entry.starts) })),
			mayWrite: visit.person?.standing === 'full' && isLive(web.context.current.branch().stage),
			forBranch: web.context.current.mayDecide(visit.staffId),
			signedIn: visit.person !== null,
			door: doorView(web, visit),
		},
	);
}

/** For calendars that are fetched by programs: the same for everyone who asks, so only what is for everyone. */
async function calendar(web: Web, visit: Visit): Promise<void> {
	const { context } = web;
	const found = comingUp(context, null, SHOWN).filter(({ post }) => post.audience.listed);
	const text = await icalendar(context.current.branch().name, found, context.clock.now());
	visit.response.set('cache-control', 'public, max-age=300').type('text/calendar').send(text);
}

/** Where somebody goes; theirs alone. */
function mine(web: Web, visit: Visit): void {
	const found = goingTo(web.context, personOf(visit), SHOWN);
	show(
		web,
		visit,
		'events-mine',
		{
			title: web.views.design.t(visit.language, 'events.mine.title'),
			sign: 'events',
			path: '/events/mine',
		},
		{ posts: found.map(({ post }) => postView(web, visit, post)), door: doorView(web, visit) },
	);
}

async function myCalendar(web: Web, visit: Visit): Promise<void> {
	const found = goingTo(web.context, personOf(visit), SHOWN);
	const name = web.views.design.t(visit.language, 'events.mine.title');
	const text = await icalendar(name, found, web.context.clock.now());
	visit.response
		.type('text/calendar')
		.set('content-disposition', 'attachment; filename="my-events.ics"')
		.send(text);
}

async function oneCalendar(web: Web, visit: Visit): Promise<void> {
	const { context } = web;
	const post = postIn(web, visit);
	const event = context.store.read((reading) => eventOf(reading, post.id));
	if (!event) throw new NotFound();
	const text = await icalendar(post.title ?? '', [{ event, post }], context.clock.now());
	visit.response
		.type('text/calendar')
		.set('content-disposition', `attachment; filename="event-${post.id}.ics"`)
		.send(text);
}

function blank(web: Web, visit: Visit, forBranch: boolean): void {
	const form = Object.fromEntries(FIELDS.map((name) => [name, ''])) as unknown as EventForm;
	showForm(web, visit, { ...form, joining: 'free' }, NO_FAULTS, forBranch);
}

function formOf(visit: Visit): EventForm {
	return Object.fromEntries(FIELDS.map((name) => [name, field(visit, name)])) as unknown as EventForm;
}

async function write(web: Web, visit: Visit): Promise<void> {
	await keep(web, visit, { person: personOf(visit) });
}

async function writeForBranch(web: Web, visit: Visit): Promise<void> {
	await keep(web, visit, { staffId: staffOf(visit) });
}

async function keep(web: Web, visit: Visit, by: Parameters<typeof announce>[1]): Promise<void> {
	const form = formOf(visit);
	let post: Post;
	try {
		post = await announce(web.context, by, form, visit.language);
	} catch (error) {
		showForm(web, visit, form, faultViews(web, visit, error), 'staffId' in by);
		return;
	}
	goTo(visit, postView(web, visit, post).href);
}

function edit(web: Web, visit: Visit): void {
	const { id } = postIn(web, visit);
	showForm(web, visit, formOfEvent(web.context, visit, id), NO_FAULTS, false, id);
}

async function change(web: Web, visit: Visit): Promise<void> {
	const post = postIn(web, visit);
	const form = formOf(visit);
	try {
		await changeEvent(web.context, visit, post.id, form, post.language ?? visit.language);
	} catch (error) {
		showForm(web, visit, form, faultViews(web, visit, error), false, post.id);
		return;
	}
	goTo(visit, postView(web, visit, post).href);
}

/** `changes`: the event that is changed, for a form that is not for a new one. */
function showForm(
	web: Web,
	visit: Visit,
	form: EventForm,
	faults: FaultViews,
	forBranch: boolean,
	changes: number | null = null,
): void {
	const path = forBranch ? '/staff/events' : '/events';
	const action = changes === null ? path : `/events/${changes}/edit`;
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'event-form',
		{
			title: web.views.design.t(visit.language, `events.form.${changes === null ? 'title' : 'change'}`),
			sign: 'events',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: changes === null ? `${path}/new` : action }),
		},
		{
			action,
			changes: changes !== null,
			forBranch,
			form,
			faults,
			scopes: scopeChoices(web, visit, toScope(form.scope)),
			asked: form.joining === 'asked',
			open: form.joining === 'open',
		},
	);
}

function come(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	attend(web.context, personOf(visit), post.id);
	goTo(visit, postView(web, visit, post).href);
}

function stay(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	stayAway(web.context, personOf(visit), post.id);
	goTo(visit, postView(web, visit, post).href);
}

function answer(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	answerAsking(web.context, visit, post.id, field(visit, 'actor'), field(visit, 'yes') === 'yes');
	goTo(visit, postView(web, visit, post).href);
}

function cancel(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	callOff(web.context, visit, post.id);
	goTo(visit, postView(web, visit, post).href);
}

/** The post of an event this visitor may read. A host without an account reads what the branch itself announced. */
function postIn(web: Web, visit: Visit): Post {
	const id = parseId(part(visit, 'id'));
	const post = id === null ? undefined : web.context.store.read((reading) => postById(reading, id));
	if (post?.kind !== 'Event') throw new NotFound();
	const mine = post.deleted === null && isOrganizer(web.context, visit, post);
	if (!mine && !mayRead(web.context, post, readerFor(web.context, visit.person))) throw new NotFound();
	return post;
}
