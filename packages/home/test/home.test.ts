import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { lockFolder } from '@understory/branch/store/lock.ts';
import { SCHEMA } from '@understory/branch/store/migrations.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { createBed, type HomeBed, NOON } from './bed.ts';

const status = (body: string) => JSON.parse(body) as BranchStatus;
const problem = (body: string) => JSON.parse(body) as { title: string; code: string };

describe('a home', () => {
	let bed: HomeBed;
	beforeEach(async () => {
		bed = await createBed();
	});
	afterEach(() => bed.close());

	describe('carries out what the platform wishes', () => {
		it('a signed wish makes the folder, and the branch answers at its host', async () => {
			const answer = await bed.send('north', bed.wish('north'));
			expect(answer.status).to.equal(200);
			expect(status(answer.body)).to.include({ branch: 'branch-north', generation: 1, state: 'serving' });
			expect(status(answer.body).branch_key?.publicKey).to.be.a('string');
			const page = await bed.visit(bed.hostOf('north'));
			expect(page.status).to.equal(200);
			expect(page.body).to.contain('North is not open yet');
		});

		it('repeating a wish changes nothing', async () => {
			const first = await bed.send('north', bed.wish('north'));
			const again = await bed.send('north', bed.wish('north'));
			expect(again.body).to.equal(first.body);
		});

		it('a newer wish is taken up at once, by a branch that is open', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.visit(bed.hostOf('north'));
			const wish = bed.wish('north', { generation: 2 });
			await bed.send('north', { ...wish, branch: { ...wish.branch, name: 'North Hills' } });
			expect((await bed.visit(bed.hostOf('north'))).body).to.contain('North Hills');
		});

		it('an older wish is refused with 409 and changes nothing', async () => {
			await bed.send('north', bed.wish('north', { generation: 5 }));
			const older = bed.wish('north', { generation: 4 });
			const answer = await bed.send('north', { ...older, branch: { ...older.branch, name: 'Old North' } });
			expect(answer.status).to.equal(409);
			expect(problem(answer.body).code).to.equal('generation');
			expect((await bed.visit(bed.hostOf('north'))).body).to.not.contain('Old North');
		});

		it('a wish that somebody else signed is refused with 403, and no folder is made', async () => {
			const forged = signDocument(bed.wish('north'), generateKey());
			const path = '/internal/v1/branches/branch-north';
			const answer = await bed.internal('PUT', path, JSON.stringify(forged));
			expect(answer.status).to.equal(403);
			expect(existsSync(bed.folderOf('north'))).to.equal(false);
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(421);
		});

		it('a wish that was changed after signing is refused with 403', async () => {
			const signed = bed.platform.sign(bed.wish('north'));
			const bent = { ...signed, generation: 9 };
			const path = '/internal/v1/branches/branch-north';
			expect((await bed.internal('PUT', path, JSON.stringify(bent))).status).to.equal(403);
		});

		it('a wish for another home, or one that has expired, is refused with 403', async () => {
			const elsewhere = await bed.send('north', bed.wish('north', { home: 'home-2' }));
			expect([elsewhere.status, problem(elsewhere.body).code]).to.deep.equal([403, 'another_home']);
			const late = await bed.send('north', bed.wish('north', { expires: bed.clock.now() - 1 }));
			expect([late.status, problem(late.body).code]).to.deep.equal([403, 'expired']);
			const hour = 3_600_000;
			const now = bed.clock.now();
			const early = await bed.send(
				'north',
				bed.wish('north', { issued: now + hour, expires: now + 2 * hour }),
			);
			expect([early.status, problem(early.body).code]).to.deep.equal([403, 'not_yet']);
			// Whoever reads it can set the right clock.
			expect(problem(early.body).title).to.contain('60 minutes earlier. One of the two clocks is wrong.');
			expect(existsSync(bed.folderOf('north'))).to.equal(false);
		});

		it('a wish cannot be put at the address of another branch', async () => {
			const signed = JSON.stringify(bed.platform.sign(bed.wish('north')));
			expect((await bed.internal('PUT', '/internal/v1/branches/branch-south', signed)).status).to.equal(400);
		});

		it('what is not JSON, not an object, or too large gets a sentence and a 4xx', async () => {
			const path = '/internal/v1/branches/branch-north';
			const answers = await Promise.all([
				bed.internal('PUT', path, '{"type":'),
				bed.internal('PUT', path, '[]'),
				bed.internal('PUT', path),
				bed.internal('PUT', path, JSON.stringify({ a: 'x'.repeat(1_100_000) })),
			]);
			expect(answers.map((answer) => answer.status)).to.deep.equal([400, 400, 400, 413]);
			for (const { body } of answers) expect(problem(body).title).to.match(/^[A-Z].*\.$/);
		});
	});

	describe('finds the branch by its host', () => {
		it('an unknown host gets 421: a page in the reader’s language for browsers, a problem document for programs', async () => {
			const english = await bed.visit('nowhere.lib.localhost:1');
			expect(english.status).to.equal(421);
			expect(english.body).to.contain('No library and no branch has this address');
			const spanish = await bed.visit('nowhere.lib.localhost:1', '/', { 'accept-language': 'es' });
			expect(spanish.body).to.contain('<html lang="es"').and.to.not.contain('No library and no branch');
			const program = await bed.visit('nowhere.lib.localhost:1', '/', { accept: 'application/json' });
			expect(program.headers['content-type']).to.contain('application/problem+json');
			expect(problem(program.body).code).to.equal('unknown_host');
		});

		it('the right name at another port is another host', async () => {
			await bed.send('north', bed.wish('north'));
			expect((await bed.visit('north.lib.localhost:1')).status).to.equal(421);
			expect((await bed.visit(bed.hostOf('north').toUpperCase())).status).to.equal(200);
		});
	});

	describe('comes up with what it kept', () => {
		it('its keys are files that nobody else may read', () => {
			for (const name of ['role.key', 'home.key']) {
				expect(statSync(join(bed.folder, name)).mode & 0o777, name).to.equal(0o600);
			}
		});

		it('after a restart without a platform every branch is served as before', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.platform.die();
			await bed.restart();
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		});

		it('after a restart it enrols with the key it had, without needing a token again', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.restart();
			const [first, second] = bed.platform.enrolments;
			expect(second?.public_key).to.deep.equal(first?.public_key);
		});

		it('after a restart an older wish is still refused', async () => {
			await bed.send('north', bed.wish('north', { generation: 3 }));
			await bed.restart();
			expect((await bed.send('north', bed.wish('north', { generation: 2 }))).status).to.equal(409);
		});

		it('a wish that was kept before its folder was whole is carried out again', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.home().close();
			rmSync(bed.folderOf('north'), { recursive: true });
			await bed.restart();
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(503);
			expect((await bed.send('north', bed.wish('north'))).status).to.equal(200);
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		});
	});

	describe('when a folder is broken', () => {
		beforeEach(async () => {
			for (const slug of ['north', 'south']) await bed.send(slug, bed.wish(slug));
			await bed.home().close();
		});

		it('a damaged file is answered with 503 and a sentence, the others go on, and the platform is told once', async () => {
			writeFileSync(join(bed.folderOf('north'), 'branch.sqlite'), 'this is no database'.repeat(1_000));
			await bed.restart();
			const page = await bed.visit(bed.hostOf('north'));
			expect(page.status).to.equal(503);
			expect(page.body).to.contain('What you wrote before is safe');
			const program = await bed.visit(bed.hostOf('north'), '/', { accept: 'application/json' });
			expect(problem(program.body).title).to.contain('The file of this branch is damaged');
			expect((await bed.visit(bed.hostOf('south'))).status).to.equal(200);
			await bed.visit(bed.hostOf('north'));
			await bed.home().settle();
			const told = bed.platform.reports.flatMap((report) => report.branches);
			expect(told.map(({ branch, state }) => [branch, state])).to.deep.equal([['branch-north', 'damaged']]);
			expect(told[0]!.message).to.contain('damaged');
		});

		it('what was damaged and is brought back is served again, without a restart, and the platform is told', async () => {
			const file = join(bed.folderOf('north'), 'branch.sqlite');
			const good = readFileSync(file);
			writeFileSync(file, 'this is no database'.repeat(1_000));
			await bed.restart();
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(503);
			writeFileSync(file, good);
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
			await bed.home().settle();
			const states = bed.platform.reports.flatMap((report) => report.branches).map(({ state }) => state);
			expect(states).to.deep.equal(['damaged', 'serving']);
		});

		it('a damaged branch.json is 503, and the file beside it is left alone', async () => {
			const folder = bed.folderOf('north');
			const before = readFileSync(join(folder, 'branch.sqlite'));
			writeFileSync(join(folder, 'branch.json'), '{"id":');
			await bed.restart();
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(503);
			expect(readFileSync(join(folder, 'branch.sqlite')).equals(before)).to.equal(true);
		});

		it('a folder that cannot be written to is 503 with what to do about it, until it can be', async () => {
			const lock = join(bed.folderOf('north'), 'lock.sqlite');
			renameSync(lock, `${lock}.away`);
			mkdirSync(lock);
			await bed.restart();
			const answer = await bed.visit(bed.hostOf('north'), '/', { accept: 'application/json' });
			expect(answer.status).to.equal(503);
			expect(problem(answer.body).title).to.contain('give the home write access');
			rmSync(lock, { recursive: true });
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		});

		it('a copy of a folder under a newer epoch is not opened, so that a branch never speaks twice', async () => {
			await bed.restart();
			const wish = bed.wish('north', { generation: 2 });
			const moved = { ...wish, branch: { ...wish.branch, epoch: 2 } };
			expect((await bed.send('north', moved)).status).to.equal(409);
		});
	});

	describe('suspends a branch', () => {
		const until = NOON + 3 * 86_400_000;
		const why = { en: 'The building moves.', es: 'El edificio se muda.' };
		const suspending = (slug: string, over: object = {}) => {
			const wish = bed.wish(slug, { generation: 2, ...over });
			return { ...wish, branch: { ...wish.branch, suspended: { why, since: NOON, until } } };
		};

		it('its page says why and until when in the reader’s language, servers are asked to come again, and the folder is let go', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.send('south', bed.wish('south'));
			await bed.visit(bed.hostOf('north'));
			const told = await bed.send('north', suspending('north'));
			expect([told.status, status(told.body).state]).to.deep.equal([200, 'suspended']);
			const page = await bed.visit(bed.hostOf('north'), '/', { 'accept-language': 'es' });
			expect(page.status).to.equal(503);
			expect(page.body).to.contain('El edificio se muda.').and.to.contain('2026-10-11T19:00:00');
			expect(page.headers['retry-after']).to.equal('3600');
			const inbox = await bed.visit(bed.hostOf('north'), '/ap/inbox', {
				accept: 'application/activity+json',
			});
			expect([inbox.status, problem(inbox.body).code]).to.deep.equal([503, 'suspended']);
			// Nobody has the folder: it can be looked at and copied.
			lockFolder(bed.folderOf('north')).release();
			expect((await bed.visit(bed.hostOf('south'))).status).to.equal(200);
			await bed.restart();
			await bed.home().settle();
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(503);
		});

		it('it is back when it is resumed, and by itself when its time is over, whether or not the platform lives', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.send('north', suspending('north'));
			await bed.send('north', bed.wish('north', { generation: 3 }));
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
			await bed.send('north', suspending('north', { generation: 4 }));
			await bed.platform.die();
			bed.clock.advance(3 * 86_400_000);
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		});

		it('one whose file is damaged can be suspended, and the platform is told what is wrong', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.restart();
			writeFileSync(join(bed.folderOf('north'), 'branch.json'), '{');
			const told = status((await bed.send('north', suspending('north'))).body);
			expect(told.state).to.equal('suspended');
			expect(told.message).to.contain('branch.json of this branch is damaged');
			expect((await bed.visit(bed.hostOf('north'))).body).to.contain('The building moves.');
		});
	});

	describe('keeps few folders open', () => {
		it('an unused branch is closed after a while, and opened again when somebody comes', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.home().settle();
			expect(bed.home().openCount()).to.equal(1);
			bed.clock.advance(600_000);
			await bed.home().settle();
			expect(bed.home().openCount()).to.equal(0);
			expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
			expect(bed.home().openCount()).to.equal(1);
		});

		it('somebody who goes away before the branch is open does not keep it open', async () => {
			await bed.send('north', bed.wish('north'));
			await bed.restart();
			const handed = new Promise<void>((resolve) => {
				const late = createServer((request, response) => {
					response.once('close', () => {
						bed.home().handle(request, response);
						late.close(() => resolve());
					});
					socket.destroy();
				});
				late.listen(0, '127.0.0.1', () => socket.connect((late.address() as AddressInfo).port, '127.0.0.1'));
			});
			const socket = new Socket();
			socket.once('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${bed.hostOf('north')}\r\n\r\n`));
			await handed;
			await bed.home().settle();
			bed.clock.advance(600_000);
			await bed.home().settle();
			expect(bed.home().openCount()).to.equal(0);
		});
	});

	describe('on its internal port', () => {
		it('tells health, readiness and numbers, which the branches’ own hosts do not', async () => {
			await bed.send('north', bed.wish('north'));
			expect((await bed.internal('GET', '/healthz')).status).to.equal(200);
			expect((await bed.internal('GET', '/readyz')).status).to.equal(200);
			const { body } = await bed.internal('GET', '/metrics');
			expect(body).to.match(/^understory_open_branches\{role="home"\} 1$/m);
			expect(body).to.match(/^understory_home_branches\{role="home"\} 1$/m);
			expect(body).to.match(/^understory_broken_branches\{role="home"\} 0$/m);
			expect(body).to.match(/^understory_deliveries_waiting\{role="home"\} 0$/m);
			for (const path of ['/metrics', '/internal/v1/branches']) {
				expect((await bed.visit(bed.hostOf('north'), path)).status, path).to.equal(404);
			}
		});

		it('says how many bytes each branch’s folder has, pictures and all, and to nobody outside', async () => {
			await bed.send('north', bed.wish('north'));
			const sizes = async () => {
				const { body } = await bed.internal('GET', '/internal/v1/sizes');
				const told = (JSON.parse(body) as { sizes: { branch: string; bytes: number }[] }).sizes;
				expect(told.map(({ branch }) => branch)).to.deep.equal(['branch-north']);
				return told[0]!.bytes;
			};
			const before = await sizes();
			expect(before).to.be.greaterThan(4_096);
			mkdirSync(join(bed.folderOf('north'), 'media', 'ab'), { recursive: true });
			writeFileSync(join(bed.folderOf('north'), 'media', 'ab', 'picture'), Buffer.alloc(1_000_000));
			expect((await sizes()) - before).to.be.within(1_000_000, 1_100_000);
			expect((await bed.visit(bed.hostOf('north'), '/internal/v1/sizes')).status).to.equal(404);
		});

		it('says of which schema the newest of its folders is, whether it is open or not, and to nobody outside', async () => {
			const newest = async () =>
				(JSON.parse((await bed.internal('GET', '/internal/v1/schema')).body) as { newest: number | null })
					.newest;
			expect(await newest()).to.equal(null);
			await bed.send('north', bed.wish('north'));
			expect(await newest()).to.equal(SCHEMA);
			await bed.send('south', bed.wish('south'));
			const database = new Database(join(bed.folderOf('south'), 'branch.sqlite'));
			database.pragma(`user_version = ${SCHEMA + 1}`);
			database.close();
			expect(await newest()).to.equal(SCHEMA + 1);
			expect((await bed.visit(bed.hostOf('north'), '/internal/v1/schema')).status).to.equal(404);
		});

		it('names its branches with the generation that was carried out', async () => {
			await bed.send('north', bed.wish('north', { generation: 2 }));
			const { body } = await bed.internal('GET', '/internal/v1/branches');
			expect(JSON.parse(body)).to.deep.equal({ branches: [{ branch: 'branch-north', generation: 2 }] });
		});
	});
});

describe('a home without a platform', () => {
	it('does not come up with nothing to serve, and says why', async () => {
		let refused: unknown;
		const platform = { url: 'http://127.0.0.1:9', token: null, outgoing: silent };
		await createBed({ platform }).catch((error: unknown) => {
			refused = error;
		});
		expect(refused).to.be.instanceOf(Error);
		expect((refused as Error).message).to.contain('nobody listens there');
	});
});

const silent = { request: () => Promise.reject(new Error('nobody listens there')) };
