import { expect } from 'chai';
import { BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from '../fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const DAY = 86_400_000;

interface Operation {
	id: string;
	state: string;
	code: string;
	title: string;
}
interface Branch {
	id: string;
	name: string;
	phone: string | null;
	stage: string;
	suspended: { until: number; why: { en: string } } | null;
	generation: number;
	observed_generation: number;
	conditions: { type: string; status: string; reason: string }[];
}

describe('two operators at once', () => {
	let platform: Platform;
	let id: string;
	const tokens: string[] = [];
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		await platform.api('POST', `${PATH}/operations`, { body: OPENING });
		await platform.settle();
		id = (await branch()).id;
		for (const name of ['Ana', 'Lee']) {
			const body = { name, role: 'platform_admin', expires: platform.clock.now() + DAY };
			tokens.push((await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body.token);
		}
	});
	after(() => platform.close());

	const branch = async () => (await platform.api<Branch>('GET', PATH)).body;
	/** Both ask in the same moment, each with a token of their own. */
	const both = (of: (who: 0 | 1) => Promise<{ status: number; body: Operation }>) =>
		Promise.all([of(0), of(1)]);
	const operate = (who: 0 | 1, body: object) =>
		platform.api<Operation>('POST', `${PATH}/operations`, { token: tokens[who]!, body });
	async function isAtRest(): Promise<Branch> {
		await platform.settle();
		const now = await branch();
		expect(now.observed_generation).to.equal(now.generation);
		expect(now.conditions.find(({ type }) => type === 'Progressing')).to.include({ status: 'False' });
		const open = await platform
			.provisioner()
			.context.database('operation')
			.whereIn('state', ['queued', 'running']);
		expect(open).to.deep.equal([]);
		return now;
	}

	/** The home goes on with copies, and is asked how far it is. */
	async function goOn(): Promise<void> {
		platform.home.mood(() => 'serve');
		for (let looks = 0; looks < 3; looks++) {
			platform.clock.advance(2_000);
			await platform.provisioner().services.look([id]);
			await platform.settle();
		}
	}

	it('who change different things both get what they asked for', async () => {
		const changes = [{ name: 'Belmont' }, { phone: '503-555-0100' }];
		const answers = await both((who) =>
			platform.api<Operation>('PATCH', PATH, { token: tokens[who]!, body: changes[who] }),
		);
		expect(answers.map(({ status }) => status)).to.deep.equal([202, 202]);
		expect(await isAtRest()).to.include({ name: 'Belmont', phone: '503-555-0100' });
	});

	it('who suspend at once: it is suspended with the words of one of them, and the history has both', async () => {
		const until = platform.clock.now() + DAY;
		const answers = await both((who) =>
			operate(who, { kind: 'suspend', why: { en: `By ${who}.`, es: `Por ${who}.` }, until: until + who }),
		);
		for (const { status, body } of answers) expect(status, JSON.stringify(body)).to.equal(202);
		const { suspended } = await isAtRest();
		const winner = suspended!.until - until;
		expect(suspended!.why).to.deep.equal({ en: `By ${winner}.`, es: `Por ${winner}.` });
		expect(platform.home.taken.at(-1)!.branch.suspended).to.deep.include({ until: until + winner });
		const acts = await platform.provisioner().context.database('audit').where({ act: 'suspended' });
		expect(acts.map(({ actor }) => actor)).to.have.members(['Ana', 'Lee']);
	});

	it('who resume at once: one does, and the other is told that there is nothing to resume', async () => {
		const answers = await both((who) => operate(who, { kind: 'resume' }));
		expect(answers.map(({ status }) => status).toSorted()).to.deep.equal([202, 409]);
		expect(answers.find(({ status }) => status === 409)!.body.title).to.match(/suspended/);
		expect((await isAtRest()).suspended).to.equal(null);
	});

	it('who copy, and then restore at once: one copy under way, one restore, and the other is told so', async () => {
		// Neither ends before the other has asked.
		platform.home.mood(() => 'slow');
		const copies = await both((who) => operate(who, { kind: 'back_up' }));
		expect(copies.filter(({ status }) => status === 202)).to.have.length(1);
		expect(copies.find(({ status }) => status === 409)!.body.title).to.match(/being made/);
		await goOn();
		const backup = (await platform.provisioner().context.database('backup').where({ branch: id }).first())!
			.id;
		platform.home.mood(() => 'slow');
		const restores = await both((who) => operate(who, { kind: 'restore', backup }));
		expect(restores.map(({ status }) => status).toSorted()).to.deep.equal([202, 409]);
		await goOn();
		await isAtRest();
		expect(platform.home.taken.at(-1)!.branch.epoch).to.equal(2);
	});

	it('one who closes while the other changes the name: both are carried out, in some order', async () => {
		const answers = await both((who) =>
			who === 0
				? operate(0, { kind: 'close' })
				: platform.api<Operation>('PATCH', PATH, { token: tokens[1]!, body: { name: 'Belmont Library' } }),
		);
		expect(answers.map(({ status }) => status)).to.deep.equal([202, 202]);
		expect(await isAtRest()).to.include({ stage: 'closing', name: 'Belmont Library' });
	});
});
