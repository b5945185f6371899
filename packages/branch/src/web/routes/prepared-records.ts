import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { recordOf } from '../../services/hosting/case-record.ts';
import {
	giveRecord,
	LONGEST_OBJECTION,
	objectTo,
	takeBackRecord,
} from '../../services/hosting/preparing-records.ts';
import { paragraphsIn, unsealed } from '../../services/hosting/unsealing.ts';
import { decisionById } from '../../store/decisions.ts';
import {
	closedRecords,
	type PreparedRecord,
	preparedById,
	toldOf,
	waitingRecords,
} from '../../store/prepared-records.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { noticeOfDecision } from '../notice-of-decision.ts';
import { showRecord, textViews } from '../record-view.ts';
import { noteLook } from '../sealed-view.ts';
import { field, goTo, part, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Records that wait until the person they are about was told: the list, giving out, taking back, and that person's page (ADR 96). */
export const PREPARED_RECORD_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/records', need: 'read_cases', run: list },
	{
		method: 'get',
		path: '/staff/records/:id',
		need: 'export_cases',
		run: (web, visit) => showOne(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/records/:id/give', need: 'export_cases', run: give },
	{ method: 'post', path: '/staff/records/:id/take-back', need: 'export_cases', run: takeBack },
	{
		method: 'get',
		path: '/notices/:id/records',
		need: 'porch',
		run: (web, visit) => showOwn(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/notices/:id/records', need: 'porch', run: object },
];

const SHOWN = 100;

function list(web: Web, visit: Visit): void {
	const { store, current } = web.context;
	const [waiting, closed] = store.read((reading) => [waitingRecords(reading), closedRecords(reading, SHOWN)]);
	const lines = (rows: readonly PreparedRecord[]) => rows.map((row) => lineOf(web, visit, row));
	show(
		web,
		visit,
		'prepared-records',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/records' },
		{
			waiting: lines(waiting),
			closed: lines(closed),
			mayGive: current.may(visit.staffId, 'export_cases'),
		},
	);
}

function showOne(web: Web, visit: Visit, faults: FaultViews): void {
	const { store } = web.context;
	const id = idIn(part(visit, 'id'));
	const found = store.read((reading) => {
		const row = preparedById(reading, id);
		const decision = row && decisionById(reading, row.decision);
		if (!decision) return null;
		return {
			row,
			decision,
			record: recordOf(web.context, reading, decision, { number: '', asker: 'anybody' }),
		};
	});
	if (!found) throw new NotFound();
	const { row, decision, record } = found;
	noteLook(web, visit, 'export', 'records', decision.id);
	const path = `/staff/records/${id}`;
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'prepared-record',
		{
			title: t(web, visit, 'one'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			...lineOf(web, visit, row),
			...{ action: path, case: `/staff/decisions/${decision.id}`, faults, told: row.told === 1 },
			objection: paragraphsIn(web.context, `objection:${id}`, row.objection),
			destroyed: row.number === '',
			texts: row.closed === null ? textViews(web, visit, record) : [],
		},
	);
}

function give(web: Web, visit: Visit): void {
	const id = idIn(part(visit, 'id'));
	try {
		const read = field(visit, 'read') === 'yes';
		const { decision, record } = giveRecord(web.context, staffOf(visit), id, read);
		noteLook(web, visit, 'export', 'records', decision.id);
		showRecord(web, visit, decision, record);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, faultViews(web, visit, error));
	}
}

function takeBack(web: Web, visit: Visit): void {
	takeBackRecord(web.context, staffOf(visit), idIn(part(visit, 'id')));
	goTo(visit, '/staff/records');
}

function showOwn(web: Web, visit: Visit, faults: FaultViews): void {
	const { notice, decision } = noticeOfDecision(web, visit);
	const { store } = web.context;
	const [rows, record] = store.read((reading) => [
		toldOf(reading, decision.id),
		recordOf(web.context, reading, decision, { number: '', asker: 'anybody' }),
	]);
	// Whoever took part in a case that is not about them has a notice of it too, and no say in its records.
	if (rows.length === 0 || decision.person !== personOf(visit).id) throw new NotFound();
	const failed = faults.list.length > 0;
	const back = `/notices/${notice.id}`;
	const typed = field(visit, 'record');
	show(
		web,
		visit,
		'own-records',
		{
			title: t(web, visit, 'own.title'),
			sign: 'notices',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `${back}/records` }),
		},
		{
			...{ back, faults, longest: LONGEST_OBJECTION },
			records: rows.map((row) => ({
				...lineOf(web, visit, row),
				said: paragraphsIn(web.context, `objection:${row.id}`, row.objection),
				field: failed && typed === String(row.id) ? 'objection' : `objection-${row.id}`,
				typed: typed === String(row.id) ? field(visit, 'objection') : '',
				fault: typed === String(row.id) ? faults.by.objection : undefined,
			})),
			texts: rows.some(({ closed }) => closed === null) ? textViews(web, visit, record) : [],
		},
	);
}

function object(web: Web, visit: Visit): void {
	const { notice } = noticeOfDecision(web, visit);
	try {
		objectTo(web.context, personOf(visit), idIn(field(visit, 'record')), field(visit, 'objection'));
		goTo(visit, `/notices/${notice.id}/records`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOwn(web, visit, faultViews(web, visit, error));
	}
}

function lineOf(web: Web, visit: Visit, row: PreparedRecord) {
	const { context } = web;
	const { id, due, created, closed, outcome } = row;
	return {
		...{ id, due, created, closed, href: `/staff/records/${id}` },
		kind: t(web, visit, `kind.${row.kind}`),
		number: unsealed(context, `record-number:${id}`, row.number),
		forbidden: unsealed(context, `record-order:${id}`, row.forbidden),
		...{ untold: row.told === 0, objects: row.objected !== null, objected: row.objected },
		...{ waits: closed === null, ready: closed === null && context.clock.now() >= due },
		given: outcome === 'given',
		outcome: outcome && t(web, visit, `outcome.${outcome}`),
	};
}

function idIn(text: string): number {
	const id = parseId(text);
	if (id === null) throw new NotFound();
	return id;
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `cases.prepared.${key}`);
}
