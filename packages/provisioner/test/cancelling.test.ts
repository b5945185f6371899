import { readFileSync } from 'node:fs';
import { createDesign } from '@understory/design/design.ts';
import { expect } from 'chai';
import { schemas } from '../src/api/schemas.ts';
import { CANCELLING, cancellingOf } from '../src/services/cancellable.ts';
import { alone } from '../src/store/database.ts';
import { cancellingTable } from './cancelling-table.ts';
import { atConsole } from './fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';

const AT = '/api/v1/libraries/multnomah';
const HERE = `${AT}/branches/belmont`;
const ROWS = 600;
const FILE = [
	'library,branch,name,city',
	...Array.from({ length: ROWS }, (_, at) => `multnomah,lane-${at},Lane ${at},Portland`),
].join('\n');

interface Operation {
	id: string;
	state: string;
	progress: { done: number; total: number | null };
	result: Record<string, number>;
	problem: { title: string; code: string } | null;
	code?: string;
	title?: string;
}

describe('what can be cancelled', () => {
	it('is in a table that has every kind of operation that can be asked for, and is the one in the docs', () => {
		const kinds = new Set(CANCELLING.map(({ kind }) => kind));
		const asked = ['NewBranchOperation', 'NewLibraryOperation', 'NewSigningKeysOperation'].flatMap(
			(name) =>
				(schemas as never as Record<string, { properties: { kind: { enum: string[] } } }>)[name]!.properties
					.kind.enum,
		);
		const keys = { turn: 'turn_signing_keys', withdraw: 'withdraw_signing_keys' } as Record<string, string>;
		for (const kind of asked) expect(kinds, kind).to.include(keys[kind] ?? kind);
		expect(cancellingOf('nothing that there is', 'open').may).to.equal(false);
		const page = readFileSync(new URL('../../../docs/library-it/life.md', import.meta.url), 'utf8');
		expect(page).to.include(cancellingTable());
	});

	it('has words in both languages, and those of the API are the English ones', () => {
		const design = createDesign();
		for (const { kind, stage, why } of CANCELLING) {
			const key = `operations.cancel.why.${kind}.${stage}`;
			expect(design.t('en', key)).to.equal(why);
			expect(design.t('es', key), key).to.not.be.oneOf([why, key, '']);
		}
	});
});

