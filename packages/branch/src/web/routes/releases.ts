import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import {
	mayRelease,
	officesHere,
	RELEASE_DAYS,
	release,
	releaseAtDesk,
	revoke,
	type Signing,
} from '../../services/hosting/releasing.ts';
import type { DecisionRow } from '../../store/decisions.ts';
import { personById } from '../../store/people.ts';
import { type ReleaseRow, releasesOf } from '../../store/releases.ts';
import { decisionIn, decisionView } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { noticeOfDecision } from '../notice-of-decision.ts';
import { noonOf, officeWords, releaseView } from '../release-view.ts';
import { noteLook } from '../sealed-view.ts';
import { field, goTo, part, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** The person a decision is about lets one office read it, and ends that: on their own page, from the porch too, or on paper at a desk. */
export const RELEASE_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/notices/:id/release',
		need: 'porch',
		run: (web, visit) => showOwn(web, visit, UNTOUCHED, NO_FAULTS),
	},
	{ method: 'post', path: '/notices/:id/release', need: 'porch', run: sign },
	{ method: 'post', path: '/notices/:id/release/:release/revoke', need: 'porch', run: end },
	{
		method: 'get',
		path: '/staff/decisions/:id/office',
		need: 'host',
		run: (web, visit) => showDesk(web, visit, UNTOUCHED, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/decisions/:id/office', need: 'host', run: signAtDesk },
];

const UNTOUCHED: Signing = { office: '', until: '', words: false };
const DAY = 24 * 60 * 60_000;

function sign(web: Web, visit: Visit): void {
	const { notice, decision } = noticeOfDecision(web, visit);
	const signed = signedIn(visit);
	try {
		const made = release(web.context, personOf(visit), decision.id, signed);
		showSlip(web, visit, made, `/notices/${notice.id}/release`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOwn(web, visit, signed, faultsOf(web, visit, error));
	}
}

function end(web: Web, visit: Visit): void {
	const { notice } = noticeOfDecision(web, visit);
	revoke(web.context, personOf(visit), part(visit, 'release'));
	goTo(visit, `/notices/${notice.id}/release`);
}

function signAtDesk(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const signed = signedIn(visit);
	try {
		const made = releaseAtDesk(web.context, staffOf(visit), id, signed);
		showSlip(web, visit, made, `/staff/decisions/${id}/office`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showDesk(web, visit, signed, faultsOf(web, visit, error));
	}
}

function signedIn(visit: Visit): Signing {
	return {
		office: field(visit, 'office'),
		until: field(visit, 'until'),
		words: field(visit, 'words') === 'yes',
	};
}

function faultsOf(web: Web, visit: Visit, error: BadInput): FaultViews {
	return faultViews(web, visit, error, { count: RELEASE_DAYS });
}

function showOwn(web: Web, visit: Visit, typed: Signing, faults: FaultViews): void {
	const { notice, decision } = noticeOfDecision(web, visit);
	const { store } = web.context;
	const [open, releases] = store.read((reading) => [
		mayRelease(reading, personOf(visit), decision),
		releasesOf(reading, decision.id),
	]);
	if (!open && releases.length === 0) throw new NotFound();
	const href = `/notices/${notice.id}`;
	showForm(web, visit, { decision, href, desk: false, open, releases, typed, faults });
}

/** For somebody who stands at the desk. What an office asked, and when it looked, is on their own page and not on this one. */
function showDesk(web: Web, visit: Visit, typed: Signing, faults: FaultViews): void {
	const decision = decisionIn(web, visit);
	const open = web.context.store.read((reading) => {
		const person = personById(reading, decision.person ?? 0);
		return person !== undefined && mayRelease(reading, person, decision);
	});
	if (!open) throw new NotFound();
	noteLook(web, visit, 'case', 'work', decision.id);
	const href = `/staff/decisions/${decision.id}`;
	showForm(web, visit, { decision, href, desk: true, open, releases: [], typed, faults });
}

function showForm(
	web: Web,
	visit: Visit,
	on: {
		readonly decision: DecisionRow;
		readonly href: string;
		readonly desk: boolean;
		readonly open: boolean;
		readonly releases: readonly ReleaseRow[];
		readonly typed: Signing;
		readonly faults: FaultViews;
	},
): void {
	const { decision, href, desk, open, releases, typed, faults } = on;
	const { current, clock } = web.context;
	const { zone } = current.library();
	const failed = faults.list.length > 0;
	const action = `${href}/${desk ? 'office' : 'release'}`;
	const dayIn = (days: number) => dateIn(zone, clock.now() + days * DAY);
	const { rule, done } = decisionView(web, visit, decision);
	show(
		web,
		visit,
		'release',
		{
			title: t(web, visit, desk ? 'desk_title' : 'title'),
			sign: desk ? 'staff' : 'notices',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: action }),
		},
		{
			...{ rule, done, href, action, desk, open, faults, typed },
			releases: releases.map((row) => releaseView(web, visit, row)),
			offices: officesHere(web.context).map(({ key, office }) => ({
				...{ key, label: officeWords(office), checked: key === typed.office },
			})),
			until: typed.until || dayIn(30),
			first: dayIn(0),
			last: dayIn(RELEASE_DAYS),
			days: RELEASE_DAYS,
			door: doorView(web, visit),
		},
	);
}

/** The one time the code is shown. */
function showSlip(
	web: Web,
	visit: Visit,
	{ release: row, code }: { readonly release: ReleaseRow; readonly code: string },
	back: string,
): void {
	show(
		web,
		visit,
		'release-slip',
		{ title: t(web, visit, 'slip.title'), sign: row.taken_by === null ? 'notices' : 'staff' },
		{
			...{
				code,
				back,
				at: row.created,
				until: noonOf(row.until),
				words: row.words,
				desk: row.taken_by !== null,
			},
			office: officeWords(row.office),
			number: row.decision,
			address: `${web.context.origin}/released`,
			library: web.context.current.library().name,
			door: doorView(web, visit),
		},
	);
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `release.${key}`);
}
