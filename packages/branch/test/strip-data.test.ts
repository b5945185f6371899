import { expect } from 'chai';
import { seededRandom } from '../../../test/seeded-random.ts';
import { sniff } from '../src/services/media-type.ts';
import { stripData } from '../src/services/strip/strip-data.ts';
import { Unreadable } from '../src/services/strip/unreadable.ts';
import {
	comments,
	element,
	FRAME,
	madeMp3,
	madeMp4,
	madeOgg,
	madeOggFlac,
	madeWav,
	madeWebm,
	oggPage,
	oggSum,
	PLACE,
	SAMPLES,
} from './made-media.ts';

const MADE: Readonly<Record<string, () => Buffer>> = {
	'an MP4': madeMp4,
	'an MP3': madeMp3,
	'an Ogg of Opus': madeOgg,
	'an Ogg of FLAC': madeOggFlac,
	'a WebM': madeWebm,
	'a WAV': madeWav,
};
const strip = (bytes: Buffer) => stripData(bytes, sniff(bytes.subarray(0, 64))!);
/** Every place of some bytes in others. */
function placesOf(part: Buffer, bytes: Buffer): number[] {
	const found: number[] = [];
	for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + 1)) found.push(at);
	return found;
}

describe('what a sound or a video says about itself', () => {
	for (const [what, make] of Object.entries(MADE)) {
		it(`is not in ${what} any more, and taking it out of what has none changes nothing`, () => {
			expect(make().includes(PLACE)).to.equal(true);
			const kept = strip(make());
			expect(kept.includes(PLACE)).to.equal(false);
			expect(sniff(kept.subarray(0, 64))).to.deep.equal(sniff(make().subarray(0, 64)));
			expect(strip(Buffer.from(kept)).equals(kept)).to.equal(true);
		});
	}

	it('goes out of an MP4 without moving a byte of its sound; times go, and other tracks with all they hold', () => {
		const kept = strip(madeMp4());
		expect(kept.length).to.equal(madeMp4().length);
		expect(placesOf(SAMPLES, kept)).to.deep.equal(placesOf(SAMPLES, madeMp4()));
		for (const gone of ['udta', 'meta', 'uuid', 'loci', 'xyz', 'keys', 'ISO6709', '\xde\xad\xbe\xef', 'end'])
			expect(kept.includes(Buffer.from(gone, 'latin1')), gone).to.equal(false);
		expect(placesOf(Buffer.from('trak'), kept)).to.have.length(1);
	});

	it('goes out of a WebM without moving a byte of its sound', () => {
		const kept = strip(madeWebm());
		expect(kept.length).to.equal(madeWebm().length);
		expect(placesOf(SAMPLES, kept)).to.have.length(4).and.to.deep.equal(placesOf(SAMPLES, madeWebm()));
	});

	it('goes out of an MP3 with every tag, wherever it stands: frames are all that is left', () => {
		expect(strip(madeMp3()).equals(Buffer.concat(Array.from({ length: 40 }, () => FRAME)))).to.equal(true);
	});

	it('goes out of an Ogg with the sums of its pages right, and with streams that are only words', () => {
		const kept = strip(madeOgg());
		let pages = 0;
		for (let at = 0; at < kept.length; pages += 1) {
			const lengths = kept.subarray(at + 27, at + 27 + kept[at + 26]!);
			const page = Buffer.from(
				kept.subarray(at, at + 27 + lengths.length + lengths.reduce((sum, one) => sum + one, 0)),
			);
			at += page.length;
			const said = page.readUInt32LE(22);
			page.writeUInt32LE(0, 22);
			expect(oggSum(page)).to.equal(said);
			expect(page.readUInt32LE(14)).to.equal(7);
		}
		expect(pages).to.equal(4);
	});

	it('of a file that is not built as it says cannot be told apart from the rest, so it is refused', () => {
		const ogg = (...pages: Buffer[]) =>
			Buffer.concat([oggPage(1, 0, 2, [Buffer.from('\x01vorbis')]), ...pages]);
		const mp4 = madeMp4();
		const wrong: Readonly<Record<string, Buffer>> = {
			'an MP4 that ends in a box': mp4.subarray(0, mp4.length - 30),
			'an MP4 with positions where its film stands': madeMp4(80),
			'an MP4 with positions behind its end': madeMp4(2 ** 31),
			'an MP4 of no tracks': Buffer.concat([
				mp4.subarray(0, 16),
				Buffer.from([0, 0, 0, 8]),
				Buffer.from('moov'),
			]),
			'an MP3 of hardly any sound': Buffer.concat([Buffer.from('ID3'), Buffer.alloc(50_000), FRAME]),
			'an Ogg that ends in its comments': ogg(oggPage(1, 1, 0, [Buffer.alloc(255, 32)], true)),
			'an Ogg whose comments are not there': ogg(oggPage(1, 1, 0, [comments(PLACE)])),
			'an Ogg with something between pages': Buffer.concat([madeOgg(), Buffer.from(PLACE)]),
			'an Ogg of words only': oggPage(8, 0, 2, [Buffer.from(PLACE)]),
			'a WebM with an element longer than itself': Buffer.concat([
				madeWebm(),
				element(0xec, Buffer.alloc(1), 50),
			]),
			'a WebM without tracks': Buffer.concat([
				element(0x1a45dfa3, Buffer.alloc(1)),
				element(0x18538067, Buffer.alloc(0)),
			]),
			'a WAV with a chunk longer than itself': Buffer.concat([
				madeWav().subarray(0, 40),
				Buffer.alloc(4, 0x7f),
			]),
			'a WAV without samples': madeWav().subarray(0, 36),
		};
		for (const [what, bytes] of Object.entries(wrong)) {
			expect(sniff(bytes.subarray(0, 64)), what).not.to.equal(null);
			expect(() => strip(bytes), what).to.throw(Unreadable);
		}
	});

	it('is looked for in two thousand broken files without a crash, and each is refused or comes out no longer than it was', () => {
		const random = seededRandom(20_261_127);
		const upTo = (most: number) => Math.floor(random() * most);
		let taken = 0;
		for (let n = 0; n < 2000; n += 1) {
			const bytes = Object.values(MADE)[n % 6]!();
			const cut = random() < 0.2 ? bytes.subarray(0, 64 + upTo(bytes.length - 64)) : bytes;
			for (let hits = 1 + upTo(6); hits > 0; hits -= 1) {
				const at = 12 + upTo(Math.min(cut.length - 12, 700));
				cut[at] = [0, 1, 0x7f, 0x80, 0xff, upTo(256)][upTo(6)]!;
			}
			const what = sniff(cut.subarray(0, 64));
			const before = cut.length;
			try {
				if (what) taken += stripData(cut, what).length <= before ? 1 : Number.NaN;
			} catch (error) {
				expect(error, `number ${n}`).to.be.instanceOf(Unreadable);
			}
		}
		expect(taken).to.be.greaterThan(200);
	});
});
