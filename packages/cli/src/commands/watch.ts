import type { Branch, Event } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';
import type { Followed } from '@understory/api-client/follow.ts';
import { BadInput, PublicError } from '@understory/core/errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { inPlace } from '../in-place.ts';
import type { Session } from '../parts.ts';
import { plain, tableText } from '../table.ts';
import { stateOf } from './events.ts';

/** How a branch stands, in the words of this command. */
type Standing = 'ready' | 'on its way' | 'needs you' | 'not served';

/** So many branches stand in the table that changes in place; those that are not ready come first. */
const SHOWN = 20;

/**
 * `understory watch <library>`, `understory watch <library>/<branch>`: follows what changes until it is stopped, or until everything that is wanted is carried out. On
 * a terminal a table changes in place; in a pipe each event is a line; as JSON it is an object a line. Ends with `refused` when a branch needs somebody.
 */
export async function watchBranches(
	session: Session,
	subject: string,
	until: string | undefined,
): Promise<void> {
	if (until !== undefined && until !== 'ready') throw new BadInput('--until takes the word ready.');
	const [, library, branch] = /^([^/]+)(?:\/([^/]+))?$/.exec(subject) ?? [];
	if (!library) throw new BadInput(`Write a library, or a branch as library/branch, not "${subject}".`);
	const of = { library, ...(branch ? { branch } : {}) };
	const api = session.api();
	// Asked for before the first look, so that nothing falls in between.
	const { last } = await api.call('listEvents', { params: { library }, query: { limit: '1' } });
	let branches = await look(api, of);
	let seen = last;
	const show = shownIn(session);
	show([], branches);
	/** Whether it is over. What came between the last answer and the last look is shown before it ends. */
	const end = async (): Promise<boolean> => {
		const code = until === undefined ? null : verdict(branches);
		if (code === null) return false;
		const rest = await whileAway(since(api, of, seen), null);
		if (rest === null) return false;
		if (rest.length > 0) show(rest, branches);
		const waiting = branches.filter((one) => standingOf(one) === 'needs you');
		session.say(
			code === EXIT.done ? 'Ready.\n' : `Needs you: ${waiting.map(({ slug }) => slug).join(', ')}.\n`,
		);
		session.end(code);
		return true;
	};
	if (await end()) return;
	const lost = ({ message }: PublicError) => session.say(`${plain(message)} It is asked again.\n`);
	for await (const events of api.follow(of, last, lost)) {
		seen = events.at(-1)?.seq ?? seen;
		branches = await whileAway(look(api, of), branches);
		show(events, branches);
		if (await end()) return;
	}
}

/** What was asked for, or something else while the platform gives no answer. */
async function whileAway<T, E>(asked: Promise<T>, otherwise: E): Promise<T | E> {
	return asked.catch((error: unknown) => {
		if (!(error instanceof PublicError) || error.status < 500) throw error;
		return otherwise;
	});
}

async function since(
	api: ApiClient,
	{ library, branch }: Followed,
	after: number,
): Promise<readonly Event[]> {
	const query = { after: String(after), limit: '200' };
	const { items } =
		branch === undefined
			? await api.call('listEvents', { params: { library }, query })
			: await api.call('listBranchEvents', { params: { library, branch }, query });
	return items;
}

async function look(api: ApiClient, { library, branch }: Followed): Promise<Branch[]> {
	if (branch !== undefined) return [await api.call('getBranch', { params: { library, branch } })];
	return Array.fromAsync(api.all('listBranches', { params: { library }, query: { limit: '200' } }));
}

/** What is wanted of all of them is carried out: `done`. One needs somebody, and no other is on its way: `refused`. Null while one is. */
function verdict(branches: readonly Branch[]): ExitCode | null {
	const standings = branches.map(standingOf);
	if (standings.includes('on its way')) return null;
	return standings.includes('needs you') ? EXIT.refused : EXIT.done;
}

function standingOf({ stage, retired, generation, conditions }: Branch): Standing {
	if (stage === 'listed' || typeof retired?.deleted === 'number') return 'not served';
	const of = (type: string) => conditions.find((one) => one.type === type);
	const progressing = of('Progressing');
	// What was true of an older wish says nothing of this one.
	if ((progressing?.observed_generation ?? 0) < generation) return 'on its way';
	if (progressing?.reason === 'NeedsYou') return 'needs you';
	return progressing?.status === 'False' && of('Synced')?.status === 'True' ? 'ready' : 'on its way';
}

function shownIn(session: Session): (events: readonly Event[], branches: readonly Branch[]) => void {
	if (session.asJson()) {
		return (events) => {
			for (const event of events) session.out(`${JSON.stringify(event)}\n`);
		};
	}
	const width = session.width?.() ?? null;
	if (width === null) {
		let begun = false;
		return (events, branches) => {
			if (!begun) session.say(`${sumOf(branches)}\n`);
			begun = true;
			for (const event of events) session.out(lineOf(event));
		};
	}
	const draw = inPlace((text) => session.out(text), width);
	return (_events, branches) => draw(tableOf(branches));
}

/** `2026-03-02T12:00:00Z  belmont  Available  True (Serving) -> False (HomeAbsent)  The home of this branch does not run.` */
function lineOf(event: Event): string {
	const { branch, condition, from, times, message } = event;
	const when = new Date(event.last_time).toISOString().replace('.000Z', 'Z');
	const change = from === null ? stateOf(event) : `${stateOf(from)} -> ${stateOf(event)}`;
	const often = times > 1 ? ` (${times} times)` : '';
	return `${[when, branch, condition, change + often, message].map(plain).join('  ')}\n`;
}

function tableOf(branches: readonly Branch[]): string {
	const rows = branches
		.map((one) => ({ one, standing: standingOf(one) }))
		.toSorted((a, b) => RANK.indexOf(a.standing) - RANK.indexOf(b.standing));
	const shown = rows.slice(0, SHOWN).map(({ one, standing }) => ({
		branch: one.slug,
		standing,
		serving: one.conditions.find(({ type }) => type === 'Available')?.status ?? null,
		generation:
			one.observed_generation < one.generation
				? `${one.observed_generation} of ${one.generation}`
				: String(one.generation),
		says:
			one.conditions.find(({ type }) => type === (standing === 'ready' ? 'Available' : 'Synced'))?.message ??
			null,
	}));
	const columns = ['branch', 'standing', 'serving', 'generation', 'says'];
	return `${tableText(columns, shown)}${sumOf(branches)}\n`;
}

const RANK: readonly Standing[] = ['needs you', 'on its way', 'ready', 'not served'];

/** `12 branches: 1 on its way, 11 ready.` */
function sumOf(branches: readonly Branch[]): string {
	const standings = branches.map(standingOf);
	const parts = RANK.map(
		(standing) => [standing, standings.filter((one) => one === standing).length] as const,
	);
	const told = parts.filter(([, count]) => count > 0).map(([standing, count]) => `${count} ${standing}`);
	return `${branches.length === 1 ? '1 branch' : `${branches.length} branches`}${told.length > 0 ? `: ${told.join(', ')}` : ''}.`;
}
