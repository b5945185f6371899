import { expect } from 'chai';
import { sweep } from '../src/services/sweep.ts';
import { atConsole, type ConsoleVisitor } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';

const PATH = '/api/v1/libraries/multnomah/branches/belmont';
const PAGE = '/libraries/multnomah/branches/belmont/life';
const DAY = 86_400_000;
const WHY = { en: 'New shelves are built.', es: 'Se construyen estantes nuevos.' };

interface Shown {
	stage: string;
	suspended: { why: object; since: number; until: number } | null;
	conditions: { type: string; status: string; reason: string; message: string }[];
}

describe('suspending a branch', () => {
	let platform: Platform;
	let library: string;
	let visitor: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		visitor = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());

	const branch = async () => (await platform.api<Shown>('GET', PATH)).body;
	const condition = async (type: string) => (await branch()).conditions.find((one) => one.type === type)!;
	const operate = <T = { id: string }>(body: object) =>
		platform.api<T>('POST', `${PATH}/operations`, { body });
	async function carriedOut(body: object): Promise<string> {
		const begun = await operate(body);
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		await platform.settle();
		return (await platform.api<{ state: string }>('GET', `/api/v1/operations/${begun.body.id}`)).body.state;
	}
	const suspend = (over: object = {}) => ({
		kind: 'suspend',
		why: WHY,
		until: platform.clock.now() + 3 * DAY,
		...over,
	});

	it('is an operation that is done when the home lets nobody in; the conditions and the register say so', async () => {
		expect(await carriedOut(suspend())).to.equal('done');
		expect(platform.home.taken.at(-1)!.branch.suspended?.why).to.deep.equal(WHY);
		expect(await condition('Available')).to.include({ status: 'False', reason: 'Suspended' });
		expect((await condition('Available')).message).to.contain(WHY.en);
		expect(await condition('Progressing')).to.include({ status: 'False', reason: 'Settled' });
		expect((await platform.register(library)).branches[0]!.suspended?.until).to.equal(
			platform.clock.now() + 3 * DAY,
		);
		expect((await branch()).stage).to.equal('unopened');
	});

	it('again changes the reason and the end, and not the beginning', async () => {
		const { since } = (await branch()).suspended!;
		platform.clock.advance(3_600_000);
		expect(await carriedOut(suspend({ until: platform.clock.now() + DAY }))).to.equal('done');
		expect((await branch()).suspended).to.include({ since, until: platform.clock.now() + DAY });
	});

	it('is shown in the console with a way back, and its history says who did it', async () => {
		const { body } = await visitor.get(PAGE);
		expect(body).to.contain('It is suspended').and.to.contain(WHY.es).and.to.contain('by administrator');
		const { status, location } = await visitor.post(`${PAGE}/resume`, {});
		expect([status, location]).to.deep.equal([303, PAGE]);
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'True', reason: 'Serving' });
		expect((await branch()).suspended).to.equal(null);
		expect((await visitor.get(PAGE)).body).to.contain('Open again after a suspension');
	});

	it('can be done in the console; what is missing is named, and nothing that was typed is lost', async () => {
		const bad = await visitor.post(`${PAGE}/suspend`, { why_en: WHY.en, why_es: ' ', hours: '24' });
		expect(bad.status).to.equal(422);
		expect(bad.body).to.contain('Say in each language why').and.to.contain(WHY.en);
		await visitor.post(`${PAGE}/suspend`, { why_en: WHY.en, why_es: WHY.es, hours: '24' });
		await platform.settle();
		expect(await condition('Available')).to.include({ status: 'False', reason: 'Suspended' });
		expect((await visitor.get('/libraries/multnomah')).body).to.contain('Suspended');
	});

	it('is in the history, and not among the changes of settings', async () => {
		const { status, body } = await visitor.get(PAGE.replace('/life', '/settings'));
		expect(status).to.equal(200);
		expect(body).to.contain('Nobody has changed it yet.');
	});

	it('sent again with its key after the platform was away, is one act', async () => {
		const headers = { 'idempotency-key': 'resume-once' };
		const resume = () =>
			platform.api<{ id: string }>('POST', `${PATH}/operations`, { body: { kind: 'resume' }, headers });
		const first = await resume();
		expect(first.status).to.equal(202);
		// The answer that was kept is lost, as it is when the process dies before it is kept.
		await platform.provisioner().context.database('idempotency').update({ answer: null });
		expect((await resume()).body.id).to.equal(first.body.id);
		await platform.settle();
		expect((await branch()).suspended).to.equal(null);
		expect(await carriedOut(suspend({ until: platform.clock.now() + DAY }))).to.equal('done');
	});

	it('ends by itself, which is written down', async () => {
		platform.clock.advance(DAY);
		const { context, services } = platform.provisioner();
		await sweep(context, { look: services.look, touch: () => undefined });
		await platform.settle();
		expect((await branch()).suspended).to.equal(null);
		expect(await condition('Available')).to.include({ status: 'True' });
		visitor = await atConsole(platform, ADMIN_TOKEN);
		expect((await visitor.get(PAGE)).body).to.contain('by its end');
	});

	it('without an end, with one that is over or too far away, or without words in each language is refused', async () => {
		for (const until of [undefined, platform.clock.now(), platform.clock.now() + 15 * DAY]) {
			const { status, body } = await operate<{ errors: { field: string }[] }>(suspend({ until }));
			expect([status, body.errors.map(({ field }) => field)]).to.deep.equal([422, ['until']]);
		}
		const { status, body } = await operate<{ errors: { text: string }[] }>(suspend({ why: { en: 'Soon.' } }));
		expect(status).to.equal(422);
		expect(body.errors[0]!.text).to.contain('in es why');
	});

	it('that is not there cannot be resumed, and what was never provisioned cannot be suspended', async () => {
		const resumed = await operate<{ code: string }>({ kind: 'resume' });
		expect([resumed.status, resumed.body.code]).to.deep.equal([409, 'not_suspended']);
		const { database } = platform.provisioner().context;
		await database('branch').update({ stage: 'listed' });
		const listed = await operate<{ code: string }>(suspend());
		expect([listed.status, listed.body.code]).to.deep.equal([409, 'stage']);
		await database('branch').update({ stage: 'unopened' });
	});

	it('is not for a token that may only look', async () => {
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'auditor', role: 'reader' },
		});
		const reader = await atConsole(platform, body.token);
		expect((await reader.get(PAGE)).body).to.not.contain('<form method="post" action="/libraries');
		expect((await reader.post(`${PAGE}/suspend`, {})).status).to.equal(403);
	});
});
