import { expect } from 'chai';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';

const PAGE = '/libraries/multnomah/branches/belmont';

describe('the pages of a library and a branch at the console', () => {
	let platform: Platform;
	let visitor: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		visitor = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());
	const main = async (path: string) => /<main[\s\S]*<\/main>/.exec((await visitor.get(path)).body)![0];

	it('a branch that is only listed is told where it is provisioned, and nobody is invited to it', async () => {
		const empty = await main('/libraries/multnomah');
		expect(empty).to.include('No branch is known here yet');
		expect(empty).to.include('<a href="/libraries/multnomah/imports">Take in your branches from a file</a>');
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		await platform.provisioner().context.database('branch').update({ stage: 'listed' });
		const page = await main(PAGE);
		expect(page).to.include('Nothing runs for it yet').and.include('href="/libraries/multnomah"');
		expect(page).to.not.include('/invite"').and.not.include('Nobody has looked yet');
		const library = await main('/libraries/multnomah');
		expect(library).to.include('Until the first branch opens');
		expect(library.indexOf('/provision"')).to.be.lessThan(library.indexOf('/libraries/multnomah/bill"'));
	});

	it('what is missing to open a branch is said at each field, once, and what was ticked stays', async () => {
		await platform.provisioner().context.database('branch').update({ stage: 'unopened' });
		await platform.settle();
		await visitor.get(PAGE);
		const { status, body } = await visitor.post(`${PAGE}/open`, { day: '2', from: '10:00', to: '09:00' });
		expect(status).to.equal(422);
		const faults = [...body.matchAll(/id="([a-z_]+)-fault"/g)].map(([, field]) => field);
		expect(faults).to.deep.equal(['host', 'place', 'hours', 'deputy', 'rules', 'appeal_partner']);
		for (const field of faults) expect(body).to.include(`href="#${field}"`).and.include(`id="${field}"`);
		expect(body).to.include('value="2" checked').and.include('value="09:00"').and.not.include('[object');
	});

	it('an invitation without a name says so at its own field, and keeps the role', async () => {
		await visitor.get(PAGE);
		const { body } = await visitor.post(`${PAGE}/invite`, { name: ' ', role: 'host' });
		expect([...body.matchAll(/id="([a-z_]+)-fault"/g)].map(([, field]) => field)).to.deep.equal(['name']);
		expect(body).to.include('value="host" selected');
	});

	it('every fault of a page of a life stands at its field, and what is under way above everything', async () => {
		await visitor.get(`${PAGE}/life`);
		const { body } = await visitor.post(`${PAGE}/life/retire`, { confirm: 'another' });
		expect(body).to.include('id="confirm-fault"').and.include('href="#confirm"');
		expect(body).to.not.include('id="slug-fault"').and.not.include('[object');
		const asked = await visitor.post(`${PAGE}/life/back_up`, {});
		expect(asked.status, /<main[\s\S]*?<nav/.exec(asked.body)?.[0]).to.equal(303);
		// However fast it was done: what the page shows of one that is not.
		await platform.settle();
		const { database } = platform.provisioner().context;
		await database('operation').where({ kind: 'back_up' }).update({ state: 'running', finished: null });
		const page = await main(asked.location!);
		await database('operation').where({ kind: 'back_up' }).update({ state: 'done' });
		expect(page).to.match(/role="status">[\s\S]*href="\/operations\/[0-9a-f-]{36}">Make a backup/);
	});

	it('copies by themselves are asked for in a form, with a start in it, and ended there', async () => {
		const backups = '/libraries/multnomah/backups';
		const kept = () => platform.provisioner().context.database('library').first('backup_schedule');
		expect(await main(backups))
			.to.include('value="24"')
			.and.include('nothing is copied by itself');
		const typed = { every_hours: '0', daily: 'many', weekly: '4', monthly: '12', from: '25', to: '5' };
		const refused = await visitor.post('/libraries/multnomah/backup-schedule', typed);
		expect(refused.status).to.equal(422);
		for (const field of ['every_hours', 'keep', 'hours'])
			expect(refused.body).to.include(`href="#${field}"`).and.include(`id="${field}-fault"`);
		expect(refused.body).to.include('value="many"');
		expect(await kept()).to.deep.equal({ backup_schedule: null });
		const good = { ...typed, every_hours: '12', daily: '7', from: '1' };
		expect((await visitor.post('/libraries/multnomah/backup-schedule', good)).location).to.equal(backups);
		const { backup_schedule } = await kept();
		expect(backup_schedule).to.deep.equal({
			every_hours: 12,
			keep: { daily: 7, weekly: 4, monthly: 12 },
			hours: { from: 1, to: 5 },
		});
		expect(await main(backups)).to.include('copied every 12 hours');
		await visitor.post('/libraries/multnomah/backup-schedule/end', {});
		expect(await kept()).to.deep.equal({ backup_schedule: null });
		const { rows } = await platform
			.provisioner()
			.context.database.raw(`select count(*) from audit where act = 'changeLibrary'`);
		expect(Number(rows[0].count)).to.equal(2);
	});

	it('one that is closed for good is not said to let people in', async () => {
		await platform.provisioner().context.database('branch').update({ stage: 'retired' });
		const page = await main(PAGE);
		expect(page).to.include('It is closed for good').and.not.include('Can people come in?');
		expect(page).to.not.include('/invite"');
	});
});
