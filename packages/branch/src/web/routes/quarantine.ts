import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { postForHost, rulesHere } from '../../services/hosting/deciding.ts';
import { EMERGENCIES } from '../../services/hosting/emergencies.ts';
import { nameNightDesk, nightDesk } from '../../services/hosting/night-desk.ts';
import {
	agreeToOpen,
	askToOpen,
	doStep,
	handOut,
	openWords,
	sealAtOnce,
	sealedIn,
} from '../../services/hosting/quarantining.ts';
import { quietHours, setQuietHours } from '../../services/quiet-hours.ts';
import { listQuarantined } from '../../store/quarantine.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { postView } from '../post-view.ts';
import { custodyViews, described, openingView, stepViews } from '../quarantine-view.ts';
import { noteLook } from '../sealed-view.ts';
import { field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What cannot wait for the morning: sealing at once, the runbook with its clocks, and opening by two. */
export const QUARANTINE_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/posts/:id/seal',
		need: 'host',
		run: (web, visit) => sealForm(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/posts/:id/seal', need: 'host', run: seal },
	{ method: 'get', path: '/staff/quarantine', need: 'read_cases', run: list },
	{ method: 'get', path: '/staff/quarantine/:id', need: 'read_cases', run: look },
	{ method: 'post', path: '/staff/quarantine/:id/step', need: 'host', run: step },
	{ method: 'post', path: '/staff/quarantine/:id/ask', need: 'host', run: ask },
	{ method: 'post', path: '/staff/quarantine/:id/agree', need: 'host', run: agree },
	{ method: 'post', path: '/staff/quarantine/:id/words', need: 'host', run: words },
	{ method: 'post', path: '/staff/quarantine/:id/evidence', need: 'host', run: evidence },
	{
		method: 'get',
		path: '/staff/nights',
		need: 'set_nights',
		run: (web, visit) => nights(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/nights/desk', need: 'set_nights', run: setDesk },
	{ method: 'post', path: '/staff/nights/quiet', need: 'set_nights', run: setQuiet },
];

const SHOWN = 100;

/** The post is not on this page: whoever comes here has seen enough. */
function sealForm(web: Web, visit: Visit, faults: FaultViews): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	const post = postForHost(web.context, visit.staffId, id);
	const { author, scope, media } = postView(web, visit, post);
	const path = `/staff/posts/${id}/seal`;
	const failed = faults.list.length > 0;
	const adopted = new Set(rulesHere(web.context).map(({ rule }) => rule.id));
	show(
		web,
		visit,
		'seal',
		{
			title: t(web, visit, 'seal.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			...{ author, scope: scope.label, at: post.created, media: media.length, action: path, faults },
			hidden: post.hidden !== null,
			back: `/staff/posts/${id}/decide`,
			kinds: EMERGENCIES.filter(({ rule }) => adopted.has(rule)).map(({ kind }) => ({
				kind,
				label: t(web, visit, `kind.${kind}.label`),
				hint: t(web, visit, `kind.${kind}.hint`),
				checked: field(visit, 'kind') === kind,
			})),
		},
	);
}

function seal(web: Web, visit: Visit): void {
	const kind = field(visit, 'kind');
	const known = EMERGENCIES.some((one) => one.kind === kind);
	const facts = known ? t(web, visit, `kind.${kind}.facts`) : '';
	try {
		const post = parseId(part(visit, 'id')) ?? 0;
		goTo(visit, `/staff/quarantine/${sealAtOnce(web.context, staffOf(visit), { post, kind, facts })}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		sealForm(web, visit, faultViews(web, visit, error));
	}
}

function list(web: Web, visit: Visit): void {
	const { store, clock, current } = web.context;
	const found = store.read((reading) =>
		listQuarantined(reading, SHOWN).map(({ decision }) => sealedIn(web.context, reading, decision)),
	);
	show(
		web,
		visit,
		'quarantine-list',
		{ title: t(web, visit, 'quarantine.title'), sign: 'staff', path: '/staff/quarantine' },
		{
			cases: found.map(({ row, steps, asked }) => {
				const left = steps.filter(({ done }) => done === null);
				return {
					href: `/staff/quarantine/${row.decision}`,
					at: row.at,
					label: t(web, visit, `kind.${row.kind}.label`),
					left: left.length,
					due: left.length > 0 ? Math.min(...left.map(({ due }) => due)) : null,
					late: left.some(({ due }) => due < clock.now()),
					asked: asked !== null,
				};
			}),
			maySet: current.may(visit.staffId, 'set_nights'),
		},
	);
}

function look(web: Web, visit: Visit): void {
	showSealed(web, visit, null);
}

function showSealed(web: Web, visit: Visit, opened: string | null): void {
	const id = part(visit, 'id');
	const { store, current } = web.context;
	const sealed = store.read((reading) => sealedIn(web.context, reading, id));
	if (opened === null) noteLook(web, visit, 'case', 'work', id);
	const action = `/staff/quarantine/${id}`;
	show(
		web,
		visit,
		'quarantine',
		{
			title: t(web, visit, `kind.${sealed.row.kind}.label`),
			sign: 'staff',
			...(opened === null ? { path: action } : {}),
		},
		{
			...{ action, opened, at: sealed.row.at, decision: `/staff/decisions/${id}` },
			label: t(web, visit, `kind.${sealed.row.kind}.label`),
			described: store.read((reading) => described(web, visit, reading, id)),
			steps: stepViews(web, visit, sealed.steps),
			custody: custodyViews(web, visit, sealed.custody),
			unbroken: sealed.unbroken,
			opening: openingView(web, visit, sealed),
			hosting: current.mayDecide(visit.staffId),
		},
	);
}

function step(web: Web, visit: Visit): void {
	doStep(web.context, staffOf(visit), part(visit, 'id'), field(visit, 'step'));
	goTo(visit, `/staff/quarantine/${part(visit, 'id')}`);
}

function ask(web: Web, visit: Visit): void {
	askToOpen(web.context, staffOf(visit), part(visit, 'id'));
	goTo(visit, `/staff/quarantine/${part(visit, 'id')}`);
}

function agree(web: Web, visit: Visit): void {
	agreeToOpen(web.context, staffOf(visit), part(visit, 'id'));
	goTo(visit, `/staff/quarantine/${part(visit, 'id')}`);
}

function words(web: Web, visit: Visit): void {
	const id = part(visit, 'id');
	const opened = openWords(web.context, staffOf(visit), id);
	noteLook(web, visit, 'removed', 'work', id);
	showSealed(web, visit, opened);
}

function evidence(web: Web, visit: Visit): void {
	const id = part(visit, 'id');
	const found = handOut(web.context, staffOf(visit), id);
	noteLook(web, visit, 'export', 'work', id);
	visit.response
		.attachment(`evidence-${id}.json`)
		.type('application/json')
		.send(JSON.stringify(found, null, '\t'));
}

function nights(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	const desk = web.context.store.read((reading) => nightDesk(web.context, reading));
	show(
		web,
		visit,
		'nights',
		{
			title: t(web, visit, 'title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/nights' }),
		},
		{
			// The address holds a secret of the desk's service, so only where it leads is shown.
			desk: desk && { host: new URL(desk.url).host, taken: desk.taken },
			typed: failed ? field(visit, 'desk') : '',
			quiet: failed ? { from: field(visit, 'from'), to: field(visit, 'to') } : quietHours(web.context),
			faults,
		},
	);
}

function setQuiet(web: Web, visit: Visit): void {
	try {
		setQuietHours(web.context, { from: field(visit, 'from'), to: field(visit, 'to') });
		goTo(visit, '/staff/nights');
	} catch (error) {
		nights(web, visit, faultViews(web, visit, error));
	}
}

function setDesk(web: Web, visit: Visit): void {
	try {
		nameNightDesk(web.context, field(visit, 'desk'));
		goTo(visit, '/staff/nights');
	} catch (error) {
		nights(web, visit, faultViews(web, visit, error));
	}
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `nights.${key}`);
}
