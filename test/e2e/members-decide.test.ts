import type { Clock } from '@understory/core/clock.ts';
import type { SignedRoster } from '@understory/core/register.ts';
import { verifyRoster } from '@understory/neighborhood/verify.ts';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from './api.ts';
import { Visitor } from './visitor.ts';
import { signIn } from './walk.ts';

const DAY = 24 * 60 * 60_000;
const REASON = 'The bus stops at our door every week.';

describe('a branch that comes into a neighborhood whose members decide', function () {
	this.timeout(180_000);
	let town: Awaited<ReturnType<typeof create>>;
	let later = 0;
	const clock: Clock = { now: () => Date.now() + later };
	let path: string;
	let shared: { slug: string; url: string };
	const api = (method: string, at: string, body?: object) =>
		call(town.port, method, `/api/v1${at}`, { token: town.file.adminToken, body });

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0069'], clock });
		shared = town.file.libraries[0]!.branches.find(({ stage }) => stage === 'open')!;
		const { body } = await api('GET', '/neighborhoods');
		path = `/neighborhoods/${body.items[0].id}`;
		const changes = { by: 'members', share: [1, 2], quorum: [1, 100], days: 5 };
		const changed = await api('PATCH', path, { changes });
		expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
		await town.settle();
		const made = await api('POST', '/libraries/salem/branches', {
			slug: 'bookmobile',
			name: 'Bookmobile',
			address: { street: '585 Liberty St SE', city: 'Salem', region: 'OR', postcode: '97301' },
		});
		expect(made.status, JSON.stringify(made.body)).to.equal(202);
		await town.settle();
	});
	after(() => town?.close());

	async function roster(): Promise<SignedRoster> {
		const { body } = await api('GET', path);
		const address = new URL(body.url);
		const answer = await call(town.port, 'GET', address.pathname, { host: address.host });
		const verified = verifyRoster(answer.body, { now: clock.now() });
		expect(verified.ok, JSON.stringify(verified)).to.equal(true);
		return answer.body;
	}
	const domains = async () => (await roster()).members.map(({ domain }) => domain.split('.')[0]);

	it('is asked about at each member, which gives its signed voice; the public roster shows why', async () => {
		expect(await domains()).not.to.include('bookmobile');
		const domain = `bookmobile.salem.localhost:${town.port}`;
		const proposed = await api('POST', `${path}/proposals`, {
			...{ kind: 'admit', domain, reason: 'The bookmobile has a board of its own now.' },
		});
		expect(proposed.status, JSON.stringify(proposed.body)).to.equal(201);
		await town.settle();

		const cards = town.file.libraries[0]!.demoCards;
		const host = cards.find(({ role, branch }) => role === 'host' && branch === shared.slug)!;
		const june = new Visitor(town.port);
		await signIn(june, shared.url, host);
		const page = await june.open(`${shared.url}/staff/neighborhood`);
		expect(page.text).to.include('Let Bookmobile in?');
		const question = await june.send(page, `/staff/neighborhood/${proposed.body.id}/ask`, { days: '3' });
		expect(question.text).to.include('Its neighborhood asks whether it should come in.');

		later += 4 * DAY;
		const again = new Visitor(town.port);
		await signIn(again, shared.url, host);
		const decide = await again.open(question.url);
		const given = await again.send(decide, new URL(question.url).pathname, { level: 'yes', reason: REASON });
		expect(given.status, given.text.slice(0, 300)).to.equal(200);
		await town.settle();
		const { body: open } = await api('GET', `${path}/proposals`);
		expect(open.items[0].voices).to.have.length(1);
		expect(open.items[0].voices[0]).to.include({ voice: 'yes', reason: REASON });
		expect((await again.open(`${shared.url}/neighborhood`)).text).to.include(REASON);
		expect(await domains()).not.to.include('bookmobile');
		const asAnybody = {
			host: `accountability.salem.localhost:${town.port}`,
			headers: { accept: 'text/html' },
		};
		const site = await call(town.port, 'GET', '/federation', asAnybody);
		expect(site.body).to.include(`The branch said yes to letting ${domain} into its neighborhood`);

		later += 2 * DAY;
		await api('PATCH', '/libraries/salem', { phone: '503-588-6315' });
		await town.settle();
		expect(await domains()).to.include('bookmobile');
		const [event] = (await roster()).history!;
		expect(event).to.have.nested.property('voices[0].reason', REASON);
		const shown = await again.open(`${shared.url}/neighborhood`);
		expect(shown.text).to.include('It was decided so.');
	});
});
