import {
	countReasons,
	countRows,
	hostsOf,
	type Import,
	type ImportRow,
	type RowState,
	rowsIn,
} from '../store/imports.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** How many lines a page names, of each group. */
const NAMED = 200;

/** A file somebody brought: what would happen, or how far it is and what became of it. */
export function importView(web: Web, visit: Visit, one: Import) {
	const { store } = web.context;
	const say = (key: string, values?: Record<string, unknown>) =>
		web.views.design.t(visit.language, `import.${key}`, values);
	const counts = store.read((reading) => countRows(reading, one.id));
	const count = (takes: 0 | 1, state: RowState) =>
		counts.find((row) => row.takes === takes && row.state === state)?.n ?? 0;
	const named = (takes: 0 | 1, state: RowState) =>
		store.read((reading) => rowsIn(reading, one.id, { takes, state }, NAMED)).map((row) => nameOf(row, say));
	const waits = count(1, 'waits') + count(0, 'waits');
	const all = counts.reduce((sum, { n }) => sum + n, 0);
	return {
		id: one.id,
		heading: say(`heading.${one.kind}`),
		kind: one.kind,
		shown: one.state === 'shown',
		running: one.state === 'running',
		done: one.state === 'done',
		doubt: one.doubt && say('doubt', { kind: say(`kind.${one.doubt}`) }),
		finished: one.finished,
		progress: { done: all - waits, all },
		groups: [
			{
				id: 'taken',
				count: one.state === 'shown' ? count(1, 'waits') : count(1, 'done'),
				title: (n: number) => say(`${one.state === 'shown' ? 'will' : 'did'}.${one.kind}`, { count: n }),
				names: named(1, one.state === 'shown' ? 'waits' : 'done'),
			},
			{
				id: 'ended',
				count: one.state === 'shown' ? count(0, 'waits') : count(0, 'done'),
				title: (n: number) =>
					say(`${one.state === 'shown' ? 'will_end' : 'did_end'}.${one.kind}`, { count: n }),
				names: named(0, one.state === 'shown' ? 'waits' : 'done'),
			},
			{
				id: 'already',
				count: count(1, 'already') + count(0, 'already'),
				title: (n: number) => say('already', { count: n }),
				names: named(1, 'already'),
			},
		]
			.filter((group) => group.count > 0)
			.map((group) => ({
				...group,
				title: group.title(group.count),
				more:
					group.count > group.names.length ? say('more', { count: group.count - group.names.length }) : null,
				open: group.id === 'ended',
			})),
		left: leftView(web, visit, one),
		asks: one.state === 'shown' ? askedView(web, visit, one) : null,
		button:
			one.state === 'shown' && waits > 0 ? buttonFor(one, count(1, 'waits'), count(0, 'waits'), say) : null,
		look: `/you/import/${one.id}`,
		file: `/you/import/${one.id}/left.csv`,
	};
}

/** Why a line was left, in words; a reason that has none of its own is said in general. */
export function reasonText(web: Web, visit: Visit, reason: string): string {
	const { words, t } = web.views.design;
	const key = `import.reason.${reason}`;
	return t(visit.language, words.entries(visit.language).has(key) ? key : 'import.reason.other');
}

type Say = (key: string, values?: Record<string, unknown>) => string;

function nameOf({ subject, list, line, state }: ImportRow, say: Say): string {
	const name = list === null ? subject : subject === '' ? list : say('on_list', { who: subject, list });
	return state === 'left' && line !== null ? say('line', { line, text: name }) : name;
}

function leftView(web: Web, visit: Visit, one: Import) {
	const say: Say = (key, values) => web.views.design.t(visit.language, `import.${key}`, values);
	const { store } = web.context;
	const reasons = store.read((reading) => countReasons(reading, one.id));
	if (reasons.length === 0) return null;
	const rows = store.read((reading) => rowsIn(reading, one.id, { state: 'left' }, NAMED));
	const total = reasons.reduce((sum, { n }) => sum + n, 0);
	return {
		title: say(one.state === 'shown' ? 'will_leave' : 'left', { count: total }),
		reasons: reasons.map(({ reason, n }) => ({
			text: reasonText(web, visit, reason),
			count: n,
			names: rows.filter((row) => row.reason === reason).map((row) => nameOf(row, say)),
		})),
		more: total > rows.length ? say('more', { count: total - rows.length }) : null,
	};
}

/** The servers that will be asked for people or posts that are not known here yet. */
function askedView(web: Web, visit: Visit, one: Import): string | null {
	// Lines of servers that are not asked are left already.
	const asked = web.context.store
		.read((reading) => hostsOf(reading, one.id))
		.filter(({ n, known }) => n > known);
	if (one.kind === 'hide' || asked.length === 0) return null;
	return web.views.design.t(visit.language, 'import.asks', { count: asked.length });
}

function buttonFor(one: Import, adds: number, ends: number, say: Say): string {
	const what = adds > 0 ? say(`do.${one.kind}`, { count: adds }) : null;
	if (ends === 0) return what ?? '';
	if (what === null) return say(`only_end.${one.kind}`, { count: ends });
	return say('both', { what, end: say(`end.${one.kind}`, { count: ends }) });
}
