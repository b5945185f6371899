import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type DebianPackage, fetchPackage, readBase, unpackPackage } from '../debian.ts';
import { whyNoImage } from '../image.ts';

describe('a package of Debian', () => {
	let folder: string;
	const [one] = readBase().packages.filter(({ name }) => name === 'gcc-12-base');
	const fetch = (over: Partial<DebianPackage> = {}) =>
		fetchPackage({ ...one!, ...over }, join(folder, 'cache'));
	const kept = () => readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.deb'));

	before(function () {
		const why = whyNoImage();
		if (why) {
			console.error(`\n${why} Tests of Debian's packages are skipped.\n`);
			this.skip();
		}
		folder = mkdtempSync(join(tmpdir(), 'understory-debian-'));
		fetch();
	});
	after(() => folder && rmSync(folder, { recursive: true, force: true }));

	it('is kept by its digest, and one that was spoiled is fetched anew', () => {
		const [file] = kept();
		expect(kept()).to.deep.equal([`${one!.sha256}.deb`]);
		writeFileSync(join(folder, 'cache', file!), 'spoiled');
		unpackPackage(one!, fetch(), join(folder, 'root'));
		expect(readdirSync(join(folder, 'root/usr/share/doc/gcc-12-base'))).to.deep.equal(['copyright']);
	});

	it('that is not the one that is written down is refused and not kept', () => {
		expect(() => fetch({ sha256: '0'.repeat(64) })).to.throw(`${one!.sha256}, and 000`);
		expect(kept()).to.deep.equal([`${one!.sha256}.deb`]);
	});

	it('that the apt sources do not have is said in a sentence that names the way out', () => {
		expect(() => fetch({ version: '1.0', sha256: '0'.repeat(64) })).to.throw(
			'npm run image -- --newest-debian',
		);
	});

	it('that lost a file which the image takes is not taken', () => {
		const changed = { ...one!, keep: ['usr/lib/gone.so'] };
		expect(() => unpackPackage(changed, fetch(), join(folder, 'other'))).to.throw(
			'has no usr/lib/gone.so any more',
		);
	});
});
