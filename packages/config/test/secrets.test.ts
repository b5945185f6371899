import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { loadOrMakeSecrets } from '../src/secrets.ts';

const KEY = 'k'.repeat(60);

function refusal(attempt: () => unknown): PublicError {
	try {
		attempt();
	} catch (error) {
		expect(error).to.be.instanceOf(PublicError);
		return error as PublicError;
	}
	throw new Error('it was not refused');
}

describe("the town's secrets", () => {
	let folder: string;
	let file: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-secrets-'));
		file = join(folder, 'secrets.json');
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('are made once and the same ever after', () => {
		const made = loadOrMakeSecrets(folder, () => KEY);
		const again = loadOrMakeSecrets(folder, () => {
			throw new Error('a second key was made');
		});
		expect(again).to.deep.equal(made);
		expect(made.platformKey).to.equal(KEY);
	});

	it('are 32 random bytes each, and no two the same', () => {
		const made = Object.values(loadOrMakeSecrets(folder, () => KEY)).filter((value) => value !== KEY);
		expect(made).to.have.length(4);
		expect(new Set(made).size).to.equal(4);
		for (const secret of made) expect(Buffer.from(secret, 'base64url')).to.have.length(32);
	});

	it('are for the owner of the folder only, also after somebody opened them up', () => {
		loadOrMakeSecrets(folder, () => KEY);
		expect(statSync(file).mode & 0o777).to.equal(0o600);
		chmodSync(file, 0o644);
		loadOrMakeSecrets(folder, () => KEY);
		expect(statSync(file).mode & 0o777).to.equal(0o600);
	});

	it('leave nothing beside their file', () => {
		loadOrMakeSecrets(folder, () => KEY);
		expect(readdirSync(folder)).to.deep.equal(['secrets.json']);
	});

	it('of a start at the same moment hold, whoever was first', () => {
		let first = '';
		const second = loadOrMakeSecrets(folder, () => {
			first = loadOrMakeSecrets(folder, () => 'f'.repeat(60)).adminToken;
			return KEY;
		});
		expect(second.adminToken).to.equal(first);
		expect(second.platformKey).to.equal('f'.repeat(60));
		expect(readdirSync(folder)).to.deep.equal(['secrets.json']);
	});

	const damaged = {
		'cut off': '{"adminToken": "s3cr3t-that-must-not-be-quo',
		empty: '',
		'not an object': 'null',
		'without one of them': JSON.stringify({ adminToken: 'a'.repeat(43), platformKey: KEY }),
		'with one too short': JSON.stringify({ adminToken: 's3cr3t', bridgeMaster: 'b' }),
	};
	for (const [how, text] of Object.entries(damaged)) {
		it(`${how} are refused in a sentence, are not made anew, and are not quoted`, () => {
			writeFileSync(file, text);
			const error = refusal(() => loadOrMakeSecrets(folder, () => KEY));
			expect(error.message).to.include('bring it back from a backup');
			expect(readFileSync(file, 'utf8')).to.equal(text);
			expect([error.message, error.detail, String(error.cause)].join()).not.to.include('s3cr3t');
		});
	}

	it('that are gone from a folder with data are not made anew', () => {
		loadOrMakeSecrets(folder, () => KEY);
		mkdirSync(join(folder, 'homes'));
		rmSync(file);
		const error = refusal(() => loadOrMakeSecrets(folder, () => KEY));
		expect(error.message).to.match(/^The file secrets\.json is gone/);
		expect(readdirSync(folder)).to.deep.equal(['homes']);
	});

	it('that cannot be written down are refused in a sentence', () => {
		const error = refusal(() => loadOrMakeSecrets(join(folder, 'nowhere'), () => KEY));
		expect(error.message).to.equal(
			'The secrets of the town cannot be kept: the data folder cannot be written to.',
		);
		expect(error.detail).to.equal('ENOENT');
	});
});
