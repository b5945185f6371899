import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { LONGEST_FACTS } from '../../services/hosting/facts.ts';
import {
	closeWithoutAct,
	give,
	handOver,
	matterForHost,
	note,
	putBack,
	reopen,
	take,
	takeBack,
	WITHOUT_ACT,
} from '../../services/hosting/matters.ts';
import { colleagues, teamHere } from '../../services/hosting/staff-here.ts';
import { lookedAt } from '../../services/hosting/time-spent.ts';
import { PACES, paceOf, setPace, workload } from '../../services/hosting/workload.ts';
import { type Matter, openMatters, type Whose } from '../../store/matters.ts';
import { openQuestions } from '../../store/office-questions.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { matterView, noteMatter, queueRowView } from '../matter-view.ts';
import { asked, field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { policyViews } from './about.ts';

/** What hosts are asked to look at, and what they do with it before anything is decided. */
export const QUEUE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/reports', need: 'host', run: list },
	{ method: 'post', path: '/staff/reports/pace', need: 'host', run: pace },
	{
		method: 'get',
		path: '/staff/reports/:id',
		need: 'host',
		run: (web, visit) => showOne(web, visit, NOTHING, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/reports/:id', need: 'host', run: move },
	{ method: 'post', path: '/staff/reports/:id/note', need: 'host', run: write },
	{ method: 'post', path: '/staff/reports/:id/close', need: 'host', run: close },
];

const SHOWN = 50;
const WHOSE = ['all', 'free', 'mine', 'team'] as const;

/** What was typed into the forms of a matter. */
interface Typed {
	readonly note: string;
	readonly outcome: string;
	readonly reason: string;
}
const NOTHING: Typed = { note: '', outcome: '', reason: '' };

/** Who has it from now on, by the word on the button. */
const MOVES: Readonly<Record<string, (web: Web, visit: Visit, id: number) => void>> = {
	take: ({ context }, visit, id) => take(context, staffOf(visit), id),
	put_back: ({ context }, visit, id) => putBack(context, staffOf(visit), id),
	give: ({ context }, visit, id) => give(context, staffOf(visit), id, field(visit, 'to')),
	hand_over: ({ context }, visit, id) => handOver(context, staffOf(visit), id),
	take_back: ({ context }, visit, id) => takeBack(context, staffOf(visit), id),
	reopen: ({ context }, visit, id) => reopen(context, staffOf(visit), id),
};

function list(web: Web, visit: Visit): void {
	const { context } = web;
	const who = WHOSE.find((one) => one === asked(visit, 'whose')) ?? 'all';
	const after = placeIn(asked(visit, 'after'));
	const { rows, week, late } = context.store.read((reading) => {
		const found = openMatters(reading, whoseOf(web, visit, who), {
			limit: SHOWN,
			...(after ? { after } : {}),
		});
		return {
			rows: found.map((row) => ({ row, view: queueRowView(web, visit, row) })),
			week: workload(context, reading),
			late: paceOf(reading),
		};
	});
	const requests = context.store.read((reading) => openQuestions(reading).length);
	const last = rows.length === SHOWN ? rows.at(-1)!.row : null;
	show(
		web,
		visit,
		'reports',
		{ title: t(web, visit, 'title'), sign: 'staff', path: `/staff/reports?whose=${who}` },
		{
			rows: rows.map(({ view }) => view),
			requests,
			older: last && `/staff/reports?whose=${who}&after=${last.due}-${last.id}`,
			whose: WHOSE.map((one) => ({
				href: `/staff/reports?whose=${one}`,
				label: t(web, visit, `whose.${one}`),
				current: one === who,
			})),
			week: { ...week, hours: hoursIn(web, visit, week.spent) },
			paces: PACES.map((value) => ({
				value: value ?? '',
				label: t(web, visit, value === null ? 'pace.never' : 'pace.many', { count: value ?? 0 }),
				chosen: value === late,
			})),
		},
	);
}

function whoseOf(web: Web, visit: Visit, who: (typeof WHOSE)[number]): Whose {
	if (who === 'mine') return { who, assignee: staffOf(visit) };
	return who === 'free' ? { who, staff: colleagues(web.context).map(({ staffId }) => staffId) } : { who };
}

/** The line a page begins after, as its link named it. */
function placeIn(text: string): Pick<Matter, 'due' | 'id'> | null {
	const [due, id] = text.split('-').map((one) => parseId(one));
	return due && id ? { due, id } : null;
}

/** "1 hour 20 minutes", in whole minutes. */
function hoursIn(web: Web, visit: Visit, milliseconds: number): string {
	const minutes = Math.round(milliseconds / 60_000);
	const parts = [
		...(minutes >= 60 ? [t(web, visit, 'week.hours', { count: Math.floor(minutes / 60) })] : []),
		...(minutes % 60 > 0 || minutes === 0 ? [t(web, visit, 'week.minutes', { count: minutes % 60 })] : []),
	];
	return parts.join(' ');
}

function pace(web: Web, visit: Visit): void {
	const late = field(visit, 'late');
	setPace(web.context, staffOf(visit), late === '' ? null : Number(late));
	goTo(visit, '/staff/reports');
}

function move(web: Web, visit: Visit): void {
	const id = idIn(visit);
	const run = Object.hasOwn(MOVES, field(visit, 'do')) ? MOVES[field(visit, 'do')] : undefined;
	if (!run) throw new NotFound();
	send(web, visit, NOTHING, () => run(web, visit, id));
}

function write(web: Web, visit: Visit): void {
	const said = field(visit, 'note');
	send(web, visit, { ...NOTHING, note: said }, () => note(web.context, staffOf(visit), idIn(visit), said));
}

function close(web: Web, visit: Visit): void {
	const typed = { ...NOTHING, outcome: field(visit, 'outcome'), reason: field(visit, 'reason') };
	send(web, visit, typed, () => closeWithoutAct(web.context, staffOf(visit), idIn(visit), typed));
}

/** Does it and shows the matter again; what cannot be done so stands beside its form, with what was typed. */
function send(web: Web, visit: Visit, typed: Typed, run: () => void): void {
	try {
		run();
		goTo(visit, `/staff/reports/${idIn(visit)}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, typed, faultViews(web, visit, error, { count: LONGEST_FACTS }));
	}
}

function showOne(web: Web, visit: Visit, typed: Typed, faults: FaultViews): void {
	const { context } = web;
	const matter = matterForHost(context, staffOf(visit), idIn(visit));
	noteMatter(web, visit, matter);
	const path = `/staff/reports/${matter.id}`;
	const failed = faults.list.length > 0;
	const view = matterView(web, visit, matter);
	show(
		web,
		visit,
		'matter',
		{
			title: t(web, visit, 'one'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			...view,
			action: path,
			policies: policyViews(web, visit),
			outcomes: WITHOUT_ACT.map((outcome) => ({
				outcome,
				label: t(web, visit, `outcome.${outcome}.label`),
				hint: t(web, visit, `outcome.${outcome}.hint`),
				checked: outcome === typed.outcome,
			})),
			colleagues: colleagues(context).filter(({ staffId }) => staffId !== matter.assignee),
			team: teamHere(context).length > 0,
			typed,
			faults,
		},
	);
	if (matter.closed === null) lookedAt(context, matter);
}

function idIn(visit: Visit): number {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	return id;
}

function t(web: Web, visit: Visit, key: string, values?: Readonly<Record<string, unknown>>): string {
	return web.views.design.t(visit.language, `reports.${key}`, values);
}
