import { expect } from 'chai';
import { decodeBundle, encodeBundle, MAX_ENTRY, parseTilePath, tilePath, tileWidth } from '../src/tiles.ts';

describe('tiles (C2SP tlog-tiles v0.1.0)', () => {
	const paths: [level: number | 'entries', index: number, width: number, path: string][] = [
		[0, 0, 256, 'tile/0/000'],
		[0, 0, 1, 'tile/0/000.p/1'],
		[1, 0, 17, 'tile/1/000.p/17'],
		[0, 273, 112, 'tile/0/273.p/112'],
		[0, 999, 256, 'tile/0/999'],
		[0, 1000, 256, 'tile/0/x001/000'],
		[2, 1_234_067, 256, 'tile/2/x001/x234/067'],
		[2, 1_234_067, 8, 'tile/2/x001/x234/067.p/8'],
		['entries', 123_456, 255, 'tile/entries/x123/456.p/255'],
	];
	for (const [level, index, width, path] of paths) {
		it(`are at ${path}`, () => {
			expect(tilePath({ level, index, width })).to.equal(path);
			expect(parseTilePath(path)).to.deep.equal({ level, index, width });
		});
	}

	const strange = [
		'',
		'tile',
		'tile/0/0',
		'tile/00/000',
		'tile/64/000',
		'tile/0/0000',
		'tile/0/x000/001',
		'tile/0/001/000',
		'tile/0/x001',
		'tile/0/000.p/0',
		'tile/0/000.p/256',
		'tile/0/000.p/01',
		'tile/0/000.p/1.draft',
		'tile/0/000.draft',
		'tile/0/../../key',
		'tile/entries/000/',
		'/tile/0/000',
		'tile/-1/000',
		'tile/data/000',
		'checkpoint',
		'tile/0/x999/x999/x999/x999/x999/999',
	];
	for (const path of strange) {
		it(`are never at "${path}"`, () => {
			expect(parseTilePath(path)).to.equal(null);
		});
	}

	it('are as wide as the example of the specification, for 70,000 and for 256 entries', () => {
		expect([272, 273, 274].map((index) => tileWidth(0, index, 70_000))).to.deep.equal([256, 112, 0]);
		expect([0, 1, 2].map((index) => tileWidth(1, index, 70_000))).to.deep.equal([256, 17, 0]);
		expect([0, 1].map((index) => tileWidth(2, index, 70_000))).to.deep.equal([1, 0]);
		expect([tileWidth(0, 0, 256), tileWidth(1, 0, 256), tileWidth(2, 0, 256)]).to.deep.equal([256, 1, 0]);
		expect(tileWidth('entries', 273, 70_000)).to.equal(112);
	});
});

describe('bundles', () => {
	it('hold each entry after its length in 16 bits', () => {
		const entries = [Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(MAX_ENTRY, 7)];
		const bytes = encodeBundle(entries);
		expect(bytes.subarray(0, 6).toString('hex')).to.equal('000261620000');
		expect(decodeBundle(bytes).map((entry) => entry.toString('hex'))).to.deep.equal(
			entries.map((entry) => entry.toString('hex')),
		);
	});

	it('are refused when cut short, and an entry that is too long is refused', () => {
		const bytes = encodeBundle([Buffer.from('abc')]);
		for (let end = 1; end < bytes.length; end++) {
			expect(() => decodeBundle(bytes.subarray(0, end)), `${end} bytes`).to.throw(RangeError);
		}
		expect(decodeBundle(Buffer.alloc(0))).to.deep.equal([]);
		expect(() => encodeBundle([Buffer.alloc(MAX_ENTRY + 1)])).to.throw(RangeError);
	});
});
