import type { Contact } from '@understory/core/contact.ts';
import { createEntrySums } from '@understory/core/entry-sums.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import type { BranchEntry } from '@understory/core/statement.ts';
import { USUAL_MEMBERS_DECIDE } from '@understory/neighborhood/proposal.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf } from './wire.ts';

const COUNCIL: Contact = {
	...{ role: 'Council member', name: 'Ines Prado', phone: '5035550107', address: null },
	...{ branch: null, source: 'library IT', checked_on: '2026-10-01' },
};
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const REASON = 'Somebody had asked for it two posts above. So the rule does not fit here.';
const OCTOBER_TO_DECEMBER = 60 * 24 * 60 * 60_000;

/** Does everything that a branch writes into the log, and says what of it is not there, is there and was not done, or does not add up. */
export async function look(): Promise<string[]> {
	const bed = await createBed(['north', 'east'], 'http', USUAL_MEMBERS_DECIDE);
	const taken: string[] = [];
	try {
		bed.change('north', { federation: 'cautious' });
		bed.change('east', { federation: 'open' });
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		bed.grant('staff-otto', 'north', 'Otto Lind', 'auditor');
		bed.outside(new URL(bed.library.accountability_origin).host, (_path, body) => {
			taken.push((JSON.parse(body) as { entry: string }).entry);
			return { status: 202, body: '{}' };
		});
		await bed.settle();
		await act(bed);
		bed.clock.advance(OCTOBER_TO_DECEMBER);
		const restless = await bed.settle().then(
			() => [],
			(error: Error) => [error.message],
		);
		return [...new Set([...restless, ...compare(bed, taken), ...sums(taken)])].sort();
	} finally {
		await bed.close();
	}
}

/** A post is hidden, an auditor reads that again, and it is taken back; another is, its author appeals, makes it public, takes that back, and loses; somebody is suspended for a day, and then for longer; a server is refused, and let in later; another is limited at once, and let go; the branch says in its neighborhood that somebody may come in; a second version of the rules comes into force; a council member comes, is let read a case, asks, is answered, and goes. */
async function act(bed: Bed): Promise<void> {
	const north = bed.branch('north');
	const ana = await north.join('ana');
	const dora = await bed.branch('east').join('dora');
	const host = north.browser({ staff_id: 'staff-june' });
	const post = (await ana.write('a blue car', 'branch')).split('/')[2];
	await host.get(`/staff/posts/${post}/decide`);
	const decided = await host.post(`/staff/posts/${post}/decide`, {
		rule: 'conduct/no-advertising',
		facts: FACTS,
		do: 'decide',
	});
	const decision = /done=(.+)$/.exec(decided.headers.location ?? '')?.[1];
	await readAgain(bed, decision ?? '');
	await appealAndLose(bed, ana, host);
	await suspend(bed, host);
	await host.get(`/staff/decisions/${decision}`);
	await host.post(`/staff/decisions/${decision}/reverse`, { reason: REASON });
	await dora.get(`/find?address=@ana@${new URL(north.origin).host}`);
	await dora.get('/home');
	await dora.post('/follows', { actor: await actorOf(bed, { slug: 'north', handle: 'ana' }) });
	await bed.settle();
	for (const yes of ['', 'yes']) {
		await host.get('/staff/servers');
		await host.post('/staff/servers', {
			origin: bed.branch('east').origin,
			yes,
			reason: 'Ten of us know it.',
		});
	}
	await limit(host);
	await speakUp(bed, ana, host);
	bed.adopt({ ...starterPolicy('the board', '2026-10-01'), version: 2 });
	bed.name(COUNCIL);
	await bed.settle();
	await letAnOfficeAsk(bed, ana, host);
	bed.name();
	await bed.settle();
}

/** An auditor reads a decision again. */
async function readAgain(bed: Bed, decision: string): Promise<void> {
	const auditor = bed.branch('north').browser({ staff_id: 'staff-otto' });
	const at = `/staff/decisions/${decision}/audit`;
	await auditor.get(at);
	await auditor.post(at, { agrees: 'no', reason: REASON });
}

/** Limits a server that cannot wait, and then decides that nothing is kept away: two decisions. */
async function limit(host: Browser): Promise<void> {
	await host.get('/staff/servers/propose?host=far.example');
	const reason = 'A flood of messages came from there.';
	const { headers } = await host.post('/staff/servers/limit', { host: 'far.example', reason });
	const at = headers.location ?? '';
	await host.get(at);
	await host.post(at, { level: 'none', reason: 'It is over.', days: '90' });
}

/** Members decide whether another branch comes in: people here are asked, and then the branch says yes. */
async function speakUp(bed: Bed, ana: Browser, host: Browser): Promise<void> {
	bed.befriend('north');
	const id = bed.propose('admit', 'east');
	await host.get('/staff/neighborhood');
	const asked = await host.post(`/staff/neighborhood/${id}/ask`, { days: '3' });
	const question = asked.headers.location?.split('/').at(-1);
	await ana.get(`/asked/${question}`);
	await ana.post(`/asked/${question}`, { answer: 'fine', words: '' });
	await host.get(`/staff/proposals/${question}`);
	await host.post(`/staff/proposals/${question}`, { level: 'yes', reason: 'Ten of us know it.' });
}

