import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import type { Gone } from '@understory/core/gone.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { copyFolder } from '../src/backup.ts';
import { openBranch } from '../src/open-branch.ts';
import { layOut, takeOver, tryCopy } from '../src/restore.ts';
import { SCHEMA } from '../src/store/migrations.ts';
import { changePost } from '../src/store/posts.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';

describe('a backup of a branch folder', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let copy: string;
	/** Paths of posts that are in the backup. */
	const written = new Map<string, string>();
	let told: Gone[] = [];
	before(async () => {
		bed = await createBed(['north']);
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		for (const text of ['xk-stays', 'xk-deleted', 'xk-hidden', 'xk-unread'])
			written.set(text, await ana.write(text, 'branch'));
		written.set('xk-leaver', await ben.write('xk-leaver', 'branch'));
		copy = join(bed.folder, 'backups', 'one');
	});
	after(() => bed.close());

	const folder = () => bed.branch('north').folder;
	const idOf = (text: string) => Number(written.get(text)!.split('/').at(-1));
	const restored = () => join(bed.folder, 'restored');
	const takeCopy = (target = copy) => copyFolder(folder(), target, { backup: 'one', now: bed.clock.now });
	async function refusal(act: () => Promise<unknown>): Promise<PublicError> {
		const error = await act().then(
			() => null,
			(thrown: unknown) => thrown,
		);
		if (error instanceof PublicError) return error;
		throw new Error(`it was not refused: ${String(error)}`);
	}

	it('is made while people go on writing, is whole, and making it again is no act', async () => {
		const copying = takeCopy();
		written.set('xk-after', await ana.write('xk-after', 'branch'));
		const manifest = await copying;
		expect(manifest).to.include({ branch: 'branch-north', made: bed.clock.now(), epoch: 1 });
		expect(manifest.files.map(({ path }) => path)).to.include.members(['branch.sqlite', 'branch.json']);
		expect(readdirSync(copy).filter((name) => /wal|shm|lock/.test(name))).to.deep.equal([]);
		bed.clock.advance(1_000);
		expect(await takeCopy()).to.deep.equal(manifest);
		expect((await ana.get('/home')).status).to.equal(200);
	});

	it('says how far it is, step by step and never backwards, until every file was copied and measured', async () => {
		const steps: number[] = [];
		const totals = new Set<number>();
		const other = join(bed.folder, 'backups', 'told');
		const tell = (done: number, total: number) => {
			steps.push(done);
			totals.add(total);
		};
		const { files } = await copyFolder(folder(), other, { backup: 'told', now: bed.clock.now, tell });
		expect([...totals]).to.deep.equal([2 * files.length]);
		expect(steps).to.deep.equal(steps.toSorted((a, b) => a - b));
		expect(steps.at(-1)).to.equal(2 * files.length);
		rmSync(other, { recursive: true });
	});

	it('is tried by laying it out and opening it, and leaves nothing of that', async () => {
		const scratch = join(bed.folder, 'scratch');
		await tryCopy(copy, scratch, bed.parts());
		expect(existsSync(scratch)).to.equal(false);
	});

	it('says of which schema its database is, although a program before wrote the card', async () => {
		const card = join(folder(), 'branch.json');
		const now = readFileSync(card, 'utf8');
		writeFileSync(card, JSON.stringify({ ...JSON.parse(now), schema: 1 }));
		const older = join(bed.folder, 'backups', 'older');
		expect((await takeCopy(older)).schema).to.equal(SCHEMA);
		rmSync(older, { recursive: true });
		writeFileSync(card, now);
	});

	it('of which a byte is another, or a file is missing, is refused with what it is', async () => {
		const bent = join(bed.folder, 'bent');
		for (const [file, act] of [
			['branch.sqlite', (path: string) => writeFileSync(path, flip(readFileSync(path)))],
			['branch.json', (path: string) => rmSync(path)],
			['manifest.json', (path: string) => writeFileSync(path, '{')],
		] as const) {
			cpSync(copy, bent, { recursive: true });
			act(join(bent, file));
			const { code, message } = await refusal(() => tryCopy(bent, join(bed.folder, 'scratch'), bed.parts()));
			expect([code, message.includes(file)], message).to.deep.equal(['damaged', true]);
			rmSync(bent, { recursive: true });
		}
	});

	it('does not open with the key of another home: what is sealed stays sealed', async () => {
		const other = bed.parts({ homeKey: Buffer.alloc(32, 1) });
		const { code } = await refusal(() => tryCopy(copy, join(bed.folder, 'scratch'), other));
		expect(code).to.equal('wrong_home_key');
	});

	it('tells what is gone: what people deleted since a moment, whoever left, and what is hidden', async () => {
		const { open, store } = bed.branch('north');
		const since = bed.clock.now();
		await ana.get('/home');
		await ana.post(`/posts/${idOf('xk-deleted')}/delete`, {});
		store.transact((writing) => changePost(writing, idOf('xk-hidden'), { hidden: 'decision-7' }));
		await ben.get('/home');
		await ben.post('/you/delete', { handle: 'ben' });
		told = open.goneSince(since);
		const ids = (what: Gone['what']) => told.filter((one) => one.what === what).map(({ id }) => id);
		expect(ids('post')).to.have.members([idOf('xk-deleted'), idOf('xk-leaver')]);
		expect(ids('person')).to.have.length(1);
		expect(told.find(({ what }) => what === 'hidden')).to.include({
			id: idOf('xk-hidden'),
			decision: 'decision-7',
		});
		expect(JSON.stringify(told)).to.not.contain('xk-').and.to.not.contain('ben');
	});

	it('is laid out under a new epoch, and what was deleted or taken down after it stays so', async () => {
		await layOut(copy, restored(), { epoch: 2, gone: told }, bed.parts());
		const posts = look(restored(), 'SELECT id, content_html, deleted, hidden FROM post');
		const post = (text: string) => posts.find(({ id }) => id === idOf(text))!;
		expect(post('xk-stays')).to.include({ deleted: null, hidden: null });
		expect(post('xk-deleted').content_html).to.equal('');
		expect(post('xk-leaver').content_html).to.equal('');
		expect(post('xk-hidden').hidden).to.equal('decision-7');
		expect(posts.some(({ id }) => id === idOf('xk-after'))).to.equal(false);
		const [left] = look(restored(), "SELECT name, gone FROM person WHERE handle = 'ben'");
		expect(left!.gone).to.be.a('number');
		// Whoever signed out since is not signed in again.
		expect(look(restored(), 'SELECT sid FROM session')).to.deep.equal([]);
		expect(JSON.parse(readFileSync(join(restored(), 'branch.json'), 'utf8'))).to.include({ epoch: 2 });
	});

	it('takes over what was deleted in the folder that served until then, and the entries of the log', async () => {
		const { open, store } = bed.branch('north');
		await ana.get('/home');
		await ana.post(`/posts/${idOf('xk-unread')}/delete`, {});
		const entry = { seq: 1, id: 'e-1', body: '{}', disclosures: '[]', digest: 'sha256:00', next_at: 0 };
		const database = new Database(join(folder(), 'branch.sqlite'));
		database
			.prepare(`INSERT INTO entry (${Object.keys(entry)}) VALUES (${Object.values(entry).map(() => '?')})`)
			.run(...Object.values(entry));
		database.close();
		store.close();
		await open.close();
		expect(takeOver(folder(), restored(), bed.parts())).to.equal(true);
		const [post] = look(restored(), `SELECT content_html FROM post WHERE id = ${idOf('xk-unread')}`);
		expect(post!.content_html).to.equal('');
		expect(look(restored(), 'SELECT id FROM entry')).to.deep.equal([{ id: 'e-1' }]);
		writeFileSync(join(folder(), 'branch.sqlite'), 'nothing');
		expect(takeOver(folder(), restored(), bed.parts())).to.equal(false);
	});

	it('that was restored serves, and the branch is itself: same keys, same ids, same people', async () => {
		const again = await openBranch(restored(), bed.parts());
		expect(again.branch).to.equal('branch-north');
		expect(again.status()).to.include({ epoch: 2, state: 'serving' });
		await again.close();
	});
});

/** The rows of a query in a folder that nobody has open. */
function look(folder: string, sql: string): Record<string, unknown>[] {
	const database = new Database(join(folder, 'branch.sqlite'), { readonly: true });
	const rows = database.prepare(sql).all() as Record<string, unknown>[];
	database.close();
	return rows;
}

function flip(bytes: Buffer): Buffer {
	const at = bytes.length - 1;
	bytes[at]! ^= 1;
	return bytes;
}
