import type { BranchStatus } from '@understory/core/desired.ts';
import { expect } from 'chai';
import { setConditions } from '../../src/store/branches.ts';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

interface Event {
	id: string;
	seq: number;
	branch: string;
	condition: string;
	from: { status: string; reason: string } | null;
	status: string;
	reason: string;
	message: string;
	observed_generation: number;
	times: number;
	first_time: number;
	last_time: number;
}
interface Condition {
	type: string;
	status: string;
	reason: string;
	message: string;
	observed_generation: number;
}
interface Events {
	items: Event[];
	last: number;
}

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const OF_BRANCH = `${PATH}/events`;
const OF_LIBRARY = '/api/v1/libraries/multnomah/events';
const HOUR = 3_600_000;

describe('the events of branches', () => {
	let platform: Platform;
	let id: string;

	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		id = (await platform.api<{ id: string }>('GET', PATH)).body.id;
	});
	after(() => platform.close());

	const events = async (path: string) => (await platform.api<Events>('GET', path)).body;
	async function report(change: Partial<BranchStatus>): Promise<void> {
		platform.clock.advance(1_000);
		await platform.home.report(platform.url, [platform.home.statusOf(id, change)]);
		await platform.settle();
	}
	const damage = () => report({ state: 'damaged', message: 'The folder cannot be read.' });
	const mend = () => report({});

	it('tell how a branch came up: from which condition to which, why and when', async () => {
		const { items, last } = await events(OF_BRANCH);
		const available = items.filter(({ condition }) => condition === 'Available').toReversed();
		expect(available[0]!.from).to.deep.equal({ status: 'Unknown', reason: 'NotLookedYet' });
		expect(available.at(-1)).to.include({
			...{ branch: 'belmont', status: 'True', reason: 'Serving', observed_generation: 1, times: 1 },
			...{ message: 'The home serves what is wanted.', last_time: platform.clock.now() },
		});
		for (const [at, event] of available.entries()) {
			if (at === 0) continue;
			const { status, reason } = available[at - 1]!;
			expect(event.from).to.deep.equal({ status, reason });
		}
		expect(last).to.equal(items[0]!.seq);
		expect(items.map(({ seq }) => seq)).to.deep.equal(items.map(({ seq }) => seq).toSorted((a, b) => b - a));
	});

	it('are none while nothing changes, however often somebody looks', async () => {
		const { last } = await events(OF_BRANCH);
		for (let looks = 0; looks < 3; looks++) {
			await platform.provisioner().services.look([id]);
			await platform.settle();
		}
		expect(await events(`${OF_BRANCH}?after=${last}`)).to.deep.equal({ items: [], last });
	});

	it('come after a number in order, once each, in pages', async () => {
		const { last } = await events(OF_LIBRARY);
		await damage();
		const whole = (await events(`${OF_LIBRARY}?after=${last}`)).items;
		expect(whole.map(({ condition, reason }) => [condition, reason])).to.deep.include([
			'Available',
			'Damaged',
		]);
		const singly: Event[] = [];
		for (let at = last; ; ) {
			const page = await events(`${OF_LIBRARY}?after=${at}&limit=1`);
			if (page.items.length === 0) break;
			singly.push(...page.items);
			at = page.last;
		}
		expect(singly).to.deep.equal(whole);
		await mend();
	});

	it('that come again within an hour are counted and come as news; after an hour they are written anew', async () => {
		await damage();
		await mend();
		const { last } = await events(OF_BRANCH);
		const broken = ({ condition, reason }: Event) => condition === 'Available' && reason === 'Damaged';
		const before = (await events(OF_BRANCH)).items.filter(broken);
		expect(before).to.have.length(1);
		await damage();
		const again = (await events(`${OF_BRANCH}?after=${last}`)).items.filter(broken);
		expect(again).to.have.length(1);
		expect(again[0]).to.include({ id: before[0]!.id, times: before[0]!.times + 1 });
		expect(again[0]!.last_time).to.be.greaterThan(before[0]!.last_time);
		expect(again[0]!.first_time).to.equal(before[0]!.first_time);
		await mend();
		platform.clock.advance(2 * HOUR);
		await damage();
		const anew = (await events(OF_BRANCH)).items.filter(broken);
		expect(anew).to.have.length(2);
		expect(anew[0]!.times).to.equal(1);
		await mend();
	});

	it('are waited for: whoever asks is answered when one comes, and with none when the time is over', async () => {
		const { last } = await events(OF_BRANCH);
		expect(await events(`${OF_BRANCH}?after=${last}&wait=0.2`)).to.deep.equal({ items: [], last });
		const next = events(`${OF_BRANCH}?after=${last}&wait=20`);
		await damage();
		const { items } = await next;
		expect(items[0]!.branch).to.equal('belmont');
		expect(items[0]!.seq).to.be.greaterThan(last);
		await mend();
	});

	it('are missed by nobody, though the one that began first ends last', async () => {
		const { database } = platform.provisioner().context;
		const row = (await database('branch').where({ id }).first())!;
		const { last } = await events(OF_LIBRARY);
		const slowly = { type: 'Available', status: 'True', reason: 'ServingOlder', message: 'Slow.' } as const;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', {
			body: { ...BRANCH, slug: 'albina' },
		});
		let seen: Events = { items: [], last };
		await database.transaction(async (slow) => {
			await setConditions(slow, [{ branch: row, condition: slowly }], platform.clock.now());
			await platform.settle();
			seen = await events(`${OF_LIBRARY}?after=${last}&limit=200`);
			expect(seen.items.map(({ branch }) => branch))
				.to.include('albina')
				.and.not.include('belmont');
		});
		const then = await events(`${OF_LIBRARY}?after=${seen.last}`);
		expect(then.items.map(({ message }) => message)).to.include('Slow.');
		await mend();
	});

	it('are the newest 200 of each branch, and none older than 90 days', async () => {
		const { database } = platform.provisioner().context;
		for (let count = 0; count < 210; count++) {
			await database('condition')
				.where({ branch: id, type: 'Available' })
				.update({ reason: `R${count}` });
		}
		const kept = Number((await database('branch_event').where({ branch: id }).count('* as n').first())!.n);
		expect(kept).to.equal(200);
		const first = await platform.api<Events>('GET', `${OF_BRANCH}?limit=150`);
		const second = await events(/<(.*)>/.exec(first.headers.link!)![1]!);
		expect(first.body.items.length + second.items.length).to.equal(200);
		expect(first.body.items[0]!.reason).to.equal('R209');
		platform.clock.advance(91 * 24 * HOUR);
		await platform.provisioner().services.sweep();
		await platform.settle();
		expect(
			(await events(OF_BRANCH)).items.filter(({ reason }) => /^R\d/.test(reason)),
		).to.have.length.at.most(1);
	});

	it('are refused in a sentence to whoever asks for what is no number, and not shown to another library', async () => {
		const odd = await platform.api('GET', `${OF_BRANCH}?after=yesterday`);
		expect(odd.status).to.equal(422);
		const other = await platform.api<{ id: string }>('POST', '/api/v1/libraries', {
			body: { ...LIBRARY, slug: 'clackamas' },
		});
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'other', role: 'reader', library: other.body.id, expires: platform.clock.now() + HOUR },
		});
		const call = { token: made.body.token };
		expect((await platform.api('GET', OF_BRANCH, call)).status).to.equal(404);
		expect(
			(await platform.api<Events>('GET', '/api/v1/libraries/clackamas/events', call)).body,
		).to.deep.equal({
			items: [],
			last: 0,
		});
	});

	it('and conditions of an older generation never take the place of a newer one, nor pass for the answer to it', async () => {
		const { database } = platform.provisioner().context;
		const old = (await database('branch').where({ id }).first())!;
		await platform.api('PATCH', PATH, { body: { name: 'Belmont' } });
		await platform.settle();
		const condition = { type: 'Synced', status: 'False', reason: 'OutOfSync', message: 'Long ago.' } as const;
		await setConditions(database, [{ branch: old, condition }], platform.clock.now());
		const shown = async (type: string) =>
			(await platform.api<{ conditions: Condition[] }>('GET', PATH)).body.conditions.find(
				(one) => one.type === type,
			)!;
		const before = await shown('Synced');
		expect(before).to.include({ status: 'True', reason: 'InSync' });
		// As if the process that wrote down a newer wish had ended before anybody looked.
		await database('branch').where({ id }).increment('generation');
		const now = before.observed_generation;
		const asOf = `As of generation ${now}, and ${now + 1} is wanted now: `;
		expect(await shown('Synced')).to.include({
			...{ status: 'Unknown', reason: 'OlderGeneration', observed_generation: now },
			message: `${asOf}The home serves what is wanted.`,
		});
		expect(await shown('Progressing')).to.include({ status: 'Unknown', reason: 'OlderGeneration' });
		// Whether people can use it is no answer to a wish.
		expect(await shown('Available')).to.include({ status: 'True', reason: 'Serving' });
		expect((await shown('Available')).message).to.match(new RegExp(`^${asOf}`));
		for (const [language, text] of [
			['en', `as of generation ${now}, and ${now + 1} is wanted now`],
			['es', `según la generación ${now}, y ahora se quiere la ${now + 1}`],
		] as const) {
			const visitor = await atConsole(platform, ADMIN_TOKEN, language);
			const { body } = await visitor.get('/libraries/multnomah');
			const [line] = /branches\/belmont">.*?<\/tr>/s.exec(body)!;
			expect(line).to.include(text).and.to.include('data-kind="wait"').and.not.include('data-kind="good"');
		}
		await platform.provisioner().services.look([id]);
		await platform.settle();
		expect(await shown('Synced')).to.include({ status: 'True', observed_generation: now + 1 });
	});
});