async function appealAndLose(bed: Bed, ana: Browser, host: Browser): Promise<void> {
	const post = (await ana.write('a green car', 'branch')).split('/')[2];
	await host.get(`/staff/posts/${post}/decide`);
	const form = { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide' };
	await host.post(`/staff/posts/${post}/decide`, form);
	const at = /href="(\/notices\/\d+)"/.exec((await ana.get('/notices')).body)?.[1];
	await ana.get(`${at}`);
	await ana.post(`${at}/appeal`, { words: 'Somebody asked me for it.' });
	await ana.post(`${at}/public`, { show: 'text', do: 'publish' });
	await ana.post(`${at}/public/back`, {});
	const [open] = rows<{ id: string }>(bed, 'north', 'SELECT id FROM appeal');
	const other = bed.branch('north').browser({ staff_id: 'staff-ines' });
	await other.get(`/staff/appeals/${open?.id}`);
	await other.post(`/staff/appeals/${open?.id}`, { outcome: 'upheld', reason: REASON });
}

/** Lets the office in the contacts read a case; it asks, and is answered: two entries. */
async function letAnOfficeAsk(bed: Bed, ana: Browser, host: Browser): Promise<void> {
	const at = /href="(\/notices\/\d+)"/.exec((await ana.get('/notices')).body)?.[1];
	const page = (await ana.get(`${at}/release`)).body;
	const office = /name="office" value="([^"]+)"/.exec(page)?.[1] ?? '';
	const until = /name="until" type="date" value="([^"]+)"/.exec(page)?.[1] ?? '';
	const slip = (await ana.post(`${at}/release`, { office, until })).body;
	const code = /[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(slip)?.[0] ?? '';
	await bed.branch('north').browser().post('/released/question', { code, question: 'Why was it hidden?' });
	const [asked] = rows<{ id: string }>(bed, 'north', 'SELECT id FROM office_question');
	await host.get(`/staff/requests/${asked?.id}`);
	await host.post(`/staff/requests/${asked?.id}`, { outcome: 'answered', answer: 'It named a price.' });
}

/** Says that a suspension is considered, hears the person, and suspends: two decisions. */
async function suspend(bed: Bed, host: Browser): Promise<void> {
	const gus = await bed.branch('north').join('gus');
	const at = '/staff/people/gus/decide';
	await host.get(at);
	const form = { rule: 'conduct/no-threats', facts: FACTS, person_act: 'account_suspended', considers: '3' };
	const decided = await host.post(at, { ...form, do: 'decide' });
	const decision = /done=(.+)$/.exec(decided.headers.location ?? '')?.[1];
	const notice = /href="(\/notices\/\d+)"/.exec((await gus.get('/notices')).body)?.[1];
	await gus.get(`${notice}`);
	await gus.post(`${notice}/answer`, { answer: 'It was a joke among friends.' });
	await host.get(`/staff/decisions/${decision}`);
	await host.post(`/staff/decisions/${decision}/suspend`, { why: REASON });
}

/** The case files of the branch beside its entries, both ways. */
function compare(bed: Bed, taken: readonly string[]): string[] {
	const inLog = new Set(
		taken
			.map((text) => JSON.parse(text) as BranchEntry)
			.filter(({ branch }) => branch.startsWith('north.'))
			.map((entry) => {
				if (entry.kind === 'contacts') return `contacts ${entry.contacts.version}`;
				if (entry.kind === 'policy') return `policy ${entry.policy.id} ${entry.policy.version}`;
				return entry.kind === 'period_totals' ? `month ${entry.month}` : `${entry.kind} ${entry.id}`;
			}),
	);
	const all = (query: string): string[] =>
		rows<{ what: string }>(bed, 'north', query).map(({ what }) => what);
	const done = new Set([
		...all("SELECT 'decision ' || id AS what FROM decision"),
		...all("SELECT 'reversal ' || id AS what FROM reversal"),
		...all("SELECT 'appeal ' || id AS what FROM appeal"),
		...all("SELECT 'appeal_outcome ' || outcome_id AS what FROM appeal WHERE decided IS NOT NULL"),
		// An auditor's word is in the chain alone.
		...all("SELECT 'audit ' || id AS what FROM entry WHERE json_extract(body, '$.kind') = 'audit'"),
		...all("SELECT 'unsealing ' || id AS what FROM made_public"),
		...all("SELECT 'unsealing ' || back_id AS what FROM made_public WHERE back_id IS NOT NULL"),
		...all("SELECT 'official_request ' || id AS what FROM office_question"),
		...all("SELECT 'official_request ' || outcome_id AS what FROM office_question WHERE closed IS NOT NULL"),
		...all("SELECT 'federation ' || id AS what FROM server_answer"),
		...all("SELECT 'policy ' || policy || ' ' || version AS what FROM policy_in_force"),
		...['contacts 1', 'contacts 2'],
		...all("SELECT 'month ' || month AS what FROM month_closed"),
	]);
	const kind = (what: string): string => what.split(' ')[0]!;
	const counted = (of: Iterable<string>, wanted: string) =>
		[...of].filter((what) => kind(what) === wanted).length;
	const wanted = {
		decision: 4,
		reversal: 1,
		appeal: 1,
		appeal_outcome: 1,
		audit: 1,
		unsealing: 2,
		official_request: 2,
		federation: 5,
		policy: 2,
		contacts: 2,
		month: 2,
	} as const;
	return [
		...[...done].filter((what) => !inLog.has(what)).map((what) => `${kind(what)}: done, and not in the log`),
		...[...inLog].filter((what) => !done.has(what)).map((what) => `${kind(what)}: in the log, and not done`),
		...Object.entries(wanted).flatMap(([name, count]) =>
			counted(inLog, name) === count ? [] : [`${name}: ${counted(inLog, name)} in the log, and not ${count}`],
		),
	];
}

function sums(taken: readonly string[]): string[] {
	const sums = createEntrySums();
	for (const entry of taken) sums.add(entry);
	return sums.faults().map((fault) => fault.replace(/^[^:]*:\d+/, 'a branch'));
}
