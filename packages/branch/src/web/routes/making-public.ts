import { BadInput, NotFound } from '@understory/core/errors.ts';
import {
	chooseWords,
	makePublic,
	type OwnCase,
	ownCase,
	type SealedWords,
	takeBack,
} from '../../services/hosting/making-public.ts';
import { decisionView } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { type NoticeOfDecision, noticeOfDecision } from '../notice-of-decision.ts';
import { field, fields, goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** The person a decision is about makes words of it public, and takes that back. From the porch too. */
export const MAKING_PUBLIC_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/notices/:id/public',
		need: 'porch',
		run: (web, visit) => showForm(web, visit, [], NO_FAULTS),
	},
	{ method: 'post', path: '/notices/:id/public', need: 'porch', run: choose },
	{ method: 'post', path: '/notices/:id/public/back', need: 'porch', run: back },
];

function choose(web: Web, visit: Visit): void {
	const { notice, decision } = noticeOfDecision(web, visit);
	const shown = fields(visit, 'show');
	try {
		if (field(visit, 'do') !== 'publish') {
			showPreview(web, visit, chooseWords(openCase(web, visit), shown));
			return;
		}
		makePublic(web.context, personOf(visit), decision.id, shown);
		goTo(visit, `/notices/${notice.id}/public`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showForm(web, visit, shown, faultViews(web, visit, error));
	}
}

function back(web: Web, visit: Visit): void {
	const { notice, decision } = noticeOfDecision(web, visit);
	takeBack(web.context, personOf(visit), decision.id);
	goTo(visit, `/notices/${notice.id}/public`);
}

function openCase(web: Web, visit: Visit): OwnCase {
	const { decision } = noticeOfDecision(web, visit);
	const found = web.context.store.read((reading) => ownCase(web.context, reading, personOf(visit), decision));
	if (!found) throw new NotFound();
	return found;
}

function showForm(web: Web, visit: Visit, chosen: readonly string[], faults: FaultViews): void {
	const { made, words } = openCase(web, visit);
	const failed = faults.list.length > 0;
	const { common, href } = commonView(web, visit);
	show(
		web,
		visit,
		'making-public',
		{
			title: t(web, visit, made ? 'made_title' : 'title'),
			sign: 'notices',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `${href}/public` }),
		},
		{
			...common,
			made: made && {
				at: made.at,
				back: made.taken_back,
				words: words.filter(({ field }) => made.fields.includes(field)).map(wordsView(web, visit)),
			},
			words: words.map((one) => ({
				...wordsView(web, visit)(one),
				checked: chosen.includes(one.field),
			})),
			faults,
		},
	);
}

/** What would be public, once more and exactly, before it is. */
function showPreview(web: Web, visit: Visit, chosen: readonly SealedWords[]): void {
	const { common } = commonView(web, visit);
	show(
		web,
		visit,
		'making-public-preview',
		{ title: t(web, visit, 'preview_title'), sign: 'notices' },
		{ ...common, words: chosen.map(wordsView(web, visit)) },
	);
}

function commonView(web: Web, visit: Visit) {
	const { notice, decision }: NoticeOfDecision = noticeOfDecision(web, visit);
	const { rule, done, at, statement, id } = decisionView(web, visit, decision);
	const href = `/notices/${notice.id}`;
	return {
		href,
		common: {
			...{ rule, done, at, statement, id, href },
			branch: web.context.current.branch().name,
			teen: personOf(visit).age_band === 'teen',
			door: doorView(web, visit),
		},
	};
}

function wordsView(web: Web, visit: Visit) {
	return ({ field, words, namesOthers }: SealedWords) => ({
		field,
		label: t(web, visit, `field.${field}`),
		lines: words.split(/\n+/).filter((line) => line !== ''),
		namesOthers,
	});
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `unseal.${key}`);
}