describe('an operation that is cancelled', () => {
	let platform: Platform;
	let branch: string;
	/** Dies at this step, once. */
	let dies: string | null = null;
	before(async () => {
		platform = await startPlatform({
			// The first home comes up at the fifth try: until then no home has a branch.
			startFails: 4,
			afterStep(step) {
				if (step !== dies) return;
				dies = null;
				throw new Error('killed');
			},
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
	});
	after(() => platform.close());
	beforeEach(() => platform.home.mood(() => 'serve'));

	const operate = (body: object) => platform.api<Operation>('POST', `${HERE}/operations`, { body });
	const operation = async (id: string) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`)).body;
	const cancel = (id: string, token = ADMIN_TOKEN) =>
		platform.api<Operation>('POST', `/api/v1/operations/${id}/cancel`, { token });
	const look = async (...branches: string[]) => {
		await platform.provisioner().services.look(branches);
		await platform.settle();
	};
	const database = () => platform.provisioner().context.database;
	const stages = async () =>
		Object.fromEntries(
			(await database()('branch').select('slug', 'stage')).map(({ slug, stage }) => [slug, stage]),
		);

	it('a branch that no home has yet is only listed again, and so are all of them of a library', async () => {
		const made = await platform.api<Operation>('POST', `${AT}/branches`, { body: BRANCH });
		await platform.settle();
		expect((await operation(made.body.id)).state).to.be.oneOf(['queued', 'running']);
		const cancelled = await cancel(made.body.id);
		expect(cancelled.status, JSON.stringify(cancelled.body)).to.equal(202);
		expect(cancelled.body.problem).to.deep.equal({
			title: 'administrator cancelled it. The branch is only listed again.',
			code: 'cancelled',
		});
		const all = await platform.api<Operation>('POST', `${AT}/operations`, { body: { kind: 'provision' } });
		const none = await cancel(all.body.id);
		expect(none.body.problem!.title).to.include('1 branches are only listed again');
		await platform.settle();
		expect(await stages()).to.deep.equal({ belmont: 'listed' });
		const audit = await database()('audit').where({ act: 'cancelled' }).select('actor', 'subject');
		expect(audit).to.have.length(2);
	});

	it('a branch that its home has is not taken back by it, and the answer says so', async () => {
		const made = await platform.api<Operation>('POST', `${AT}/operations`, { body: { kind: 'provision' } });
		for (let tries = 0; tries < 8; tries++) {
			platform.clock.advance(600_000);
			const { id } = await database()('branch').where({ slug: 'belmont' }).first('id');
			branch = id;
			await look(id);
		}
		expect((await operation(made.body.id)).state).to.equal('done');
		const late = await cancel(made.body.id);
		expect([late.status, late.body.code]).to.deep.equal([409, 'ended']);
		await database()('operation').where({ id: made.body.id }).update({ state: 'running', finished: null });
		const after = await cancel(made.body.id);
		expect([after.status, after.body.code]).to.deep.equal([409, 'too_late']);
		expect(after.body.title).to.include('Homes have all of the branches.');
		expect(await stages()).to.deep.equal({ belmont: 'unopened' });
	});

	it('a copy ends, its home removes what it has of it, and the list says who cancelled it', async () => {
		platform.home.mood(() => 'slow');
		const { body: begun } = await operate({ kind: 'back_up' });
		await platform.settle();
		// The process dies when it is cancelled, before any home was told.
		dies = 'act_written';
		await cancel(begun.id).catch(() => undefined);
		expect((await operation(begun.id)).problem).to.deep.equal({
			title: 'administrator cancelled it, and what was copied is removed.',
			code: 'cancelled',
		});
		await platform.restart();
		await platform.settle();
		expect(platform.home.obeyed.at(-1)).to.include({
			...{ type: 'understory/removal-order/v1', backup: begun.id, branch },
		});
		expect((await cancel(begun.id)).body.code).to.equal('ended');
		const { body } = await platform.api<{ items: { id: string; problem: string }[] }>(
			'GET',
			`${HERE}/backups`,
		);
		expect(body.items.find(({ id }) => id === begun.id)!.problem).to.include('administrator cancelled it');
	});

	it('a copy that is whole at the same moment is whole or cancelled, never both', async () => {
		for (let times = 0; times < 4; times++) {
			platform.home.mood(() => 'slow');
			const { body: begun } = await operate({ kind: 'back_up' });
			await platform.settle();
			platform.home.mood(() => 'serve');
			const [, answered] = await Promise.all([look(branch), cancel(begun.id)]);
			await look(branch);
			const ended = await operation(begun.id);
			const { state } = await database()('backup').where({ id: begun.id }).first('state');
			if (answered.status === 202)
				expect([ended.problem?.code, state]).to.deep.equal(['cancelled', 'failed']);
			else expect([answered.body.code, ended.state, state]).to.deep.equal(['ended', 'done', 'done']);
		}
	});

	it('a restore is over when its home has destroyed what it laid out; nobody restores before, and the branch is as it was', async () => {
		platform.home.mood(() => 'slow');
		const [copy] = await database()('backup').where({ state: 'done', branch }).limit(1);
		const backup =
			copy?.id ??
			(await (async () => {
				platform.home.mood(() => 'serve');
				const { body } = await operate({ kind: 'back_up' });
				await platform.settle();
				await look(branch);
				platform.home.mood(() => 'slow');
				return body.id;
			})());
		const epoch = async () => (await database()('branch').where({ id: branch }).first('epoch')).epoch;
		const before = await epoch();
		const { body: begun } = await operate({ kind: 'restore', backup });
		await platform.settle();
		dies = 'act_written';
		await cancel(begun.id).catch(() => undefined);
		expect((await operation(begun.id)).state).to.equal('running');
		const twice = await cancel(begun.id);
		expect([twice.status, twice.body.code]).to.deep.equal([409, 'not_cancellable']);
		expect((await operate({ kind: 'restore', backup })).body.code).to.equal('restore_underway');
		await platform.restart();
		await platform.settle();
		expect(platform.home.obeyed.at(-1)).to.include({
			...{ type: 'understory/clearing-order/v1', only: 'laid_out', epoch: before + 1, branch },
		});
		expect(await operation(begun.id)).to.deep.include({ state: 'failed' });
		expect((await operation(begun.id)).problem!.code).to.equal('cancelled');
		expect(await epoch()).to.equal(before);
		platform.home.mood(() => 'serve');
		const again = await operate({ kind: 'restore', backup });
		await platform.settle();
		await look(branch);
		await database()('restore').where({ id: again.body.id }).update({ state: 'switching' });
		await database()('operation')
			.where({ id: again.body.id })
			.update({ state: 'running', finished: null, problem: null });
		expect((await cancel(again.body.id)).body.code).to.equal('too_late');
		await look(branch);
	});

	it('a move is cancelled as ever, and who may not begin an operation may not cancel it', async () => {
		platform.home.mood(() => 'slow');
		const { body: begun, status } = await operate({ kind: 'move', home: 'dedicated' });
		expect(status, JSON.stringify(begun)).to.equal(202);
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'reader', role: 'reader', library: 'multnomah' },
		});
		expect((await cancel(begun.id, made.body.token)).status).to.equal(403);
		const page = await (await atConsole(platform, made.body.token)).get(`/operations/${begun.id}/cancel`);
		expect(page.status).to.equal(403);
		expect((await cancel(begun.id)).status).to.equal(202);
		platform.home.mood(() => 'serve');
		await look(branch);
		platform.clock.advance(1_000);
		await look(branch);
		expect((await operation(begun.id)).problem!.title).to.include('administrator cancelled it.');
	});

	it('an import begins no further row, says which it took in, and is gone on with once', async () => {
		const { context } = platform.provisioner();
		const importing = () =>
			platform.outgoing.request({
				url: `${platform.url}/api/v1${AT.slice('/api/v1'.length)}/branches:import`,
				method: 'POST',
				headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'text/csv' },
				body: FILE,
			});
		// It breaks off after its first batch, and somebody else is at the files then.
		dies = 'import_batch';
		const { id } = JSON.parse((await importing()).body.toString('utf8')) as Operation;
		await platform.settle();
		expect((await operation(id)).progress).to.deep.equal({ done: 250, total: ROWS });
		const visitor = await atConsole(platform, ADMIN_TOKEN);
		await alone(context.locks, 'imports', async () => {
			const asked = await visitor.get(`/operations/${id}/cancel`);
			expect(asked.body).to.include('Rows that were taken in stay');
			expect((await visitor.post(`/operations/${id}/cancel`, {})).location).to.equal(`/operations/${id}`);
		});
		const cancelled = await operation(id);
		expect(cancelled.problem).to.deep.equal({
			title: `administrator cancelled it after 250 of ${ROWS} rows. What was taken in stays.`,
			code: 'cancelled',
		});
		expect(cancelled.result).to.include({ rows: 250, created: 250, not_begun: ROWS - 250 });
		const again = await visitor.get(`/operations/${id}/cancel`);
		expect(again.body).to.include('It has ended.').and.not.include('<form method="post" action="/operations');
		await platform.provisioner().services.sweep();
		await platform.settle();
		expect(Object.keys(await stages())).to.have.length(251);

		const resumed = await platform.api<Operation>('POST', `/api/v1/operations/${id}/resume`);
		expect(resumed.status, JSON.stringify(resumed.body)).to.equal(202);
		const twice = await platform.api<Operation>('POST', `/api/v1/operations/${id}/resume`);
		expect([twice.status, twice.body.code]).to.deep.equal([409, 'not_resumable']);
		await platform.settle();
		expect((await operation(resumed.body.id)).result).to.include({
			...{ rows: ROWS, unchanged: 250, created: ROWS - 250 },
		});
		const of = await platform.api<Operation>('POST', `/api/v1/operations/${resumed.body.id}/resume`);
		expect([of.status, of.body.code]).to.deep.equal([409, 'not_cancelled']);
	});
});
