import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BranchStatus } from '@understory/core/desired.ts';
import { Unavailable } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { createStatusTeller } from '@understory/home/status-teller.ts';
import { expect } from 'chai';

describe('what a home tells of its branches', () => {
	let folder: string;
	const taken: (readonly BranchStatus[])[] = [];
	/** What the provisioner does with a report. */
	let take: (statuses: readonly BranchStatus[]) => void;
	const teller = () =>
		createStatusTeller({
			folder,
			log: silentLog,
			async send(statuses) {
				take(statuses);
				taken.push(statuses);
			},
		});
	const status = (branch: string, message: string | null = 'The folder is torn.'): BranchStatus => ({
		...{ branch, generation: 1, epoch: 1, state: message === null ? 'serving' : 'damaged', message },
		...{ branch_key: null, consents: [] },
	});
	const dead = () => {
		throw new Unavailable('Nobody answers.', 'no_answer');
	};
	const told = () => taken.map((report) => report.map(({ branch, state }) => `${branch} ${state}`));
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-statuses-'));
		taken.length = 0;
		take = () => undefined;
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('while nobody takes it, is kept, and goes out in one request: of each branch the last word, the oldest first', async () => {
		take = dead;
		const home = teller();
		for (const branch of ['north', 'south', 'west']) home.broke(status(branch));
		home.opened('north', () => status('north', null));
		await home.tell();
		expect(told()).to.deep.equal([]);
		take = () => undefined;
		await home.tell();
		expect(told()).to.deep.equal([['south damaged', 'west damaged', 'north serving']]);
		await home.tell();
		expect(taken).to.have.length(1);
	});

	it('is told by the next process when this one was killed, also that a branch is well again', async () => {
		take = dead;
		teller().broke(status('north'));
		take = () => undefined;
		const next = teller();
		expect(next.broken()).to.equal(1);
		await next.tell();
		expect(told()).to.deep.equal([['north damaged']]);
		const third = teller();
		third.opened('north', () => status('north', null));
		await third.tell();
		expect(told().at(-1)).to.deep.equal(['north serving']);
		expect(third.broken()).to.equal(0);
	});

	it('is told once, however often somebody asks for a broken branch, and never of one that was always well', async () => {
		const home = teller();
		expect(home.broke(status('north'))).to.equal(true);
		expect(home.broke(status('north'))).to.equal(false);
		home.opened('south', () => status('south', null));
		await home.tell();
		expect(told()).to.deep.equal([['north damaged']]);
		expect(home.broke(status('north', 'Another thing.'))).to.equal(true);
		await home.tell();
		expect(taken).to.have.length(2);
	});

	it('one that is not taken holds up no other', async () => {
		take = dead;
		const home = teller();
		for (const branch of ['north', 'bad', 'south']) home.broke(status(branch));
		await home.tell();
		take = (statuses) => {
			if (statuses.some(({ branch }) => branch === 'bad'))
				throw new Unavailable('The provisioner refused a report.', 'report_refused');
		};
		await home.tell();
		expect(told().flat()).to.deep.equal(['north damaged', 'south damaged']);
		home.forget('bad');
		expect(home.broken()).to.equal(2);
		taken.length = 0;
		await home.tell();
		expect(taken).to.deep.equal([]);
	});

	it('more than a hundred go out a hundred at a time', async () => {
		take = dead;
		const home = teller();
		for (let count = 0; count < 250; count++) home.broke(status(`branch-${count}`));
		await home.tell();
		take = () => undefined;
		await home.tell();
		expect(taken.map((report) => report.length)).to.deep.equal([100, 100, 50]);
	});
});
