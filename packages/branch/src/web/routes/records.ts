import { BadInput } from '@understory/core/errors.ts';
import { RETENTION_CLASSES } from '@understory/core/records-profile.ts';
import { checkRequest, recordOf } from '../../services/hosting/case-record.ts';
import { holdCase, releaseCase } from '../../services/hosting/holding.ts';
import { noticeDays, prepareRecord } from '../../services/hosting/preparing-records.ts';
import { keptNow, type Schedule, scheduleOf, setSchedule } from '../../services/hosting/retention.ts';
import type { DecisionRow } from '../../store/decisions.ts';
import { RECORD_KINDS } from '../../store/prepared-records.ts';
import { listDestructions, listHolds } from '../../store/records.ts';
import { decisionIn } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { showRecord } from '../record-view.ts';
import { betweenYears, recordsProfileIn } from '../records-profile-view.ts';
import { noteLook } from '../sealed-view.ts';
import { field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { showCase } from './decisions.ts';

/** Files of cases as records: how long they are kept, what holds them, and how they are handed over. */
export const RECORD_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/retention',
		need: 'read_cases',
		run: (web, visit) => schedule(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/retention', need: 'set_retention', run: change },
	{ method: 'post', path: '/staff/decisions/:id/hold', need: 'hold_cases', run: hold },
	{ method: 'post', path: '/staff/decisions/:id/release', need: 'release_cases', run: release },
	{
		method: 'get',
		path: '/staff/decisions/:id/record',
		need: 'export_cases',
		run: (web, visit) => form(web, visit, decisionIn(web, visit), NO_FAULTS),
	},
	{ method: 'post', path: '/staff/decisions/:id/record', need: 'export_cases', run: handOver },
];

const SHOWN = 100;

function schedule(web: Web, visit: Visit, faults: FaultViews): void {
	const { store, keyring, current } = web.context;
	const failed = faults.list.length > 0;
	const between = betweenYears(web, visit);
	const [years, kept, holds, destroyed] = store.read((reading) => [
		scheduleOf(web.context, reading),
		keptNow(reading),
		listHolds(reading, SHOWN),
		listDestructions(reading, SHOWN),
	]);
	show(
		web,
		visit,
		'retention',
		{
			title: t(web, visit, 'retention.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/retention' }),
		},
		{
			profile: recordsProfileIn(web, visit),
			classes: RETENTION_CLASSES.map((name) => ({
				name,
				between: between[name],
				label: t(web, visit, `retention.class.${name}`),
				years: failed ? field(visit, name) : years[name],
				kept: kept[name],
				fault: faults.by[name],
			})),
			holds: holds.map(({ id, decision, reason, created }) => ({
				created,
				reason: keyring.unseal(`hold:${id}`, reason),
				href: `/staff/decisions/${decision}`,
			})),
			destroyed: destroyed.map((row) => ({ ...row, label: t(web, visit, `retention.class.${row.class}`) })),
			maySet: current.may(visit.staffId, 'set_retention'),
			faults,
		},
	);
}

function change(web: Web, visit: Visit): void {
	const years = Object.fromEntries(
		RETENTION_CLASSES.map((name) => [name, Number(field(visit, name) || Number.NaN)]),
	);
	try {
		setSchedule(web.context, years as unknown as Schedule);
		goTo(visit, '/staff/retention');
	} catch (error) {
		schedule(web, visit, faultViews(web, visit, error));
	}
}

function hold(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const reason = field(visit, 'hold');
	try {
		holdCase(web.context, staffOf(visit), id, reason);
		goTo(visit, `/staff/decisions/${id}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showCase(web, visit, { hold: reason }, faultViews(web, visit, error));
	}
}

function release(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	releaseCase(web.context, staffOf(visit), id);
	goTo(visit, `/staff/decisions/${id}`);
}

/** How many days ahead the person is told, when anybody else asks. */
function daysOf(web: Web, decision: DecisionRow): number {
	return web.context.store.read((reading) => noticeDays(web.context, reading, decision));
}

function form(web: Web, visit: Visit, decision: DecisionRow, faults: FaultViews): void {
	const { id } = decision;
	const path = `/staff/decisions/${id}/record`;
	const failed = faults.list.length > 0;
	const asker = field(visit, 'asker');
	show(
		web,
		visit,
		'record-form',
		{
			title: t(web, visit, 'record.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			...{ action: path, back: `/staff/decisions/${id}`, number: field(visit, 'number'), faults },
			...{ subject: asker === 'subject', anybody: asker === 'anybody', days: daysOf(web, decision) },
			...{ forbids: field(visit, 'forbids') === 'yes', order: field(visit, 'order') },
			kinds: RECORD_KINDS.map((kind) => ({
				...{ kind, label: t(web, visit, `prepared.kind.${kind}`), checked: field(visit, 'kind') === kind },
			})),
		},
	);
}

function handOver(web: Web, visit: Visit): void {
	const decision = decisionIn(web, visit);
	try {
		const { store } = web.context;
		const request = checkRequest({ number: field(visit, 'number'), asker: field(visit, 'asker') });
		const tells = request.asker === 'anybody' && daysOf(web, decision) > 0;
		if (tells) {
			const said = { ...request, kind: field(visit, 'kind'), order: field(visit, 'order') };
			const forbids = field(visit, 'forbids') === 'yes';
			const { id } = prepareRecord(web.context, staffOf(visit), decision, { ...said, forbids });
			if (!forbids) {
				goTo(visit, `/staff/records/${id}`);
				return;
			}
		}
		noteLook(web, visit, 'export', 'records', decision.id);
		showRecord(
			web,
			visit,
			decision,
			store.read((reading) => recordOf(web.context, reading, decision, request)),
		);
	} catch (error) {
		form(web, visit, decision, faultViews(web, visit, error));
	}
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `cases.${key}`);
}
