import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { createBed, type HomeBed } from './bed.ts';

describe('a home that starts again', () => {
	let bed: HomeBed;
	const slugs = Array.from({ length: 8 }, (_, at) => `branch${at}`);
	beforeEach(async () => {
		bed = await createBed();
		for (const slug of slugs) await bed.send(slug, bed.wish(slug));
		await bed.home().settle();
	});
	afterEach(() => bed.close());

	it('opens none of the folders that were closed well and have nothing to do', async () => {
		await bed.restart();
		await bed.home().settle();
		expect(bed.home().openCount()).to.equal(0);
		expect((await bed.visit(bed.hostOf('branch3'))).status).to.equal(200);
		expect(bed.home().openCount()).to.equal(1);
	});

	it('opens one that was written to since, and one of which nothing is known', async () => {
		await bed.home().close();
		const database = new Database(join(bed.folderOf('branch1'), 'branch.sqlite'));
		database.exec("INSERT INTO cache VALUES ('x', '', 1)");
		database.close();
		rmSync(join(bed.folder, 'due', 'branch-branch2.json'));
		writeFileSync(join(bed.folder, 'due', 'branch-branch3.json'), 'half an ent');
		await bed.restart();
		await bed.home().settle();
		expect(bed.home().openCount()).to.equal(3);
	});

	it('opens one whose process died with something written beside the file', async () => {
		await bed.home().close();
		const file = join(bed.folderOf('branch1'), 'branch.sqlite');
		expect(existsSync(`${file}-wal`)).to.equal(false);
		writeFileSync(`${file}-wal`, 'what a dead process left');
		await bed.restart();
		await bed.home().settle();
		expect(bed.home().openCount()).to.equal(1);
	});

	it('keeps one entry for each branch, written anew when its folder is closed', async () => {
		bed.clock.advance(600_000);
		await bed.home().settle();
		expect(readdirSync(join(bed.folder, 'due'))).to.have.length(slugs.length);
	});
});
