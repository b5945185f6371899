import { createReadStream, existsSync } from 'node:fs';
import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { readOutlet, readSystem } from '../../src/survey/outlet.ts';
import { readSurvey } from '../../src/survey/rows.ts';

const HEADER =
	'STABR,FSCSKEY,FSCS_SEQ,C_FSCS,LIBID,LIBNAME,ADDRESS,CITY,ZIP,ZIP4,CNTY,PHONE,C_OUT_TY,STATSTRU,LONGITUD,LATITUDE';
const BELMONT =
	'OR,OR0063,005,Y,OR0063-005,BELMONT LIBRARY,1038 CESAR CHAVEZ BLVD,PORTLAND,97214,4318,MULTNOMAH,5039885382,BR,00,-122.6,45.5';

async function* bytes(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
	for (const part of parts) yield typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}

async function readAll(...parts: (string | Uint8Array)[]) {
	const { rows } = await readSurvey(bytes(...parts));
	return (await Array.fromAsync(rows)).map(readOutlet);
}

const changed = (edit: Record<string, string>) => {
	const names = HEADER.split(',');
	return BELMONT.split(',')
		.map((value, at) => edit[names[at]!] ?? value)
		.join(',');
};

async function refusal(work: Promise<unknown>): Promise<PublicError> {
	const error: unknown = await work.then(
		() => null,
		(thrown) => thrown,
	);
	expect(error).to.be.instanceOf(PublicError);
	return error as PublicError;
}

describe("a row of the survey's outlet file", () => {
	it('becomes a branch with the name on its door, its address and its phone', async () => {
		const [read] = await readAll(`${HEADER}\n${BELMONT}\n`);
		expect(read).to.deep.include({ kind: 'row' });
		if (read?.kind !== 'row') return;
		const { digest, ...row } = read.row;
		expect(digest).to.match(/^[0-9a-f]{32}$/);
		expect(row).to.deep.equal({
			line: 2,
			system: 'OR0063',
			sequence: '005',
			region: 'OR',
			name: 'Belmont',
			fullName: 'Belmont Library',
			address: { street: '1038 Cesar Chavez Blvd', city: 'Portland', region: 'OR', postcode: '97214-4318' },
			location: { north: 45500, east: -122600 },
			phone: '503-988-5382',
			central: false,
		});
	});

	it('is read as Windows-1252, so that a dash and an accent stay what they are', async () => {
		const [read] = await readAll(
			`${HEADER}\n`,
			changed({ LIBNAME: 'DELTA CO PLD \x96 DELTA', ADDRESS: '710 W C\xc9SAR CH\xc1VEZ ST' }),
		);
		expect(read).to.have.nested.property('row.name', 'Delta Co Pld – Delta');
		expect(read).to.have.nested.property('row.address.street', '710 W César Chávez St');
	});

	it('is read as UTF-8 behind a byte order mark, with either line end', async () => {
		const text = `\ufeff${HEADER}\r\n${changed({ LIBNAME: 'BIBLIOTECA ÑANDÚ' })}\r\n`;
		const [read] = await readAll(Buffer.from(text, 'utf8'));
		expect(read).to.have.nested.property('row.name', 'Biblioteca Ñandú');
	});

	it('keeps the zeros a ZIP and a sequence number begin with', async () => {
		const [read] = await readAll(`${HEADER}\n`, changed({ ZIP: '02139', FSCS_SEQ: '001' }));
		expect(read).to.have.nested.property('row.address.postcode', '02139-4318');
		expect(read).to.have.nested.property('row.sequence', '001');
	});

	for (const code of ['M', '-1', '-3', '-4', '-9', '']) {
		it(`the code "${code}" is nothing, not a phone number, ZIP or street`, async () => {
			const [read] = await readAll(`${HEADER}\n`, changed({ PHONE: code, ZIP4: code, ADDRESS: code }));
			expect(read).to.have.nested.property('row.phone', null);
			expect(read).to.have.nested.property('row.address.postcode', '97214');
			expect(read).to.have.nested.property('row.address.street', '');
		});
	}

	it('stands where the survey says, to three decimals, and nowhere when it says nothing or the middle of a ZIP code', async () => {
		const header = `${HEADER},GEOMATCH`;
		const locate = async (edit: Record<string, string>, match = 'A') => {
			const [read] = await readAll(`${header}\n${changed(edit)},${match}\n`);
			return read?.kind === 'row' ? read.row.location : undefined;
		};
		expect(await locate({ LATITUDE: '45.51567', LONGITUD: '-122.6226' })).to.deep.equal({
			...{ north: 45516, east: -122623 },
		});
		for (const nothing of ['0', '', 'M', '-3', '-4', 'north', '91', '1e400'])
			expect(await locate({ LATITUDE: nothing }), nothing).to.equal(null);
		for (const match of ['5', '9']) expect(await locate({}, match), match).to.equal(null);
		const [older] = await readAll(
			'STABR,FSCSKEY,FSCS_SEQ,LIBNAME,ADDRESS,CITY,ZIP,PHONE,C_OUT_TY,STATSTRU\nOR,OR0063,005,A,B,C,97214,-4,BR,00\n',
		);
		expect(older).to.have.nested.property('row.location', null);
	});

	const skipped: [Record<string, string>, string][] = [
		[{ C_OUT_TY: 'BS' }, 'bookmobile'],
		[{ C_OUT_TY: 'MO' }, 'books_by_mail'],
		[{ STATSTRU: '03' }, 'closed'],
		[{ STATSTRU: '23' }, 'temporarily_closed'],
	];
	for (const [edit, reason] of skipped) {
		it(`with ${JSON.stringify(edit)} is skipped, because: ${reason}`, async () => {
			const [read] = await readAll(`${HEADER}\n`, changed(edit));
			expect(read).to.deep.equal({ kind: 'skipped', line: 2, key: 'OR0063-005', reason });
		});
	}

	const refused: [Record<string, string>, RegExp][] = [
		[{ FSCSKEY: '63' }, /FSCSKEY/],
		[{ FSCS_SEQ: '5' }, /FSCS_SEQ/],
		[{ C_OUT_TY: 'ZZ' }, /C_OUT_TY is "ZZ"/],
		[{ LIBNAME: 'M' }, /LIBNAME/],
	];
	for (const [edit, reason] of refused) {
		it(`with ${JSON.stringify(edit)} is refused with the reason, and the others go on`, async () => {
			const read = await readAll(`${HEADER}\n${changed(edit)}\n${BELMONT}\n`);
			expect(read[0]).to.have.property('kind', 'refused');
			expect(read[0]).to.have.property('reason').that.matches(reason);
			expect(read[1]).to.have.property('kind', 'row');
		});
	}

	it('changes its digest exactly when something we take over changes', async () => {
		const digest = async (edit: Record<string, string>) => {
			const [read] = await readAll(`${HEADER}\n`, changed(edit));
			return read?.kind === 'row' ? read.row.digest : null;
		};
		expect(await digest({ CNTY: 'CLACKAMAS' })).to.equal(await digest({}));
		expect(await digest({ LATITUDE: '45.50004' })).to.equal(await digest({}));
		expect(await digest({ LATITUDE: '45.6' })).to.not.equal(await digest({}));
		expect(await digest({ PHONE: '5035550100' })).to.not.equal(await digest({}));
	});
});

