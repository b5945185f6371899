import { join } from 'node:path';
import type { BranchStatus } from '@understory/core/desired.ts';
import { libraryCharter } from '@understory/neighborhood/charter.ts';
import { memberOf } from '@understory/neighborhood/member.ts';
import { buildRoster, signRoster } from '@understory/neighborhood/roster.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { createBed, type HomeBed } from './bed.ts';

const CHARTER = libraryCharter('Test County Library');

describe('a branch that nobody visits', () => {
	let bed: HomeBed;
	before(async () => {
		bed = await createBed();
	});
	after(() => bed.close());

	it('takes up a suspension in its neighborhood all the same, so that people are told within the hour', async () => {
		const neighborhoods = [{ id: 'hood', roster_url: 'http://nowhere.localhost/roster', charter: CHARTER }];
		const answer = await bed.send('north', bed.wish('north', { neighborhoods }));
		await bed.home().settle();
		const { branch_key, consents } = JSON.parse(answer.body) as BranchStatus;
		const north = { origin: `http://${bed.hostOf('north')}`, name: 'North', library: 'Lib' };
		const member = memberOf({ ...north, key: branch_key!, consent: consents[0]! });
		const steward = generateKey();
		const roster = (from: number) => {
			const { id, publicKey } = steward;
			const one = { domain: member.domain, reason: 'Spam.', from, until: from + 3_600_000 };
			return signRoster(
				buildRoster({
					...{ id: 'hood', name: 'The hood', url: neighborhoods[0]!.roster_url, charter: CHARTER },
					...{ steward: { id, publicKey }, members: [member], suspensions: [one], issued: from },
				}),
				steward,
			);
		};
		const kept = () => {
			const database = new Database(join(bed.folderOf('north'), 'branch.sqlite'), { readonly: true });
			const found = database.prepare('SELECT id FROM roster').all();
			database.close();
			return found;
		};
		bed.clock.advance(600_000);
		await bed.home().settle();
		expect(bed.home().openCount()).to.equal(0);
		bed.publishWith([roster(bed.clock.now() - 3_600_000)], 'north');
		await bed.home().settle();
		expect(kept()).to.deep.equal([]);
		bed.publishWith([roster(bed.clock.now())], 'north');
		await bed.home().settle();
		expect(kept()).to.deep.equal([{ id: 'hood' }]);
	});
});
