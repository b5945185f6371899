import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@understory/core/clock.ts';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { type ApiAnswer, call } from './api.ts';
import { type Seen, Visitor } from './visitor.ts';
import { comeIn, write } from './walk.ts';

const WEEK = 7 * 86_400_000;

describe('a branch that moves to another home', function () {
	this.timeout(120_000);
	let town: Awaited<ReturnType<typeof create>>;
	let url: string;
	let id: string;
	let slug: string;
	let june: Visitor;
	let post: Seen;
	let backup: string;
	let later = 0;
	/** Steps after which the provisioner breaks off, once each; what broke off is in `broken`. */
	let breaks: ((step: string) => boolean) | null = null;
	const broken = new Set<string>();
	const api = (method: string, path: string, body?: object): Promise<ApiAnswer> =>
		call(town.port, method, `/api/v1${path}`, { token: town.file.adminToken, body });
	const branchPath = () => `/libraries/salem/branches/${slug}`;
	const placeNow = async () => (await api('GET', branchPath())).body.home;
	const folderIn = (place: string) => join(town.data, 'homes', place, 'branches', id);
	const epochIn = (place: string) =>
		JSON.parse(readFileSync(join(folderIn(place), 'branch.json'), 'utf8')).epoch;

	/** Looks at the branch once more, as the queue does a second later. */
	async function lookAgain(): Promise<void> {
		await town.roles.provisioner.services.look([id]);
		await town.settle();
	}
	async function ended(operation: string): Promise<ApiAnswer['body']> {
		for (let looks = 0; looks < 80; looks++) {
			const { body } = await api('GET', `/operations/${operation}`);
			if (body.finished !== null) return body;
			await lookAgain();
		}
		throw new Error('it does not end');
	}
	async function operate(body: object): Promise<ApiAnswer['body']> {
		const begun = await api('POST', `${branchPath()}/operations`, body);
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		return ended(begun.body.id);
	}

	before(async () => {
		town = await create({
			sample: true,
			libraries: ['OR0069'],
			clock: { ...systemClock, now: () => Date.now() + later },
			afterStep(step) {
				if (!breaks?.(step) || broken.has(step)) return;
				broken.add(step);
				throw new Error(`broken off after ${step}`);
			},
		});
		const branch = town.file.libraries[0]!.branches.find(({ stage }) => stage === 'open')!;
		({ url, slug } = branch);
		id = (await api('GET', branchPath())).body.id;
		const card = town.catalogues
			.get('salem')!
			.deck.find(({ role, state, kind }) => role === 'patron' && state === 'good' && kind === 'adult')!;
		june = new Visitor(town.port);
		await comeIn(june, url, card, 'June');
		post = await write(june, url, 'The fern by the window has a new leaf.', 'branch');
	});
	after(() => town?.close());

	const seen = async () => (await june.open(`${url}/home`)).text;
	const FERN = 'The fern by the window has a new leaf.';

	it('serves in a home of its own, wherever the provisioner broke off: same posts, same people, signed in as before', async () => {
		backup = (await operate({ kind: 'back_up' })).id;
		await write(june, url, 'Written after the backup.', 'branch');
		expect(await placeNow()).to.deep.equal({ kind: 'shared', name: 'home-1' });
		breaks = (step) => /^(move|home|enrolment|intent|desired|status)_/.test(step);
		const moved = await operate({ kind: 'move', home: 'dedicated' });
		breaks = null;
		expect(moved.state, JSON.stringify(moved.problem)).to.equal('done');
		expect([...broken].filter((step) => step.startsWith('move_'))).to.have.members([
			...['move_copying', 'move_carrying', 'move_closing', 'move_copying_rest', 'move_carrying_rest'],
			...['move_laying_out', 'move_leaving', 'move_left', 'move_leading', 'move_switching', 'move_held'],
		]);
		const place = await placeNow();
		expect(place.kind).to.equal('dedicated');
		expect(moved.result).to.include({ home: place.name, from: 'home-1' });
		const host = new URL(url).host;
		expect(town.roles.homes.get(place.name)!.answersFor(host)).to.equal(true);
		expect(town.roles.homes.get('home-1')!.answersFor(host)).to.equal(false);
		expect([epochIn('home-1'), epochIn(place.name)]).to.deep.equal([1, 2]);
		expect(await seen())
			.to.contain(FERN)
			.and.to.contain('Written after the backup.');
		expect(post.url).to.contain(url);
		const again = await write(june, url, 'It grows here as well.', 'branch');
		expect(again.status).to.equal(200);
		expect(
			(await api('GET', branchPath())).body.conditions.find(
				(one: { type: string }) => one.type === 'Available',
			),
		).to.include({ status: 'True' });
	});

	it('its last copy is a backup of the new home, and what the old one has is listed there', async () => {
		const { items } = (await api('GET', `${branchPath()}/backups`)).body;
		const place = await placeNow();
		expect(items.map(({ home, state }: { home: string; state: string }) => [home, state])).to.deep.equal([
			[place.name, 'done'],
			['home-1', 'done'],
		]);
	});

	it('a backup that another home made is restored: that home hands it over, its keys wrapped anew', async () => {
		const restored = await operate({ kind: 'restore', backup });
		expect(restored.state, JSON.stringify(restored.problem)).to.equal('done');
		const { name } = await placeNow();
		expect(epochIn(name)).to.equal(3);
		const page = await new Visitor(town.port).open(`${url}/`);
		expect(page.status).to.equal(200);
		await lookAgain();
		expect(existsSync(join(town.data, 'homes', name, 'backups', id, backup))).to.equal(false);
		expect(existsSync(join(town.data, 'homes', 'home-1', 'backups', id, backup))).to.equal(true);
	});

	it('what cannot be moved is refused in a sentence', async () => {
		const refused = async (body: object) => {
			const { status, body: answer } = await api('POST', `${branchPath()}/operations`, {
				kind: 'move',
				...body,
			});
			return [status, answer.code];
		};
		expect(await refused({})).to.deep.equal([422, 'bad_input']);
		expect(await refused({ home: 'shared', place: 'nowhere' })).to.deep.equal([422, 'bad_input']);
		expect(await refused({ home: 'dedicated' })).to.deep.equal([409, 'same_home']);
		const stay = await api('POST', `${branchPath()}/operations`, { kind: 'cancel_move' });
		expect([stay.status, stay.body.code]).to.deep.equal([409, 'not_moving']);
	});

	it('one that is cancelled stays where it is, and nothing of it is left in the other home', async () => {
		const { name } = await placeNow();
		const { body: begun } = await api('POST', `${branchPath()}/operations`, { kind: 'move', home: 'shared' });
		// Closed, and its last copy under way.
		breaks = (step) => step === 'move_copying_rest';
		broken.clear();
		while (broken.size === 0) await lookAgain();
		breaks = null;
		expect((await june.open(`${url}/`)).status).to.equal(503);
		for (const kind of ['move', 'restore', 'retire'] as const) {
			const body = { kind, home: 'shared', backup, confirm: slug };
			const other = await api('POST', `${branchPath()}/operations`, body);
			expect(other.body.code, kind).to.equal('move_underway');
		}
		const cancelled = await api('POST', `${branchPath()}/operations`, { kind: 'cancel_move' });
		expect(cancelled.status).to.equal(202);
		const { state, problem } = await ended(begun.id);
		expect(state).to.equal('failed');
		expect(problem.title).to.contain(`stays in ${name}`).and.to.contain('cancelled it');
		await lookAgain();
		expect((await june.open(`${url}/`)).status).to.equal(200);
		expect(await placeNow()).to.deep.equal({ kind: 'dedicated', name });
		expect(existsSync(`${folderIn('home-1')}.restored`)).to.equal(false);
	});

	it('goes back under a newer epoch, and the home that was its own stops', async () => {
		const { name } = await placeNow();
		const moved = await operate({ kind: 'move', home: 'shared', place: 'home-1' });
		expect(moved.state, JSON.stringify(moved.problem)).to.equal('done');
		expect(await placeNow()).to.deep.equal({ kind: 'shared', name: 'home-1' });
		expect(epochIn('home-1')).to.equal(4);
		expect((await town.roles.provisioner.context.driver.observe(name)).state).to.equal('Absent');
		expect((await june.open(`${url}/`)).status).to.equal(200);
	});

	it('after a week the folders it left are destroyed, with a record, and the one that serves is not', async () => {
		const left = (await api('GET', `${branchPath()}/backups`)).body.items;
		const place = left.map(({ home }: { home: string }) => home).find((home: string) => home !== 'home-1');
		expect(existsSync(folderIn(place))).to.equal(true);
		later = WEEK + 60_000;
		await town.roles.provisioner.services.sweep();
		await town.settle();
		expect(existsSync(folderIn(place))).to.equal(false);
		expect(existsSync(folderIn('home-1'))).to.equal(true);
		const { items } = (await api('GET', `${branchPath()}/backups`)).body;
		expect(new Set(items.map(({ home }: { home: string }) => home))).to.deep.equal(new Set(['home-1']));
		expect((await june.open(`${url}/`)).status).to.equal(200);
	});
});