describe('a survey file', () => {
	it('is read by the names of its columns, whatever their order', async () => {
		const header = HEADER.split(',').reverse().join(',');
		const [read] = await readAll(`${header}\n${BELMONT.split(',').reverse().join(',')}\n`);
		expect(read).to.have.nested.property('row.name', 'Belmont');
	});

	it('of an unknown layout is refused, and the missing columns are named', async () => {
		const error = await refusal(
			readSurvey(bytes('STABR,FSCSKEY,LIBNAME,ADDRESS,CITY,ZIP,C_OUT_TY,STATSTRU\n')),
		);
		expect(error.status).to.equal(422);
		expect(error.message).to.contain('FSCS_SEQ, PHONE');
	});

	it('that is empty is refused in a sentence', async () => {
		expect((await refusal(readSurvey(bytes()))).message).to.equal('This file is empty.');
	});

	it('that breaks off in the middle of a quoted value is refused with its place', async () => {
		const torn = readAll(`${HEADER}\n${BELMONT}\n`, 'OR,"OR0063');
		expect((await refusal(torn)).message).to.equal('This file cannot be read as CSV (near line 3).');
	});

	it('may be cut into pieces anywhere', async () => {
		const whole = Buffer.from(`${HEADER}\n${changed({ LIBNAME: 'A \x96 B' })}\n${BELMONT}\n`, 'latin1');
		const pieces = Array.from(whole, (byte) => Uint8Array.of(byte));
		expect(
			(await readAll(...pieces)).map((read) => (read.kind === 'row' ? read.row.name : read.kind)),
		).to.deep.equal(['A – B', 'Belmont']);
	});

	it('of FY2019, whole, has 16,812 branches and says of every other row why it has none', async function () {
		const file = new URL(
			'../../../../../shared/data/libraries/us-imls-pls-fy2019/PLS_FY19_Outlet_pud19i.csv',
			import.meta.url,
		);
		if (!existsSync(file)) {
			console.warn('      the whole survey file is not beside this checkout, so it was not read');
			this.skip();
		}
		const counts: Record<string, number> = {};
		const { rows } = await readSurvey(createReadStream(file));
		for await (const row of rows) {
			const read = readOutlet(row);
			const kind = read.kind === 'skipped' ? read.reason : read.kind;
			counts[kind] = (counts[kind] ?? 0) + 1;
		}
		expect(Object.values(counts).reduce((sum, count) => sum + count)).to.equal(17_496);
		expect(counts.row).to.equal(16_812);
		expect(counts.refused).to.equal(undefined);
	});

	it('of systems gives the name of a library', async () => {
		const header = 'STABR,FSCSKEY,LIBID,LIBNAME,ADDRESS,CITY,ZIP,PHONE,C_ADMIN,STATSTRU';
		const row = 'OR,OR0063,OR0063,MULTNOMAH COUNTY LIBRARY,919 NE 19TH AVE.,PORTLAND,97232,5039887870,MA,00';
		const { file, rows } = await readSurvey(bytes(`${header}\n${row}\n`));
		expect(file).to.equal('systems');
		const [read] = (await Array.fromAsync(rows)).map(readSystem);
		expect(read).to.have.nested.property('row.name', 'Multnomah County Library');
		expect(read).to.have.nested.property('row.address.street', '919 NE 19th Ave.');
	});
});
