import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHomeKeys } from '@understory/core/home-keys.ts';
import { newBoxKey } from '@understory/core/sealed-box.ts';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import { exportKey, generateKey } from '@understory/transparency-log/keys.ts';
import { expect } from 'chai';
import { type GivenKeys, takeInKeys } from '../src/taken-keys.ts';
import { createBed, type HomeBed } from './bed.ts';

const DAY = 86_400_000;

describe('the keys of a home', () => {
	describe('with a recovery key', () => {
		const recovery = newBoxKey();
		let bed: HomeBed;
		before(async () => {
			bed = await createBed({ recoveryKey: recovery.publicKey });
		});
		after(() => bed.close());
		const text = (name: string) => readFileSync(join(bed.folder, name), 'utf8');

		it('are given into keeping, sealed, and the recovery key opens what lies in its folder', async () => {
			await bed.home().settle();
			const [deposit, ...more] = bed.platform.deposits;
			expect(more).to.deep.equal([]);
			expect(openHomeKeys(recovery, deposit!)).to.deep.equal({
				...{ type: 'understory/home-keys/v1', home: 'home-1', day: '2026-10-08' },
				...{ home_key: text('home.key'), role_key: text('role.key') },
			});
		});

		it('are said again once a day, and at each start, and not oftener', async () => {
			await bed.home().settle();
			expect(bed.platform.deposits).to.have.length(1);
			bed.clock.advance(DAY);
			await bed.home().settle();
			await bed.restart();
			await bed.home().settle();
			expect(bed.platform.deposits).to.have.length(3);
			expect(new Set(bed.platform.deposits.map(({ contents }) => contents))).to.have.property('size', 1);
		});

		it('are tried again a minute after nobody took them, and an hour after a provisioner that is too old', async () => {
			for (const [status, wait] of [
				[500, 60_000],
				[404, 3_600_000],
			] as const) {
				bed.platform.refuseKeys(status);
				bed.clock.advance(DAY);
				await bed.home().settle();
				const before = bed.platform.deposits.length;
				bed.platform.refuseKeys(null);
				bed.clock.advance(wait - 1);
				await bed.home().settle();
				expect(bed.platform.deposits.length, String(status)).to.equal(before);
				bed.clock.advance(1);
				await bed.home().settle();
				expect(bed.platform.deposits.length, String(status)).to.equal(before + 1);
			}
		});
	});

	it('are sealed anew to another recovery key as soon as that is said', async () => {
		const [first, second] = [newBoxKey(), newBoxKey()];
		const bed = await createBed({ recoveryKey: first.publicKey });
		try {
			await bed.home().settle();
			await bed.restart({ recoveryKey: second.publicKey });
			await bed.home().settle();
			const [one, other] = bed.platform.deposits;
			expect(openHomeKeys(second, other!)).to.deep.equal(openHomeKeys(first, one!));
			expect(() => openHomeKeys(first, other!)).to.throw('are sealed to the recovery key');
		} finally {
			await bed.close();
		}
	});

	it('without a recovery key are given to nobody', async () => {
		const bed = await createBed();
		try {
			await bed.home().settle();
			expect(bed.platform.deposits).to.deep.equal([]);
		} finally {
			await bed.close();
		}
	});

	describe('that are given to a folder', () => {
		let folder: string;
		const keys = (): GivenKeys => ({
			homeKey: Buffer.alloc(32, 7).toString('base64'),
			roleKey: exportKey(generateKey()),
		});
		const kept = (name: string) => join(folder, name);
		const refusal = (given: GivenKeys) => {
			try {
				takeInKeys(folder, given);
				return null;
			} catch (error) {
				return (error as { code: string }).code;
			}
		};
		beforeEach(() => {
			folder = mkdtempSync(join(tmpdir(), 'understory-keys-'));
		});
		afterEach(() => rmSync(folder, { recursive: true, force: true }));

		it('are taken in where there are none, for its owner alone, and the same again change nothing', () => {
			const given = keys();
			takeInKeys(folder, given);
			expect(readFileSync(kept('home.key'), 'utf8')).to.equal(given.homeKey);
			expect(statSync(kept('role.key')).mode & 0o777).to.equal(0o600);
			const { mtimeMs } = statSync(kept('home.key'));
			// As a Secret holds them, without the line's end.
			takeInKeys(folder, { ...given, roleKey: given.roleKey.trim() });
			expect(statSync(kept('home.key')).mtimeMs).to.equal(mtimeMs);
		});

		it('are refused where there are others, and nothing is written', () => {
			const [own, other] = [keys(), keys()];
			writeFileSync(kept('role.key'), own.roleKey);
			expect(refusal(other)).to.equal('other_keys');
			expect(existsSync(kept('home.key'))).to.equal(false);
			writeFileSync(kept('home.key'), Buffer.alloc(32, 8).toString('base64'));
			expect(refusal(own)).to.equal('other_keys');
		});

		it('one that was killed between the two takes the second at its next start', () => {
			const given = keys();
			writeFileSync(kept('home.key'), given.homeKey);
			takeInKeys(folder, given);
			expect(readFileSync(kept('role.key'), 'utf8')).to.equal(given.roleKey);
		});
	});

	it('a home with an empty folder and its keys goes on as itself, without a token; with others it does not begin', async () => {
		const first = await createBed();
		const outgoing = createInternalClient({ town: true });
		try {
			const text = (name: string) => readFileSync(join(first.folder, name), 'utf8');
			const givenKeys = { homeKey: text('home.key'), roleKey: text('role.key') };
			for (const name of ['home.key', 'role.key', 'platform.json']) rmSync(join(first.folder, name));
			await first.restart({ givenKeys, platform: { url: first.platform.url, token: null, outgoing } });
			expect(text('role.key')).to.equal(givenKeys.roleKey);
			expect(first.platform.enrolments.at(-1)).to.include({ token: null, name: 'home-1' });
			const others = { homeKey: Buffer.alloc(32, 9).toString('base64'), roleKey: givenKeys.roleKey };
			const begun = await first.restart({ givenKeys: others }).then(
				() => null,
				(error: Error) => error.message,
			);
			expect(begun).to.contain('This home has keys already, and was given others');
			await first.restart();
		} finally {
			await first.close();
			await outgoing.close();
		}
	});
});
