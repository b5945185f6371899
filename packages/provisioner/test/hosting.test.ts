import { dateIn } from '@understory/core/calendar.ts';
import { expect } from 'chai';
import { atConsole } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from './fixtures/platform.ts';
import { enrolBridge } from './fixtures/test-bridge.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const PAGE = '/libraries/multnomah/branches/belmont/life';
const DAY = 86_400_000;

interface Plan {
	since: number;
	quiet: number;
	closing: number;
	over: number;
}
interface Branch {
	id: string;
	stage: string;
	generation: number;
	door: { host: string; until?: string };
	hosting: { until: number | null; unhosted: Plan | null };
	conditions: {
		type: string;
		status: string;
		reason: string;
		message: string;
		observed_generation: number;
	}[];
}

describe('who hosts a branch, and what comes when nobody does', () => {
	let platform: Platform;
	let library: string;
	let dies: string | null = null;
	before(async () => {
		platform = await startPlatform({
			afterStep(step) {
				if (step !== dies) return;
				dies = null;
				throw new Error(`killed after ${step}`);
			},
		});
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	after(() => platform.close());

	const branch = async () => (await platform.api<Branch>('GET', PATH)).body;
	const plan = async () => (await branch()).hosting.unhosted!;
	const day = (at: number) => dateIn(LIBRARY.zone, at);
	const hosted = async () => {
		const told = (await branch()).conditions.find(({ type }) => type === 'Hosted');
		return told && `${told.status} ${told.reason}`;
	};
	/** What the home was told last. */
	const wish = () => platform.home.taken.at(-1)!.branch;
	const count = async (table: string, where: object) =>
		Number((await platform.provisioner().context.database(table).where(where).count('* as n').first())?.n);
	async function sweep(to?: number): Promise<void> {
		if (to !== undefined) platform.clock.advance(to - platform.clock.now());
		await platform.provisioner().services.sweep();
		await platform.settle();
	}
	async function operate(
		body: object,
	): Promise<{ status: number; code: string; fields: string[]; state: string }> {
		const begun = await platform.api<{ id: string; code: string; errors?: { field: string }[] }>(
			'POST',
			`${PATH}/operations`,
			{ body },
		);
		const fields = (begun.body.errors ?? []).map(({ field }) => field);
		if (begun.status !== 202) return { status: begun.status, code: begun.body.code, fields, state: '' };
		await platform.settle();
		const { body: now } = await platform.api<{ state: string }>('GET', `/api/v1/operations/${begun.body.id}`);
		return { status: 202, code: '', fields, state: now.state };
	}
	const changeDoor = (change: object) =>
		platform.api('PATCH', PATH, { body: { door: { ...OPENING.door, ...change } } });

	it('before it opens nobody has to; a door without an end, where nobody has a role, says nothing about the day', async () => {
		await sweep();
		expect(await hosted()).to.equal(undefined);
		expect((await operate({ kind: 'host', door: OPENING.door })).code).to.equal('no_door');
		await operate(OPENING);
		await sweep();
		expect(await hosted()).to.equal(undefined);
		expect(wish()).to.not.have.any.keys('hosted_until', 'unhosted');
	});

	it('a last day that is none is refused; the end of a rota is said thirty days before, to homes as well', async () => {
		expect((await changeDoor({ until: '2026-02-30' })).status).to.equal(422);
		const last = day(platform.clock.now() + 40 * DAY);
		expect((await changeDoor({ until: last })).status).to.equal(202);
		await sweep();
		expect(await hosted()).to.equal('True Covered');
		await sweep(platform.clock.now() + 12 * DAY);
		expect(await hosted()).to.equal('True RotaEnds');
		const { until } = (await branch()).hosting;
		expect(day(until! - 1)).to.equal(last);
		expect((await platform.register(library)).branches[0]).to.include({ stage: 'open', hosted_until: until });
		const told = (await branch()).conditions.find(({ type }) => type === 'Hosted')!;
		expect(told.message).to.contain(last);
		expect(told.observed_generation).to.equal((await branch()).generation);
	});

	it('when it ends, what follows is announced with its days: to library IT, to the home, and in the audit', async () => {
		const { until } = (await branch()).hosting;
		await sweep(until!);
		expect(await hosted()).to.equal('False NobodyHosts');
		const announced = await plan();
		expect(announced).to.deep.equal({
			since: until!,
			quiet: until! + 14 * DAY,
			closing: until! + 44 * DAY,
			over: until! + 134 * DAY,
		});
		expect(wish()).to.deep.include({ stage: 'open', unhosted: announced });
		expect(await count('audit', { act: 'unhosted', actor: 'the rota' })).to.equal(1);
		expect(await count('operation', { kind: 'announce_quiet', state: 'done' })).to.equal(1);
		await sweep();
		expect(await plan(), 'once').to.deep.equal(announced);
		expect(await count('operation', { kind: 'announce_quiet' })).to.equal(1);
	});

	it('it can be put off to a later day by a person, and by no more than half a year at once', async () => {
		const before = await plan();
		for (const until of [undefined, before.quiet, platform.clock.now() + 181 * DAY])
			expect((await operate({ kind: 'wait', ...(until ? { until } : {}) })).fields).to.deep.equal(['until']);
		expect((await operate({ kind: 'wait', until: before.quiet + 3 * DAY })).state).to.equal('done');
		expect(await plan()).to.deep.equal({
			...{ since: before.since, quiet: before.quiet + 3 * DAY },
			...{ closing: before.closing + 3 * DAY, over: before.over + 3 * DAY },
		});
	});

	it('killed in the middle of a step, the step is done once', async () => {
		const { quiet } = await plan();
		await sweep(quiet - 1);
		expect((await branch()).stage).to.equal('open');
		dies = 'branch_quieted';
		await sweep(quiet).catch(() => undefined);
		expect(dies, 'it died there').to.equal(null);
		await platform.restart();
		await sweep();
		await sweep();
		expect(await hosted()).to.equal('False Quiet');
		expect(wish()).to.deep.include({ stage: 'quiet', unhosted: await plan() });
		expect(await count('audit', { act: 'quieted' })).to.equal(1);
		expect(await count('operation', { kind: 'quiet' })).to.equal(1);
		expect(await count('operation', { kind: 'quiet', state: 'done' })).to.equal(1);
	});

	it('a home that is silent shows nothing to anybody, so what comes next is put off', async () => {
		const before = await plan();
		platform.home.mood(() => 'damaged');
		await platform.api('PATCH', PATH, { body: { phone: '503-555-0100' } });
		await sweep();
		await sweep(before.closing - DAY);
		const after = await plan();
		expect(after.closing).to.equal(platform.clock.now() + 14 * DAY);
		expect(after.over - after.closing).to.equal(before.over - before.closing);
		expect((await branch()).stage).to.equal('quiet');
		expect(await count('audit', { act: 'put_off', actor: 'the rota' })).to.equal(1);
		platform.home.mood(() => 'serve');
		await platform.api('PATCH', PATH, { body: { phone: '503-555-0101' } });
		await sweep();
	});

	it('then it closes, announced and not before; nothing closes it for good by itself', async () => {
		await sweep((await plan()).closing - 1);
		expect((await branch()).stage).to.equal('quiet');
		await sweep((await plan()).closing);
		expect(await hosted()).to.equal('False Closing');
		expect((await branch()).stage).to.equal('closing');
		await sweep((await plan()).over + 400 * DAY);
		expect(await hosted()).to.equal('False MayEnd');
		expect((await branch()).stage).to.equal('closing');
	});

	it('the console says what was announced with its days, and both ways to stop it are forms there', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		expect((await visitor.get('/libraries/multnomah')).body).to.contain('nobody hosts it');
		const { body } = await visitor.get(PAGE);
		expect(body).to.contain('the time its people had to move is over');
		expect(body).to.contain('action="/libraries/multnomah/branches/belmont/life/host"');
		const refused = await visitor.post(`${PAGE}/wait`, { wait_until: '2026-01-01' });
		expect(refused.status).to.equal(422);
		expect(refused.body).to.contain('href="#wait_until"').and.to.contain('value="2026-01-01"');
		const bare = await visitor.post(`${PAGE}/host`, {
			host: '',
			place: 'desk',
			deputy: 'Lee',
			rota_until: '2026-01-01',
		});
		expect(bare.status).to.equal(422);
		expect(bare.body).to.contain('href="#host"').and.to.contain('href="#rota_until"');
		const later = day(platform.clock.now() + 20 * DAY);
		expect((await visitor.post(`${PAGE}/wait`, { wait_until: later })).status).to.equal(303);
		expect(day((await plan()).over)).to.equal(later);
		expect((await visitor.get(PAGE)).body).to.contain('What was announced was put off');
	});

	it('somebody who is found brings it back as it was, by one act with their name on the door', async () => {
		const bare = await operate({ kind: 'host', door: { host: 'Noor' } });
		expect([bare.status, bare.fields]).to.deep.equal([422, ['place', 'hours', 'deputy']]);
		const past = { ...OPENING.door, until: day(platform.clock.now() - DAY) };
		expect((await operate({ kind: 'host', door: past })).fields).to.deep.equal(['until']);
		const before = platform.home.taken.find(({ branch: known }) => known.stage === 'open')!.branch;
		expect((await operate({ kind: 'host', door: { ...OPENING.door, host: 'Noor' } })).state).to.equal('done');
		await sweep();
		expect(await hosted()).to.equal('True Covered');
		expect(wish()).to.deep.equal({
			...before,
			phone: '503-555-0101',
			branch_key: wish().branch_key,
			home: wish().home,
			neighborhoods: wish().neighborhoods,
			door: { ...OPENING.door, host: 'Noor' },
		});
		expect((await operate({ kind: 'wait', until: platform.clock.now() + DAY })).code).to.equal(
			'not_unhosted',
		);
	});

	it('a rota that is settled in the settings alone brings it back by itself', async () => {
		await changeDoor({ host: 'Noor', until: day(platform.clock.now() - DAY) });
		await sweep();
		expect(await hosted()).to.equal('False NobodyHosts');
		await changeDoor({ host: 'Lee' });
		await sweep();
		expect([await hosted(), (await branch()).hosting.unhosted]).to.deep.equal(['True Covered', null]);
		expect(await count('audit', { act: 'hosted', actor: 'the rota' })).to.equal(1);
	});

	it('where hosts have roles, the branch is without one when the last role ends, whatever the door says', async () => {
		const send = await enrolBridge(platform);
		const invited = await platform.api<{ url: string }>('POST', `${PATH}/invitations`, {
			body: { role: 'host', name: 'Ana', until: day(platform.clock.now() + 5 * DAY) },
		});
		const token = invited.body.url.split('/').at(-1)!;
		await send('POST', '/internal/v1/invitations:accept', { token, library_id: library, staff_id: 'ana' });
		await sweep();
		expect(await hosted()).to.equal('True RotaEnds');
		await sweep(platform.clock.now() + 6 * DAY);
		expect(await hosted()).to.equal('False NobodyHosts');
		// Whoever is named anew has no role yet: the one that ended was of the rota before.
		await operate({ kind: 'host', door: { ...OPENING.door, host: 'Sam' } });
		await sweep();
		expect(await hosted()).to.equal('True Covered');
	});

	it('a library gives its branches more time, and less than two weeks to nobody', async () => {
		const change = (hosting_days: object | null) =>
			platform.api<{ hosting_days: object }>('PATCH', '/api/v1/libraries/multnomah', {
				body: { hosting_days },
			});
		expect((await change({ quiet: 3, closing: 30, over: 90 })).status).to.be.oneOf([400, 422]);
		const days = { quiet: 60, closing: 40, over: 100 };
		expect((await change(days)).body.hosting_days).to.deep.equal(days);
		await platform.settle();
		await changeDoor({ host: 'Sam', until: day(platform.clock.now() - DAY) });
		await sweep();
		const { since, quiet, closing, over } = await plan();
		expect([quiet - since, closing - quiet, over - closing]).to.deep.equal([60 * DAY, 40 * DAY, 100 * DAY]);
	});

	it('where a person announces that it closes, the clock has nothing more to say', async () => {
		await operate({ kind: 'close' });
		await sweep(platform.clock.now() + 200 * DAY);
		const { stage, hosting } = await branch();
		expect([stage, hosting.unhosted]).to.deep.equal(['closing', null]);
		expect(await hosted()).to.equal('False NobodyHosts');
		await operate({ kind: 'host', door: OPENING.door });
		expect((await branch()).stage, 'nor has a host').to.equal('closing');
	});
});
