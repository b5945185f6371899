import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { copyFolder, measure } from '@understory/branch/backup.ts';
import type { CopiesAway } from '@understory/config/copies-away.ts';
import type { BackupFacts, CopyState } from '@understory/core/backup.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import { expect } from 'chai';
import { type Bucket, bucketOf } from '../../packages/home/src/bucket.ts';
import { createBed, type HomeBed, NOON } from '../../packages/home/test/bed.ts';
import { type Storage, startStorage } from './versitygw.ts';

const BRING = fileURLToPath(new URL('./bring-away.ts', import.meta.url));
const POLICY = fileURLToPath(new URL('../../infra/kubernetes/copies-bucket.json', import.meta.url));
/** What a request needs. */
const RIGHTS = { GET: 's3:GetObject', PUT: 's3:PutObject', DELETE: 's3:DeleteObject', LIST: 's3:ListBucket' };
const PICTURES = ['one.webp', 'two.webp'];

describe('a home whose copies are brought to an object storage', function () {
	// The program is built once for this machine's cache, which takes a minute or two.
	this.timeout(600_000);
	let folder = '';
	let storage: Storage;
	let outgoing: Outgoing;
	let bed: HomeBed;
	let key: BranchStatus['branch_key'];
	/** What was asked of the storage since the test began, and what one of the requests meets instead of an answer. */
	let asked: string[] = [];
	const everAsked = new Set<string>();
	let meet: ((request: Parameters<Outgoing['request']>[0]) => ReturnType<Outgoing['request']> | null) | null =
		null;
	/** Where the home is told to bring them; changed by a test, which puts it back. */
	let place: CopiesAway;
	let bucket: Bucket;

	before(async function () {
		folder = mkdtempSync(join(tmpdir(), 'understory-bucket-'));
		try {
			storage = await startStorage(folder);
		} catch (error) {
			console.warn(`      The object storage was not run: ${(error as Error).message}`);
			return this.skip();
		}
		place = storage.place;
		outgoing = createOutgoing({ town: false, networks: place.networks, insideOnly: true });
		const client: Pick<Outgoing, 'request'> = {
			request(request) {
				const isList = new URL(request.url).searchParams.has('list-type');
				everAsked.add(isList ? 'LIST' : request.method!);
				asked.push(`${request.method} ${new URL(request.url).pathname}`);
				return meet?.(request) ?? outgoing.request(request);
			},
		};
		const now = Date.now;
		const at = () => bucketOf(place, 'home-1', { outgoing: client, now });
		bucket = at();
		const told: Bucket = {
			...{ where: bucket.where, host: bucket.host },
			put: (...words) => at().put(...words),
			get: (...words) => at().get(...words),
			list: (...words) => at().list(...words),
			remove: (...words) => at().remove(...words),
		};
		bed = await createBed({ copiesAway: told });
		key = statusIn(await bed.send('north', bed.wish('north'))).branch_key;
		for (const name of PICTURES)
			writeFileSync(join(bed.folderOf('north'), 'media', name), randomBytes(9_000));
	});
	beforeEach(() => {
		asked = [];
	});
	afterEach(() => {
		meet = null;
	});
	after(async () => {
		await bed?.close();
		await outgoing?.close();
		await storage?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	const statusIn = ({ body }: { body: string }) => JSON.parse(body) as BranchStatus;
	const send = (path: string, about: object) =>
		bed.internal(
			'PUT',
			`/internal/v1/branches/branch-north/${path}`,
			JSON.stringify(
				bed.platform.sign({
					...{ home: bed.platform.homeId, branch: 'branch-north' },
					...{ issued: bed.clock.now(), expires: bed.clock.now() + 600_000, ...about },
				}),
			),
		);
	const ask = async (backup: string) => {
		const answer = await send(`backups/${backup}`, {
			type: 'understory/backup-order/v1',
			backup,
			away: 'bring',
		});
		return JSON.parse(answer.body) as CopyState<BackupFacts>;
	};
	async function backUp(backup: string): Promise<BackupFacts> {
		await ask(backup);
		await bed.home().settle();
		const told = await ask(backup);
		if (told.state !== 'done') throw new Error(JSON.stringify(told));
		return told.facts;
	}
	async function restore(id: string, epoch: number, backup: string, more: object = {}) {
		const order = { type: 'understory/restore-order/v1', restore: id, backup, epoch, gone: [], ...more };
		await send(`restores/${id}`, order);
		await bed.home().settle();
		const answer = await send(`restores/${id}`, order);
		return JSON.parse(answer.body) as CopyState<object>;
	}
	const wishFor = (generation: number, epoch: number) => {
		const wish = bed.wish('north', { generation });
		return { ...wish, branch: { ...wish.branch, epoch } };
	};
	const copyOf = (backup: string) => join(bed.folder, 'backups', 'branch-north', backup);
	const keysThere = async () => (await bucket.list('')).map(({ key }) => key);
	const brought = () => asked.filter((one) => one.startsWith('PUT'));
	/** The time of the next try comes. */
	async function later(minutes: number): Promise<void> {
		bed.clock.advance(minutes * 60_000);
		await bed.home().settle();
	}

	it('a backup that was tried is brought there whole, what says so last, and no key with it', async () => {
		const facts = await backUp('one');
		expect(facts.away).to.deep.equal({ state: 'there', where: bucket.where, at: NOON });
		expect(bucket.where).to.match(/^s3:\/\/copies\/homes\?endpoint=http:\/\/127\.0\.0\.1:\d+$/);
		const keys = await keysThere();
		expect(keys.filter((one) => one.includes('/pieces/'))).to.have.length(4);
		expect(keys).to.include('branch-north/copies/one.json');
		expect(brought().at(-1)).to.match(/copies\/one\.json$/);
		expect((await bed.visit(bed.hostOf('north'), '/who-can-see')).body).to.contain(
			'an object storage at 127.0.0.1.',
		);
		const lengths = (await bucket.list('')).map(({ bytes }) => bytes);
		expect(lengths).not.to.include((await measure(join(bed.folder, 'home.key'))).bytes);
	});

	it('a storage in a network that nobody named is not reached, nor one without encryption that is nobody’s own', async () => {
		for (const insideOnly of [false, true]) {
			const guarded = createOutgoing({ town: false, insideOnly });
			const refused = await bucketOf(storage.place, 'home-1', { outgoing: guarded, now: Date.now })
				.list('')
				.catch((error: unknown) => error);
			expect(refused).to.include({ code: 'away_unreachable' });
			expect(refused).to.have.nested.property('cause.code', 'refused_address');
			await guarded.close();
		}
	});

	it('a copy for a move, which nobody asked to be brought there, is not', async () => {
		await send('backups/moves', { type: 'understory/backup-order/v1', backup: 'moves' });
		await bed.home().settle();
		await send('backups/moves/removal', { type: 'understory/removal-order/v1', backup: 'moves' });
		await bed.home().settle();
		expect(asked).to.deep.equal([]);
	});

	it('a picture that is there is not sent twice; one that somebody changed there is sent again', async () => {
		await backUp('two');
		// Nothing changed since, so what says of which pieces it is is all there is to send.
		expect(brought().map((one) => one.split('/').at(-1))).to.deep.equal(['two.json']);
		const { sha256 } = await measure(join(bed.folderOf('north'), 'media', 'one.webp'));
		const other = randomBytes(9_000);
		await bucket.put(`branch-north/pieces/${sha256}`, other, digest(other));
		asked = [];
		await backUp('three');
		expect(brought().some((one) => one.endsWith(sha256))).to.equal(true);
		expect((await bucket.get(`branch-north/pieces/${sha256}`, 20_000))?.equals(other)).to.equal(false);
	});

	it('a home with an empty folder and its keys restores from there, pictures and all', async () => {
		const { manifest } = await backUp('four');
		const kept = ['home.key', 'role.key'].map((name) => join(bed.folder, name));
		const safe = mkdtempSync(join(folder, 'keys-'));
		for (const file of kept) copyFileSync(file, join(safe, file.split('/').at(-1)!));
		await bed.home().close();
		for (const name of readdirSync(bed.folder)) rmSync(join(bed.folder, name), { recursive: true });
		cpSync(safe, bed.folder, { recursive: true });
		await bed.restart();
		expect((await restore('r-1', 2, 'four', { manifest })).state).to.equal('done');
		const status = statusIn(await bed.send('north', wishFor(2, 2)));
		expect(status).to.include({ state: 'serving', epoch: 2 });
		expect(status.branch_key).to.deep.equal(key);
		for (const name of PICTURES)
			expect(existsSync(join(bed.folderOf('north'), 'media', name))).to.equal(true);
		expect((await backUp('four')).away?.state).to.equal('there');
	});

	it('what lies there and is not what was brought is refused in a sentence: a manifest that lies, an object that was changed', async () => {
		const { manifest } = await backUp('five');
		rmSync(copyOf('five'), { recursive: true });
		const saying = 'branch-north/copies/five.json';
		const good = (await bucket.get(saying, 1_000_000))!;
		const lie = Buffer.from(good.toString('utf8').replace('\\"generation\\": 2', '\\"generation\\": 7'));
		expect(lie.equals(good)).to.equal(false);
		await bucket.put(saying, lie, digest(lie));
		const refused = await restore('r-2', 3, 'five', { manifest });
		expect(refused).to.include({ state: 'failed' });
		expect(JSON.stringify(refused)).to.contain('somebody changed it');
		await bucket.put(saying, good, digest(good));
		const { sha256 } = await measure(join(bed.folderOf('north'), 'media', 'two.webp'));
		const piece = (await bucket.get(`branch-north/pieces/${sha256}`, 20_000))!;
		const bent = Buffer.from(piece).fill(0, 100, 200);
		await bucket.put(`branch-north/pieces/${sha256}`, bent, digest(bent));
		expect(JSON.stringify(await restore('r-3', 3, 'five', { manifest }))).to.contain('somebody changed it');
		expect((await bed.visit(bed.hostOf('north'))).status).to.equal(200);
		// Put right, the same copy is as good as ever; what had come is not fetched again.
		await bucket.put(`branch-north/pieces/${sha256}`, piece, digest(piece));
		asked = [];
		expect((await restore('r-4', 3, 'five', { manifest })).state).to.equal('done');
		expect(asked.filter((one) => one.includes('/pieces/'))).to.have.length(1);
		expect(JSON.stringify(await restore('r-5', 4, 'never-made'))).to.contain('is not in the object storage');
	});

	it('a storage that is away, full, or slow, keys that are wrong, and a bucket that is missing are each said plainly, and the copy goes when it can', async () => {
		const wrong = join(folder, 'wrong');
		writeFileSync(wrong, '[default]\naws_access_key_id = understory\naws_secret_access_key = another\n');
		const answer = (status: number, code: string) => async () => ({
			...{ status, headers: {}, url: '' },
			body: Buffer.from(`<Error><Code>${code}</Code></Error>`),
		});
		const at = (there: CopiesAway) => () => {
			place = there;
		};
		const meets = (status: number, code: string) => () => {
			meet = ({ method }) => (method === 'PUT' ? answer(status, code)() : null);
		};
		const faults: [string, () => Promise<void> | void][] = [
			['away_unreachable', () => storage.stop()],
			['away_refused', at({ ...storage.place, credentials: wrong })],
			['away_no_keys', at({ ...storage.place, credentials: join(folder, 'none') })],
			['away_no_bucket', at(storage.placeNamed('nowhere'))],
			['away_full', meets(507, 'QuotaExceeded')],
			['away_slow', meets(503, 'SlowDown')],
		];
		for (const [nth, [code, begin]] of faults.entries()) {
			await begin();
			const { away, verified } = await backUp(`fault-${nth}`);
			expect(verified).to.equal(bed.clock.now());
			expect(away).to.include({ state: 'not_yet', code });
			expect(JSON.stringify(away)).not.to.match(/another|not-a-secret/);
			if (code === 'away_unreachable') await storage.start();
			place = storage.place;
			meet = null;
			await later(20);
			expect((await backUp(`fault-${nth}`)).away).to.include({ state: 'there' });
		}
		expect(new Set(bed.errors)).to.deep.equal(new Set(['copy_not_away']));
	});

	it('one that was cut in the middle, and a home that was stopped over it, go on with what is missing', async () => {
		writeFileSync(join(bed.folderOf('north'), 'media', 'long.webp'), randomBytes(9_000_000));
		let puts = 0;
		meet = ({ method }) => {
			if (method !== 'PUT') return null;
			puts += 1;
			return puts > 2 ? Promise.reject(new Error('cut')) : null;
		};
		expect((await backUp('cut')).away).to.include({ state: 'not_yet', code: 'away_failed' });
		expect(await keysThere()).not.to.include('branch-north/copies/cut.json');
		meet = null;
		asked = [];
		await bed.restart();
		await later(20);
		expect((await backUp('cut')).away?.state).to.equal('there');
		// Of five pieces of the long one two were there.
		expect(brought()).to.have.length(4);
	});

	it('one that was killed in the middle goes on where it was, and no copy is held in memory', async () => {
		const copy = join(folder, 'killed', 'backups', 'branch-north', 'large');
		const huge = join(bed.folderOf('north'), 'media', 'huge.webp');
		writeFileSync(huge, randomBytes(40_000_000));
		mkdirSync(dirname(copy), { recursive: true });
		await copyFolder(bed.folderOf('north'), copy, { backup: 'large', now: Date.now });
		rmSync(huge);
		writeFileSync(join(copy, 'tried.json'), JSON.stringify({ made: 1 }));
		const before = (await keysThere()).length;
		const begun = bring('killed');
		const gone = once(begun, 'exit');
		let seen = 0;
		for await (const line of createInterface(begun.stdout!)) {
			if (line.includes('/pieces/')) seen += 1;
			if (seen === 3) begun.kill('SIGKILL');
		}
		await gone;
		const after = await keysThere();
		expect(after).not.to.include('branch-north/copies/large.json');
		expect(after.length - before).to.be.within(3, 10);
		const lines: string[] = [];
		for await (const line of createInterface(bring('killed').stdout!)) lines.push(line);
		expect(lines.filter((line) => line.includes('/pieces/'))).to.have.length(
			(await keysThere()).length - 1 - after.length,
		);
		expect(lines.at(-2)).to.match(/copies\/large\.json$/);
		const [, more] = /more memory: (\d+) MB/.exec(lines.at(-1)!)!;
		expect(Number(more)).to.be.lessThan(25);
	});

	it('a copy that is no longer kept is removed there as well, with what no other copy has', async () => {
		const keys = await keysThere();
		for (const one of keys.filter((name) => name.includes('/copies/'))) {
			const [, backup] = /copies\/(.+)\.json/.exec(one)!;
			if (backup === 'one') continue;
			await send(`backups/${backup}/removal`, { type: 'understory/removal-order/v1', backup });
		}
		await bed.home().settle();
		const left = await keysThere();
		expect(left.filter((name) => name.includes('/copies/'))).to.deep.equal(['branch-north/copies/one.json']);
		expect(left.filter((name) => name.includes('/pieces/'))).to.have.length(4);
	});

	it('of a branch that is deleted for good nothing is left there, and until then the home does not say that it is gone', async () => {
		await storage.stop();
		const order = { type: 'understory/deletion-order/v1' };
		expect((await send('deletion', order)).status).to.equal(502);
		await storage.start();
		bed.clock.advance(1_200_000);
		expect((await send('deletion', order)).status).to.equal(200);
		expect(await keysThere()).to.deep.equal([]);
	});

	it('the example of a policy has every right that a home uses, and not that to delete a version', () => {
		const { policy } = JSON.parse(readFileSync(POLICY, 'utf8')) as {
			policy: { Statement: { Effect: string; Action: string | string[] }[] };
		};
		const rights = (effect: string) =>
			policy.Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Action }) => Action);
		expect([...everAsked]).to.have.members(Object.keys(RIGHTS));
		expect(rights('Allow')).to.have.members(Object.values(RIGHTS));
		expect(rights('Deny')).to.include('s3:DeleteObjectVersion');
	});

	function bring(name: string): ChildProcess {
		const words = [BRING, join(folder, name), storage.place.said, storage.place.credentials];
		return spawn(process.execPath, [...process.execArgv, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
	}
});

function digest(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
