import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { type FollowedFile, followBranches } from '../src/continuous-copy.ts';
import type { Litestream } from '../src/litestream.ts';

/** What Litestream does with what it is told, as it was seen (test/interop/litestream.test.ts asks the real one). */
function pretendedLitestream() {
	const at = new Map<string, string>();
	const said: string[] = [];
	const lists = { isThere: true, isStorageThere: true };
	const ask = <T>(what: string, act: () => T): Promise<T> => {
		if (!lists.isThere) return Promise.reject(new Error('nobody listens'));
		said.push(what);
		return Promise.resolve().then(act);
	};
	const litestream: Litestream = {
		list: () =>
			lists.isThere ? Promise.resolve([...at.keys()]) : Promise.reject(new Error('nobody listens')),
		register: (file, replica) =>
			ask(`follow ${file} to ${replica}`, () => void (at.has(file) || at.set(file, replica))),
		sync: (file) =>
			ask(`copy ${file}`, () => {
				if (!lists.isStorageThere) throw new Error('the storage is away');
			}),
		unregister: (file) => ask(`leave ${file}`, () => void at.delete(file)),
	};
	return { litestream, at, said, lists };
}

describe('copying what changes, as it changes', () => {
	let pretended: ReturnType<typeof pretendedLitestream>;
	let folder: string;
	let epochs: Map<string, number>;
	let errors: string[];
	beforeEach(() => {
		pretended = pretendedLitestream();
		folder = mkdtempSync(join(tmpdir(), 'understory-copy-'));
		epochs = new Map([
			['north', 1],
			['south', 1],
		]);
		errors = [];
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const fileOf = (branch: string) => join(folder, `${branch}.sqlite`);
	const placeOf = (branch: string): FollowedFile => ({
		file: fileOf(branch),
		replica: `s3://bucket/${branch}/${epochs.get(branch)}`,
	});
	const begin = () =>
		followBranches({
			...{ litestream: pretended.litestream, folder, notes: join(folder, 'not-copied'), placeOf },
			log: { ...silentLog, error: (event) => void errors.push(event) },
		});

	it('an open branch is followed, and one that is closed until everything is copied', async () => {
		const copy = begin();
		copy.opened('north');
		await copy.look();
		expect([...pretended.at]).to.deep.equal([[fileOf('north'), 's3://bucket/north/1']]);
		copy.closed('north');
		await copy.look();
		expect(pretended.at.size).to.equal(0);
		expect(pretended.said.slice(1)).to.deep.equal([`copy ${fileOf('north')}`, `leave ${fileOf('north')}`]);
	});

	it('a branch that nobody has opened is not followed, unless it was killed before all was copied', async () => {
		pretended.lists.isThere = false;
		const killed = begin();
		killed.opened('south');
		await killed.look();
		pretended.lists.isThere = true;
		await begin().look();
		await begin().look();
		expect(pretended.said).to.deep.equal([
			`follow ${fileOf('south')} to s3://bucket/south/1`,
			`copy ${fileOf('south')}`,
			`leave ${fileOf('south')}`,
		]);
	});

	it('while the storage is away a closed branch stays followed, and that is said once', async () => {
		const copy = begin();
		copy.opened('north');
		pretended.lists.isStorageThere = false;
		copy.closed('north');
		await copy.look();
		await copy.look();
		expect(pretended.at.has(fileOf('north'))).to.equal(true);
		expect(errors).to.deep.equal(['continuous_copy_away']);
		pretended.lists.isStorageThere = true;
		await copy.look();
		expect(pretended.at.size).to.equal(0);
	});

	it('one that is opened again while it is let go of stays followed', async () => {
		const copy = begin();
		copy.opened('north');
		copy.closed('north');
		copy.opened('north');
		await copy.look();
		expect(pretended.at.has(fileOf('north'))).to.equal(true);
	});

	it('what Litestream forgot when it was started anew is told to it again', async () => {
		const copy = begin();
		copy.opened('north');
		await copy.look();
		pretended.lists.isThere = false;
		pretended.at.clear();
		await copy.look();
		pretended.lists.isThere = true;
		await copy.look();
		expect(pretended.at.get(fileOf('north'))).to.equal('s3://bucket/north/1');
	});

	it('a folder that takes the place of another is copied to its own epoch and never into the copy of the old one', async () => {
		const copy = begin();
		copy.opened('north');
		copy.closed('north');
		await copy.release('north');
		expect(pretended.at.size).to.equal(0);
		epochs.set('north', 2);
		copy.opened('north');
		await copy.look();
		expect(pretended.at.get(fileOf('north'))).to.equal('s3://bucket/north/2');
	});

	it('a folder is let go of for its renaming, whether the storage is there or not', async () => {
		const copy = begin();
		copy.opened('north');
		await copy.look();
		pretended.lists.isStorageThere = false;
		await copy.release('north');
		expect(pretended.at.size).to.equal(0);
	});

	it('what an earlier process of the home had followed is let go of, and what is another home’s is left alone', async () => {
		pretended.at.set(fileOf('north'), 's3://bucket/nobody-knows');
		pretended.at.set('/elsewhere/branch.sqlite', 's3://bucket/elsewhere/1');
		const copy = begin();
		copy.opened('north');
		await copy.look();
		expect([...pretended.at]).to.have.deep.members([
			['/elsewhere/branch.sqlite', 's3://bucket/elsewhere/1'],
			[fileOf('north'), 's3://bucket/north/1'],
		]);
	});
});
