import type { CaseRecord } from '../services/hosting/case-record.ts';
import type { DecisionRow } from '../store/decisions.ts';
import { show } from './frame.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Shows a record as the one page to print that is handed over. */
export function showRecord(web: Web, visit: Visit, decision: DecisionRow, record: CaseRecord): void {
	const { current, clock } = web.context;
	const { design } = web.views;
	show(
		web,
		visit,
		'record',
		{ title: t(web, visit, 'record.title'), sign: 'staff' },
		{
			number: record.number,
			made: day(web, visit, clock.now()),
			asker: t(web, visit, `record.asker.${record.asker}`),
			library: current.library().name,
			decided: day(web, visit, decision.created),
			rule: { id: decision.rule, version: decision.rule_version },
			done: decision.actions.map((action) => design.t(visit.language, `hosting.act.${action}`)).join(' · '),
			statement: `${current.library().accountability_origin}/statements/${decision.id}`,
			texts: textViews(web, visit, record),
			redactions: record.redactions.map(({ rule, count }) => ({
				label: t(web, visit, `record.rule.${rule}`),
				why: t(web, visit, `record.why.${rule}`),
				count,
			})),
		},
	);
}

/** The texts of a record, with what was taken out named by its rule. */
export function textViews(web: Web, visit: Visit, { texts }: CaseRecord) {
	return texts.map(({ what, at, parts }) => ({
		day: day(web, visit, at),
		what: t(web, visit, `record.what.${what}`),
		parts: parts.map((part) =>
			typeof part === 'string' ? { text: part } : { label: t(web, visit, `record.rule.${part.rule}`) },
		),
	}));
}

/** With its year: a record is read years later. */
function day(web: Web, visit: Visit, at: number): string {
	const { zone } = web.context.current.library();
	return web.views.formats(visit.language, { dateStyle: 'long', timeZone: zone }).format(at);
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `cases.${key}`);
}
